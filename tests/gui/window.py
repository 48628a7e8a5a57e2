"""What the scripts for a real window share: the extension's rooms, the sidebar, and steps that a timer walks."""

from __future__ import annotations

import importlib
import os
import subprocess
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bpy

PACKAGE = "bl_ext.local.steady_diffusion"
PAUSE = 0.02  # seconds between two steps
F3 = "69"  # the key by its number: by its name xdotool presses Alt with it, on a screen without a keyboard
ROOT = Path(importlib.import_module(PACKAGE).__path__[0]).resolve()
PICTURES = ROOT / "build" / "gui"
PYTHON = os.environ.get("STEADY_BACKEND_PYTHON") or str(ROOT / ".venv-backend" / "bin" / "python")


def room(name: str) -> Any:
    return importlib.import_module(f"{PACKAGE}.{name}")


def prefer(folder: Path) -> None:
    """The backend of the checkout, and all that the extension writes in this folder."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    chosen = room("preferences").preferences()
    chosen.backend_python = PYTHON
    chosen.data_folder, chosen.studies_folder = str(folder / "data"), str(folder / "studies")


def small_drive(folder: Path, count: int) -> Any:
    """A strip “Drive” that pocket restyles in a few steps of everything: what is looked at is not the picture."""
    make = importlib.import_module("media")
    scene = bpy.context.window.scene
    scene.render.resolution_x, scene.render.resolution_y = 112, 64
    files = make.write_pngs(folder / "drive", make.moving_square(count, 112, 64))
    strip = make.add_images(scene.sequence_editor, files, channel=2, name="Drive")
    settings = strip.steady
    settings.short_side, settings.reference_count, settings.model = 64, 4, "pocket"
    settings.candidates = 2
    settings.look_steps, settings.steps, settings.iterations, settings.batch, settings.crops = 8, 8, 8, 2, 2
    settings.spread = 0
    scene.sequence_editor.active_strip = strip
    return strip


def open_panels(*wanted: str) -> None:
    """These and no others. Before the first drawing: after that Blender keeps a panel as the user left it."""
    panels = [getattr(bpy.types, name) for name in dir(bpy.types) if name.startswith("STEADY_PT_")]
    for panel in panels:
        if not getattr(panel, "bl_parent_id", ""):
            bpy.utils.unregister_class(panel)
            panel.bl_options = set() if panel.__name__.removeprefix("STEADY_PT_") in wanted else {"DEFAULT_CLOSED"}
            bpy.utils.register_class(panel)


class Window:
    """The names that `blender-gui shot` gives to a script, and what can be done with them."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.log: Callable[..., None] = names["log"]
        self.shoot: Callable[[str], None] = names["shoot"]
        self.override: Callable[[], dict[str, Any]] = names["override"]
        self.shot: str = names["OUT_PNG"]

    def run(self, steps: Iterator[None], pause: float = PAUSE) -> None:
        """Walk the steps while Blender is used as always; `all passed` at their end, `failed` if one raises."""
        whole = self._whole(steps, pause)
        Path(f"{self.shot}.hold").touch()
        bpy.app.timers.register(lambda: next(whole, None), first_interval=1.0, persistent=True)

    def _whole(self, steps: Iterator[None], pause: float) -> Iterator[float]:
        try:
            for _ in steps:
                yield pause
            self.log("all passed")
        except BaseException:
            traceback.print_exc()
            self.log("failed")
        # What `blender-gui` does at the end, which it cannot do any more when the script has loaded another file.
        Path(f"{self.shot}.done").touch()
        while not Path(f"{self.shot}.ack").exists():
            yield PAUSE
        bpy.ops.wm.quit_blender()

    def open_sidebar(self) -> Iterator[None]:
        area = self.override()["area"]
        area.spaces.active.show_region_ui = True
        yield from self.wait(0.5)  # its tabs are known once it has been drawn
        next(region for region in area.regions if region.type == "UI").active_panel_category = "Steady"

    def take_the_name(self) -> Iterator[None]:
        """Return in the file browser that a button has opened."""
        areas = bpy.context.window_manager.windows[0].screen.areas
        browser = next((area for area in areas if area.type == "FILE_BROWSER"), None)
        assert browser is not None, "no file browser was opened"
        yield from self.wait(1.0)
        self.point_at(browser)
        yield from self.wait(0.5)
        self.type("key", "Return")

    def begin(self) -> None:
        """What was prepared can be undone to, and the whole tab is to be seen."""
        with bpy.context.temp_override(**self.override()):
            bpy.ops.ed.undo_push(message="Prepare")
            bpy.ops.screen.screen_full_area()

    def press(self, operator: Any, **how: Any) -> set[str]:
        """As a button of the sidebar does it. It must return at once."""
        began = time.monotonic()
        with bpy.context.temp_override(**self.override()):
            outcome = operator("INVOKE_DEFAULT", True, **how)  # with its undo step
        took = time.monotonic() - began
        self.log(f"{operator.idname_py()} returned {outcome} after {1000 * took:.0f} ms")
        assert took < 1.5, took  # 0.25 s on a quiet machine
        return outcome

    def point_at(self, area: Any) -> None:
        """Put the mouse into the middle of an area: keys go where it is."""
        window = bpy.context.window_manager.windows[0]
        x, y = area.x + area.width // 2, window.height - (area.y + area.height // 2)
        subprocess.run(["xdotool", "mousemove", str(x), str(y)], check=True)

    def search(self, words: str, picture: Path | None = None) -> Iterator[None]:
        """F3 over the timeline, words as a hand types them, and what stands first is done."""
        self.point_at(self.override()["area"])
        yield from self.wait(0.5)
        self.type("key", F3)
        yield from self.wait(1.5)  # else the words would be shortcuts
        self.type("type", "--delay", "60", words)
        yield from self.wait(1.0)
        if picture is not None:
            yield from self.picture(picture)
        self.type("key", "Return")
        self.log("searched for", words)
        yield from self.wait(0.3)

    def type(self, *keys: str) -> None:
        subprocess.run(["xdotool", *keys], check=True)

    def wait(self, seconds: float) -> Iterator[None]:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            yield

    def until(self, reached: Callable[[], bool], seconds: float) -> Iterator[None]:
        """Wait for something, and say how smooth Blender was meanwhile."""
        began = last = time.monotonic()
        pauses = [0.0]
        while not reached():
            yield
            now = time.monotonic()
            pauses.append(now - last - PAUSE)
            last = now
            assert now - began < seconds, "it took too long"
        self.log(f"waited {last - began:.1f} s; the longest pause between two ticks was {1000 * max(pauses):.0f} ms")

    def picture(self, path: Path) -> Iterator[None]:
        yield from self.wait(0.5)
        self.shoot(str(path))
        yield from self.wait(1.0)
