"""How long Blender's main thread was away, by the delays of a timer of our own, for the scripts in a window."""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Set
from typing import Any

import bpy
from own_work import Own

PAUSE = 0.02  # seconds between two turns of the timer, when nothing is in its way
LONG = 0.1  # seconds that a person notices
LOOK = 0.02  # seconds between two looks at a thread that is away
REDRAW = 0.2  # seconds between two drawings, as a running job asks for them
PANEL, BUTTON = "STEADY_PT_frames.draw_header_preset", "STEADY_OT_sample_frames.invoke"
SEEN = {
    "timers.tick",
    "timers.redraw",
    "follow.watch",
    "follow.on_change",
    "notice.draw",
    PANEL,
    BUTTON,
}  # else not measured
IDLE = 8.0  # seconds of nothing, to compare with


class Ticks:
    """A timer that notes how much later than asked it has its turn, sorted by what went on; and a thread that notes
    where the main one is while that is late."""

    def __init__(self, window: Any, own: Own) -> None:
        self.window, self._own = window, own
        self.late: dict[str, list[float]] = {}
        self.busy: dict[str, list[float]] = {}  # seconds of the processor between two turns: as on a quiet machine
        self.ours: dict[str, list[float]] = {}  # those of them in what Blender calls of ours
        self.worst: dict[str, tuple[float, str]] = {}
        self.seen: dict[str, Counter[str]] = {}
        self.doing, self._stopped = "", False
        self._last, self._used = time.monotonic(), time.thread_time()
        self._timer = self._tick  # each look at a method is another object, and Blender knows it by that
        bpy.app.timers.register(self._timer, persistent=True)
        threading.Thread(target=self._watch, args=[threading.get_ident()], daemon=True).start()

    def _tick(self) -> float:
        now, used = time.monotonic(), time.thread_time()
        self.late.setdefault(self.doing, []).append(now - self._last - PAUSE)
        self.busy.setdefault(self.doing, []).append(used - self._used)
        self.ours.setdefault(self.doing, []).append(self._own.taken())
        self.worst[self.doing] = max(self.worst.get(self.doing, (0.0, "")), self._own.worst)
        self._own.worst = 0.0, ""
        self._last, self._used = now, used
        return PAUSE

    def _watch(self, main: int) -> None:
        while not self._stopped:
            time.sleep(LOOK)
            if time.monotonic() - self._last > PAUSE + LONG / 2:
                self.seen.setdefault(self.doing, Counter())[where(sys._current_frames().get(main))] += 1

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
        self._stopped = True
        bpy.app.timers.unregister(self._timer)
        for name, late in self.late.items():
            if not name:
                continue
            over = sum(delay > LONG for delay in late)
            self.window.log(
                f"{name}: the longest pause of the main thread {1000 * max(late):.0f} ms, "
                f"{over} of {len(late)} turns more than {1000 * LONG:.0f} ms late; "
                f"it was itself at work for {1000 * max(self.busy[name]):.0f} ms at most, "
                f"for us {1000 * max(self.ours[name]):.0f} ms, of which {1000 * self.worst[name][0]:.0f} ms "
                f"in {self.worst[name][1]}"
            )
            for place, times in self.seen.get(name, Counter()).most_common(5):
                self.window.log(f"    {times} times in {place}")

    def check(self, also: Set[str] = frozenset()) -> None:
        """What we do between two turns is never felt, however busy the machine is. That of Blender itself is told and
        not judged: without a graphics card it compiles its shaders in between."""
        assert self._own.known >= SEEN | also, (SEEN | also) - self._own.known
        for name, ours in self.ours.items():
            assert not name or max(ours) <= LONG, f"{name}: {1000 * max(ours):.0f} ms in {self.worst[name][1]}"


def where(frame: Any) -> str:
    """The innermost lines of the extension, or of whatever Python is at work; else Blender itself."""
    if frame is None:
        return "Blender"
    lines = traceback.extract_stack(frame)
    ours = [line for line in lines if "steady_diffusion" in line.filename or "/tests/" in line.filename] or lines
    return " < ".join(f"{line.filename.rpartition('/')[2]}:{line.lineno} {line.name}" for line in reversed(ours[-4:]))
