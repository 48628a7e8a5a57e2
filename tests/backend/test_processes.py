"""Processes: who lives, what a child inherits, and that no child outlives its parent."""

from __future__ import annotations

import ast
import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from patience import LONG, promise

from backend import processes

ROOT = Path(__file__).parents[2]


def start(code: str, **options: object) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", code]
    return subprocess.Popen(words, cwd=ROOT, text=True, stdout=subprocess.PIPE, **options)  # pyright: ignore


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


# --- who lives


def test_this_process_is_alive() -> None:
    since = processes.started(os.getpid())
    assert since
    assert processes.is_alive(os.getpid(), since)


def test_a_process_that_ended_is_not() -> None:
    child = start("")
    since = processes.started(child.pid)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not processes.is_alive(child.pid, since)  # a zombie, until somebody waits for it
    child.wait()
    assert not processes.is_alive(child.pid, since)
    assert processes.started(child.pid) == ""


def test_another_process_with_the_same_number_is_not_it() -> None:
    assert not processes.is_alive(os.getpid(), "12345")
    assert not processes.is_alive(os.getpid(), "")


@pytest.mark.parametrize("pid", [0, -1, 1 << 22])
def test_numbers_that_name_no_process(pid: int) -> None:
    assert processes.started(pid) == ""


def test_a_line_of_proc_stat() -> None:
    rest = " ".join(str(n) for n in range(1, 31))
    assert processes.started_from_stat(f"42 (my (odd) name) S {rest}") == "19"
    assert processes.started_from_stat(f"42 (zombie) Z {rest}") == ""
    assert processes.started_from_stat("") == ""


def test_a_line_of_ps_on_macos() -> None:
    assert processes.started_from_ps("Ss   Sat Nov 21 09:30:01 2026\n") == "Sat Nov 21 09:30:01 2026"
    assert processes.started_from_ps("Z    Sat Nov 21 09:30:01 2026\n") == ""
    assert processes.started_from_ps("") == ""


def test_ps_is_asked_for_one_clock_and_one_language_wherever_it_is_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Else a lock of a process with another time zone would seem to be nobody's."""
    ps = tmp_path / "ps"
    ps.write_text('#!/bin/sh\necho "S $LC_ALL $TZ"\n')
    ps.chmod(0o755)
    monkeypatch.setattr(processes, "LINUX", False)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    said = set()
    for language, zone in (("de_DE.UTF-8", "Europe/Berlin"), ("en_US.UTF-8", "Asia/Tokyo")):
        monkeypatch.setenv("LC_ALL", language)
        monkeypatch.setenv("TZ", zone)
        said.add(processes.started(os.getpid()))
    assert said == {"C UTC"}


class Kernel32:
    """What Windows answers about processes: 7 lives, 8 has ended and somebody still holds it; there is no other."""

    def __init__(self) -> None:
        self.held: list[int] = []

    def OpenProcess(self, access: int, inherit: bool, pid: int) -> int:  # noqa: N802
        assert (access, inherit) == (0x1000, False)
        self.held += [pid] if pid in (7, 8) else []
        return pid if pid in (7, 8) else 0

    def GetExitCodeProcess(self, handle: int, code: Any) -> bool:  # noqa: N802
        code._obj.value = 259 if handle == 7 else 0
        return True

    def GetProcessTimes(self, handle: int, *times: Any) -> bool:  # noqa: N802
        for number, when in enumerate(times):
            when._obj.value = 133_000_000_000 + number
        return True

    def CloseHandle(self, handle: int) -> None:  # noqa: N802
        self.held.remove(handle)


def test_who_lives_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = Kernel32()
    monkeypatch.setattr(processes, "WINDOWS", True)
    monkeypatch.setattr(processes, "_kernel32", lambda: kernel)
    assert [processes.started(pid) for pid in (7, 8, 9)] == ["133000000000", "", ""]
    assert processes.is_alive(7, "133000000000") and not processes.is_alive(7, "133000000001")
    assert kernel.held == [], "every handle is given back"


# --- what a child inherits


def test_a_child_does_not_inherit_blenders_search_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PYTHONPATH", "PYTHONHOME", "PythonStartup", "PYTHONSAFEPATH", "__PYVENV_LAUNCHER__"):
        monkeypatch.setenv(name, "/blender")
    monkeypatch.setenv("HOME_OF_OURS", "kept")
    environment = processes.child_environment()
    assert "/blender" not in environment.values()
    assert environment["HOME_OF_OURS"] == "kept"
    assert environment["PYTHONDONTWRITEBYTECODE"] == "1"


def test_a_childs_threads_sleep_while_they_wait_unless_the_user_wants_them_to_spin(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    assert processes.child_environment()["OMP_WAIT_POLICY"] == "PASSIVE"
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    assert processes.child_environment()["OMP_WAIT_POLICY"] == "ACTIVE"


def test_a_child_opens_no_console_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    assert processes.child_options() == {"start_new_session": True}
    monkeypatch.setattr(processes, "WINDOWS", True)
    assert processes.child_options() == {"creationflags": 0x08000000}


def test_every_child_of_ours_is_started_by_these_rules() -> None:
    calls = [
        (path, call)
        for room in ("backend", "session", "sequencer", "operators")
        for path in (ROOT / room).rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func) in ("subprocess.Popen", "Popen")
    ]
    assert len(calls) >= 4
    for path, call in calls:
        assert any(given.arg is None for given in call.keywords), f"{path}:{call.lineno} names no child_options()"


def test_the_limits_of_a_windows_job_lie_where_windows_looks() -> None:
    assert ctypes.sizeof(processes.JobLimits) == 144  # JOBOBJECT_EXTENDED_LIMIT_INFORMATION on 64 bits
    assert processes.JobLimits.flags.offset == 16  # LimitFlags, behind two LARGE_INTEGER


@pytest.mark.parametrize(
    ("windows", "macos", "folder"),
    [
        (True, False, "AppData/Local/steady"),
        (False, True, "Library/Application Support/steady-diffusion"),
        (False, False, ".local/share/steady-diffusion"),
    ],
)
def test_the_data_folder(monkeypatch: pytest.MonkeyPatch, windows: bool, macos: bool, folder: str) -> None:
    for name in ("LOCALAPPDATA", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(processes, "WINDOWS", windows)
    monkeypatch.setattr(processes, "MACOS", macos)
    assert processes.data_folder() == Path.home() / folder


# --- how to end


def test_end_asks_first() -> None:
    code = (
        "import signal, sys, time; signal.signal(15, lambda *_: sys.exit(7)); print('on', flush=True); time.sleep(60)"
    )
    child = start(code, **processes.child_options())
    assert said(child) == "on"
    processes.end(child, LONG)
    assert child.returncode == 7


def test_end_kills_what_does_not_listen_and_its_children() -> None:
    code = (
        "import signal, subprocess, sys, time; signal.signal(15, signal.SIG_IGN);"
        "other = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], stdout=subprocess.DEVNULL);"
        "print(other.pid, flush=True); time.sleep(60)"
    )
    child = start(code, **processes.child_options())
    other = int(said(child))
    since = processes.started(other)
    begun = time.monotonic()
    processes.end(child, 0.2)
    assert time.monotonic() - begun < promise(2.0)
    assert child.returncode == -signal.SIGKILL
    assert dies_within(promise(2.0), other, since)
    processes.end(child, 0.2)
    assert child.returncode == -signal.SIGKILL, "nothing is left to end"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0, "ended with code 0"),
        (3, "ended with code 3"),
        (-9, "was ended by SIGKILL"),
        (-11, "was ended by SIGSEGV"),
        (-200, "ended with code -200"),
        (None, "closed the connection"),
    ],
)
def test_how_it_ended_in_words(code: int | None, words: str) -> None:
    assert processes.ending(code) == words


# --- dying with the parent


def dies_within(seconds: float, pid: int, since: str) -> bool:
    begun = time.monotonic()
    while processes.is_alive(pid, since):
        if time.monotonic() - begun > seconds:
            os.kill(pid, signal.SIGKILL)
            return False
        time.sleep(0.02)
    return True


def dies_with_its_parent(child_code: str, seconds: float) -> bool:
    code = (
        "import subprocess, sys, time;"
        f"child = subprocess.Popen([sys.executable, '-c', {child_code!r}], stdin=subprocess.PIPE);"
        "time.sleep(60)"
    )
    parent = start(code)
    pid = int(said(parent))
    since = processes.started(pid)
    assert since
    parent.kill()
    parent.wait()
    return dies_within(seconds, pid, since)


def test_a_child_that_asked_for_it_dies_with_its_parent() -> None:
    code = "import os, time; from backend import processes; processes.die_with_parent();"
    assert dies_with_its_parent(code + "print(os.getpid(), flush=True); time.sleep(60)", promise(2.0))


def test_elsewhere_it_looks_after_its_parent_itself() -> None:
    code = "import os, time; from backend import processes; processes.LINUX = False; processes.die_with_parent();"
    assert dies_with_its_parent(code + "print(os.getpid(), flush=True); time.sleep(60)", promise(3.0))


def test_the_guard_ends_a_process_that_holds_the_interpreter() -> None:
    code = (
        "import ctypes, os; from backend import processes; processes.guard(0, 0.5);"
        "print(os.getpid(), flush=True); ctypes.PyDLL(None).sleep(60)"
    )
    assert dies_with_its_parent(code, promise(3.0))


def test_the_guard_does_not_mind_what_the_parent_writes() -> None:
    code = "import time; from backend import processes; processes.guard(0, 0.1);"
    code += "print('on', flush=True); time.sleep(60)"
    child = start(code, stdin=subprocess.PIPE)
    assert said(child) == "on"
    assert child.stdin
    child.stdin.write("not read by anybody")
    child.stdin.flush()
    time.sleep(1.0)
    assert child.poll() is None
    child.stdin.close()
    assert child.wait(promise(2.0)) == -signal.SIGKILL


def test_the_guard_does_not_outlive_whom_it_guards() -> None:
    code = (
        "import time; from backend import processes; processes.guard(0, 0.5); print('on', flush=True); time.sleep(60)"
    )
    child = start(code, stdin=subprocess.PIPE)
    assert said(child) == "on"
    guards = Path(f"/proc/{child.pid}/task/{child.pid}/children").read_text().split()
    assert len(guards) == 1
    since = processes.started(int(guards[0]))
    child.kill()
    child.wait()
    assert dies_within(promise(2.0), int(guards[0]), since)
    assert child.stdin
    child.stdin.close()
