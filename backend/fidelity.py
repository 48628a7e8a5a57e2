"""How far a take is from what its look does to the frame: in strokes and colours, and in where they go.

Sliced Wasserstein distances between patches of Laplacian pyramids (Rabin et al. 2011; Karras et al. 2018, section 5):
of the painted patches alone, and of how they go with the patches of the source in the same places. The second is what
a picture lacks that has the look's strokes and colours, and shows something else than its frame."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from . import pictures
from .pictures import Pixels

Values = NDArray[np.float32]
Levels = Sequence[Values]

MOST = 4096  # patches of a level
PATCH, PROJECTIONS = 7, 64  # pixels a side, as in Karras et al., and directions
BOND_PATCH, BOND_PROJECTIONS = 3, 24  # measured: larger patches learn more of the one look, and tell less apart
COARSEST = 8  # the short side at the end: there a patch is nearly the whole height, and sees what lies over what
FAINT = 0.5  # steps of Lab: a level with less in it does not count for more than its noise
FINE = 32  # the short side of the coarsest level with bonds: below it too few places tell a bond from chance
RIDGE = 1.0  # against learning a bond from what only one picture has; patches are in units of the level's spread
WEIGHT = (
    2.5  # of the bonds beside the strokes: found on four clips, and checked on others (tests/benchmarks/likeness.py)
)
SEED = 0


class Likeness:
    """What a look does to its frame, to compare with what a take does to another frame."""

    def __init__(self, frame: Pixels, painting: Pixels) -> None:
        self._size = (frame.shape[1], frame.shape[0])
        shown, painted = _pyramid(frame), _pyramid(pictures.resize(painting, self._size))
        self._strokes = [_Strokes(level) for level in painted]
        fine = [i for i, level in enumerate(painted[:-1]) if min(level.shape[:2]) >= FINE]
        self._bonds = [_Bond(shown[i], painted[i]) for i in fine]
        self._seen: tuple[Pixels, list[Values]] | None = None

    def distance(self, frame: Pixels, made: Pixels) -> float:
        """0 is the look on its own frame, and near is a frame that was painted so; figures are in docs/method.md."""
        return float(np.hypot(*self.parts(frame, made)))

    def parts(self, frame: Pixels, made: Pixels) -> tuple[float, float]:
        """The distance in strokes and colours, and in how they go with the frame."""
        painted = _pyramid(pictures.resize(made, self._size))
        strokes = [each.distance(level) for each, level in zip(self._strokes, painted, strict=True)]
        ranks = self._ranks(frame)
        bonds = [bond.distance(rank, level) for bond, rank, level in zip(self._bonds, ranks, painted, strict=False)]
        return float(np.mean(strokes)), WEIGHT * float(np.mean(bonds)) if bonds else 0.0

    def _ranks(self, frame: Pixels) -> list[Values]:
        """Kept for the next one: several takes are compared on the same frame."""
        if self._seen is None or self._seen[0] is not frame:
            shown = _pyramid(pictures.resize(frame, self._size))
            self._seen = frame, [bond.ranks(level) for bond, level in zip(self._bonds, shown, strict=False)]
        return self._seen[1]


class _Strokes:
    """What the patches of one level of a look are like, wherever they are."""

    def __init__(self, wanted: Values) -> None:
        self._spread = float(np.std(wanted)) + FAINT  # so that fine strokes count as much as large areas
        self._wanted = self._sliced(wanted)

    def distance(self, made: Values) -> float:
        return float(np.abs(self._sliced(made) - self._wanted).mean()) / self._spread

    @staticmethod
    def _sliced(level: Values) -> Values:
        return np.sort(_patches(level, PATCH) @ _directions(PATCH, PROJECTIONS), axis=0)


class _Bond:
    """How the painted patches of one level go with those of its frame.

    A filter of the source is fitted to each filter of the painting. Both are told by their ranks only, so that all that
    is left of the two is how they go together: how their sums and differences are distributed."""

    def __init__(self, shown: Values, painted: Values) -> None:
        self._painted = _directions(BOND_PATCH, BOND_PROJECTIONS)
        self._unit = np.float32(np.std(shown) + FAINT)
        self._steep = np.float32(np.std(_steepness(shown)) + FAINT)
        x, y = self._source(shown), _patches(painted, BOND_PATCH) @ self._painted
        x, y = x - x.mean(axis=0), y - y.mean(axis=0)
        gram = x.T @ x / len(x) + RIDGE * np.eye(x.shape[1], dtype=np.float32)
        self._fitted = np.linalg.solve(gram, x.T @ y / len(x)).astype(np.float32)
        self._wanted = self._sliced(self.ranks(shown), painted)

    def ranks(self, shown: Values) -> Values:
        return _ranked(self._source(shown) @ self._fitted)

    def distance(self, ranks: Values, made: Values) -> float:
        both = zip(self._sliced(ranks, made), self._wanted, strict=True)
        return float(np.mean([np.abs(a - b).mean() for a, b in both]))

    def _sliced(self, ranks: Values, painted: Values) -> tuple[Values, Values]:
        others = _ranked(_patches(painted, BOND_PATCH) @ self._painted)
        return np.sort(ranks + others, axis=0), np.sort(ranks - others, axis=0)

    def _source(self, shown: Values) -> Values:
        """With how steep each place is: lines are drawn where the source has edges, up or down."""
        return _patches(np.dstack([shown / self._unit, _steepness(shown) / self._steep]), BOND_PATCH)


def _steepness(level: Values) -> Values:
    across, down = (cv2.Sobel(level, cv2.CV_32F, *way, scale=1 / 8) for way in ((1, 0), (0, 1)))
    return np.sqrt((across**2 + down**2).sum(axis=2)).astype(np.float32)


def _pyramid(rgb: Pixels) -> list[Values]:
    """What each scale adds to the next coarser one, and the coarsest, all in Lab, where distances are as seen."""
    level = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    levels = []
    while min(level.shape[:2]) >= 2 * COARSEST:
        coarser = cv2.pyrDown(level)
        levels.append(level - cv2.pyrUp(coarser, dstsize=(level.shape[1], level.shape[0])))
        level = coarser
    return [np.asarray(part, np.float32) for part in (*levels, level)]


def _patches(level: Values, side: int) -> Values:
    """Up to MOST of them, always at the same places."""
    windows = np.lib.stride_tricks.sliding_window_view(level, (side, side), axis=(0, 1))
    high, wide = windows.shape[:2]
    places = np.random.default_rng(SEED).permutation(high * wide)[:MOST]
    return windows[places // wide, places % wide].reshape(len(places), -1)


@functools.cache
def _directions(side: int, count: int) -> Values:
    drawn = np.random.default_rng(SEED).standard_normal((side * side * 3, count))
    return (drawn / np.linalg.norm(drawn, axis=0)).astype(np.float32)


def _ranked(values: Values) -> Values:
    """The place of each value among those of its column, of unit spread."""
    places = np.empty(values.shape, np.float32)
    order = np.argsort(values, axis=0)
    np.put_along_axis(places, order, np.arange(len(values), dtype=np.float32)[:, None], axis=0)
    return (places + np.float32(0.5)) / np.float32(len(values)) * np.float32(12**0.5)
