"""How good a set of painted frames is: one dataclass of figures for everything that is compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, median

import numpy as np

from backend import composition, measures
from backend.fidelity import Likeness
from backend.pictures import Pixels
from backend.pocket.captions import Style

from .presence import still_there
from .task import FAR, LOOK, NEAR, Task


@dataclass(frozen=True)
class Scores:
    psnr: float  # dB to the truth, the median of the frames
    worst_tenth: float
    near: float  # next to the look
    far: float  # sixty frames away
    ssim: float
    excess: float  # RMS levels of 255
    car: float  # on the worst frame
    car_median: float
    warp_error: float  # RMS along the source's true flow
    fidelity: float  # the distance to the look: 0 is the look itself
    composition: float


def judge(task: Task, made: Sequence[Pixels], look: Pixels) -> Scores:
    psnrs = [measures.psnr(a, b) for a, b in zip(made, task.truth, strict=True)]
    cars = [still_there(*each) for each in zip(made, task.truth, task.empty, task.cars, strict=True)]
    away = [abs(i - LOOK) for i in task.frames]
    shown, like = [task.source[i] for i in task.frames], Likeness(task.source[LOOK], look)
    return Scores(
        psnr=median(psnrs),
        worst_tenth=float(np.percentile(psnrs, 10)),
        near=mean(p for p, d in zip(psnrs, away, strict=True) if d in NEAR),
        far=mean(p for p, d in zip(psnrs, away, strict=True) if d in FAR),
        ssim=median(measures.ssim(a, b) for a, b in zip(made, task.truth, strict=True)),
        excess=_pooled(_excess(task, made)),
        car=min(cars),
        car_median=median(cars),
        warp_error=_pooled(_warp_errors(task, made)),
        fidelity=median(like.distance(a, b) for a, b in zip(shown, made, strict=True)),
        composition=median(composition.score(a, b) for a, b in zip(shown, made, strict=True)),
    )


def _excess(task: Task, made: Sequence[Pixels]) -> list[float]:
    found = []
    for (now, before), way in zip(task.pairs, task.ways(task.style), strict=True):
        true = task.truth[now], task.truth[before]
        found.append(measures.excess((made[now], made[before]), true, *way))
    return found


def _warp_errors(task: Task, made: Sequence[Pixels]) -> list[float]:
    each = zip(task.pairs, task.ways(Style.PHOTO), strict=True)
    return [measures.warp_error(made[now], made[before], *way) for (now, before), way in each]


def _pooled(values: Sequence[float]) -> float:
    """The RMS of all pairs together."""
    return float(np.sqrt(np.mean(np.square(values))))
