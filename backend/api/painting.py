"""How it is painted: the words that several stages share."""

from __future__ import annotations

from enum import Enum

from ..frozen import frozen


class Sampler(Enum):
    """Deterministic ones that end where they should: one that draws noise on its way makes every frame another picture.

    PNDM is not among them: diffusers starts it in mid-schedule without its double first step, and an exact network then
    misses its picture by a fifth of the latents' spread (docs/method.md)."""

    DDIM = "ddim"
    DPM = "dpm++ 2m"
    DPM_KARRAS = "dpm++ 2m karras"
    UNIPC = "unipc"
    EULER = "euler"
    HEUN = "heun"


class Precision(Enum):
    AUTO = "auto"  # half where the device computes faster in it
    FULL = "full"
    HALF = "half"


@frozen
class Engine:
    """Which model paints, and on what."""

    model: str = "pocket"  # pocket, a folder, a .safetensors file, or a hub id
    models: str = ""  # where hub models are kept; '' is the hub's own cache
    may_download: bool = False
    device: str = ""  # as torch names it; '' is the best there is
    precision: Precision = Precision.AUTO


@frozen
class Painting:
    """img2img, in diffusers' words."""

    strength: float
    steps: int
    guidance: float
    seed: int
    sampler: Sampler = Sampler.DDIM
    noise: float = 1.0  # the share of it that is laid on: below 1 a tuned model is shown more of the frame
    attend: float = 0.0  # how much a place in the chosen looks counts beside one of the frame's own
