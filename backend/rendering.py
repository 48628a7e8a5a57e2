"""Rendering: frames read ahead, painted in batches and written behind, while it is said and shown how far it is."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from . import disk, overlapped, pictures
from .batching import Capacity, in_batches
from .fingerprint import stamped
from .frozen import frozen
from .jobs import Job
from .lasting import in_words
from .painter import Painter
from .pictures import Pixels
from .study import Study
from .take import Take

FILES_AT_ONCE = 4  # decoding and encoding let other threads run
SECONDS_BETWEEN_PREVIEWS = 1.0
SECONDS_BEFORE_GUESSING = 5.0  # how long it will take


@frozen
class Wanted:
    """One picture, and the frames that it is for: those of a held image are all the same."""

    stamp: str
    numbers: tuple[int, ...]


@frozen
class Seen:
    """A frame as it was read, and its transparency, where there is any."""

    wanted: Wanted
    rgb: Pixels
    alpha: Pixels | None


class Account:
    """Says how far a job is. Of several processes one speaks for all: their shares are alike."""

    def __init__(self, job: Job, total: int, there: int, share: int) -> None:
        self._job = job
        self._total = total
        self._there = there
        self._share = share
        self._done = 0
        self._shown = 0.0
        self._begun = time.monotonic()

    def painting(self, batch: Sequence[Seen], step: int, steps: int) -> None:
        now = self._done + _frames(batch) * step / steps
        through = self._there + (self._total - self._there) * now / self._share
        number = min(int(through) + 1, self._total)
        text = f"Rendering frame {number} of {self._total}{self._left(now)}"
        self._job.progress(int(through * steps), self._total * steps, text)

    def _left(self, now: float) -> str:
        """Known when some frames are done: the first ones wait for the device to get ready."""
        passed = time.monotonic() - self._begun
        if not self._done or passed < SECONDS_BEFORE_GUESSING:
            return ""
        return f", {in_words(passed * (self._share - now) / now)} left"

    def painted(self, batch: Sequence[Seen], newest: Pixels) -> None:
        self._done += _frames(batch)
        if time.monotonic() - self._shown > SECONDS_BETWEEN_PREVIEWS:
            self._shown = time.monotonic()
            self._job.preview(newest.shape[1], newest.shape[0], newest.tobytes())


def render(
    kept: Study, take: Take, painter: Painter, wanted: Sequence[Wanted], capacity: Capacity, account: Account
) -> None:
    """Every picture is on disk soon after it was painted, also when it ends with an error."""

    def paint(batch: list[Seen]) -> list[Pixels]:
        frames = [seen.rgb for seen in batch]
        return painter.paint(frames, lambda step, of: account.painting(batch, step, of), capacity.together())

    with ThreadPoolExecutor(FILES_AT_ONCE) as pool, overlapped.Behind(pool) as behind:
        read = overlapped.ahead(pool, lambda picture: _read(kept, picture), wanted)
        for batch, painted in in_batches(read, paint, capacity):
            for seen, pixels in zip(batch, painted, strict=True):
                behind(_write, take, seen, pixels)
            account.painted(batch, painted[-1])


def _read(kept: Study, wanted: Wanted) -> Seen:
    number = wanted.numbers[0]
    alpha = kept.alpha_path(number)
    opacity = pictures.read_alpha(alpha) if disk.long_path(alpha).is_file() else None
    return Seen(wanted, pictures.read(kept.frame_path(number)), opacity)


def _write(take: Take, seen: Seen, pixels: Pixels) -> None:
    shown = pixels if seen.alpha is None else np.dstack([pixels, seen.alpha])
    png = stamped(pictures.encode(shown), seen.wanted.stamp)
    for number in seen.wanted.numbers:
        disk.write(take.picture_path(number), png)


def _frames(batch: Sequence[Seen]) -> int:
    return sum(len(seen.wanted.numbers) for seen in batch)
