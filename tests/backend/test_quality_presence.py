"""Is the car still there: cases where that is known."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from backend.pocket.world import Clip
from tests.benchmarks.quality.presence import found, overlap, still_there

SIZE = (112, 64)


@pytest.mark.parametrize("style", ["neon", "mosaic", "poster"])
def test_the_car_is_found_where_it_is_and_nowhere_else(style: str) -> None:
    clip, street = Clip(600, frames=60, size=SIZE), Clip(600, frames=60, size=SIZE, empty=True)
    true, empty, mask = clip.painted(50, style), street.painted(50, style), clip.masks(50, style)["vehicle"]

    def there(made: np.ndarray) -> float:
        return still_there(made, true, empty, mask)

    assert there(true) == 1
    assert overlap(found(true, true, empty, mask), mask) > 0.75
    assert there(true + np.random.default_rng(2).normal(0, 20, true.shape)) > 0.9
    assert there(cv2.GaussianBlur(true, (0, 0), 1)) > 0.8
    assert there(empty) == 0
    assert there(np.roll(true, 8, axis=1)) < 0.75
    assert there(np.roll(true, 16, axis=1)) < 0.5


def test_overlap() -> None:
    a = np.zeros((4, 4), bool)
    a[:2] = True
    assert overlap(a, a) == 1
    assert overlap(a, ~a) == 0
    assert overlap(a, np.ones_like(a)) == 0.5
    assert overlap(~(a | ~a), ~(a | ~a)) == 1
