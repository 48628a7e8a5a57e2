"""What a study is about: whose it is, where its frames lie on the canvas, and what they were read from."""

from __future__ import annotations

from enum import Enum

from ..frozen import frozen


class Crop(Enum):
    BOX = "BOX"  # the bounding box of what the strip shows
    SQUARE = "SQUARE"  # a centred square, as in the article


@frozen
class Box:
    """A rectangle in canvas pixels; y runs down, as in the frames."""

    x: int
    y: int
    width: int
    height: int


@frozen
class Framing:
    """Where the frames lie on the canvas, and at what size they are worked on."""

    canvas: tuple[int, int]
    box: Box
    size: tuple[int, int]


@frozen
class Owner:
    """The strip that may write to a study. The .blend is named as seen from the study's folder, '' while unsaved."""

    blend: str
    scene: str
    strip: str


@frozen
class Source:
    """What the frames were read from. Frames are numbered from 1 at the strip's content start, both ends included."""

    fps: float
    first: int
    last: int
    fingerprint: str  # of the strip's settings and its media's path, size and time
    media: tuple[str, ...]
    framing: Framing
    short_side: int
    crop: Crop
    shown: tuple[int, int] = (0, 0)  # the numbers that the framing was found over: a longer strip may show more
