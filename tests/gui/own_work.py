"""How long Blender's main thread works for us: in our timers, our handlers, our panels and our buttons.

It is the processor's time, so that a machine that others keep busy is not held against us; and what Blender itself
draws is not in it, as on a machine without a graphics card its shaders are compiled on the same thread."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any

import bpy


class Own:
    """Stands around what Blender calls of ours, and adds up what it takes until somebody looks."""

    def __init__(self, room: Callable[[str], Any]) -> None:
        self.worst: tuple[float, str] = 0.0, ""  # the longest single call, and what it was
        self.known: set[str] = set()  # what was called so far
        self._sum, self._inside = 0.0, False
        self._timers(room)
        self._panels()
        self._buttons(room("operators.job").JobOperator)

    def taken(self) -> float:
        """Seconds since the last look."""
        taken, self._sum = self._sum, 0.0
        return taken

    def _timers(self, room: Callable[[str], Any]) -> None:
        for name, parts in (("operators.job", ("tick", "redraw")), ("panels.aside", ("_look",))):
            for part in parts:  # which are registered by their names when a job begins
                setattr(room(name), part, self._around(getattr(room(name), part)))
        follow = room("sequencer.follow")
        bpy.app.timers.unregister(follow.watch)
        follow.watch = self._around(follow.watch)
        bpy.app.timers.register(follow.watch, first_interval=follow.INTERVAL, persistent=True)
        changes: Any = bpy.app.handlers.depsgraph_update_post
        changes.remove(follow.on_change)
        follow.on_change = self._around(follow.on_change)
        changes.append(follow.on_change)

    def _panels(self) -> None:
        for name in dir(bpy.types):
            if name.startswith("STEADY_PT_"):
                panel: Any = getattr(bpy.types, name)
                for part in ("draw", "draw_header_preset"):
                    if hasattr(panel, part):
                        setattr(panel, part, self._drawing(f"{name}.{part}", getattr(panel, part)))

    def _buttons(self, operator: Any) -> None:
        function = operator.invoke

        def invoked(one: Any, context: Any, event: Any) -> set[str]:  # Blender counts the arguments
            return self._measure(type(one).__name__, function, one, context, event)

        operator.invoke = invoked

    def _drawing(self, name: str, function: Any) -> Any:
        @functools.wraps(function)
        def drawn(panel: Any, context: Any) -> None:
            self._measure(name, function, panel, context)

        return drawn

    def _around(self, function: Any) -> Any:
        @functools.wraps(function)
        def measured(*given: Any) -> Any:
            return self._measure(f"{function.__module__.rpartition('.')[2]}.{function.__name__}", function, *given)

        return measured

    def _measure(self, name: str, function: Any, *given: Any) -> Any:
        if self._inside:
            return function(*given)
        self._inside, began = True, time.thread_time()
        try:
            return function(*given)
        finally:
            took, self._inside = time.thread_time() - began, False
            self._sum += took
            self.known.add(name)
            self.worst = max(self.worst, (took, name))
