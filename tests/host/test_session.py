"""The session against real backends: started, asked, killed, stopped, stuck and lost. Needs no bpy."""

from __future__ import annotations

import importlib
import itertools
import os
import signal
import stat
import subprocess
import sys
import time
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

PACKAGE = "steady_by_itself"  # the root as a package of its own: without Blender its __init__ cannot be imported
sys.modules.setdefault(PACKAGE, types.ModuleType(PACKAGE)).__path__ = [str(ROOT)]
session = importlib.import_module(f"{PACKAGE}.session")
link = importlib.import_module(f"{PACKAGE}.link")
api = importlib.import_module(f"{PACKAGE}.backend.api")
wire = importlib.import_module(f"{PACKAGE}.backend.wire")
left_behind = importlib.import_module("left_behind")

Session, State, JobState, HostJob, Step = (
    session.Session,
    session.State,
    session.JobState,
    session.HostJob,
    session.Step,
)
ErrorCode = api.ErrorCode
BACKEND_PYTHON = ROOT / ".venv-backend" / "bin" / "python"


@pytest.fixture
def mark(tmp_path: Path) -> Iterator[str]:
    """Every backend of a test bears this word on its command line: after the test there is none, nor a socket."""
    sockets = set(Path("/tmp").glob("steady-socket-*"))
    yield f"mark={tmp_path}"
    left_behind.wait_until_gone(f"mark={tmp_path}", 5.0)
    assert set(Path("/tmp").glob("steady-socket-*")) <= sockets


@pytest.fixture
def launch(mark: str, tmp_path: Path) -> Callable[..., Any]:
    def make(*words: str, python: Path = BACKEND_PYTHON) -> Any:
        return session.Launch(python, ROOT, tmp_path / "logs", ("tests/slow_backend.py", mark, *words))

    return make


@pytest.fixture
def sessions(launch: Any) -> Iterator[Callable[..., Any]]:
    """Makes sessions, and closes them after the test."""
    made = []

    def make(*words: str, stuck_after: float = 15.0, **options: Any) -> Any:
        made.append(Session(stuck_after))
        made[-1].start(launch(*words, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def ready(sessions: Any) -> Any:
    return until_ready(sessions())


def until(condition: Callable[[], Any], seconds: float = 10.0) -> float:
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < seconds, "it did not happen in time"
        time.sleep(0.005)
    return time.monotonic() - begun


def until_ready(one: Any) -> Any:
    until(lambda: one.state is not State.STARTING)
    assert one.state is State.READY, one.problem
    return one


def do(what: str, count: int = 1) -> Any:
    return api.ChooseReference(what, count, 1, 1)


def frame(number: int, side: int = 256) -> tuple[Any, list[bytes]]:
    return api.PutFrame("", number, side, side, False), [bytes([number % 256]) * side * side * 3]


def backend_pid(one: Any) -> int:
    return one._link.child.process.pid


# --- starting and stopping


@pytest.mark.parametrize("python", [BACKEND_PYTHON, Path(sys.executable)], ids=["backend's", "host's"])
def test_a_backend_comes_up_answers_and_ends(sessions: Any, mark: str, python: Path) -> None:
    begun = time.monotonic()
    one = sessions(python=python)
    assert time.monotonic() - begun < 0.1
    assert one.state is State.STARTING
    until_ready(one)
    assert one.machine.memory > 0
    assert one.machine.python.startswith("3.")
    assert one.ask(do("count", 3)).result(5).numbers == (3,)
    begun = time.monotonic()
    one.stop()
    assert time.monotonic() - begun < 3.0
    assert one.state is State.OFF
    assert one.problem is None
    assert not left_behind.processes_with(mark)


def test_hello_is_quick(sessions: Any) -> None:
    one = sessions()
    assert until(lambda: one.state is State.READY) < 1.5


def test_starting_again_keeps_the_backend_that_runs(ready: Any, launch: Any) -> None:
    before = backend_pid(ready)
    ready.start(launch())
    assert backend_pid(ready) == before


def test_without_a_backend_an_answer_is_a_failure_at_once() -> None:
    answer = Session().ask(do("count"))
    assert answer.done
    with pytest.raises(api.Failure, match="not running"):
        answer.result()


def test_a_request_may_be_asked_while_the_backend_starts(sessions: Any) -> None:
    assert sessions().ask(do("count", 2)).result(10).numbers == (2,)


def test_a_python_that_is_not_there(sessions: Any) -> None:
    one = sessions(python=Path("/no/such/python"))
    until(lambda: one.state is State.LOST)
    assert "/no/such/python" in one.problem.message
    assert "Install the backend" in one.problem.hint


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
    one.stop()
    assert time.monotonic() - begun < 3.0
    assert one.state is State.OFF
    assert not left_behind.processes_with(mark)


def test_a_backend_of_another_version_is_refused_in_words(sessions: Any) -> None:
    one = sessions("--version")
    until(lambda: one.state is State.LOST)
    assert one.problem.code is ErrorCode.VERSION_MISMATCH
    assert "0.0.9" in one.problem.message
    assert api.VERSION in one.problem.message
    assert "Install the backend again" in one.problem.hint


def test_a_backend_that_lacks_a_package_says_which(sessions: Any) -> None:
    one = until_ready(sessions("--lacking"))
    with pytest.raises(api.Failure, match="cv2") as caught:
        one.ask(do("count")).result(5)
    assert "Install the backend again" in caught.value.hint


# --- asking


def test_progress_comes_while_it_runs(ready: Any) -> None:
    told: list[Any] = []
    answer = ready.ask(do("count", 40), on_event=lambda event, blobs: told.append(event))
    until(lambda: answer.done)
    counts = [event.done for event in told]
    assert counts == sorted(counts)
    assert len(counts) > 5
    assert told[-1] == api.Progress(answer.id, 40, 40, "Counting")


def test_previews_and_logs_come_with_their_pictures(ready: Any) -> None:
    told: list[Any] = []
    answer = ready.ask(do("show", 5), on_event=lambda event, blobs: told.append((event, blobs)))
    answer.result(5)
    assert [event.text for event, _ in told if isinstance(event, api.Log)] == [f"picture {n}" for n in range(5)]
    last, blobs = [(event, blobs) for event, blobs in told if isinstance(event, api.Preview)][-1]
    assert (last.width, last.height) == (64, 64)
    assert blobs == [bytes([4]) * 64 * 64 * 3]


def test_previews_that_nobody_looks_at_do_not_pile_up(ready: Any) -> None:
    answer = ready.ask(do("show", 3000), on_event=lambda event, blobs: None)
    time.sleep(0.5)  # Blender renders, and looks at nothing
    ready.ask(do("count")).result(20)
    assert len(answer._latest) <= 2
    assert len(answer._lines) <= answer.LINES_KEPT


def test_frames_arrive_whole_and_a_wrong_one_is_refused(ready: Any) -> None:
    assert ready.ask(*frame(1)).result(5) == api.Done()
    request, _ = frame(2)
    with pytest.raises(api.Failure, match="another size"):
        ready.ask(request, [b"too short"]).result(5)


def test_an_error_is_told_in_its_own_words(ready: Any) -> None:
    with pytest.raises(api.Failure) as caught:
        ready.ask(do("refuse")).result(5)
    assert (caught.value.code, caught.value.message, caught.value.hint) == (
        ErrorCode.BAD_INPUT,
        "The strip is too short.",
        "Use a longer one.",
    )


def test_a_mistake_in_the_backend_is_no_end_of_it(ready: Any) -> None:
    with pytest.raises(api.Failure, match="seven is not a colour") as caught:
        ready.ask(do("mistake")).result(5)
    assert caught.value.code is ErrorCode.INTERNAL
    assert ready.ask(do("count", 1)).result(5).numbers == (1,)
    until(lambda: any("make_a_mistake" in line for line in ready.log_tail), 2)


def test_an_answer_too_large_for_the_socket_is_an_error(ready: Any) -> None:
    with pytest.raises(api.Failure, match="too large"):
        ready.ask(do("too much")).result(5)
    assert ready.state is State.READY


def test_requests_are_worked_on_one_after_the_other(ready: Any) -> None:
    answers = [ready.ask(do("count", n)) for n in (10, 2, 1)]
    order: list[int] = []
    until(lambda: order.extend(n for n, a in enumerate(answers) if a.done and n not in order) or len(order) == 3)
    assert order == [0, 1, 2]


def test_cancel_a_running_and_a_queued_request(ready: Any) -> None:
    told: list[Any] = []
    running = ready.ask(do("count", 10_000), on_event=lambda event, blobs: told.append(event))
    queued = ready.ask(do("count", 10_000))
    kept = ready.ask(do("count", 2))
    until(lambda: running.done or told)
    queued.cancel()
    running.cancel()
    for answer in (running, queued):
        with pytest.raises(api.Failure) as caught:
            answer.result(2)
        assert caught.value.code is ErrorCode.CANCELLED
    assert kept.result(5).numbers == (2,)


# --- losing the backend


def test_a_killed_backend_is_noticed_within_two_seconds(ready: Any, launch: Any) -> None:
    answer = ready.ask(do("sleep", 60))
    until(lambda: "asleep" in ready.log_tail)
    os.kill(backend_pid(ready), signal.SIGKILL)
    assert until(lambda: ready.state is State.LOST) < 2.0
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
    ready.ask(do("fork")).result(5)
    os.kill(backend_pid(ready), signal.SIGKILL)
    assert until(lambda: ready.state is State.LOST) < 2.0
    assert left_behind.wait_until_gone(mark, 2.0) < 2.0


def test_a_crash_in_c_leaves_its_place_in_the_log(ready: Any) -> None:
    ready.ask(do("crash"))
    assert until(lambda: ready.state is State.LOST) < 3.0
    assert "SIGSEGV" in ready.problem.message
    assert any("slow_backend.py" in line and "crash" in line for line in ready.log_tail)


def test_a_backend_killed_while_frames_are_sent(ready: Any) -> None:
    answers = [ready.ask(*frame(n, 1024)) for n in range(100)]
    os.kill(backend_pid(ready), signal.SIGKILL)
    assert until(lambda: ready.state is State.LOST) < 2.0
    assert all(answer.done for answer in answers)


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
    assert longest[0] < 0.05, f"a call took {longest[0] * 1000:.0f} ms"


def test_a_stopped_backend_is_stuck_and_never_blocks(sessions: Any, slow_calls: Any) -> None:
    one = until_ready(sessions(stuck_after=1.0))
    os.kill(backend_pid(one), signal.SIGSTOP)
    begun = time.monotonic()
    answers = [slow_calls(one.ask, *frame(n, 512)) for n in range(8)]  # more than the socket holds
    while time.monotonic() - begun < 2.0:
        slow_calls(one.tick)
        slow_calls(lambda: [answer.done for answer in answers])
        slow_calls(lambda: (one.state, one.problem, one.log_tail, one.machine))
        answers[0].cancel()
        time.sleep(0.01)
    assert one.state is State.STUCK
    assert "has not answered for 1 seconds" in one.problem.message
    os.kill(backend_pid(one), signal.SIGCONT)
    assert until(lambda: one.state is State.READY) < 2.0
    assert answers[7].result(5) == api.Done()
    assert one.problem is None


@pytest.mark.parametrize("sending", [False, True])
def test_a_stopped_backend_is_ended_within_three_seconds(sessions: Any, mark: str, sending: bool) -> None:
    one = until_ready(sessions(stuck_after=1.0))
    os.kill(backend_pid(one), signal.SIGSTOP)
    if sending:
        for number in range(8):
            one.ask(*frame(number, 512))
        time.sleep(0.2)
    begun = time.monotonic()
    one.stop()
    assert time.monotonic() - begun < 3.0
    assert one.state is State.OFF
    assert left_behind.wait_until_gone(mark, 1.0) < 1.0


@pytest.mark.parametrize("how", ["sleep", "lock"])
def test_a_backend_stuck_in_c_is_ended_within_three_seconds(sessions: Any, mark: str, how: str) -> None:
    one = until_ready(sessions())
    one.ask(do(how, 60))
    until(lambda: any(line in ("asleep", "stuck in C") for line in one.log_tail))
    begun = time.monotonic()
    one.stop()
    assert time.monotonic() - begun < 3.0
    assert left_behind.wait_until_gone(mark, 1.0) < 1.0


def test_a_backend_busy_in_c_is_not_stuck(sessions: Any) -> None:
    one = until_ready(sessions(stuck_after=1.0))
    answer = one.ask(do("sleep", 3))
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
        time.sleep(0.01); one._link and [a.deliver() for a, _ in list(one._link._open.values())]
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
    assert left_behind.wait_until_gone(mark, 5.0) < 5.0


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
        until(lambda: not backends(mark), 5.0)
        assert left_behind.processes_with(mark)  # the copy lives on
    finally:
        for pid in left_behind.processes_with(mark):
            os.kill(pid, signal.SIGKILL)


# --- two Blenders


def test_two_sessions_do_not_meet(sessions: Any) -> None:
    first, second = until_ready(sessions()), until_ready(sessions())
    assert backend_pid(first) != backend_pid(second)
    long = first.ask(do("count", 10_000))
    assert second.ask(do("count", 3)).result(5).numbers == (3,)  # not queued behind the other one's job
    os.kill(backend_pid(first), signal.SIGKILL)
    until(lambda: first.state is State.LOST)
    assert long.done
    assert second.state is State.READY
    assert second.ask(do("count", 4)).result(5).numbers == (4,)


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
    assert process.wait(5) == 0
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
        assert one.ask(do("count", count)).result(5).numbers == (count,)
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
    first.ask(do("count", 10_000))
    time.sleep(0.2)
    first.stop()
    second = connect(waiting.file)
    assert second.ask(do("count", 2)).result(5).numbers == (2,)


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
    assert until(lambda: one.state is State.LOST) < 2.0
    assert "gone" in one.problem.message
    stale = connect(file)  # the file is still there, as a killed process leaves it
    assert stale.state is State.LOST
    assert "No backend is listening" in stale.problem.message
    wire.remove_address(link.read_connection_file(file)[0])


def test_connection_files_that_are_none(waiting: Any, connect: Any, tmp_path: Path) -> None:
    missing = connect(tmp_path / "nowhere.json")
    assert "There is no connection file" in missing.problem.message
    assert "serve --wait" in missing.problem.hint
    for content in ("", "[1]", '{"address": "x"}', '{"address": "x", "key": "no hex"}', "\x00\xff"):
        file = tmp_path / "broken.json"
        file.write_text(content, encoding="latin-1")
        assert "is not a connection file" in connect(file).problem.message
    wrong = tmp_path / "wrong.json"
    key = link.read_connection_file(waiting.file)[1].hex()
    wrong.write_text(waiting.file.read_text().replace(key, "00" * 32))
    assert "The key is wrong" in connect(wrong).problem.message
    assert connect(waiting.file).state is State.READY


# --- the log


def test_the_log_is_kept_in_few_small_files(ready: Any, tmp_path: Path) -> None:
    ready.ask(do("chatter", 80_000)).result(30)
    until(lambda: ready.log_tail[-1].startswith("line 79999"))
    logs = list((tmp_path / "logs").iterdir())
    assert len(logs) == 5
    assert sum(log.stat().st_size for log in logs) > 4_000_000
    assert all(log.stat().st_size <= 1_000_000 for log in logs)
    assert "line 79999" in ready.log_file.read_text()


def test_a_log_folder_that_cannot_be_written_stops_nothing(sessions: Any, tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    one = until_ready(sessions())
    with pytest.raises(api.Failure):
        one.ask(do("mistake")).result(5)
    until(lambda: any("cannot be written" in line for line in one.log_tail), 2)
    assert one.ask(do("count")).result(5)


# --- memory


def resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_memory_does_not_grow_with_the_number_of_frames(ready: Any) -> None:
    def send(count: int) -> tuple[int, int]:
        answers: list[Any] = []
        for number in range(count):
            answers.append(ready.ask(*frame(number)))
            if len(answers) == 8:
                answers.pop(0).result(5)
        for answer in answers:
            answer.result(5)
        return resident(os.getpid()), resident(backend_pid(ready))

    host, backend = send(300)
    host_after, backend_after = send(3000)
    assert host_after - host < 8 << 20  # 3000 such frames are 562 MiB
    assert backend_after - backend < 8 << 20


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


def test_a_tick_is_short_and_says_when_the_next_is_wanted() -> None:
    one = Session()
    job = one.enqueue(HostJob("Sample", "Car", lambda: (Step(n) for n in itertools.count())))
    begun = time.perf_counter()
    pause = one.tick()
    assert time.perf_counter() - begun < 0.03
    assert job.progress.done > 10  # and yet it does what it can
    assert pause < 0.01
    one.cancel(job)
    waiting = one.enqueue(HostJob("Sample", "Car", forever))
    assert 0.01 <= one.tick() <= 0.1
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
    assert time.monotonic() - begun < 3.0
    assert job.state is JobState.CANCELLED
    assert left_behind.wait_until_gone(mark, 1.0) < 1.0
