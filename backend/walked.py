"""How many of a sampler's steps a strength walks, and from where. Without torch: a click is refused before anything is
done."""

from __future__ import annotations

import math
from bisect import bisect_right
from itertools import accumulate
from operator import mul

from .api import ErrorCode, Failure, Painting, Sampler

TRAINED = 1000  # timesteps of every model that is known, and of diffusers' schedulers where nothing else is said


def walked(strength: float, steps: int, trained: int = TRAINED) -> int:
    """As in img2img of diffusers; a Failure where that would be none of them, or all."""
    if not 0 < strength < 1:
        hint = "Choose one between 0 and 1, such as 0.45: 0 would change nothing, and 1 would ignore the frame."
        raise Failure(ErrorCode.BAD_INPUT, f"The strength is {strength:g}.", hint)
    if not 1 <= steps <= trained:
        hint = f"Choose from 1 to {trained}; 50 is usual."
        raise Failure(ErrorCode.BAD_INPUT, f"The number of steps is {steps}.", hint)
    if int(steps * strength) < 1:
        hint = "Raise the strength or the steps."
        raise Failure(ErrorCode.BAD_INPUT, f"A strength of {strength:g} is less than one of {steps} steps.", hint)
    return int(steps * strength)


def check_look(painting: Painting) -> None:
    """The same beside a take, which has a strength of its own, and steps."""
    try:
        walked(painting.strength, painting.steps)
    except Failure as failure:
        raise Failure(failure.code, f"No look can be painted so: {failure.message}", failure.hint) from failure


def check_fast(painting: Painting, count: int) -> None:
    """Whether so many explicit timesteps fit into the walk."""
    fit(count, begins(painting.sampler, painting.strength, painting.steps))


def fit(count: int, top: int) -> None:
    """A timestep for each, and none twice."""
    if not 1 <= count <= top:
        hint = "Choose 4 to 8." if top >= 8 else "Raise the strength or the steps."
        raise Failure(ErrorCode.BAD_INPUT, f"{count} steps do not fit below timestep {top}.", hint)


def begins(sampler: Sampler, strength: float, steps: int) -> int:
    """T, as diffusers' schedulers space their timesteps where a model says nothing else."""
    count = walked(strength, steps)
    if sampler is Sampler.DDIM:
        return (count - 1) * (TRAINED // steps) + 1
    if sampler in (Sampler.DPM, Sampler.UNIPC):
        return round(count * ((TRAINED - 1) / steps))
    if sampler is Sampler.DPM_KARRAS:
        return round(_karras((steps - count) / (steps - 1)))
    return round((count - 1) * ((TRAINED - 1) / (steps - 1)))


def _karras(share: float) -> float:
    """The timestep whose σ lies at this share of the way from the largest to the smallest, on the scale of the seventh
    root (Karras et al. 2022, eq. 5)."""
    signal = accumulate((1 - (1 + 199 * i / (TRAINED - 1)) / 10_000 for i in range(TRAINED)), mul)  # ᾱ
    sigmas = [math.sqrt((1 - bar) / bar) for bar in signal]
    least, most = sigmas[0] ** (1 / 7), sigmas[-1] ** (1 / 7)
    sigma = (most + share * (least - most)) ** 7
    below = min(max(bisect_right(sigmas, sigma) - 1, 0), TRAINED - 2)
    low, high = math.log(sigmas[below]), math.log(sigmas[below + 1])
    return below + min(max((math.log(sigma) - low) / (high - low), 0.0), 1.0)
