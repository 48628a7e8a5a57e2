"""How long Blender's main thread works for us: in our timers, handlers, panels, buttons and the notice.

It is the processor's time, so that a machine that others keep busy is not held against us: waiting for a disk or a lock
counts as nothing. What Blender itself draws is not in it, as without a graphics card its shaders are compiled on the
same thread; neither are menus, polls, and what Blender calls when a setting changes."""

from __future__ import annotations

import functools
import sys
import time
from collections.abc import Callable
from typing import Any

import bpy

OURS = "bl_ext.local.steady_diffusion"


class Own:
    """Stands around what Blender calls of ours, and adds up what it takes until somebody looks."""

    def __init__(self, room: Callable[[str], Any]) -> None:
        self.worst: tuple[float, str] = 0.0, ""  # the longest single call, and what it was
        self.known: set[str] = set()  # what was called so far
        self._sum, self._inside = 0.0, False
        self._timers(room)
        self._handlers()
        self._panels()
        self._buttons()
        self._notice(room("panels.notice"))

    def taken(self) -> float:
        """Seconds since the last look."""
        taken, self._sum = self._sum, 0.0
        return taken

    def _timers(self, room: Callable[[str], Any]) -> None:
        timers, aside, saving = room("operators.timers"), room("panels.aside"), room("sequencer.saving")
        for module, name in ((timers, "tick"), (timers, "redraw"), (aside, "_look"), (saving, "settle_later")):
            setattr(module, name, self._around(getattr(module, name)))  # they are registered when there is work
        follow = room("sequencer.follow")
        bpy.app.timers.unregister(follow.watch)
        follow.watch = self._around(follow.watch)
        bpy.app.timers.register(follow.watch, first_interval=follow.INTERVAL, persistent=True)

    def _handlers(self) -> None:
        around: dict[Any, Any] = {}  # one may stand in several lists
        for name in dir(bpy.app.handlers):
            called: Any = getattr(bpy.app.handlers, name)
            for place, function in enumerate(called if isinstance(called, list) else []):
                if function.__module__.startswith(OURS):
                    called[place] = around.setdefault(function, self._around(function))
        for function, measured in around.items():  # by these names they are taken away again
            setattr(sys.modules[function.__module__], function.__name__, measured)

    def _panels(self) -> None:
        for name in dir(bpy.types):
            if name.startswith("STEADY_PT_"):
                panel: Any = getattr(bpy.types, name)
                for part in ("draw", "draw_header_preset"):
                    if hasattr(panel, part):
                        setattr(panel, part, self._drawing(f"{name}.{part}", getattr(panel, part)))

    def _buttons(self) -> None:
        for operator in heirs(bpy.types.Operator):
            if operator.__name__.startswith("STEADY_OT_"):
                for part, around in (("invoke", self._invoking), ("execute", self._drawing), ("draw", self._drawing)):
                    if hasattr(operator, part):
                        setattr(operator, part, around(f"{operator.__name__}.{part}", getattr(operator, part)))

    def _notice(self, notice: Any) -> None:
        bpy.types.STATUSBAR_HT_header.remove(notice.draw)
        notice.draw = self._drawing("notice.draw", notice.draw)
        bpy.types.STATUSBAR_HT_header.append(notice.draw)

    def _invoking(self, name: str, function: Any) -> Any:
        @functools.wraps(function)
        def invoked(one: Any, context: Any, event: Any) -> Any:  # Blender counts the arguments
            return self._measure(name, function, one, context, event)

        return invoked

    def _drawing(self, name: str, function: Any) -> Any:
        @functools.wraps(function)
        def drawn(one: Any, context: Any) -> Any:
            return self._measure(name, function, one, context)

        return drawn

    def _around(self, function: Any) -> Any:
        @functools.wraps(function)
        def measured(*given: Any) -> Any:
            return self._measure(f"{function.__module__.rpartition('.')[2]}.{function.__name__}", function, *given)

        return measured

    def _measure(self, name: str, function: Any, *given: Any) -> Any:
        self.known.add(name)
        if self._inside:
            return function(*given)
        self._inside, began = True, time.thread_time()
        try:
            return function(*given)
        finally:
            took, self._inside = time.thread_time() - began, False
            self._sum += took
            self.worst = max(self.worst, (took, name))


def heirs(kind: Any) -> set[Any]:
    return {heir for each in kind.__subclasses__() for heir in {each} | heirs(each)}
