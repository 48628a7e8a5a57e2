"""The queue of jobs in Blender: one after the other, in small steps, cancelled cleanly."""

from __future__ import annotations

import itertools
import os
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest
from live_backends import (
    ErrorCode,
    HostJob,
    JobState,
    Session,
    Step,
    api,
    backend_pid,
    do,
    left_behind,
    until,
)
from patience import LONG, promise

pytest_plugins = ["live_backends"]


# --- host jobs


def counting(count: int, done: list[int] | None = None) -> Callable[[], Any]:
    def steps() -> Any:
        try:
            for number in range(count):
                yield Step(number, count, "Counting")
        finally:
            if done is not None:
                done.append(count)
        return count

    return steps


def forever() -> Any:
    while True:
        yield Step(0, 1, "Waiting", waiting=True)


def test_a_queue_of_jobs_over_several_strips() -> None:
    one = Session()
    assert one.tick() is None
    jobs = [one.enqueue(HostJob("Sample", strip, counting(3))) for strip in ("Car", "Bus", "Car")]
    assert [job.state for job in jobs] == [JobState.QUEUED] * 3
    assert [job.id for job in jobs] == [1, 2, 3]
    while one.tick() is not None:
        pass
    assert [job.state for job in jobs] == [JobState.DONE] * 3
    assert [job.result for job in jobs] == [3, 3, 3]
    assert set(one.jobs) == {jobs[1], jobs[2]}  # the last of each strip


def test_of_each_kind_of_job_without_a_strip_the_last_is_kept() -> None:
    one = Session()
    titles = ("Export Movie", "Ask How Large It Is", "Export Movie")
    jobs = [one.enqueue(HostJob(title, "", counting(1))) for title in titles]
    while one.tick() is not None:
        pass
    assert one.jobs == (jobs[1], jobs[2])


def test_a_tick_is_short_and_says_when_the_next_is_wanted() -> None:
    one = Session()
    job = one.enqueue(HostJob("Sample", "Car", lambda: (Step(n) for n in itertools.count())))
    took, did = [], []
    for _ in range(10):  # another program may hold up some of them
        begun, before = time.perf_counter(), job.progress.done
        assert one.tick() < 0.01
        took.append(time.perf_counter() - begun)
        did.append(job.progress.done - before)
    assert min(took) < 0.03
    assert max(did) > 10  # and yet it does what it can
    one.cancel(job)
    waiting = one.enqueue(HostJob("Sample", "Car", forever))
    assert 0.01 <= one.tick() <= 0.1  # there is nothing to do meanwhile
    one.cancel(waiting)


def test_drain_runs_a_job_to_its_end_behind_the_others() -> None:
    one, done = Session(), []
    first = one.enqueue(HostJob("Sample", "Car", counting(1000, done)))
    second = one.enqueue(HostJob("Sample", "Bus", counting(5, done)))
    assert one.drain(second) == 5
    assert first.state is JobState.DONE
    assert done == [1000, 5]


def test_drain_raises_what_went_wrong() -> None:
    def steps() -> Any:
        yield Step()
        raise api.Failure(ErrorCode.BAD_INPUT, "The strip is gone.", "Undo.")

    one = Session()
    job = one.enqueue(HostJob("Sample", "Car", steps))
    with pytest.raises(api.Failure, match="The strip is gone"):
        one.drain(job)
    assert job.state is JobState.FAILED
    assert job.failure.hint == "Undo."


def test_a_mistake_in_a_job_is_told_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    def steps() -> Any:
        yield Step()
        raise ZeroDivisionError("by nothing")

    one = Session()
    job = one.enqueue(HostJob("Sample frames", "Car", steps))
    after = one.enqueue(HostJob("Sample frames", "Bus", counting(1)))
    one.drain(after)
    assert job.state is JobState.FAILED
    assert job.failure.message == "Sample frames failed: by nothing"
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_cancel_gives_back_what_a_job_borrowed() -> None:
    one, done = Session(), []

    def steps() -> Any:
        try:
            yield from forever()
        finally:
            done.append("given back")

    running, queued = (one.enqueue(HostJob("Sample", strip, steps)) for strip in ("Car", "Bus"))
    one.tick()
    one.cancel(running)
    assert done == ["given back"]
    one.cancel(queued)
    assert done == ["given back"]  # it had not begun
    assert {running.state, queued.state} == {JobState.CANCELLED}
    assert one.tick() is None


def test_a_job_that_ends_in_the_queue_is_abandoned() -> None:
    one, abandoned = Session(), []
    first, second = (
        HostJob("Sample", strip, forever, abandon=lambda strip=strip: abandoned.append(strip))
        for strip in ("Car", "Bus")
    )
    one.enqueue(first)
    one.enqueue(second)
    one.tick()
    one.cancel(second)
    assert abandoned == ["Bus"]
    one.cancel(first)
    assert abandoned == ["Bus"]  # it had begun


def test_abandoning_fails_in_words() -> None:
    def full() -> None:
        raise api.Failure(ErrorCode.DISK, "The folder is read-only.")

    one = Session()
    job = one.enqueue(HostJob("Sample", "Car", forever, abandon=full))
    one.cancel(job)
    assert (job.state, job.failure.message) == (JobState.FAILED, "The folder is read-only.")
    assert one.tick() is None


def test_a_job_that_cancels_those_in_the_queue_goes_on() -> None:
    one, abandoned = Session(), []

    def steps() -> Any:
        one.cancel(waiting)
        one.tick()  # as a timer would: nothing else may begin inside of a step
        yield Step()

    job = one.enqueue(HostJob("Sample", "Car", steps))
    waiting = one.enqueue(HostJob("Sample", "Bus", forever, abandon=lambda: abandoned.append("Bus")))
    one.drain(job)
    assert (job.state, waiting.state, abandoned) == (JobState.DONE, JobState.CANCELLED, ["Bus"])


def test_a_job_that_is_cancelled_from_within_ends_after_its_step() -> None:
    one = Session()

    def steps() -> Any:
        one.cancel_all()  # as a handler would that fires while the job renders
        yield Step()
        raise AssertionError("it went on")

    job = one.enqueue(HostJob("Sample", "Car", steps))
    one.tick()
    assert job.state is JobState.CANCELLED


def test_a_job_cannot_wait_for_another_one() -> None:
    one = Session()
    other = HostJob("Sample", "Bus", counting(1))

    def steps() -> Any:
        yield Step()
        one.drain(one.enqueue(other))

    job = one.enqueue(HostJob("Sample", "Car", steps))
    with pytest.raises(api.Failure, match="cannot wait"):
        one.drain(job)
    assert one.drain(other) == 1


def test_a_job_starts_the_backend_and_asks_it(launch: Any) -> None:
    one = Session()

    def steps() -> Any:
        yield from one.ready(launch())
        reference = yield from one.answer(one.ask(do("count", 7)), Step(0, 1, "Choosing"))
        return reference.numbers

    try:
        assert one.drain(one.enqueue(HostJob("Sample", "Car", steps))) == (7,)
    finally:
        one.close()


def test_a_job_whose_backend_cannot_start_fails_in_words(launch: Any) -> None:
    one = Session()
    job = one.enqueue(HostJob("Sample", "Car", lambda: one.ready(launch("--die"))))
    with pytest.raises(api.Failure, match="no room for me here"):
        one.drain(job)
    one.close()


def test_cancelling_a_job_cancels_what_it_asked(ready: Any) -> None:
    asked: list[Any] = []

    def steps() -> Any:
        asked.append(ready.ask(do("count", 10_000)))
        yield from ready.answer(asked[0])

    job = ready.enqueue(HostJob("Sample", "Car", steps))
    ready.tick()
    ready.cancel(job)
    with pytest.raises(api.Failure) as caught:
        asked[0].result(2)
    assert caught.value.code is ErrorCode.CANCELLED


def test_close_in_the_middle_of_a_job_is_quick(ready: Any, mark: str) -> None:
    def steps() -> Any:
        yield from ready.answer(ready.ask(do("sleep", 60)))

    job = ready.enqueue(HostJob("Sample", "Car", steps))
    ready.tick()
    until(lambda: "asleep" in ready.log_tail)
    begun = time.monotonic()
    ready.close()
    assert time.monotonic() - begun < promise(3.0)
    assert job.state is JobState.CANCELLED
    assert left_behind.wait_until_gone(mark, LONG) < promise(1.0)


def test_what_a_cancelled_job_still_tells_the_backend_holds_no_window(ready: Any) -> None:
    def steps() -> Any:
        try:
            yield from forever()
        finally:
            ready.tell(api.Ping())

    os.kill(backend_pid(ready), signal.SIGSTOP)
    begun = time.monotonic()
    for _ in range(5):
        job = ready.enqueue(HostJob("Sample", "Car", steps))
        ready.tick()
        ready.cancel(job)
    assert time.monotonic() - begun < promise(0.2)
    assert not ready.heeded
    assert ready.tick() is not None, "somebody has to look when it is done"
    os.kill(backend_pid(ready), signal.SIGCONT)
    until(lambda: ready.heeded)
    assert ready.tick() is None
