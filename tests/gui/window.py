"""What the scripts for a real window share: the extension's rooms, the sidebar, and steps that a timer walks."""

from __future__ import annotations

import importlib
import subprocess
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bpy

PACKAGE = "bl_ext.local.steady_diffusion"
PAUSE = 0.02  # seconds between two steps


def room(name: str) -> Any:
    return importlib.import_module(f"{PACKAGE}.{name}")


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

    def press(self, operator: Any, **how: Any) -> set[str]:
        """As a button of the sidebar does it. It must return at once."""
        began = time.monotonic()
        with bpy.context.temp_override(**self.override()):
            outcome = operator("INVOKE_DEFAULT", True, **how)  # with its undo step
        took = time.monotonic() - began
        self.log(f"{operator.idname_py()} returned {outcome} after {1000 * took:.0f} ms")
        assert took < 0.25, took
        return outcome

    def point_at(self, area: Any) -> None:
        """Put the mouse into the middle of an area: keys go where it is."""
        window = bpy.context.window_manager.windows[0]
        x, y = area.x + area.width // 2, window.height - (area.y + area.height // 2)
        subprocess.run(["xdotool", "mousemove", str(x), str(y)], check=True)

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
