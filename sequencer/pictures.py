"""One rendered picture: read from Blender's raw Targa file, cropped, and split into colour and transparency."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ..backend.api import Box
from ..backend.frozen import frozen

Pixels = Any  # height × width × 4 bytes, blue first, top row first


def read_targa(path: Path) -> Pixels:
    data = path.read_bytes()
    width, height = int.from_bytes(data[12:14], "little"), int.from_bytes(data[14:16], "little")
    pixels = np.frombuffer(data, np.uint8, width * height * 4, offset=18 + data[0]).reshape(height, width, 4)
    top_row_first = data[17] & 0x20
    return pixels if top_row_first else pixels[::-1]


@frozen
class Frame:
    """A frame of a strip as it was rendered: rows from the top, RGB, and alpha where anything shows through."""

    number: int
    width: int
    height: int
    rgb: bytes
    alpha: bytes | None


def cropped(pixels: Pixels, box: Box) -> Pixels:
    return pixels[box.y : box.y + box.height, box.x : box.x + box.width]


def to_frame(number: int, pixels: Pixels) -> Frame:
    height, width = pixels.shape[:2]
    alpha = np.ascontiguousarray(pixels[..., 3])
    rgb = np.empty((height, width, 3), np.uint8)
    for to, channel in enumerate((2, 1, 0)):  # three strided copies: far faster than one reversed one
        rgb[..., to] = pixels[..., channel]
    if alpha.min(initial=255) == 255:
        return Frame(number, width, height, rgb.tobytes(), None)
    rgb[alpha == 0] = 0  # what cannot be seen has whatever colour the file had there
    return Frame(number, width, height, rgb.tobytes(), alpha.tobytes())
