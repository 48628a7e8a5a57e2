"""Whether a look keeps its frame's composition: where edges are at coarse scale, whatever their colours."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from .pictures import Pixels

Maps = NDArray[np.float32]  # (height, width, 3): how strongly edges stand, lie and slope in each place

SIDE = 64  # the short side at which pictures are compared, whatever their size
SMOOTH = 1.0
EDGE = 2.0  # steps of Lab a pixel: half of what counts as an edge, so that a night has as many as a day
COARSE = 1.5  # how far an edge may have wandered
NEAR = 8.0  # what is compared is how places differ from those around: every street has its sky above
MOVED = 0.35  # the calibration is in docs/method.md


def score(frame: Pixels, look: Pixels) -> float:
    """1 for the frame itself, in whatever colours; about 0.15 for another scene of the same kind, and 0 for noise."""
    size = _size(frame)
    a, b = _maps(frame, size), _maps(look, size)
    energy = float(np.sqrt((a * a).sum() * (b * b).sum()))
    if energy < 1e-6:  # one of them is plain: they agree only where both are
        return float(abs(a).max() < 1e-3 and abs(b).max() < 1e-3)
    return max(0.0, round(float((a * b).sum()) / energy, 4))


def has_moved(scored: float) -> bool:
    return scored < MOVED


def _size(rgb: Pixels) -> tuple[int, int]:
    height, width = rgb.shape[:2]
    scale = SIDE / min(height, width)
    return round(width * scale), round(height * scale)


def _maps(rgb: Pixels, size: tuple[int, int]) -> Maps:
    shrinks = size[0] < rgb.shape[1]
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    lab = cv2.GaussianBlur(lab, (0, 0), SMOOTH)
    dx, dy = (cv2.Sobel(lab, cv2.CV_32F, *way, scale=1 / 8) for way in ((1, 0), (0, 1)))
    # Squares, summed over the channels [Di Zenzo 1986]: a step up and a step down are the same edge, in any colour.
    tensor = np.stack([(dx * dx).sum(2), (dy * dy).sum(2), (dx * dy).sum(2)], axis=-1)
    squared = tensor[..., :1] + tensor[..., 1:2]
    strength = np.sqrt(squared)
    edges = tensor / (squared + 1e-9) * (strength / (strength + EDGE))
    edges = cv2.GaussianBlur(edges, (0, 0), COARSE)
    return (edges - cv2.GaussianBlur(edges, (0, 0), NEAR)).astype(np.float32)
