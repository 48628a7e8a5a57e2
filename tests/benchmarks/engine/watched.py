"""A job that tells where the time of a stage went, by what the stage says while it works."""

from __future__ import annotations

from collections import defaultdict

from backend.jobs import Job

from .figures import clock

LOADING = "Loading"


class Watched(Job):
    """Seconds by the first word of what was said. It is said when something is done, but for the loading of a model."""

    def __init__(self) -> None:
        super().__init__(1, lambda event, blobs: None)
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.steps: list[float] = []  # of tuning, one by one
        self._said, self._at = "", clock()

    def progress(self, done: int, total: int, text: str = "") -> None:
        now, word = clock(), (text.split() or [""])[0].strip(",")
        self.seconds[LOADING if self._said == LOADING else word] += now - self._at
        if word == self._said == "Tuning":
            self.steps.append(now - self._at)
        self._said, self._at = word, now
        super().progress(done, total, text)

    def total(self) -> float:
        return sum(self.seconds.values())
