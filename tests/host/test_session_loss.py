"""A side is killed, stopped, or stuck in C code: noticed in time, nothing blocks, and nothing is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from live_backends import (
    BACKEND_PYTHON,
    ROOT,
    ErrorCode,
    State,
    api,
    backend_pid,
    do,
    frame,
    left_behind,
    until,
    until_ready,
)
from patience import LONG, promise

pytest_plugins = ["live_backends"]


# --- losing the backend


def test_a_killed_backend_is_noticed_within_two_seconds(ready: Any, launch: Any) -> None:
    answer = ready.ask(do("sleep", 60))
    until(lambda: "asleep" in ready.log_tail)
    os.kill(backend_pid(ready), signal.SIGKILL)
    assert until(lambda: ready.state is State.LOST) < promise(2.0)
    assert "SIGKILL" in ready.problem.message
    assert "asleep" in ready.problem.message
    assert ready.log_tail[-1] == "asleep"
    with pytest.raises(api.Failure) as caught:
        answer.result(0)
    assert caught.value.code is ErrorCode.LOST
    ready.start(launch())
    until_ready(ready)
    assert ready.problem is None


def test_a_killed_backend_whose_workers_hold_the_socket(ready: Any, mark: str) -> None:
    ready.ask(do("fork")).result(LONG)
    os.kill(backend_pid(ready), signal.SIGKILL)
    assert until(lambda: ready.state is State.LOST) < promise(2.0)
    assert left_behind.wait_until_gone(mark, LONG) < promise(2.0)


def test_a_crash_in_c_leaves_its_place_in_the_log(ready: Any) -> None:
    ready.ask(do("crash"))
    assert until(lambda: ready.state is State.LOST) < promise(3.0)
    assert "SIGSEGV" in ready.problem.message
    assert any("slow_backend.py" in line and "crash" in line for line in ready.log_tail)


def test_a_backend_killed_while_frames_are_sent(ready: Any) -> None:
    answers = [ready.ask(*frame(n, 1024)) for n in range(100)]
    os.kill(backend_pid(ready), signal.SIGKILL)
    assert until(lambda: ready.state is State.LOST) < promise(2.0)
    assert all(answer.done for answer in answers)


AS_BLENDER_4 = """
import importlib, os, signal, sys, time, types
from pathlib import Path
root, python, logs, mark = sys.argv[1:]
signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # which Python ignores, but not inside Blender 4
package = types.ModuleType("steady"); package.__path__ = [root]; sys.modules["steady"] = package
session = importlib.import_module("steady.session"); api = importlib.import_module("steady.backend.api")
one = session.Session()
one.start(session.Launch(Path(python), Path(root), Path(logs), ("tests/slow_backend.py", mark)))
while one.state is session.State.STARTING: time.sleep(0.01)
answers = [one.ask(api.PutFrame("", n, 2048, 2048, False), [bytes(2048 * 2048 * 3)]) for n in range(64)]
while len(one._link._outbox) == 64: time.sleep(0.001)
os.kill(one._link.child.process.pid, signal.SIGKILL)
while one.state is not session.State.LOST: time.sleep(0.01)
print("outlived", all(answer.done for answer in answers))
"""


def test_a_killed_backend_takes_no_blender_along(mark: str, tmp_path: Path) -> None:
    words = [str(ROOT), str(BACKEND_PYTHON), str(tmp_path / "logs"), mark]
    client = subprocess.run(
        [sys.executable, "-c", AS_BLENDER_4, *words], capture_output=True, text=True, timeout=LONG, check=False
    )
    assert (client.returncode, client.stdout) == (0, "outlived True\n"), client.stderr


# --- a backend that is stuck


@pytest.fixture
def slow_calls() -> Iterator[Callable[..., Any]]:
    """Calls what it is given, and remembers how long the longest call took: none may block Blender's window."""
    longest = [0.0]

    def call(what: Callable[..., Any], *given: Any) -> Any:
        begun = time.perf_counter()
        value = what(*given)
        longest[0] = max(longest[0], time.perf_counter() - begun)
        return value

    yield call
    assert longest[0] < promise(0.05), f"a call took {longest[0] * 1000:.0f} ms"


def test_a_stopped_backend_is_stuck_and_never_blocks(sessions: Any, slow_calls: Any) -> None:
    one = until_ready(sessions(stuck_after=1.0))
    os.kill(backend_pid(one), signal.SIGSTOP)
    answers = [slow_calls(one.ask, *frame(n, 512)) for n in range(8)]  # more than the socket holds
    begun = time.monotonic()
    while one.state is not State.STUCK:
        assert time.monotonic() - begun < promise(2.0)
        slow_calls(one.tick)
        slow_calls(lambda: [answer.done for answer in answers])
        slow_calls(lambda: (one.state, one.problem, one.log_tail, one.machine))
        answers[0].cancel()
        time.sleep(0.01)
    assert "has not answered for 1 seconds" in one.problem.message
    os.kill(backend_pid(one), signal.SIGCONT)
    assert until(lambda: one.state is State.READY) < promise(2.0)
    assert answers[7].result(LONG) == api.Done()
    assert one.problem is None


@pytest.mark.parametrize("sending", [False, True])
def test_a_stopped_backend_is_ended_within_three_seconds(sessions: Any, mark: str, sending: bool) -> None:
    one = until_ready(sessions(stuck_after=1.0))
    os.kill(backend_pid(one), signal.SIGSTOP)
    if sending:
        for number in range(8):
            one.ask(*frame(number, 512))
        until(lambda: len(one._link._outbox) < 8)  # the thread is in the middle of sending
    begun = time.monotonic()
    one.stop(wait=True)
    assert time.monotonic() - begun < promise(3.0)
    assert one.state is State.OFF
    assert left_behind.wait_until_gone(mark, LONG) < promise(1.0)


def test_stopping_a_stopped_backend_never_blocks_and_the_next_one_waits_for_its_end(
    sessions: Any, launch: Any, slow_calls: Any
) -> None:
    one = until_ready(sessions(stuck_after=1.0))
    pid = backend_pid(one)
    os.kill(pid, signal.SIGSTOP)
    slow_calls(one.stop)
    assert one.state is State.OFF
    slow_calls(one.start, launch())
    while one.state is State.STARTING:
        assert slow_calls(lambda: one._link.child) is None or not is_there(pid)
        time.sleep(0.005)
    assert one.state is State.READY
    assert one.ask(do("count", 2)).result(LONG).numbers == (2,)


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_started_and_stopped_while_the_one_before_still_ends(sessions: Any, launch: Any, mark: str) -> None:
    one = until_ready(sessions(stuck_after=1.0))
    os.kill(backend_pid(one), signal.SIGSTOP)
    begun = time.monotonic()
    one.stop()
    one.start(launch())
    answer = one.ask(do("count"))
    one.stop(wait=True)
    assert time.monotonic() - begun < promise(3.0)
    with pytest.raises(api.Failure, match="not running"):
        answer.result(0)
    assert left_behind.wait_until_gone(mark, LONG) < promise(1.0)


@pytest.mark.parametrize("how", ["sleep", "lock"])
def test_a_backend_stuck_in_c_is_ended_within_three_seconds(sessions: Any, mark: str, how: str) -> None:
    one = until_ready(sessions())
    one.ask(do(how, 60))
    until(lambda: any(line in ("asleep", "stuck in C") for line in one.log_tail))
    begun = time.monotonic()
    one.stop(wait=True)
    assert time.monotonic() - begun < promise(3.0)
    assert left_behind.wait_until_gone(mark, LONG) < promise(1.0)


def test_a_backend_busy_in_c_is_not_stuck(sessions: Any) -> None:
    one = until_ready(sessions(stuck_after=3.0))
    answer = one.ask(do("sleep", 5))
    until(lambda: "asleep" in one.log_tail)
    states = set()
    until(lambda: states.add(one.state) or answer.done)
    assert states == {State.READY}


# --- losing Blender


def backends(mark: str) -> list[int]:
    """Those with the mark that are not the client, whose whole code is on its command line."""
    found = left_behind.processes_with(mark)
    return [pid for pid, words in found.items() if "importlib" not in words]


CLIENT = """
import os, sys, time, types, importlib
from pathlib import Path
root, python, logs, mark, what = sys.argv[1:]
package = types.ModuleType("steady"); package.__path__ = [root]; sys.modules["steady"] = package
session = importlib.import_module("steady.session"); api = importlib.import_module("steady.backend.api")
one = session.Session()
one.start(session.Launch(Path(python), Path(root), Path(logs), ("tests/slow_backend.py", mark)))
while one.state is session.State.STARTING: time.sleep(0.01)
if what == "frames":
    answers = [one.ask(api.PutFrame("", n, 2048, 2048, False), [bytes(2048 * 2048 * 3)]) for n in range(64)]
elif what != "idle":
    told = []
    one.ask(api.ChooseReference(what, 60 if what != "count" else 9999, 1, 1), (), lambda e, b: told.append(e)).done
    while not (told or "asleep" in one.log_tail or "stuck in C" in one.log_tail):
        time.sleep(0.01); one._link and [a.deliver() for a, _ in list(one._link._talk.open.values())]
if what == "idle" and "--fork" in logs and os.fork() == 0:
    time.sleep(100)
print("now", one.state, flush=True)
time.sleep(100)
"""


@pytest.mark.parametrize("what", ["idle", "count", "sleep", "lock", "frames"])
def test_the_backend_ends_when_blender_is_killed(mark: str, tmp_path: Path, what: str) -> None:
    words = [str(ROOT), str(BACKEND_PYTHON), str(tmp_path / "logs"), mark, what]
    client = subprocess.Popen([sys.executable, "-c", CLIENT, *words], stdout=subprocess.PIPE)
    assert client.stdout
    try:
        assert client.stdout.readline().startswith(b"now State.READY")
        assert len(left_behind.processes_with(mark)) >= 2  # the client bears the mark too
    finally:
        client.kill()
        client.wait()
        client.stdout.close()
    assert left_behind.wait_until_gone(mark, LONG) < promise(5.0)


def test_a_fork_of_blender_keeps_no_backend_alive(mark: str, tmp_path: Path) -> None:
    """Some add-ons fork, and the copy holds the socket open when Blender is gone. On Linux the backend hears of it."""
    words = [str(ROOT), str(BACKEND_PYTHON), str(tmp_path / "logs--fork"), mark, "idle"]
    client = subprocess.Popen([sys.executable, "-c", CLIENT, *words], stdout=subprocess.PIPE)
    assert client.stdout
    assert client.stdout.readline().startswith(b"now State.READY")
    client.kill()
    client.wait()
    client.stdout.close()
    try:
        until(lambda: not backends(mark), promise(5.0))
        assert left_behind.processes_with(mark)  # the copy lives on
    finally:
        for pid in left_behind.processes_with(mark):
            os.kill(pid, signal.SIGKILL)
