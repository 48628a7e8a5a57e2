"""How far a picture is from the looks in its strokes and colours, at every scale.

Sliced Wasserstein distance between patches of Laplacian pyramids (Rabin et al. 2011; Karras et al. 2018, section 5)."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from . import pictures
from .pictures import Pixels

Values = NDArray[np.float32]

PATCH = 7  # pixels a side, as in the paper
PROJECTIONS = 64
MOST = 4096  # patches of a level
COARSEST = 8  # the short side at the end: there a patch is nearly the whole height, and sees what lies over what
FAINT = 0.5  # steps of Lab: a level with less in it does not count for more than its noise
SEED = 0


def distance(picture: Pixels, looks: Sequence[Pixels]) -> float:
    """To the nearest look: 0 is the look itself, and about 0.1 another frame in its style; figures in docs/method.md.

    A take that shows the look on every frame is at 0, so read it beside the composition against the source."""
    if not looks:
        raise ValueError("There is no look to measure the distance to.")
    return min(_between(picture, look) for look in looks)


def _between(picture: Pixels, look: Pixels) -> float:
    wanted = _pyramid(look)
    made = _pyramid(pictures.resize(picture, (look.shape[1], look.shape[0])))
    return float(np.mean([_sliced(a, b) for a, b in zip(made, wanted, strict=True)]))


def _pyramid(rgb: Pixels) -> list[Values]:
    """What each scale adds to the next coarser one, and the coarsest, all in Lab, where distances are as seen."""
    level = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    levels = []
    while min(level.shape[:2]) >= 2 * COARSEST:
        coarser = cv2.pyrDown(level)
        levels.append(level - cv2.pyrUp(coarser, dstsize=(level.shape[1], level.shape[0])))
        level = coarser
    return [np.asarray(part, np.float32) for part in (*levels, level)]


def _sliced(made: Values, wanted: Values) -> float:
    """In units of what the look has on this level, so that fine strokes count as much as large areas."""
    spread = float(np.std(wanted)) + FAINT
    directions = _directions(PATCH * PATCH * wanted.shape[2])
    a, b = (np.sort(_patches(level) @ directions, axis=0) for level in (made, wanted))
    return float(np.abs(a - b).mean()) / spread


def _patches(level: Values) -> Values:
    """Up to MOST of them, always at the same places."""
    windows = np.lib.stride_tricks.sliding_window_view(level, (PATCH, PATCH), axis=(0, 1))
    high, wide = windows.shape[:2]
    places = np.random.default_rng(SEED).permutation(high * wide)[:MOST]
    return windows[places // wide, places % wide].reshape(len(places), -1)


@functools.cache
def _directions(dimensions: int) -> Values:
    drawn = np.random.default_rng(SEED).standard_normal((dimensions, PROJECTIONS))
    return (drawn / np.linalg.norm(drawn, axis=0)).astype(np.float32)
