"""The example clip."""

from __future__ import annotations

from typing import ClassVar

from ..frozen import frozen


@frozen
class Example:
    """The example clip, and what it shows in the words that the pocket model knows."""

    movie: str
    sound: str
    caption: str


@frozen
class DrawExample:
    """Draw a clip of the pocket world as a lossless movie, with an engine's sound, into a folder."""

    method: ClassVar[str] = "example.draw"
    quick: ClassVar[bool] = False
    answer: ClassVar[type] = Example
    folder: str
    frames: int
    width: int
    height: int
    fps: int
