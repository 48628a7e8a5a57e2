"""What takes are judged by: pure functions on pictures of 0 to 255, and on the flow between them.

Two pictures of a clip are compared along a flow that leads from the later one, `now`, to the earlier one, `before`."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from .flow import Flow, Mask, warp

Picture = NDArray  # (height, width, 3), bytes or floats of 0 to 255


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


# --- steps


def _change(now: Picture, before: Picture, way: Flow) -> NDArray[np.float32]:
    return _whole(now) - warp(before, way)


def _rms(values: NDArray) -> float:
    return float(np.sqrt(np.mean(values**2))) if values.size else 0.0


def _whole(picture: Picture) -> NDArray[np.float32]:
    return np.asarray(picture, np.float32)


def _blurred(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(picture, (11, 11), 1.5), np.float32)
