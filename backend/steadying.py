"""What was painted frame by frame, each picture averaged with its two neighbours: by chance they differ a little."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from . import flow
from .flow import Flow, Mask
from .reel import Frames, repeats


def steadied(painted: Iterator[NDArray], frames: Frames) -> Iterator[NDArray[np.float32]]:
    """Along the flow of the frames, in order. Three neighbours at a time are held."""
    before: NDArray | None = None
    now = next(painted)
    steady = np.empty(0, np.float32)
    for index in range(len(frames)):
        after = next(painted, None)
        if not repeats(frames, index):  # a held picture stays still
            known = [(i, p) for i, p in ((index - 1, before), (index + 1, after)) if p is not None]
            steady = averaged(now, [(p, *_way(frames, index, i)) for i, p in known])
        yield steady
        before = now
        if after is not None:
            now = after


def averaged(now: NDArray, around: Sequence[tuple[NDArray, Flow, Mask]]) -> NDArray[np.float32]:
    """A picture and its neighbours, each fetched along the flow to it, and where it is in sight."""
    total, count = now.astype(np.float32), np.ones((*now.shape[:2], 1), np.float32)
    for other, way, seen in around:
        total = total + seen[..., None] * flow.warp(other, way)
        count = count + seen[..., None]
    return total / count


def _way(frames: Frames, index: int, other: int) -> tuple[Flow, Mask]:
    way, back = (flow.flow(frames[a], frames[b]) for a, b in ((index, other), (other, index)))
    return way, flow.visible(way, back)
