"""The smooth stage: a take without its flicker, or a few looks spread over the whole strip, as another take."""

from __future__ import annotations

from typing import ClassVar

from ..frozen import frozen
from .painting import Engine


@frozen
class Prior:
    """How the network learns what the frames share. The defaults are the paper's (Lei, Xing, Chen 2020)."""

    width: int = 32  # channels of its first level; every further one has twice as many
    rate: float = 1e-4
    steps: int = 2500  # at most: it stops by itself when its pictures begin to take the flicker on; 0 only levels
    heads: int = 1  # 2 for a take that jumps between two styles
    level: bool = True  # even brightness and colours first, which come and go; where that is enough, nothing is learned
    always: bool = False  # learn there, too
    features: float = 0.1  # how much the features of the model's own VAE encoder count; 0 loads no model
    seed: int = 0


@frozen
class Smoothed:
    """What smoothing or propagating came to. Every frame is there."""

    take: str
    folder: str
    first: int
    last: int
    steps: int  # of all shots together
    seconds: float
    stopped: bool  # by its own criterion, and not by the number of steps
    warning: str = ""


@frozen
class Smooth:
    """Deep Video Prior: a network learns source frame to take frame, shot by shot. Goes on where it stopped."""

    method: ClassVar[str] = "smooth"
    quick: ClassVar[bool] = False
    answer: ClassVar[type] = Smoothed
    folder: str
    source: str  # the take that is smoothed
    take: str = ""  # '' is the source's name and "smooth"
    engine: Engine = Engine()
    prior: Prior = Prior()
    preview_every: int = 100  # steps between two previews; 0 is none


@frozen
class Propagate:
    """Spread one to five chosen looks over the whole strip, growing outward from their frames. No model is tuned."""

    method: ClassVar[str] = "propagate"
    quick: ClassVar[bool] = False
    answer: ClassVar[type] = Smoothed
    folder: str
    looks: tuple[str, ...] = ()  # their names; () is those that are chosen
    take: str = ""  # '' is "propagated"
    engine: Engine = Engine()
    prior: Prior = Prior(width=64, rate=3e-3, steps=500, level=False, features=0.0)  # heads, level, features: no use
    preview_every: int = 100
