"""The frames stage: a strip's frames go out, and the reference frames are chosen."""

from __future__ import annotations

from typing import ClassVar

from ..frozen import frozen
from .clip import Owner, Source
from .talk import Done


@frozen
class FramesWanted:
    """The frame numbers that the study does not hold yet."""

    numbers: tuple[int, ...]


@frozen
class BeginFrames:
    """Make the study (or take it up again) and ask which of the source's frames it lacks."""

    method: ClassVar[str] = "frames.begin"
    quick: ClassVar[bool] = False
    answer: ClassVar[type] = FramesWanted
    folder: str
    study: str
    parent: str  # the id of the study that this strip was copied from, or ''
    owner: Owner
    source: Source
    parent_folder: str = ""  # where that study is, unless it is beside this one


@frozen
class PutFrame:
    """One frame of the study, with one blob of RGB rows from the top, and one of alpha where `alpha` says so.

    Its size is the box's as it was rendered; the backend brings it to the working size."""

    method: ClassVar[str] = "frames.put"
    quick: ClassVar[bool] = False
    answer: ClassVar[type] = Done
    folder: str
    number: int
    width: int
    height: int
    alpha: bool


@frozen
class Far:
    """A run of frames that look like nothing in the reference set."""

    first: int
    last: int
    distance: float


@frozen
class Reference:
    """The chosen reference frames and how well they cover the strip. Distance 1 is the size of a hard cut."""

    numbers: tuple[int, ...]
    shots: tuple[int, ...]  # the first frame of every shot
    worst: float
    mean: float
    far: tuple[Far, ...]
    warning: str  # '' or one sentence for the panel
    asked: int = 0  # how many were asked for: there may be fewer frames; 0 in older notes: as many as there are


@frozen
class ChooseReference:
    """Choose `count` of the frames from `first` to `last` that cover that part of the strip."""

    method: ClassVar[str] = "frames.choose"
    quick: ClassVar[bool] = False
    answer: ClassVar[type] = Reference
    folder: str
    count: int
    first: int
    last: int


@frozen
class ReleaseFrames:
    """Let others write to the study: no more frames will come. It is done even when the client cancels, or leaves."""

    method: ClassVar[str] = "frames.release"
    quick: ClassVar[bool] = False  # its turn is after the frames that are on their way
    answer: ClassVar[type] = Done
    folder: str
