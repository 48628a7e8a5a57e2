"""A job on a strip is paused wherever it is, and resumed: it goes on, and ends as if nothing had been."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bpy
import pytest
from backends import tick_until

pytest_plugins = ["tiny"]
LONG = 120  # seconds on a busy machine


@pytest.fixture
def session(clip: Any, room: Any) -> Iterator[Any]:
    current = room("session").current
    current.stop(wait=True)
    yield current
    current.cancel_all()
    current.news = ()


@pytest.fixture
def job(clip: Any, session: Any, room: Any) -> Any:
    """A restyle as a window begins it."""
    clip.steady.iterations = 40
    claims, order, frames = room("operators.claims"), room("settings.order"), room("operators.frames")
    wanted = order.order_of(clip.steady)

    def steps(claim: Any) -> Any:
        sampled = yield from frames.sample(claim)
        return (yield from room("operators.restyle").restyle(None, claim, wanted, sampled))

    return session.enqueue(claims.claimed("Restyle", bpy.context.scene, clip, steps))


def pause(session: Any, room: Any) -> None:
    assert bpy.ops.steady.pause_job() == {"FINISHED"}
    tick_until(session, lambda: session.state is room("session").State.OFF, LONG)
    assert session.tick() is None, "the card is free"


def is_learning(job: Any) -> bool:
    return job.progress.text.startswith("Tuning, loss")


def test_a_tuning_goes_on_where_it_was_paused(clip: Any, session: Any, job: Any, room: Any, study: Any) -> None:
    tick_until(session, lambda: job.finished or (is_learning(job) and job.progress.done >= 3), LONG)
    assert not job.finished, job.failure
    pause(session, room)
    reached = room("backend.tuning").halfway(study().tuning_folder)
    assert 0 < reached.step < 40
    assert bpy.ops.steady.resume_job() == {"FINISHED"}
    tick_until(session, lambda: job.finished or is_learning(job), LONG)
    assert job.finished or job.progress.done >= reached.step, "what it had learned is not learned again"
    tick_until(session, lambda: job.finished, LONG)
    assert job.failure is None
    assert room("backend.tuning").read(study().tuning_folder).steps == 40
    assert len(room("sequencer.takes").takes_of(bpy.context.scene, clip)) == 1


def test_a_job_that_has_written_nothing_yet_takes_its_study_again(
    clip: Any, session: Any, job: Any, room: Any, study: Any
) -> None:
    clip.steady.way = "PLAIN"
    first = clip.steady.study_id
    session.tick()
    assert job.progress.text == "Starting the backend" and first
    pause(session, room)
    assert clip.steady.study_id == "", "a strip carries no study that was never written"
    bpy.ops.steady.resume_job()
    tick_until(session, lambda: job.finished or job.progress.text.startswith("Tuning"), LONG)
    assert clip.steady.study_id == job.study not in ("", first)
    assert study().folder.is_dir()
    session.cancel(job)


def test_what_is_grey_says_why(clip: Any, session: Any, job: Any) -> None:
    with pytest.raises(RuntimeError, match=r"No job is running\."):
        bpy.ops.steady.pause_job()
    with pytest.raises(RuntimeError, match=r"No job is paused\."):
        bpy.ops.steady.resume_job()
    session.cancel(job)
