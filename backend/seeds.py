"""Which seeds torch's generators take."""

from __future__ import annotations

from .api import ErrorCode, Failure

MOST_SEED = 2**63 - 1


def check_seed(seed: int, count: int = 1) -> None:
    """Refuses one that is none, or that so many of them, counting up, would end beyond."""
    last = seed + count - 1
    if seed < 0 or last > MOST_SEED:
        wrong = min(seed, 0) or last
        raise Failure(ErrorCode.BAD_INPUT, f"The seed is {wrong}.", f"Choose from 0 to {MOST_SEED - count + 1}.")
