"""How a tuning goes: its losses, smoothed, and whether the network has come apart."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from statistics import median_high
from typing import ClassVar

import torch
from torch import Tensor

from .frozen import frozen


@frozen
class Loss:
    """Of one batch: all of it, its looks, and its reference frames (NaN where it had none)."""

    all: float
    looks: float
    references: float


@dataclass
class Course:
    """The losses so far, and whether they still go down."""

    HORIZON: ClassVar = 50  # steps that the smoothed loss looks back
    WARM_UP: ClassVar = 20  # steps before it means something
    FAR: ClassVar = 3.0  # times the best: a network that has come apart is that far off, and chance is not
    FAR_AT_ONCE: ClassVar = 10.0  # times the usual one of the first: it came apart before anything was smooth

    losses: list[Loss] = field(default_factory=list)
    smooth: float = math.nan
    best: float = math.inf

    def add(self, loss: Loss) -> None:
        self.losses.append(loss)
        count = len(self.losses)
        share = 1 / min(count, self.HORIZON)
        self.smooth = loss.all if count == 1 else (1 - share) * self.smooth + share * loss.all
        if count >= self.WARM_UP:
            self.best = min(self.best, self.smooth)

    @property
    def astray(self) -> bool:
        return not math.isfinite(self.smooth) or self.smooth > self._bound

    @property
    def well(self) -> bool:
        """Good enough to be what to come back to."""
        return self.smooth <= self._bound / 2

    @property
    def torn(self) -> bool:
        """Whether the last batch is worse than chance makes one: its weights came apart in the update before it."""
        before = [loss.all for loss in self.losses[-self.HORIZON - 1 : -1]]
        far = self.FAR if len(before) >= self.WARM_UP else self.FAR_AT_ONCE
        return not self.losses[-1].all <= far * max(before, default=math.inf)

    def then(self, loss: Loss) -> Course:
        """As it would be with one loss more."""
        after = replace(self, losses=list(self.losses))
        after.add(loss)
        return after

    @property
    def _bound(self) -> float:
        """The very first batch may be an easy one: ten times its loss would be nothing."""
        first = median_high(loss.all for loss in self.losses[: self.WARM_UP])
        return min(self.FAR * self.best, self.FAR_AT_ONCE * first)

    def recent(self) -> float:
        """The mean over the last tenth."""
        last = self.losses[-math.ceil(len(self.losses) / 10) :]
        return sum(loss.all for loss in last) / len(last)

    def as_tensor(self, steps: int) -> Tensor:
        rows = [(loss.all, loss.looks, loss.references) for loss in self.losses[:steps]]
        return torch.tensor(rows, dtype=torch.float64).reshape(-1, 3)

    @classmethod
    def from_tensor(cls, rows: Tensor) -> Course:
        course = cls()
        for row in rows.tolist():
            course.add(Loss(*row))
        return course
