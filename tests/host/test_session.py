"""The session with real backends: started, exchanged, and stopped; two of them do not meet. Needs no bpy."""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from live_backends import (
    BACKEND_PYTHON,
    ROOT,
    ErrorCode,
    Session,
    State,
    api,
    backend_pid,
    do,
    left_behind,
    until,
    until_ready,
)
from patience import LONG, promise

pytest_plugins = ["live_backends"]


# --- starting and stopping


@pytest.mark.parametrize("python", [BACKEND_PYTHON, Path(sys.executable)], ids=["backend's", "host's"])
def test_a_backend_comes_up_answers_and_ends(sessions: Any, mark: str, python: Path) -> None:
    begun = time.monotonic()
    one = sessions(python=python)
    assert time.monotonic() - begun < promise(0.1)
    assert one.state is State.STARTING
    until_ready(one)
    assert one.machine.memory > 0
    assert one.machine.python.startswith("3.")
    assert one.ask(do("count", 3)).result(LONG).numbers == (3,)
    begun = time.monotonic()
    one.stop(wait=True)
    assert time.monotonic() - begun < promise(3.0)
    assert one.state is State.OFF
    assert one.problem is None
    left_behind.wait_until_gone(mark, promise(1.0))


def test_hello_is_quick(sessions: Any) -> None:
    one = sessions()
    assert until(lambda: one.state is State.READY) < promise(1.5)


def test_starting_again_keeps_the_backend_that_runs(ready: Any, launch: Any) -> None:
    before = backend_pid(ready)
    ready.start(launch())
    assert backend_pid(ready) == before


def test_an_idle_backend_is_exchanged_when_it_is_to_be_started_in_another_way(
    ready: Any, launch: Any, tmp_path: Path
) -> None:
    before = backend_pid(ready)
    ready.start(replace(launch(), logs=tmp_path / "other logs"))
    until_ready(ready)
    assert backend_pid(ready) != before
    with pytest.raises(api.Failure):
        ready.ask(do("mistake")).result(LONG)
    until(lambda: ready.log_file and ready.log_file.parent == tmp_path / "other logs")
    assert ready.ask(do("count", 2)).result(LONG).numbers == (2,)


def test_one_that_is_at_work_is_not_exchanged(ready: Any, launch: Any, tmp_path: Path) -> None:
    before, other = backend_pid(ready), replace(launch(), logs=tmp_path / "other logs")
    answer = ready.ask(do("count", 10_000))
    with pytest.raises(api.Failure, match="still at work with the preferences from before") as caught:
        ready.start(other)
    assert caught.value.hint == "Wait for it, or stop it, and press the button again."
    answer.cancel()
    with pytest.raises(api.Failure):
        answer.result(LONG)
    ready.start(other)
    until_ready(ready)
    assert backend_pid(ready) != before


def test_without_a_backend_an_answer_is_a_failure_at_once() -> None:
    answer = Session().ask(do("count"))
    assert answer.done
    with pytest.raises(api.Failure, match="not running"):
        answer.result()


def test_a_request_may_be_asked_while_the_backend_starts(sessions: Any) -> None:
    assert sessions().ask(do("count", 2)).result(LONG).numbers == (2,)


def test_a_python_that_is_not_there(sessions: Any) -> None:
    one = sessions(python=Path("/no/such/python"))
    until(lambda: one.state is State.LOST)
    assert "/no/such/python" in one.problem.message
    assert "choose another Python" in one.problem.hint


def test_a_backend_that_dies_at_once_says_why(sessions: Any) -> None:
    one = sessions("--die")
    until(lambda: one.state is State.LOST)
    assert "ended with code 3" in one.problem.message
    assert "no room for me here" in one.problem.message
    assert one.log_tail[-1] == "no room for me here"
    assert "no room" in one.log_file.read_text()


def test_stop_while_the_backend_never_comes_up(sessions: Any, mark: str) -> None:
    one = sessions("--never")
    until(lambda: left_behind.processes_with(mark))
    begun = time.monotonic()
    one.stop(wait=True)
    assert time.monotonic() - begun < promise(3.0)
    assert one.state is State.OFF
    left_behind.wait_until_gone(mark, promise(1.0))


def test_a_backend_of_another_version_is_refused_in_words(sessions: Any) -> None:
    one = sessions("--version")
    until(lambda: one.state is State.LOST)
    assert one.problem.code is ErrorCode.VERSION_MISMATCH
    assert "0.0.9" in one.problem.message
    assert api.VERSION in one.problem.message
    assert "start “python -B -m backend serve --wait” in this extension's folder" in one.problem.hint


def test_a_backend_that_lacks_a_package_says_which(sessions: Any) -> None:
    one = until_ready(sessions("--lacking"))
    with pytest.raises(api.Failure, match="cv2") as caught:
        one.ask(do("count")).result(LONG)
    assert f"a Python of your own needs what “{ROOT / 'backend' / 'requirements.txt'}” lists" in caught.value.hint


# --- two Blenders


def test_two_sessions_do_not_meet(sessions: Any) -> None:
    first, second = until_ready(sessions()), until_ready(sessions())
    assert backend_pid(first) != backend_pid(second)
    long = first.ask(do("count", 10_000))
    assert second.ask(do("count", 3)).result(LONG).numbers == (3,)  # not queued behind the other one's job
    os.kill(backend_pid(first), signal.SIGKILL)
    until(lambda: first.state is State.LOST)
    assert long.done
    assert second.state is State.READY
    assert second.ask(do("count", 4)).result(LONG).numbers == (4,)
