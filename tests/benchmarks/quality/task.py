"""A task: one clip in one style, which frames are judged, and the true answers to them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import numpy as np

from backend.flow import Flow, Mask
from backend.pictures import Pixels
from backend.pocket.captions import Style
from backend.pocket.world import Clip

FRAMES = 96
SIZE = (112, 64)
LOOK = 24  # the frame that has the look: others are up to 71 frames away
FIRST_PAIR = 2
NEAR, FAR = range(1, 9), range(52, 69)  # frames away from the look: next to it, and about sixty


class Setting(Enum):
    """Where the look comes from."""

    TRUTH = "A"  # the truth of one frame: then the truth of the others is the right answer
    STAGE = "B"  # the looks stage: there is no right answer, only steadiness and likeness to the look


@dataclass(frozen=True)
class Task:
    setting: Setting
    seed: int
    style: Style
    every: int = 8  # frames from one judged pair of neighbours to the next

    @property
    def name(self) -> str:
        return f"{self.setting.value}-{self.seed}-{self.style.name.lower()}"

    @cached_property
    def clip(self) -> Clip:
        return Clip(self.seed, frames=FRAMES, size=SIZE)

    @cached_property
    def street(self) -> Clip:
        """The same without the car."""
        return Clip(self.seed, frames=FRAMES, size=SIZE, empty=True)

    @property
    def prompt(self) -> str:
        return self.clip.caption(LOOK, self.style)

    @cached_property
    def frames(self) -> tuple[int, ...]:
        """The judged ones, in pairs of neighbours; never the one that has the look."""
        starts = range(FIRST_PAIR, FRAMES - 1, self.every)
        return tuple(i for start in starts for i in (start, start + 1) if LOOK not in (start, start + 1))

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """(now, before), as places among the judged frames."""
        return tuple((i + 1, i) for i in range(0, len(self.frames), 2))

    @cached_property
    def source(self) -> tuple[Pixels, ...]:
        return tuple(self.clip.photo(i) for i in range(FRAMES))

    @cached_property
    def truth(self) -> tuple[Pixels, ...]:
        return tuple(self.clip.painted(i, self.style) for i in self.frames)

    @cached_property
    def empty(self) -> tuple[Pixels, ...]:
        return tuple(self.street.painted(i, self.style) for i in self.frames)

    @cached_property
    def cars(self) -> tuple[Mask, ...]:
        return tuple(self.clip.masks(i, self.style)["vehicle"] for i in self.frames)

    def ways(self, style: Style) -> list[tuple[Flow, Mask]]:
        """The true flow of every pair, and where it can be relied on."""
        numbers = [(self.frames[now], self.frames[before]) for now, before in self.pairs]
        return [(self.clip.flow(*pair, style), self.clip.visible(*pair, style)) for pair in numbers]

    @property
    def true_look(self) -> Pixels:
        return np.asarray(self.clip.painted(LOOK, self.style))
