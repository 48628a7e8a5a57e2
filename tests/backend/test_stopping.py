"""When smoothing stops: the windowed variance of what it paints."""

from __future__ import annotations

import pytest
import torch
from torch import Generator, Tensor

from backend.stopping import WINDOW, Watch


def pictures(spread: float, step: int) -> Tensor:
    """They scatter by so much."""
    return 0.5 + spread * torch.randn(3, 3, 4, 4, generator=Generator().manual_seed(step))


def course(step: int) -> float:
    """Steadier and steadier up to step 200, and restless afterwards."""
    return 0.01 + abs(step - 200) / 1000


def run(watch: Watch, begin: int, end: int) -> None:
    for step in range(begin, end):
        if watch.over:
            return
        watch.see(step, pictures(course(step), step), loss=0.1)


def test_it_ends_after_its_patience_and_knows_the_steadiest() -> None:
    watch = Watch(patience=100)
    run(watch, 1, 1000)
    assert watch.over
    assert 200 <= watch.best <= 200 + WINDOW, "the window looks back"


def test_what_grows_steadier_does_not_end() -> None:
    watch = Watch(patience=100)
    run(watch, 1, 200)
    assert not watch.over and watch.best > 150


def test_it_says_when_it_was_never_steadier() -> None:
    watch = Watch(patience=100)
    said = [watch.see(step, pictures(0.5 if step < 30 else 0.0, step), 0.1) for step in range(1, 60)]
    assert not any(said[: WINDOW - 1]) and said[WINDOW - 1], "nothing is known before the window is full"
    assert watch.best == 30 + WINDOW - 1 and watch.least < 1e-6


@pytest.mark.parametrize(("falls", "ends"), [(0.3, False), (0.02, True)])
def test_what_was_steady_before_anything_was_learned_does_not_end_it(falls: float, ends: bool) -> None:
    """Steadiest at the beginning; the loss falls by a share in as many steps as its patience, or hardly."""
    watch = Watch(patience=100)
    for step in range(1, 700):
        watch.see(step, pictures(0.001 if step < 30 else 0.05 - step / 20000, step), (1 - falls) ** (step / 100))
        if watch.over:
            break
    assert watch.over == ends
    if not ends:
        assert watch.best > 500, "it is the steadiest of those that count"


def test_it_goes_on_where_it_was_saved() -> None:
    one, other = Watch(100), Watch(100)
    run(one, 1, 150)
    other.restore(one.tensors())
    for watch in (one, other):
        run(watch, 150, 1000)
    assert (one.best, one.least, one.over) == (other.best, other.least, other.over)
    fresh = Watch(100)
    fresh.restore(Watch(100).tensors())
    assert not fresh.over and fresh.best == 0
