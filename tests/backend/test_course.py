"""How a tuning goes: chance is let pass, and a network that has come apart is noticed."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import pytest

from backend.course import Course, Loss


def course(losses: Iterable[float]) -> tuple[Course, int | None]:
    """Added one by one, and when it was first called astray."""
    made, at = Course(), None
    for step, loss in enumerate(losses, start=1):
        made.add(Loss(loss, loss, math.nan))
        if made.astray and at is None:
            at = step
    return made, at


@pytest.mark.parametrize("seed", range(20))
def test_chance_is_no_divergence(seed: int):
    """Batches differ by much: what counts is their timesteps, more than what was learned."""
    chance = np.random.default_rng(seed)
    falling = 0.3 * np.exp(-np.arange(1000) / 400) + 0.1
    made, at = course(falling * chance.lognormal(0, 0.6, 1000))
    assert at is None
    assert made.well


@pytest.mark.parametrize("bad", [math.nan, math.inf])
@pytest.mark.parametrize("step", [1, 2, 300])
def test_what_is_no_number_is_noticed_at_once(bad: float, step: int):
    assert course([0.1] * (step - 1) + [bad])[1] == step


def test_a_rate_that_is_far_too_high_is_noticed_before_anything_is_smooth():
    assert course([0.2, 0.3, 80.0, 9000.0])[1] == 3


def test_an_easy_first_batch_is_no_measure_of_the_others():
    assert course([0.05, 1.2, 0.8, 0.9, 1.1] + [0.7] * 40)[1] is None


def test_a_rising_loss_is_noticed_and_not_good_for_keeping():
    made, at = course([0.1] * 200 + [0.6] * 100)
    assert at is not None
    assert 200 < at < 250
    made, at = course([0.1] * 200 + [0.6] * 10)
    assert at is None
    assert not made.well


@pytest.mark.parametrize("seed", range(20))
def test_weights_that_came_apart_in_the_last_update_show_in_one_batch(seed: int):
    chance = np.random.default_rng(seed).lognormal(0, 0.6, 300) / 10
    made, _ = course(chance[:-1])
    for worse in (2.0, 1e9, math.inf, math.nan):
        assert made.then(Loss(worse, worse, math.nan)).torn
    assert not made.then(Loss(chance[-1], chance[-1], math.nan)).torn
    assert len(made.losses) == 299


def test_it_is_the_same_when_it_is_taken_up_again():
    chance = np.random.default_rng(0).lognormal(0, 0.5, 80)
    whole, _ = course(chance)
    again = Course.from_tensor(whole.as_tensor(50))
    for loss in whole.losses[50:]:
        again.add(loss)
    assert (again.smooth, again.best) == (whole.smooth, whole.best)


def test_the_loss_that_is_told_is_that_of_the_last_tenth():
    made, _ = course([*([1.0] * 27), 0.1, 0.2, 0.3])
    assert made.recent() == pytest.approx(0.2)
