"""A paused job frees the backend, keeps the queue, and goes on where it stopped."""

from __future__ import annotations

from typing import Any

import pytest
from live_backends import HostJob, JobState, Session, State, Step, api, do, until

pytest_plugins = ["live_backends"]


def job_of(one: Any, log: list[str], launch: Any, name: str = "Tune") -> Any:
    """Of a study: it asks the backend for more than it can ever do."""

    def steps() -> Any:
        log.append("begun")
        try:
            yield from one.ready(launch)
            yield from one.answer(one.ask(do("count", 1_000_000)), Step(1, 2, "Tuning"))
        finally:
            log.append("left")

    return one.enqueue(HostJob(name, "Car", steps, study="0123abcd"))


def tick_until(one: Any, reached: Any) -> None:
    def ticked() -> bool:
        one.tick()
        return reached()

    until(ticked, 60)


def test_pausing_frees_the_backend_and_resuming_begins_again(launch: Any) -> None:
    one, log = Session(), []
    job = job_of(one, log, launch())
    other = one.enqueue(HostJob("Render Take", "Bus", lambda: iter(()), study="89abcdef"))
    try:
        tick_until(one, lambda: job.progress.text == "Tuning")
        one.pause(job)
        assert (job.state, job.finished, one.paused, one.running) == (JobState.PAUSED, False, job, None)
        assert log == ["begun", "left"]
        tick_until(one, lambda: one.state is State.OFF)
        assert (one.tick(), other.state) == (None, JobState.QUEUED), "the queue waits with it"
        assert one.jobs == (job, other)
        one.resume(job)
        tick_until(one, lambda: job.progress.text == "Tuning")
        assert (job.state, log) == (JobState.RUNNING, ["begun", "left", "begun"])
        one.cancel(job)
        assert job.state is JobState.CANCELLED
    finally:
        one.close()


def test_the_backend_is_stopped_only_when_it_has_left_its_work(launch: Any) -> None:
    one, log = Session(), []
    job = job_of(one, log, launch())
    try:
        tick_until(one, lambda: job.progress.text == "Tuning")
        (asked,) = job.answers
        one.pause(job)
        tick_until(one, lambda: one.state is State.OFF)
        with pytest.raises(api.Failure) as left:
            asked.result(0)
        assert left.value.code is api.ErrorCode.CANCELLED, "and not LOST: it could keep what it had done"
    finally:
        one.close()


def test_a_paused_job_can_be_cancelled_and_then_the_next_one_runs() -> None:
    one, abandoned = Session(), []

    def forever() -> Any:
        while True:
            yield Step(waiting=True)

    job = one.enqueue(HostJob("Tune", "Car", forever, "0123abcd", lambda: abandoned.append("Car")))
    other = one.enqueue(HostJob("Tune", "Bus", lambda: iter(()), "89abcdef"))
    one.tick()
    one.pause(job)
    one.cancel(job)
    assert (job.state, abandoned) == (JobState.CANCELLED, ["Car"])
    tick_until(one, lambda: other.finished)


def test_what_has_no_study_or_does_not_run_cannot_be_paused() -> None:
    one = Session()
    job = one.enqueue(HostJob("Install Backend", "", lambda: iter([Step(), Step()])))
    with pytest.raises(api.Failure, match="Install Backend cannot be paused now"):
        one.pause(job)
    one.drain(job)


def test_a_script_does_not_wait_behind_a_paused_job() -> None:
    one = Session()

    def forever() -> Any:
        while True:
            yield Step(waiting=True)

    job = one.enqueue(HostJob("Tune", "Car", forever, "0123abcd"))
    one.tick()
    one.pause(job)
    with pytest.raises(api.Failure, match="A job is paused, and the queue waits with it"):
        one.drain(HostJob("Render Take", "Bus", forever, "89abcdef"))
    assert one.jobs == (job,)
