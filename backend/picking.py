"""Which frame gets a look, and which of its candidates is chosen, where nobody has said so."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from .api import Look, Painting, Reference


def frame_for_look(reference: Reference, first: int, last: int) -> int:
    """The reference frame that stands for most of the strip: the nearest one in time for most frames of its shot."""
    stands_for = Counter(_nearest(reference, number) for number in range(first, last + 1))
    most = max(stands_for.values())
    middle = (first + last) / 2
    return min((n for n, count in stands_for.items() if count == most), key=lambda n: (abs(n - middle), n))


def _nearest(reference: Reference, number: int) -> int:
    shot = bisect_right(reference.shots, number)
    beside = [n for n in reference.numbers if bisect_right(reference.shots, n) == shot] or reference.numbers
    return min(beside, key=lambda n: (abs(n - number), n))


def chosen_for(looks: Sequence[Look], prompts: Sequence[str], frame: int | None) -> list[Look]:
    """The looks that somebody chose for these prompts, or nothing where one of the prompts has none."""
    chosen = [look for look in looks if look.chosen and look.prompt in prompts and frame in (None, look.frame)]
    return chosen if {look.prompt for look in chosen} == set(prompts) else []


def painted_so(look: Look, painting: Painting, count: int) -> bool:
    """Whether it may be one of the candidates that are painted so, whose seeds count up."""
    if look.painting is None:
        return False
    return replace(look.painting, seed=painting.seed) == painting and look.painting.seed - painting.seed in range(count)


def best(looks: Sequence[Look], prompts: Sequence[str]) -> list[Look]:
    """For each prompt the look whose composition is closest to its frame's."""
    ranked = sorted(looks, key=lambda look: -look.composition)
    return [next(look for look in ranked if look.prompt == prompt) for prompt in dict.fromkeys(prompts)]
