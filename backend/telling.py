"""Said and shown while a network of Deep Video Prior learns and paints: which shot, how far it is, and a picture."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Sequence

from .jobs import Job
from .lasting import in_words
from .pictures import Pixels
from .smoothing import Smoothing

SECONDS_A_TEXT = 1.0  # the loss is told that often: every change of the text is a line in a log


class Account:
    """Where one of several shots lies in the whole job: each of them is learned in steps, and painted in frames."""

    def __init__(self, job: Job, shots: Sequence[range], place: int, steps: int) -> None:
        self.job, self._steps, self._frames = job, steps, len(shots[place])
        each = [steps + len(shot) for shot in shots]
        self._before, self._total = sum(each[:place]), sum(each)
        self.shot = f"shot {place + 1} of {len(shots)}" if len(shots) > 1 else ""

    def tell(self, within: int, text: str) -> None:
        self.job.progress(self._before + within, self._total, text)

    def painting(self, pictures: Iterable[Pixels]) -> Iterator[Pixels]:
        """They are passed on as they come."""
        text = "Painting the frames" + (self.shot and f", {self.shot}")
        begun = time.monotonic()
        self.tell(self._steps, text)
        for done, picture in enumerate(pictures, start=1):
            left = (self._frames - done) * (time.monotonic() - begun) / done
            rest = f", {in_words(left)} left" if done < self._frames else ""
            self.tell(self._steps + done, f"{text}, frame {done} of {self._frames}{rest}")
            yield picture


class Told:
    """Says how far learning a shot is, and shows it. Cancelled, it raises."""

    def __init__(self, account: Account, smoothing: Smoothing, preview_every: int) -> None:
        self._account, self._smoothing, self._preview_every = account, smoothing, preview_every
        self._begun, self._from = time.monotonic(), None
        self._text, self._told = "", -math.inf

    def __call__(self) -> None:
        smoothing = self._smoothing
        if self._from is None:  # what was learned before an interruption took no time now
            self._begun, self._from = time.monotonic(), smoothing.step
        if time.monotonic() - self._told >= SECONDS_A_TEXT:
            self._text, self._told = self._words(), time.monotonic()
        if self._preview_every and smoothing.step and smoothing.step % self._preview_every == 0:
            picture = smoothing.glimpse()
            self._account.job.preview(picture.shape[1], picture.shape[0], picture.tobytes())
        self._account.tell(smoothing.step, self._text)

    def _words(self) -> str:
        smoothing, done = self._smoothing, self._smoothing.step - (self._from or 0)
        which = self._account.shot and f" {self._account.shot}"
        if not done:
            return f"Smoothing{which}"
        left = (smoothing.prior.steps - smoothing.step) * (time.monotonic() - self._begun) / done
        return f"Smoothing{which}, loss {smoothing.loss:.4f}, at most {in_words(left)} left"
