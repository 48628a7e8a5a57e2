"""Sessions with real backends for the tests of the session: made, waited for, and seen to leave nothing behind.

PYTEST_DONT_REWRITE: it is a plugin that tests import from, too."""

from __future__ import annotations

import importlib
import sys
import tempfile
import time
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import left_behind
import pytest
from patience import LONG, promise

ROOT = Path(__file__).parents[2]

PACKAGE = "steady_by_itself"  # the root as a package of its own: without Blender its __init__ cannot be imported
sys.modules.setdefault(PACKAGE, types.ModuleType(PACKAGE)).__path__ = [str(ROOT)]
session = importlib.import_module(f"{PACKAGE}.session")
api = importlib.import_module(f"{PACKAGE}.backend.api")
wire = importlib.import_module(f"{PACKAGE}.backend.wire")
link = importlib.import_module(f"{PACKAGE}.session.link")

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
def mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Every backend of a test bears this word on its command line: after the test there is none, nor a socket."""
    with tempfile.TemporaryDirectory(prefix="st-") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        yield f"mark={tmp_path}"
        left_behind.wait_until_gone(f"mark={tmp_path}", promise(5.0))
        assert not list(Path(folder).glob("steady-socket-*"))


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


def until(condition: Callable[[], Any], seconds: float = LONG) -> float:
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
