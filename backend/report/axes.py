"""From values to places on a plot: scales, and the round numbers that stand beside them."""

from __future__ import annotations

import math
from collections.abc import Iterable

from ..frozen import frozen


@frozen
class Scale:
    """Values from `low` to `high` lie from `start` to `end`; all of them in the middle where there is only one."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return round(self.start + share * (self.end - self.start), 2)


def span(values: Iterable[float], whole: bool) -> tuple[float, float]:
    """The range of an axis that shows these values, with some room; down to 0 where the `whole` of them counts."""
    known = [value for value in values if math.isfinite(value)]
    if not known:
        return 0.0, 1.0
    low, high = min(known), max(known)
    if whole:
        low = min(low, 0.0)
    room = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
    return low if whole else low - room, high + room


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round numbers within the range, about `most` of them."""
    if not high > low:
        return [low]
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * times for times in (1, 2, 2.5, 5, 10, 20) if power * times >= rough)
    return [round(i * step, 12) + 0.0 for i in range(math.ceil(low / step), math.floor(high / step) + 1)]


def whole_ticks(low: int, high: int, most: int = 10) -> list[int]:
    """Of frames, which have no halves: the first and the last always among them."""
    step = max(1, math.ceil((high - low) / most))
    nice = next(s * 10**p for p in range(9) for s in (1, 2, 5) if s * 10**p >= step)
    inner = [n for n in range(-(-low // nice) * nice, high + 1, nice) if min(n - low, high - n) > 0.7 * nice]
    return sorted({low, *inner, high})
