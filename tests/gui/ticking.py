"""How long Blender's main thread was away, by the delays of a timer of our own, for the scripts in a window."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import bpy

PAUSE = 0.02  # seconds between two turns of the timer, when nothing is in its way
LONG = 0.1  # seconds that a person notices
REDRAW = 0.2  # seconds between two drawings, as a running job asks for them
IDLE = 8.0  # seconds of nothing, to compare with


class Ticks:
    """A timer that notes how much later than asked it has its turn, sorted by what went on."""

    def __init__(self, window: Any) -> None:
        self.window = window
        self.late: dict[str, list[float]] = {}
        self.doing, self._last = "", time.monotonic()
        self._timer = self._tick  # each look at a method is another object, and Blender knows it by that
        bpy.app.timers.register(self._timer, persistent=True)

    def _tick(self) -> float:
        now = time.monotonic()
        self.late.setdefault(self.doing, []).append(now - self._last - PAUSE)
        self._last = now
        return PAUSE

    def idle(self) -> Iterator[None]:
        """The same window with nothing to do, and then drawn as often as a job asks for it."""
        self.doing = "idle"
        yield from self.window.wait(IDLE)
        self.doing = "idle, drawn"
        for _ in range(int(IDLE / REDRAW)):
            self.window.override()["area"].tag_redraw()
            yield from self.window.wait(REDRAW)
        self.doing = ""

    def stop(self) -> None:
        bpy.app.timers.unregister(self._timer)
        for name, late in self.late.items():
            if name:
                over = sum(delay > LONG for delay in late)
                self.window.log(
                    f"{name}: the longest pause of the main thread {1000 * max(late):.0f} ms, "
                    f"{over} of {len(late)} turns more than {1000 * LONG:.0f} ms late"
                )
