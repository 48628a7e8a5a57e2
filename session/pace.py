"""How fast a job is, by its own steps: how long it has been at work, how long the present part will take, and what
each of its parts took."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from ..backend.frozen import frozen

SECONDS_BEFORE_GUESSING = 2.0


@frozen
class Spent:
    """Units of one part, and the seconds that they took. What came before its first unit was done is not in it
    where there were more."""

    units: int = 0
    seconds: float = 0.0


@dataclass
class Pace:
    """A part is told from the next one by the first word of what it says, or by its total."""

    clock: Callable[[], float] = monotonic
    parts: dict[str, Spent] = field(default_factory=dict)
    began: float | None = None
    _part: tuple[str, int] = ("", 0)
    _opened: tuple[int, float] = (0, 0.0)  # what was done of it when it was first heard of, and when that was
    _first: int = 0  # of the units that count: the one before waits for the device to get ready
    _since: float | None = None
    _done: int = 0
    _at: float = 0.0
    _ended: float | None = None

    def hear(self, done: int, total: int, text: str) -> None:
        now = self.clock()
        if self.began is None:
            self.began = now
        part = (text.partition(" ")[0].rstrip(","), total)
        if part != self._part or done < self._done:
            self._close()
            self._part, self._first, self._done, self._since = part, done, done, None
            self._opened = done, now
        if done > self._done:
            if self._since is None:
                self._first, self._since = done, now
            self._done, self._at = done, now

    def end(self) -> None:
        """The job has ended, or rests."""
        self._close()
        self._part, self._since = ("", 0), None
        self._ended = self.clock()

    def go_on(self) -> None:
        """The rest does not count."""
        if self.began is not None and self._ended is not None:
            self.began += self.clock() - self._ended
        self._ended = None

    def _close(self) -> None:
        """A part that was over at once has only its beginning to go by."""
        if self._since is None:
            return
        first, since = (self._first, self._since) if self._done > self._first else self._opened
        before = self.parts.get(self._part[0], Spent())
        self.parts[self._part[0]] = Spent(before.units + self._done - first, before.seconds + self._at - since)

    @property
    def elapsed(self) -> float:
        if self.began is None:
            return 0.0
        return (self.clock() if self._ended is None else self._ended) - self.began

    @property
    def left(self) -> float | None:
        """Seconds of the present part; None until that can be known."""
        if self._since is None or self._done <= self._first or self._at - self._since < SECONDS_BEFORE_GUESSING:
            return None
        each = (self._at - self._since) / (self._done - self._first)
        passed = self.clock() - self._at
        return max(0.0, each * (self._part[1] - self._done) - passed)
