"""The example clip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Example:
    """The example clip, and what it shows in the words that the pocket model knows."""

    movie: str
    sound: str
    caption: str


@dataclass(frozen=True)
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
