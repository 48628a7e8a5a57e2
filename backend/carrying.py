"""What of a few looks is carried along the flow to all frames of their shot, and how surely it belongs there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from . import flow
from .flow import Flow, Mask
from .frozen import frozen
from .pictures import Pixels, to_bytes
from .reel import Frames, PutAside

SIGMA = 16.0  # levels between a frame and its key carried to it, at which a look is half believed (e^-1/2)
AROUND = 1.0  # pixels over which they are compared
EDGE = 0.7  # pixels: what is sure goes over softly into what is not
REFINED = 1.0  # pixels by which a flow of many steps may be put right; farther off it is another thing

Share = NDArray[np.float32]


@frozen
class Carried:
    """A look where it is carried to, and from 0 to 1 how surely it belongs there."""

    look: Pixels
    sure: NDArray[np.uint8]  # 255 is 1

    @classmethod
    def whole(cls, look: Pixels) -> Carried:
        """On its own frame."""
        return cls(look, np.full(look.shape[:2], 255, np.uint8))

    @property
    def share(self) -> Share:
        return self.sure.astype(np.float32)[..., None] / np.float32(255)

    def over(self, painted: NDArray) -> NDArray[np.float32]:
        """Laid over what was painted of the same frame."""
        return painted + self.share * (self.look.astype(np.float32) - painted)


class AllCarried:
    """What is carried to all frames of a shot, on the disk: of a long one it does not fit into memory."""

    def __init__(self, folder: Path | None, count: int, height: int, width: int) -> None:
        self._aside = PutAside(folder, (height, width, 4))
        self._sure = np.zeros(count)

    def __setitem__(self, index: int, carried: Carried) -> None:
        self._aside[index] = np.dstack([carried.look, carried.sure])
        self._sure[index] = carried.sure.mean() / 255

    def __getitem__(self, index: int) -> Carried:
        both = self._aside[index]
        return Carried(both[..., :3], both[..., 3])

    @property
    def sure(self) -> float:
        """From 0 to 1, of all pixels."""
        return float(self._sure.mean())

    def close(self) -> None:
        self._aside.close()


def carry(frames: Frames, looks: Mapping[int, Pixels], tell: Callable[[int], None], into: AllCarried) -> None:
    """To each frame from the nearest look on either side. `tell` hears how many were looked at, some of them twice."""
    keys, done = sorted(looks), 0
    for place, key in enumerate(keys):
        before = keys[place - 1] if place else -1
        after = keys[place + 1] if place + 1 < len(keys) else len(frames)
        into[key] = Carried.whole(looks[key])
        for way in (range(key + 1, after), range(key - 1, before, -1)):
            for index, carried in zip(way, outward(frames.__getitem__, key, looks[key], way), strict=True):
                between = place > 0 and index < key  # there the look before has been carried already
                both = [(into[index], index - before), (carried, key - index)] if between else []
                into[index] = _merged(both) if both else carried
                done += 1
                tell(done)


def outward(frame: Callable[[int], Pixels], key: int, look: Pixels, way: range) -> Iterator[Carried]:
    """To the frames of `way`, the first of them next to the key's. Flows are chained and the look is fetched once:
    fetched from frame to frame it would blur."""
    before, height, width = key, *look.shape[:2]
    chain, seen = np.zeros((height, width, 2), np.float32), np.ones((height, width), bool)
    for index in way:
        step, back = flow.flow(frame(index), frame(before)), flow.flow(frame(before), frame(index))
        chain, seen = _chained(step, flow.visible(step, back), chain, seen)
        chain = _put_right(frame(index), frame(key), chain, seen)
        sure = _belief(frame(index), flow.warp(frame(key), chain), seen)
        yield Carried(to_bytes(flow.warp(look, chain)), to_bytes(255 * sure))
        before = index


def _chained(step: Flow, in_sight: Mask, chain: Flow, seen: Mask) -> tuple[Flow, Mask]:
    return step + flow.warp(chain, step), in_sight & (flow.warp(seen, step) > 0.99)


def _put_right(frame: Pixels, key: Pixels, chain: Flow, seen: Mask) -> Flow:
    """Small errors of many steps add up: what is still off between the frame and its key is found directly."""
    rest = flow.flow(frame, to_bytes(flow.warp(key, chain)))
    better = np.asarray(rest + flow.warp(chain, rest), np.float32)
    near = ((better - chain) ** 2).sum(axis=-1) < REFINED**2
    return np.where((seen & near)[..., None], better, chain)


def _belief(frame: Pixels, key: NDArray, seen: Mask) -> Share:
    """A flow that is wrong mostly shows: the frame and its key differ where it leads."""
    apart = cv2.GaussianBlur(((frame - key) ** 2).mean(axis=-1), (0, 0), AROUND)
    belief = seen * np.exp(-apart / (2 * SIGMA**2))
    return np.asarray(cv2.GaussianBlur(belief.astype(np.float32), (0, 0), EDGE), np.float32)


def _merged(parts: Sequence[tuple[Carried, int]]) -> Carried:
    """The nearer look counts more, and the surer one."""
    weights = [carried.share / distance for carried, distance in parts]
    whole = np.maximum(sum(weights), 1e-6)
    look = sum(weight * carried.look for weight, (carried, _) in zip(weights, parts, strict=True)) / whole
    return Carried(to_bytes(look), np.maximum.reduce([carried.sure for carried, _ in parts]))
