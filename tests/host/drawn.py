"""What a panel draws, as the lines that a user reads: labels, bars, buttons and settings, each with its kind."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import bpy
from conftest import PACKAGE

Button = tuple[str, str, SimpleNamespace]  # which operator, its text, and the properties that it is given


class Layout:
    """Of all rows and boxes in it the one list, from above."""

    def __init__(self, lines: list[tuple[str, str]], given: list[Button] | None = None) -> None:
        self.lines = lines
        self.given: list[Button] = [] if given is None else given
        self.operator_context = ""

    def _part(self, *_: Any, **__: Any) -> Layout:
        return Layout(self.lines, self.given)

    row = column = box = split = grid_flow = _part

    def panel(self, *_: Any, **__: Any) -> tuple[Layout, None]:
        return Layout(self.lines, self.given), None

    def label(self, text: str = "", **_: Any) -> None:
        self.lines.append(("label", text))

    def progress(self, text: str = "", **_: Any) -> None:
        self.lines.append(("bar", text))

    def operator(self, name: str, text: str = "", **_: Any) -> Any:
        self.lines.append(("button", name.removeprefix("steady.")))
        self.given.append((name.removeprefix("steady."), text, SimpleNamespace()))
        return self.given[-1][2]

    def prop(self, data: Any, name: str, **_: Any) -> None:
        self.lines.append(("setting", name))

    def separator(self, *_: Any, **__: Any) -> None:
        pass

    template_icon = menu = separator


def drawn(panel: type) -> list[tuple[str, str]]:
    """What it draws just now."""
    return _drawn(panel).lines


def given(panel: type, operator: str, text: str) -> list[dict[str, Any]]:
    """What the panel gives this operator's buttons of this text."""
    return [vars(own) for name, said, own in _drawn(panel).given if (name, said) == (operator, text)]


def _drawn(panel: type) -> Layout:
    """Blender makes its panels itself, so one with their methods stands in for it."""
    ours = [vars(base) for base in reversed(panel.__mro__) if base.__module__.startswith(PACKAGE)]
    methods = {name: value for known in ours for name, value in known.items() if not name.startswith("__")}
    stand_in: Any = type(panel.__name__, (), methods)()
    stand_in.layout = Layout([])
    stand_in.draw(bpy.context)
    return stand_in.layout


def text_of(lines: list[tuple[str, str]]) -> str:
    """Its labels as one text: sentences are broken into lines."""
    return " ".join(text for kind, text in lines if kind == "label")


def buttons_of(lines: list[tuple[str, str]]) -> list[str]:
    return [name for kind, name in lines if kind == "button"]
