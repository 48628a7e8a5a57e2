"""Connect only: a backend that a user has started by hand, and its connection file."""

from __future__ import annotations

import stat
import subprocess
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from live_backends import (
    BACKEND_PYTHON,
    ROOT,
    Session,
    State,
    do,
    link,
    until,
    wire,
)
from patience import LONG, promise

pytest_plugins = ["live_backends"]


# --- connect only


@pytest.fixture
def waiting(mark: str, tmp_path: Path) -> Iterator[Any]:
    """A backend that a user has started by hand, and its connection file."""
    file = tmp_path / "a folder" / "connection.json"
    words = [str(BACKEND_PYTHON), "tests/slow_backend.py", mark, "--wait", str(file)]
    process = subprocess.Popen(words, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    assert process.stdout
    assert str(file).encode() in process.stdout.readline()
    yield types.SimpleNamespace(file=file, process=process)
    process.terminate()
    assert process.wait(promise(5.0)) == 0
    process.stdout.close()
    assert not file.exists()


@pytest.fixture
def connect() -> Iterator[Callable[[Path], Any]]:
    made = []

    def make(file: Path) -> Any:
        made.append(Session())
        made[-1].connect(file)
        until(lambda: made[-1].state is not State.STARTING)
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_connect_to_a_backend_that_waits_again_and_again(waiting: Any, connect: Any) -> None:
    assert stat.S_IMODE(waiting.file.stat().st_mode) == 0o600
    for count in (1, 2):
        one = connect(waiting.file)
        assert one.state is State.READY
        assert one.ask(do("count", count)).result(LONG).numbers == (count,)
        one.stop()
        assert one.state is State.OFF
    assert waiting.process.poll() is None  # it was not ours to end


def test_a_second_blender_is_told_that_the_first_is_there(waiting: Any, connect: Any) -> None:
    first, second = connect(waiting.file), connect(waiting.file)
    assert first.state is State.READY
    assert second.state is State.LOST
    assert "serves another Blender already" in second.problem.message


def test_a_job_left_by_one_blender_does_not_trouble_the_next(waiting: Any, connect: Any) -> None:
    first = connect(waiting.file)
    told: list[Any] = []
    job = first.ask(do("count", 10_000), on_event=lambda event, blobs: told.append(event))
    until(lambda: job.done or told)
    first.stop()
    second = connect(waiting.file)
    assert second.ask(do("count", 2)).result(LONG).numbers == (2,)


def test_a_waiting_backend_that_is_killed_is_lost(mark: str, tmp_path: Path, connect: Any) -> None:
    file = tmp_path / "connection.json"
    words = [str(BACKEND_PYTHON), "tests/slow_backend.py", mark, "--wait", str(file)]
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout
    process.stdout.readline()
    one = connect(file)
    assert one.state is State.READY
    process.kill()
    process.wait()
    process.stdout.close()
    assert until(lambda: one.state is State.LOST) < promise(2.0)
    assert "gone" in one.problem.message
    stale = connect(file)  # the file is still there, as a killed process leaves it
    assert stale.state is State.LOST
    assert "No backend is listening" in stale.problem.message
    wire.remove_address(link.read_connection_file(file)[0])


def test_connection_files_that_are_none(waiting: Any, connect: Any, tmp_path: Path) -> None:
    missing = connect(tmp_path / "nowhere.json")
    assert "There is no connection file" in missing.problem.message
    assert "“python -B -m backend serve --wait” in this extension's folder" in missing.problem.hint
    assert "a Python that has the backend's packages" in missing.problem.hint
    for content in ("", "[1]", '{"address": "x"}', '{"address": "x", "key": "no hex"}', "\x00\xff"):
        file = tmp_path / "broken.json"
        file.write_text(content, encoding="latin-1")
        assert "is not a connection file" in connect(file).problem.message
    wrong = tmp_path / "wrong.json"
    key = link.read_connection_file(waiting.file)[1].hex()
    wrong.write_text(waiting.file.read_text().replace(key, "00" * 32))
    assert "The key is wrong" in connect(wrong).problem.message
    assert connect(waiting.file).state is State.READY
