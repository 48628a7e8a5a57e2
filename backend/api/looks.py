"""The looks stage: candidates are painted, brought from outside, and chosen."""

from __future__ import annotations

from typing import ClassVar

from ..frozen import frozen
from .painting import Engine, Painting


@frozen
class Look:
    """A stylised version of one frame: painted here, or an image from outside. Its picture has the same name."""

    name: str  # "003-2": the frame, and which of its candidates
    frame: int
    prompt: str
    model: str  # '' for an image from outside
    painting: Painting | None
    brought: str  # the file of an image from outside, or ''
    composition: float  # how well its edges lie where the frame's do; 1 is the frame itself, 0 is another picture
    moved: bool  # whether the subject has moved, by that measure
    chosen: bool = False
    shown: str = ""  # what the frame showed when it was painted (fingerprint.shown_by); '' in older notes: unknown


@frozen
class Looks:
    """What one request came to, the best composition first."""

    looks: tuple[Look, ...]
    warning: str = ""  # '' or one sentence: even the best has moved the subject
    lower_strength: float = 0.0  # what to try instead; 0 where there is no need


@frozen
class MakeLooks:
    """Paint `count` candidates a prompt for one frame; their seeds count up from the painting's."""

    method: ClassVar[str] = "looks.make"
    quick: ClassVar[bool] = False
    answer: ClassVar[type] = Looks
    folder: str
    frame: int
    prompts: tuple[str, ...]
    count: int
    engine: Engine = Engine()
    painting: Painting = Painting(strength=0.75, steps=50, guidance=7.5, seed=0)


@frozen
class BringLook:
    """Take over an image file that was painted elsewhere as a look of a frame."""

    method: ClassVar[str] = "looks.bring"
    quick: ClassVar[bool] = False
    answer: ClassVar[type] = Looks
    folder: str
    frame: int
    prompt: str
    file: str
    engine: Engine | None = None  # of what is to be tuned, where that is known: it may not hold the prompt


@frozen
class ChooseLooks:
    """Choose exactly these looks; all others are kept, and not chosen."""

    method: ClassVar[str] = "looks.choose"
    quick: ClassVar[bool] = False
    answer: ClassVar[type] = Looks
    folder: str
    names: tuple[str, ...]
