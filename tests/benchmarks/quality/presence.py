"""Is something still there: what is looked for is known by the truth with it, and by the truth without it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from backend.flow import Mask
from backend.measures import Picture

REACH = 4  # pixels around a place where the truth is searched for what a picture shows there
PATCH = 5  # the side of what is compared
SPECKLE = 5  # the side of the median that takes single pixels out


def still_there(made: Picture, truth: Picture, empty: Picture, mask: Mask) -> float:
    """How far what is found in a picture covers what is found in its truth: 1 for the truth, 0 for an empty street."""
    return overlap(found(made, truth, empty, mask), found(truth, truth, empty, mask))


def found(made: Picture, truth: Picture, empty: Picture, mask: Mask) -> Mask:
    """Where a picture shows what is under the mask in its truth, and not what is there in the truth without it.

    Around every pixel its patch is looked up, up to REACH pixels away: among those of the thing in the truth, and
    among all others, beside it and in the `empty` truth. The nearer one wins: noise and a little blur do not count."""
    thing = _nearest(made, truth, mask)
    street = np.minimum(_nearest(made, truth, ~mask), _nearest(made, empty, np.ones_like(mask)))
    said = (thing < street).astype(np.uint8)
    return cv2.medianBlur(said, SPECKLE).astype(bool)


def overlap(a: Mask, b: Mask) -> float:
    """Intersection over union; 1 where both are empty."""
    union = int((a | b).sum())
    return float((a & b).sum()) / union if union else 1.0


def _nearest(made: Picture, known: Picture, allowed: Mask) -> NDArray[np.float32]:
    """The squared distance of every patch to the nearest allowed one of a known picture."""
    height, width = allowed.shape
    a, b = _floats(made), np.pad(_floats(known), ((REACH, REACH), (REACH, REACH), (0, 0)), "edge")
    may = np.pad(allowed, REACH)
    best = np.full((height, width), np.inf, np.float32)
    for dy in range(2 * REACH + 1):
        for dx in range(2 * REACH + 1):
            here = slice(dy, dy + height), slice(dx, dx + width)
            if may[here].any():
                apart = cv2.blur(((a - b[here]) ** 2).sum(axis=2), (PATCH, PATCH))
                best = np.where(may[here], np.minimum(best, apart), best)
    return best


def _floats(picture: Picture) -> NDArray[np.float32]:
    return np.asarray(picture, np.float32)
