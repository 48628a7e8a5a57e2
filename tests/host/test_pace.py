"""How long a job still takes, by its own steps: on a clock that the test moves."""

from __future__ import annotations

from typing import Any

import pytest
from live_backends import PACKAGE

pytest_plugins = ["live_backends"]


@pytest.fixture
def paced() -> Any:
    """A pace, and what tells it a step after some seconds."""
    import importlib

    pace = importlib.import_module(f"{PACKAGE}.session.pace").Pace
    now = [100.0]
    made = pace(clock=lambda: now[0])

    def after(seconds: float, done: int, total: int, text: str) -> None:
        now[0] += seconds
        made.hear(done, total, text)

    return made, after


def test_what_is_left_comes_from_the_jobs_own_rate(paced: Any) -> None:
    pace, after = paced
    after(0, 0, 100, "Tuning")
    assert pace.left is None
    after(30, 1, 100, "Tuning, loss 0.2")  # the first one waits for the device: it says nothing of the others
    assert pace.left is None
    after(1, 2, 100, "Tuning, loss 0.2")
    assert pace.left is None, "too early to say"
    after(9, 11, 100, "Tuning, loss 0.1")
    assert pace.left == pytest.approx(89.0)
    assert pace.elapsed == 40


def test_each_part_has_a_rate_of_its_own(paced: Any) -> None:
    pace, after = paced
    for number in range(1, 6):
        after(2, number, 10, f"Reading frame {number + 1} of 10")
    assert pace.left == pytest.approx(10.0)
    after(1, 0, 40, "Rendering frame 1 of 10")
    assert pace.left is None
    after(5, 4, 40, "Rendering frame 2 of 10")
    after(8, 8, 40, "Rendering frame 3 of 10")
    assert pace.left == pytest.approx(64.0)
    pace.end()
    read, rendered = pace.parts["Reading"], pace.parts["Rendering"]
    assert (read.units, read.seconds) == (3, 6)
    assert (rendered.units, rendered.seconds) == (4, 8)


def test_a_part_that_is_over_at_once_counts_from_its_beginning(paced: Any) -> None:
    pace, after = paced
    after(0, 0, 6, "Rendering frame 1 of 6")
    after(3, 6, 6, "Rendering frame 6 of 6")
    pace.end()
    assert (pace.parts["Rendering"].units, pace.parts["Rendering"].seconds) == (6, 3)


def test_a_rest_does_not_count(paced: Any) -> None:
    pace, after = paced
    after(0, 0, 10, "Tuning")
    after(3, 3, 10, "Tuning")
    pace.end()
    after_rest = pace.elapsed
    pace.go_on()
    after(3600, 3, 10, "Tuning")
    pace.end()
    assert (after_rest, pace.elapsed) == (3, 3603)
