"""Clicks on the sidebar's buttons as a hand makes them, and panels opened one at a time, for scripts in a window."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import bpy

ROW, AWAY = 8, 64  # pixels between two looks for a button; from the sidebar's edges, where panels have no buttons
ACROSS = (0.25, 0.65)  # of the sidebar's width: where large buttons are, and those of pictures in two columns
AT_THE_END = (0.86,)  # where the last button of a row is
BEFORE_THE_END = (0.81,)  # and the one beside it
LOOKS = 0.06  # seconds that Blender has to notice what is under the mouse, at first
TRIES = 4  # each with twice the time


class Pages:
    """Some panels open, and no others. Blender keeps a panel as it was by its name, so each page has new ones."""

    def __init__(self) -> None:
        found = (getattr(bpy.types, name) for name in dir(bpy.types) if name.startswith("STEADY_PT_"))
        self._panels = [panel for panel in found if not getattr(panel, "bl_parent_id", "")]
        self._number = 0

    def open(self, *wanted: str) -> None:
        self._number += 1
        self._again(f"_{self._number}", wanted)

    def close(self) -> None:
        """Their own names, by which the extension finds them when it is taken away."""
        self._again("", ())

    def _again(self, suffix: str, wanted: tuple[str, ...]) -> None:
        for panel in self._panels:
            bpy.utils.unregister_class(panel)
        for panel in self._panels:
            is_wanted = panel.__name__.removeprefix("STEADY_PT_") in wanted
            panel.bl_idname = panel.__name__ + suffix
            panel.bl_options = set() if is_wanted else {"DEFAULT_CLOSED"}
            bpy.utils.register_class(panel)


class Hand:
    """A mouse that finds a button by what it does: Blender tells the Python of the button that is under it."""

    def __init__(self, window: Any) -> None:
        self.window = window

    def click(self, code: str, across: tuple[float, ...] = ACROSS, below: int = 0) -> Iterator[None]:
        """`code` is how the button's Python begins, such as `bpy.ops.steady.restyle(`; or so many pixels below it."""
        for place in range(TRIES):
            found = yield from self._find(code, across, LOOKS * 2**place)
            if found:
                subprocess.run(["xdotool", "mousemove_relative", "0", str(below)], check=True)
                yield from self.window.wait(LOOKS)
                subprocess.run(["xdotool", "click", "1"], check=True)
                self.window.log("clicked on" if not below else f"clicked {below} pixels below", found)
                yield from self.window.wait(0.3)
                return
        raise AssertionError(f"there is no button to be seen that does {code}")

    def _find(self, code: str, across: tuple[float, ...], seconds: float) -> Generator[None, None, str]:
        region, height = self.sidebar(), bpy.context.window_manager.windows[0].height
        for down in range(AWAY, region.height - AWAY // 2, ROW):
            for share in across:
                x, y = region.x + int(share * region.width), height - (region.y + region.height) + down
                subprocess.run(["xdotool", "mousemove", str(x), str(y)], check=True)
                yield from self.window.wait(seconds)
                if (under := self._under(region)).startswith(code):
                    return under
        return ""

    def picture(self, path: Path) -> Iterator[None]:
        """Of the whole window, and beside it where its sidebar is."""
        area, sidebar = self.window.override()["area"], self.sidebar()
        self.window.type("mousemove", "300", "300")  # no button is to be lit
        area.tag_redraw()
        top = bpy.context.window_manager.windows[0].height - (sidebar.y + sidebar.height)
        box = [sidebar.x, top, sidebar.x + sidebar.width, top + sidebar.height]
        path.with_suffix(".json").write_text(json.dumps(box))
        yield from self.window.picture(path)

    def sidebar(self) -> Any:
        return next(region for region in self.window.override()["area"].regions if region.type == "UI")

    def _under(self, region: Any) -> str:
        manager = bpy.context.window_manager
        with bpy.context.temp_override(**self.window.override() | {"region": region}):
            if not bpy.ops.ui.copy_python_command_button.poll():
                return ""
            manager.clipboard = ""
            bpy.ops.ui.copy_python_command_button()
        return manager.clipboard
