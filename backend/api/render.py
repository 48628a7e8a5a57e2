"""The render stage: every frame painted, as a take."""

from __future__ import annotations

from enum import Enum
from typing import ClassVar

from ..frozen import frozen
from .painting import Engine, Painting


class Way(Enum):
    """How a take is rendered."""

    PLAIN = "plain"  # by the model as it came
    TUNED = "tuned"
    FAST = "fast"  # tuned, in a few steps from the same start


@frozen
class Rendered:
    """What rendering came to. Every frame is there, also those that were not rendered this time."""

    take: str
    folder: str
    first: int
    last: int
    rendered: int
    warning: str = ""


@frozen
class Render:
    """Paint every frame with one noise and one seed. Goes on at the first frame that is missing."""

    method: ClassVar[str] = "render"
    quick: ClassVar[bool] = False
    answer: ClassVar[type] = Rendered
    folder: str
    take: str  # '' is a name made from the way and the painting
    way: Way
    prompt: str  # '' is that of the first chosen look
    engine: Engine = Engine()
    painting: Painting = Painting(strength=0.45, steps=50, guidance=1.0, seed=0)
    fast: int = 4  # timesteps, where the way is FAST
    tuning: str = ""  # the folder of the study whose tuning is used; '' is this one
    batch: int = 0  # frames at once; 0 is what the device holds
    small_decoder: bool = False  # the one that was distilled with the tuning, instead of the VAE's
