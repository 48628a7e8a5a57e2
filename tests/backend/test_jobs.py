"""What a stage says while it works, over the socket and on the command line."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from backend import api
from backend.jobs import Job, PrintedJob


@pytest.fixture
def told() -> list[Any]:
    return []


@pytest.fixture
def job(told: list[Any]) -> Job:
    return Job(7, lambda event, blobs: told.append((event, blobs)))


def test_events_bear_the_jobs_number(job: Job, told: list[Any]) -> None:
    job.progress(1, 3, "Reading")
    job.log("a line")
    job.preview(1, 1, b"rgb")
    assert told == [
        (api.Progress(7, 1, 3, "Reading"), []),
        (api.Log(7, "a line"), []),
        (api.Preview(7, 1, 1), [b"rgb"]),
    ]


def test_a_fast_loop_tells_the_first_the_last_and_little_between(job: Job, told: list[Any]) -> None:
    for done in range(10_001):
        job.progress(done, 10_000, "Reading")
    assert told[0][0].done == 0
    assert told[-1][0].done == 10_000
    assert len(told) < 50
    job.progress(0, 10, "Writing")  # something else begins
    assert told[-1][0].text == "Writing"


def test_a_cancelled_job_leaves_where_it_looks(job: Job, told: list[Any]) -> None:
    job.check()
    job.cancel()
    for look in (job.check, lambda: job.progress(1, 2)):
        with pytest.raises(api.Failure) as caught:
            look()
        assert caught.value.code is api.ErrorCode.CANCELLED
    assert told == []


@pytest.mark.parametrize("as_json", [False, True])
def test_on_the_command_line_progress_is_lines(as_json: bool) -> None:
    out = io.StringIO()
    job = PrintedJob(as_json, out)
    for done in range(101):
        job.progress(done, 100, "Reading")
    job.log("Done.")
    job.preview(1, 1, b"rgb")
    lines = out.getvalue().splitlines()
    assert len(lines) < 10
    if as_json:
        first = json.loads(lines[0])
        assert (first["method"], first["done"], first["total"]) == ("progress", 0, 100)
        assert json.loads(lines[-1])["text"] == "Done."
    else:
        assert lines[0] == "Reading 0/100"
        assert lines[-2:] == ["Reading 100/100", "Done."]
