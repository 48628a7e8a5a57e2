"""The reference frames as one picture for the panel: in order, and below them how near every frame is to one."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from . import pictures
from .api import Reference
from .coverage import FAR
from .pictures import Pixels
from .study import Study

WIDTH = 640  # pixels: twice a usual sidebar's, for screens with small pixels
GAP = 4
BAR, MARK = 14, 10  # heights: of the line of all frames, and of the marks above it that say which were chosen
NEAR, MIDDLE, AWAY = (86, 156, 214), (222, 184, 92), (224, 84, 68)  # like one of them, less so, like none
LIGHT = (235, 235, 235)

# Rows as they are: Blender's Python has nothing that reads pictures, and undoing a filter there takes seconds.
AS_PNG = (cv2.IMWRITE_PNG_COMPRESSION, 6, cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_NONE)


def draw(kept: Study, reference: Reference, distances: dict[int, float]) -> Pixels:
    frames = [pictures.read(kept.frame_path(number)) for number in reference.numbers]
    numbers = sorted(distances)
    chosen = [numbers.index(number) for number in reference.numbers]
    return sheet(frames, chosen, [distances[number] for number in numbers])


def sheet(frames: Sequence[Pixels], chosen: Sequence[int], distances: Sequence[float]) -> Pixels:
    """RGBA, transparent between the frames. `chosen`: where each of them is in the distances of all."""
    below = line(chosen, distances)
    grid = tiles(frames, columns(len(frames), frames[0].shape[1] / frames[0].shape[0]))
    return np.vstack([grid, np.zeros((GAP * 2, WIDTH, 4), np.uint8), below])


def columns(count: int, aspect: float) -> int:
    """As many as bring it nearest to a square: Blender gives a picture as much height as width."""

    def off(across: int) -> float:
        cell = WIDTH / across
        high = math.ceil(count / across) * cell / aspect + BAR + MARK
        return abs(math.log(WIDTH / high))

    return min(range(1, count + 1), key=off)


def tiles(frames: Sequence[Pixels], across: int) -> Pixels:
    wide = (WIDTH - GAP * (across - 1)) // across
    high = max(1, round(wide * frames[0].shape[0] / frames[0].shape[1]))
    rows = math.ceil(len(frames) / across)
    drawn = np.zeros((rows * (high + GAP) - GAP, WIDTH, 4), np.uint8)
    for at, frame in enumerate(frames):
        x, y = (at % across) * (wide + GAP), (at // across) * (high + GAP)
        drawn[y : y + high, x : x + wide, :3] = cv2.resize(frame, (wide, high), interpolation=cv2.INTER_AREA)
        drawn[y : y + high, x : x + wide, 3] = 255
    return drawn


def line(chosen: Sequence[int], distances: Sequence[float]) -> Pixels:
    """All frames from left to right, coloured by how near the nearest chosen one is; marks where those are."""
    farthest = np.maximum.reduceat(distances, np.arange(WIDTH) * len(distances) // WIDTH)  # of those in one column
    drawn = np.zeros((MARK + BAR, WIDTH, 4), np.uint8)
    drawn[MARK:, :, :3] = colours(farthest)
    drawn[MARK:, :, 3] = 255
    for at in chosen:
        x = round((at + 0.5) / len(distances) * WIDTH)
        drawn[: MARK - 2, max(0, x - 3) : x + 3] = (*LIGHT, 255)
    return drawn


def colours(distances: NDArray[np.float64]) -> Pixels:
    ramp = np.array((NEAR, MIDDLE, AWAY), np.float64)
    mixed = [np.interp(distances, (FAR / 4, FAR * 0.75, FAR), ramp[:, channel]) for channel in range(3)]
    return np.rint(np.stack(mixed, axis=-1)).astype(np.uint8)


def encode(pixels: Pixels) -> bytes:
    return cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGBA2BGRA), AS_PNG)[1].tobytes()
