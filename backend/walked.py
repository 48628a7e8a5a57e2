"""How many of a sampler's steps a strength walks. Without torch: a click is refused before anything is done."""

from __future__ import annotations

from .api import ErrorCode, Failure

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
