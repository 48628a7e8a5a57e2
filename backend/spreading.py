"""One look spread over other frames of its shot, as examples: carried where that is believed, painted elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from torch import Generator

from . import carrying, filling
from .api import Propagate
from .carrying import Carried
from .filling import Example
from .patches import Learner
from .pictures import Pixels, to_bytes

LEAST_SURE = 0.1  # of a frame: where less of a look can be believed, carrying it on is of no use
PAINTED = 0.5  # how surely what a small network painted belongs there; what the flow carried is sure up to 1
PRIOR = Propagate("").prior  # as looks are spread without a model

FrameOf = Callable[[int], Pixels]
Tell = Callable[[int, int], None]


def spread(
    frame: FrameOf,
    key: int,
    look: Pixels,
    wanted: Sequence[int],
    device: torch.device,
    tell: Tell,
) -> Iterator[tuple[int, Carried]]:
    """To the wanted frames, in order. A small network of patches that has learned from the look, and from what was
    carried, paints what was not. `tell` hears how many frames were looked at, steps learned and frames painted, and of
    how many, and may say that it is cancelled."""
    wanted = [number for number in wanted if number != key]
    if not wanted:
        return
    ways = range(key + 1, max(wanted) + 1), range(key - 1, min(wanted) - 1, -1)
    walked = sum(map(len, ways))
    total = walked + PRIOR.steps + len(wanted)
    carried = dict(_carried(frame, key, look, wanted, ways, lambda done: tell(done, total)))
    learner = _learned(frame, key, look, carried, device, lambda step: tell(walked + step, total))
    for place, number in enumerate(wanted):
        tell(walked + PRIOR.steps + place, total)
        yield number, _joined(learner, frame(number), carried.get(number))


def _carried(
    frame: FrameOf,
    key: int,
    look: Pixels,
    wanted: Sequence[int],
    ways: tuple[range, range],
    tell: Callable[[int], None],
) -> Iterator[tuple[int, Carried]]:
    for way, before in zip(ways, (0, len(ways[0])), strict=True):
        for number, carried in zip(way, carrying.outward(frame, key, look, way), strict=False):
            tell(before + abs(number - key))
            if carried.share.mean() < LEAST_SURE:  # what is lost of it does not come again
                break
            if number in wanted:
                yield number, carried


def _learned(
    frame: FrameOf,
    key: int,
    look: Pixels,
    carried: dict[int, Carried],
    device: torch.device,
    tell: Callable[[int], None],
) -> Learner:
    learner, numbers = Learner(PRIOR, device), list(carried)
    own = Carried.whole(look)

    def some(dice: Generator) -> list[Example]:
        """The look on its own frame, and what was carried to some other."""
        if not numbers:
            return [(frame(key), own)]
        other = numbers[int(torch.randint(len(numbers), (1,), generator=dice))]
        return [(frame(key), own), (frame(other), carried[other])]

    while learner.step < PRIOR.steps:
        tell(learner.step)
        filling.learn_one(learner, some)
    return learner


def _joined(learner: Learner, frame: Pixels, carried: Carried | None) -> Carried:
    painted = filling.paint(learner, frame)
    if carried is None:
        return Carried(to_bytes(painted), np.full(frame.shape[:2], round(255 * PAINTED), np.uint8))
    return Carried(to_bytes(carried.over(painted)), to_bytes(255 * PAINTED + (1 - PAINTED) * carried.sure))
