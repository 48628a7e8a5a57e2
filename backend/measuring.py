"""The strip and its takes frame by frame: what is measured of each, shot by shot and never across a cut.

Only the present frame, the one before and the first of the shot are held, of every row: a long strip needs no more
memory than a short one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import fmean, median
from typing import Any

import numpy as np

from . import composition, measures
from .fidelity import Likeness
from .flow import Flow, Mask, comparable
from .frozen import frozen
from .jobs import Job
from .measurements import Figures, Series, Values
from .pictures import Pixels
from .truths import Truth

LEAST = 0.02  # of the pixels: where fewer can be compared a figure would be about next to nothing
WORST = 6  # frames
DIGITS = 4

Read = Callable[[int], Pixels]


@frozen
class Measured:
    figures: Figures
    series: Series


@frozen
class Way:
    """From a frame to an earlier one of its shot, along the source, and along the truth where that is known."""

    earlier: int
    flow: Flow
    sure: Mask

    @property
    def share(self) -> float:
        return float(self.sure.mean())


@frozen
class Moment:
    """What every row needs to know of one frame of the source."""

    number: int
    picture: Pixels
    before: Way | None
    first: Way | None
    truth: Pixels | None
    truly: Way | None  # to the frame before


@dataclass
class Subject:
    """A row while it is being measured."""

    read: Read
    likenesses: Sequence[Likeness] = ()
    judged: bool = True  # by the truth; the truth itself is not
    _first: Pixels | None = field(default=None, init=False, repr=False)
    _before: Pixels | None = field(default=None, init=False, repr=False)
    _values: dict[str, list[float | None]] = field(default_factory=dict, init=False, repr=False)

    def see(self, moment: Moment, truth_before: Pixels | None) -> None:
        made = self.read(moment.number)
        if moment.before is None:
            self._first = self._before = None
        self._note("warp_error", _warp_error(made, self._before, moment.before))
        self._note("warp_error_first", _warp_error(made, self._first, moment.first))
        self._note("composition", composition.score(moment.picture, made))
        if self.likenesses:
            self._note("look_fidelity", min(like.distance(moment.picture, made) for like in self.likenesses))
        if moment.truth is not None and self.judged:
            self._note("psnr_truth", measures.psnr(made, moment.truth))
            self._note("ssim_truth", measures.ssim(made, moment.truth))
            self._note("excess", _excess(made, self._before, moment, truth_before))
        self._first, self._before = made if self._first is None else self._first, made

    def _note(self, name: str, value: float | None) -> None:
        self._values.setdefault(name, []).append(None if value is None else round(float(value), DIGITS))

    def measured(self) -> Measured:
        series = {name: tuple(values) for name, values in self._values.items()}
        pooled: dict[str, Any] = {name: _pooled(name, values) for name, values in series.items()}
        return Measured(Figures(**pooled), Series(**series))


def measure(
    shots: Sequence[range], source: Read, subjects: Sequence[Subject], truth: tuple[Truth, Read] | None, job: Job
) -> Values:
    """Show every frame to every subject; answers with the share of each frame that can be compared."""
    compared: list[float | None] = []
    total = sum(map(len, shots))
    for shot in shots:
        truth_before: Pixels | None = None
        for moment in moments(shot, source, truth):
            job.progress(len(compared), total, f"Measuring frame {len(compared) + 1} of {total}")
            for subject in subjects:
                subject.see(moment, truth_before)
            truth_before = moment.truth
            compared.append(round(moment.before.share, DIGITS) if moment.before else None)
    job.progress(total, total, "Measured")
    return tuple(compared)


def moments(shot: range, source: Read, truth: tuple[Truth, Read] | None) -> Iterator[Moment]:
    """The frames of one shot, and how each of them leads to the one before and to the first."""
    first = before = None
    for number in shot:
        picture = source(number)
        to_before = Way(number - 1, *comparable(picture, before)) if before is not None else None
        to_first = to_before if number == shot.start + 1 else None
        if first is not None and to_first is None:
            to_first = Way(shot.start, *comparable(picture, first))
        true, truly = None, None
        if truth is not None:
            true = truth[1](number)
            truly = Way(number - 1, *truth[0].way(number, number - 1)) if before is not None else None
        yield Moment(number, picture, to_before, to_first, true, truly)
        first, before = picture if first is None else first, picture


def relied(compared: Values) -> float | None:
    """The share of the strip's pixels that flicker stands on; None where no frame has one before it."""
    told = [share for share in compared if share is not None]
    return round(fmean(share if share >= LEAST else 0.0 for share in told), DIGITS) if told else None


def worst(numbers: Sequence[int], series: Series, floor: Series | None) -> tuple[int, ...]:
    """Where it departs most from what the source does there, and of neighbours only the worse one."""
    departs: dict[int, float] = {}
    for i, (number, value) in enumerate(zip(numbers, series.warp_error, strict=True)):
        if value is not None:
            departs[number] = value - ((floor.warp_error[i] or 0.0) if floor else 0.0)
    found: list[int] = []
    for number in sorted(departs, key=lambda n: (-departs[n], n)):
        if all(abs(number - other) > 1 for other in found):
            found.append(number)
    return tuple(found[:WORST])


# --- one value


def _warp_error(made: Pixels, earlier: Pixels | None, way: Way | None) -> float | None:
    if way is None or earlier is None or way.share < LEAST:
        return None
    return measures.warp_error(made, earlier, way.flow, way.sure)


def _excess(made: Pixels, before: Pixels | None, moment: Moment, truth_before: Pixels | None) -> float | None:
    way, truth = moment.truly, moment.truth
    if way is None or truth is None or before is None or truth_before is None or way.share < LEAST:
        return None
    return measures.excess((made, before), (truth, truth_before), way.flow, way.sure)


# --- all of them


def _pooled(name: str, values: Values) -> float | None:
    """Errors as root mean squares, so that a single bad jump counts; all else as what a usual frame has."""
    there = [value for value in values if value is not None]
    if not there:
        return None  # and not 0: what cannot be compared is not steady
    if name in ("warp_error", "warp_error_first", "excess"):
        return round(float(np.sqrt(np.mean(np.square(there)))), DIGITS)
    return round(median(there), DIGITS)
