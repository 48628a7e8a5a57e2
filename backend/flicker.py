"""How much a take flickers: what changes in it along its source's flow, and goes back again in the next frame."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from . import flow
from .flow import Flow, Mask, warp
from .reel import Frames

PLACES = 48  # of a shot, at most, where three neighbours are compared
LITTLE = 1.5  # levels of 255: rounding, and what is left where colours were evened, come and go by less


def flickers(source: Frames, take: Frames, check: Callable[[], None]) -> bool:
    """Whether there is anything for a network to take out. Of two frames nobody can tell: it is to try."""
    return len(source) < 3 or flicker(source, take, check) > LITTLE


def flicker(source: Frames, take: Frames, check: Callable[[], None]) -> float:
    """Its σ in levels of 255, beyond the source's own grain; `check` is called between two places."""
    found = []
    for last in sorted({round(x) for x in np.linspace(2, len(source) - 1, PLACES)}):
        check()
        way, sure = flow.comparable(source[last], source[last - 1])
        way_before, sure_before = flow.comparable(source[last - 1], source[last - 2])
        known = sure & (warp(sure_before, way) == 1)
        if known.any():
            found.append([_returning(some, last, (way, way_before), known) for some in (source, take)])
    own, all_of_it = np.mean(found, axis=0) if found else (0.0, 0.0)
    return float(np.sqrt(max(all_of_it - max(own, 0.0), 0.0)))


def _returning(pictures: Frames, last: int, ways: tuple[Flow, Flow], known: Mask) -> float:
    """What comes with one frame and goes with the next changes twice, and the other way round: −σ² is their covariance.

    What moves with an edge, a drift of colours and what warping blurs go on the same way, and count against it."""
    change = pictures[last] - warp(pictures[last - 1], ways[0])
    before = warp(pictures[last - 1] - warp(pictures[last - 2], ways[1]), ways[0])
    return -float((change * before)[known].mean())
