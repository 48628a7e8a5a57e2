"""What takes are judged by: pure functions on pictures of 0 to 255, and on the flow between them.

Two pictures of a clip are compared along a flow that leads from the later one, `now`, to the earlier one, `before`."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from .flow import Flow, Mask, warp

Picture = NDArray  # (height, width, 3), bytes or floats of 0 to 255

REACH = 4  # pixels around a place where the truth is searched for what a picture shows there
PATCH = 5  # the side of what is compared
SPECKLE = 5  # the side of the median that takes single pixels out


# --- against the truth


def psnr(made: Picture, truth: Picture) -> float:
    error = float(np.mean((_whole(made) - truth) ** 2))
    return 10 * float(np.log10(255**2 / max(error, 1e-9)))


def ssim(made: Picture, truth: Picture) -> float:
    """Structural similarity (Wang et al. 2004): a Gaussian window of 1.5 pixels, the mean of the three channels."""
    a, b = _whole(made), _whole(truth)
    ma, mb = _blurred(a), _blurred(b)
    va, vb, ab = _blurred(a * a) - ma * ma, _blurred(b * b) - mb * mb, _blurred(a * b) - ma * mb
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    alike = (2 * ma * mb + c1) * (2 * ab + c2) / ((ma * ma + mb * mb + c1) * (va + vb + c2))
    return float(alike.mean())


def excess(made: Sequence[Picture], truth: Sequence[Picture], way: Flow, sure: Mask) -> float:
    """By how much two neighbours, (now, before), differ more or otherwise than the truth's do: RMS over `sure` pixels.

    0 for the truth itself, also where its light or its edges change; √2·σ where every frame is off by its own σ."""
    jump = _change(made[0], made[1], way) - _change(truth[0], truth[1], way)
    return _rms(jump[sure])


# --- without one


def warp_error(now: Picture, before: Picture, way: Flow, sure: Mask) -> float:
    """RMS of what has changed along the flow of the *source*. Read it beside the source's own, which is its floor."""
    return _rms(_change(now, before, way)[sure])


# --- is something still there


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
    a, b = _whole(made), np.pad(_whole(known), ((REACH, REACH), (REACH, REACH), (0, 0)), "edge")
    may = np.pad(allowed, REACH)
    best = np.full((height, width), np.inf, np.float32)
    for dy in range(2 * REACH + 1):
        for dx in range(2 * REACH + 1):
            here = slice(dy, dy + height), slice(dx, dx + width)
            if may[here].any():
                apart = cv2.blur(((a - b[here]) ** 2).sum(axis=2), (PATCH, PATCH))
                best = np.where(may[here], np.minimum(best, apart), best)
    return best


# --- steps


def _change(now: Picture, before: Picture, way: Flow) -> NDArray[np.float32]:
    return _whole(now) - warp(before, way)


def _rms(values: NDArray) -> float:
    return float(np.sqrt(np.mean(values**2))) if values.size else 0.0


def _whole(picture: Picture) -> NDArray[np.float32]:
    return np.asarray(picture, np.float32)


def _blurred(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(picture, (11, 11), 1.5), np.float32)
