"""The tune stage: how the model is taught the clip and its looks."""

from __future__ import annotations

from enum import Enum
from typing import ClassVar

from ..frozen import frozen
from .painting import Engine, Painting


class Pairing(Enum):
    """Which ρ: 0, a_t/s_t, or a_T/s_T."""

    ORDINARY = "ordinary"  # the look with noise on it
    LITERAL = "literal"  # the frame with noise on it, at every t, as the article says
    BRIDGE = "bridge"  # the straight way from the noised frame at T to the look: what sampling will see


class Method(Enum):
    """What is tuned of the UNet."""

    LORA = "lora"
    WHOLE = "whole"


@frozen
class Recipe:
    """How the model is tuned. The defaults are what trials favoured, as far as they went (docs/method.md)."""

    method: Method = Method.LORA
    rate: float = 0.0  # of learning; 0 is the method's own: 1e-4 for LoRA, 1e-5 for the whole UNet
    rank: int = 16  # of a LoRA
    iterations: int = 1000
    batch: int = 4
    late: int = 500  # only timesteps below it are tuned
    looks: float = 0.5  # the share of looks in a batch; the others are reference frames
    pairing: Pairing = Pairing.BRIDGE
    at_start: float = 0.3  # the share of looks exactly at T
    astray: float = 0.0  # the share of the others off the straight way
    angle: float = 90.0  # degrees between the noise of the rendering and that of tuning
    unguided: bool = False  # taught for guidance 1 also where more is rendered with, as the article did
    crops: int = 64  # encodings of cropped, flipped and scaled pairs; 1 is the look as it is
    spread: int = 24  # frames of its shot over which each look is spread, as further examples; 0 is none
    seed: int = 0


@frozen
class Tuned:
    """What tuning came to."""

    steps: int
    loss: float  # the mean over the last tenth
    seconds: float
    warning: str = ""


@frozen
class Tune:
    """Teach the model this clip and its chosen looks, for the rendering that is meant. Goes on where it stopped."""

    method: ClassVar[str] = "tune"
    quick: ClassVar[bool] = False
    answer: ClassVar[type] = Tuned
    folder: str
    engine: Engine = Engine()
    recipe: Recipe = Recipe()
    painting: Painting = Painting(strength=0.45, steps=50, guidance=1.0, seed=0)
    fast: int = 0  # the number of explicit timesteps that are tuned for; 0 is all that the sampler walks
    preview_every: int = 100  # iterations between two previews; 0 is none
    small_decoder: bool = False  # also distil a small decoder on the clip, for takes that ask for one
