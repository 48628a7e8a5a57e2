"""How much a take flickers: what changes in it along its source's flow, and goes back again in the next frame."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from . import flow
from .flow import Flow, Mask, warp
from .reel import Frames

Changes = NDArray[np.float64]  # of three channels, a row a pixel; or the covariances of some
PLACES = 48  # of a shot, at most, where three neighbours are compared
APART = (1, 2, 3)  # frames, of such neighbours: footage on twos or threes is held, and held frames change nothing
LITTLE = 1.5  # levels of 255: rounding, and what is left where colours were evened, come and go by less


def flickers(source: Frames, take: Frames, check: Callable[[], None], opacity: Frames | None = None) -> bool:
    """Whether there is anything for a network to take out. Of two frames nobody can tell: it is to try."""
    return len(source) < 3 or any(flicker(source, take, check, apart, opacity) > LITTLE for apart in APART)


def flicker(
    source: Frames, take: Frames, check: Callable[[], None], apart: int = 1, opacity: Frames | None = None
) -> float:
    """Its σ in levels of 255, without what the source's own changes tell of it; `check` is called between two places.
    A pixel counts by its opacity, where that is given.

    What comes with one frame and goes with the next changes twice, and the other way round: −σ² is the covariance of
    the two changes. A drift of colours goes on the same way, and counts against it."""
    twice, turning, places = np.zeros((6, 6)), np.zeros((6, 6)), 0
    for three in _neighbours(len(source), apart):
        check()
        last, middle, first = (source[number] for number in three)
        way, sure = flow.comparable(last, middle)
        way_before, sure_before = flow.comparable(middle, first)
        known = sure & (warp(sure_before, way) == 1)
        weight = known[known] if opacity is None else _seen(opacity, three, (way, way_before))[known]
        if weight.any():
            both = [_changes(some, three, (way, way_before), known) for some in (take, source)]
            change, before = (np.hstack(some) for some in zip(*both, strict=True))
            share = (weight / weight.sum())[:, None]
            twice += (share * change).T @ before
            turning += (share * (change - before)).T @ (change - before)
            places += 1
    own = np.hstack([np.eye(3), -_map(turning)])  # of a take and its source: what the source does not tell
    return float(np.sqrt(max(-np.trace(own @ twice @ own.T) / 3 / max(places, 1), 0.0)))


def _neighbours(count: int, apart: int) -> list[tuple[int, int, int]]:
    """The last of them first."""
    room = count - 2 * apart
    firsts = sorted({round(x) for x in np.linspace(0, room - 1, min(PLACES, room))}) if room > 0 else []
    return [(first + 2 * apart, first + apart, first) for first in firsts]


def _seen(opacity: Frames, three: tuple[int, int, int], ways: tuple[Flow, Flow]) -> NDArray[np.float32]:
    """How much of each pixel in all three: the colours of what is hidden say nothing."""
    last, middle, first = (opacity[number] for number in three)
    return np.minimum(last, warp(np.minimum(middle, warp(first, ways[1])), ways[0]))


def _changes(
    pictures: Frames, three: tuple[int, int, int], ways: tuple[Flow, Flow], known: Mask
) -> tuple[Changes, Changes]:
    """What has changed of each pixel along the flow, and what had changed before."""
    last, middle, first = (pictures[number] for number in three)
    change = last - warp(middle, ways[0])
    before = warp(middle - warp(first, ways[1]), ways[0])
    return change[known].astype(float), before[known].astype(float)


def _map(turning: Changes) -> Changes:
    """The map of colours by which the source's turns are most of the take's: its grain, and its edges."""
    return turning[:3, 3:] @ np.linalg.pinv(turning[3:, 3:], rcond=1e-6)
