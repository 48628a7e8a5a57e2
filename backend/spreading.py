"""One look spread over other frames of its shot, as examples: carried where that is believed, painted elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from torch import Generator, Tensor

from . import carrying
from .api import Propagate
from .carrying import Carried
from .fingerprint import fingerprint_of
from .patches import Learner
from .pictures import Pixels

LEAST_SURE = 0.1  # of a frame: where less of a look can be believed, carrying it on is of no use
PAINTED = 0.5  # how surely what a small network painted belongs there; what the flow carried is sure up to 1
PRIOR = Propagate("").prior  # as looks are spread without a model

FrameOf = Callable[[int], Pixels]


def spread(
    frame: FrameOf,
    key: int,
    look: Pixels,
    wanted: Sequence[int],
    device: torch.device,
    tell: Callable[[], None],
) -> Iterator[tuple[int, Carried]]:
    """To the wanted frames, in order. A small network of patches that has learned from the look, and from what was
    carried, paints what was not. `tell` may say that it is cancelled."""
    wanted = [number for number in wanted if number != key]
    if not wanted:
        return
    carried = dict(_carried(frame, key, look, wanted, tell))
    learner = _learned(frame, key, look, carried, device, tell)
    for number in wanted:
        tell()
        yield number, _joined(learner, frame(number), carried.get(number))


def _carried(
    frame: FrameOf, key: int, look: Pixels, wanted: Sequence[int], tell: Callable[[], None]
) -> Iterator[tuple[int, Carried]]:
    for way in (range(key + 1, max(wanted) + 1), range(key - 1, min(wanted) - 1, -1)):
        for number, carried in zip(way, carrying.outward(frame, key, look, way), strict=False):
            tell()
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
    tell: Callable[[], None],
) -> Learner:
    learner, numbers = Learner(PRIOR, device), list(carried)
    own = Carried(look, np.full(look.shape[:2], 255, np.uint8))
    while learner.step < PRIOR.steps:
        tell()
        dice = _dice(PRIOR.seed, learner.step)
        some = [(key, own)]
        if numbers:
            other = numbers[int(torch.randint(len(numbers), (1,), generator=dice))]
            some.append((other, carried[other]))
        sure = torch.from_numpy(np.stack([each.share for _, each in some])).permute(0, 3, 1, 2)
        learner.learn(_tensor([frame(n) for n, _ in some]), _tensor([each.look for _, each in some]), sure, dice)
    return learner


def _joined(learner: Learner, frame: Pixels, carried: Carried | None) -> Carried:
    painted = learner.paint(_tensor([frame]))[0].permute(1, 2, 0).numpy()
    if carried is None:
        return Carried(_bytes(painted), np.full(frame.shape[:2], round(255 * PAINTED), np.uint8))
    both = painted + carried.share * (carried.look.astype(np.float32) - painted)
    return Carried(_bytes(both), _bytes(255 * PAINTED + (1 - PAINTED) * carried.sure))


def _tensor(pictures: Sequence[Pixels]) -> Tensor:
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2)


def _bytes(values: np.ndarray) -> Pixels:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def _dice(*parts: int) -> Generator:
    """Unlike neighbours, or the draws of one step could resemble those of the next."""
    return Generator().manual_seed(int(fingerprint_of(*parts)[:12], 16))
