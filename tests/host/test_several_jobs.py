"""Several jobs of one strip: each does what was asked for with its click, and none is asked for twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import pytest
import test_refused_clicks
from backends import tick_until

pytest_plugins = ["tiny"]
click = test_refused_clicks.click


@pytest.fixture
def render(clip: Any, room: Any, click: Any, session: Any) -> Callable[[float], Any]:
    """A click on Render Take at this strength; the job that it began."""
    clip.steady.way = "PLAIN"

    def begin(strength: float) -> Any:
        clip.steady.strength = strength
        assert click(room("operators.render").STEADY_OT_render_take) == ""
        return session.jobs[-1]

    return begin


def test_takes_at_two_strengths_are_rendered_one_after_the_other(
    clip: Any, render: Any, room: Any, session: Any
) -> None:
    jobs = [render(0.25), render(0.5)]
    tick_until(session, lambda: jobs[-1].finished, 120)
    assert [job.failure for job in jobs] == [None, None]
    assert len(room("sequencer.takes").takes_of(bpy.context.scene, clip)) == 2
    assert [job.result.rendered.rendered for job in jobs] == [6, 6]
    assert clip.steady.study_id == jobs[0].study == jobs[1].study


def test_the_second_goes_on_where_the_first_was_cancelled_before_it_began(clip: Any, render: Any, session: Any) -> None:
    first, second = render(0.25), render(0.5)
    session.cancel(first)
    tick_until(session, lambda: second.finished, 120)
    assert second.failure is None
    assert clip.steady.study_id == second.study


@pytest.mark.parametrize("ends_first", [0, 1])
def test_both_that_are_cancelled_before_they_begin_leave_no_claim(
    clip: Any, render: Any, session: Any, studio: Path, ends_first: int
) -> None:
    before = set((studio / "studies").glob("*"))
    jobs = [render(0.25), render(0.5)]
    session.cancel(jobs[ends_first])
    assert clip.steady.study_id == jobs[0].study
    session.cancel(jobs[1 - ends_first])
    assert clip.steady.study_id == "" and set((studio / "studies").glob("*")) == before


def test_one_that_is_cancelled_in_the_queue_leaves_the_study_to_the_one_that_runs(
    clip: Any, render: Any, session: Any
) -> None:
    first, second = render(0.25), render(0.5)
    session.tick()
    assert session.running is first
    session.cancel(second)
    assert clip.steady.study_id == first.study
    tick_until(session, lambda: first.finished, 120)
    assert first.failure is None


def test_the_same_take_is_not_queued_twice(clip: Any, render: Any, room: Any, click: Any, session: Any) -> None:
    operator = room("operators.render").STEADY_OT_render_take
    waiting = [render(0.25), render(0.5)]
    said = "“Render Take” of “Drive” waits already, with the same settings. Wait for it, or cancel it first."
    assert click(operator) == said
    tick_until(session, lambda: session.running is waiting[1], 120)
    assert click(operator).startswith("“Render Take” is already at work on “Drive”.")
