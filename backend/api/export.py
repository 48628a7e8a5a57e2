"""Pictures of the edit as one animated file, for what Blender itself does not write."""

from __future__ import annotations

from typing import ClassVar

from ..frozen import frozen


@frozen
class Exported:
    file: str
    frames: int
    bytes: int


@frozen
class WriteGif:
    """Put numbered PNG files of a folder together as a GIF that repeats, with one palette for all of it."""

    method: ClassVar[str] = "export.gif"
    quick: ClassVar[bool] = False
    answer: ClassVar[type] = Exported
    folder: str
    file: str
    fps: float
    width: int = 0  # 0 is that of the pictures
    aspect: float = 1.0  # how wide a pixel of the pictures is, of which the height is 1; a GIF's are square
