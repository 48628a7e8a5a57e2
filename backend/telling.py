"""Said and shown while a network of Deep Video Prior learns: which shot, how far it is, and what it paints by now."""

from __future__ import annotations

import math
import time

from .jobs import Job
from .lasting import in_words
from .smoothing import Smoothing

SECONDS_A_TEXT = 1.0  # the loss is told that often: every change of the text is a line in a log


class Told:
    """Says how far a shot is, and shows it. Cancelled, it raises."""

    def __init__(self, job: Job, smoothing: Smoothing, place: int, count: int, preview_every: int) -> None:
        self._job, self._smoothing, self._place, self._count = job, smoothing, place, count
        self._preview_every = preview_every
        self._begun, self._from = time.monotonic(), None
        self._text, self._told = "", -math.inf

    def __call__(self) -> None:
        smoothing, steps = self._smoothing, self._smoothing.prior.steps
        if self._from is None:  # what was learned before an interruption took no time now
            self._begun, self._from = time.monotonic(), smoothing.step
        if time.monotonic() - self._told >= SECONDS_A_TEXT:
            self._text, self._told = self._words(), time.monotonic()
        if self._preview_every and smoothing.step and smoothing.step % self._preview_every == 0:
            picture = smoothing.glimpse()
            self._job.preview(picture.shape[1], picture.shape[0], picture.tobytes())
        self._job.progress(self._place * steps + smoothing.step, self._count * steps, self._text)

    def _words(self) -> str:
        smoothing, done = self._smoothing, self._smoothing.step - (self._from or 0)
        which = f" shot {self._place + 1} of {self._count}" if self._count > 1 else ""
        if not done:
            return f"Smoothing{which}"
        left = (smoothing.prior.steps - smoothing.step) * (time.monotonic() - self._begun) / done
        return f"Smoothing{which}, loss {smoothing.loss:.4f}, at most {in_words(left)} left"
