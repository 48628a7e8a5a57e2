"""All that differs between systems about processes: who lives, how to start one, and how to outlive nobody."""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

WINDOWS = sys.platform == "win32"
LINUX = sys.platform.startswith("linux")
MACOS = sys.platform == "darwin"

CREATE_NO_WINDOW = 0x08000000
PR_SET_PDEATHSIG = 1


def data_folder() -> Path:
    """Where what belongs to this computer lives, outside Blender's version folders."""
    home = Path.home()
    if WINDOWS:
        # Short: see torch_build.ROOM for what torch adds to it, and Windows does not take.
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "steady"
    if MACOS:
        return home / "Library" / "Application Support" / "steady-diffusion"
    return Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "steady-diffusion"


def connection_file() -> Path:
    """Where a backend that waits says how to be reached, and where it is looked for, if nobody names another place."""
    return data_folder() / "connection.json"


# --- who lives


def started(pid: int) -> str:
    """When the process started, in its system's own words; '' if there is none. With the pid it names one process."""
    if pid <= 0:
        return ""
    if WINDOWS:
        return _started_windows(pid)
    if LINUX:
        return _started_linux(pid)
    words, plainly = ["ps", "-o", "state=,lstart=", "-p", str(pid)], {**os.environ, "LC_ALL": "C", "TZ": "UTC"}
    asked = subprocess.run(words, capture_output=True, text=True, check=False, env=plainly)
    return started_from_ps(asked.stdout)


def is_alive(pid: int, since: str) -> bool:
    """Whether the process that `started(pid)` named is still there; a later one with the same number is not it."""
    return bool(since) and started(pid) == since


def started_from_stat(stat: str) -> str:
    """The start time in a line of /proc/PID/stat. The name, in brackets, may hold spaces and brackets itself."""
    fields = stat.rpartition(")")[2].split()
    return "" if not fields or fields[0] in "ZX" else fields[19]


def started_from_ps(line: str) -> str:
    """The start time in a line of `ps -o state=,lstart=`; a zombie does not live."""
    state, _, when = line.strip().partition(" ")
    return "" if not state or state.startswith("Z") else when.strip()


def _started_linux(pid: int) -> str:
    try:
        return started_from_stat(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return ""


def _started_windows(pid: int) -> str:
    kernel = _kernel32()
    handle = kernel.OpenProcess(0x1000, False, pid)  # PROCESS_QUERY_LIMITED_INFORMATION
    if not handle:
        return ""
    try:
        code = ctypes.c_uint32()
        times = [ctypes.c_uint64() for _ in range(4)]
        alive = kernel.GetExitCodeProcess(handle, ctypes.byref(code)) and code.value == 259  # STILL_ACTIVE
        known = alive and kernel.GetProcessTimes(handle, *(ctypes.byref(t) for t in times))
        return str(times[0].value) if known else ""
    finally:
        kernel.CloseHandle(handle)


# --- how to start


def child_environment() -> dict[str, str]:
    """The environment of a child with a Python of its own: Blender's search paths would break it. Its threads sleep
    while they wait: where others are at work, threads that spin take the processor from one another."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(("PYTHON", "__PYVENV"))}
    kept.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    return {**kept, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}


def child_options() -> dict[str, Any]:
    """What every Popen of ours needs: no console window on Windows, a process group of its own elsewhere."""
    return {"creationflags": CREATE_NO_WINDOW} if WINDOWS else {"start_new_session": True}


def adopt(process: subprocess.Popen[Any]) -> None:
    """On Windows, tie the child and its children to this process: the system ends them with it. No-op elsewhere."""
    if sys.platform != "win32":
        return
    kernel = _kernel32()
    job = kernel.CreateJobObjectW(None, None)  # never closed: its end is what ends the children
    limits = JobLimits(flags=0x2000)  # JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
    kernel.SetInformationJobObject(job, 9, ctypes.byref(limits), ctypes.sizeof(limits))
    kernel.AssignProcessToJobObject(job, int(process._handle))


class JobLimits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION of 64-bit Windows, of which only the flags matter."""

    _fields_ = [("times", ctypes.c_uint64 * 2), ("flags", ctypes.c_uint32), ("rest", ctypes.c_uint8 * 124)]


def _kernel32() -> Any:
    if sys.platform != "win32":
        raise OSError("There is no kernel32 here.")
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.OpenProcess.restype = kernel.CreateJobObjectW.restype = ctypes.c_void_p
    kernel.GetProcessTimes.argtypes = [ctypes.c_void_p] * 5
    kernel.GetExitCodeProcess.argtypes = kernel.AssignProcessToJobObject.argtypes = [ctypes.c_void_p] * 2
    kernel.SetInformationJobObject.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_uint32]
    kernel.WaitForSingleObject.argtypes = [ctypes.c_void_p, ctypes.c_uint32]
    kernel.CloseHandle.argtypes = [ctypes.c_void_p]
    return kernel


# --- how to end


def end(process: subprocess.Popen[Any], patience: float) -> None:
    """Terminate the child, and kill it with all of its group if it has not gone after `patience` seconds."""
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
            return
        kill(process)
        process.wait()


def kill(process: subprocess.Popen[Any]) -> None:
    """Kill the child now; where it leads a group of its own, all of the group."""
    with contextlib.suppress(ProcessLookupError):
        if process.poll() is not None:
            return
        if not WINDOWS and os.getpgid(process.pid) == process.pid:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def kill_group(leader: int) -> None:
    """Kill what a child of ours has left running; its number stays taken while a member of its group lives."""
    if not WINDOWS:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)


def ending(code: int | None) -> str:
    """How a process ended, in words for a person."""
    if code is None:
        return "closed the connection"
    if code < 0 and -code in {s.value for s in signal.Signals}:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with code {code}"


def outlive_broken_pipes() -> None:
    """From now on, writing to a process that is gone is an error on this thread, and no end of the whole program.
    Python itself sees to that everywhere but inside Blender 4, which a dead backend would take along."""
    if not WINDOWS:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGPIPE})


def die_with_parent() -> None:
    """Called by a child of ours, early: it ends when the process that started it does, whatever happens there."""
    parent = os.getppid()
    if LINUX:
        signal_at_parents_end(signal.SIGKILL)
        if os.getppid() != parent:  # it ended before we asked
            os._exit(1)
        return
    threading.Thread(target=_end_after, args=(parent,), name="parent", daemon=True).start()


def signal_at_parents_end(number: int) -> None:
    """On Linux: to be sent when the *thread* that started this process ends. No-op elsewhere."""
    if LINUX:
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number)


def _end_after(parent: int) -> None:
    if WINDOWS:
        kernel = _kernel32()
        handle = kernel.OpenProcess(0x00100000, False, parent)  # SYNCHRONIZE
        if handle:
            kernel.WaitForSingleObject(handle, 0xFFFFFFFF)
    else:
        while os.getppid() == parent:
            time.sleep(0.5)
    os._exit(1)


def guard(lifeline: int, patience: float) -> None:
    """Fork a guard that kills this process `patience` seconds after `lifeline` was closed at its other end.

    Needed because C code that holds the interpreter's lock stops every thread and signal handler of ours. Windows
    needs none: see `adopt`. To be called before any thread is started."""
    if WINDOWS:
        return
    here = os.getpid()
    if os.fork():
        return
    for ignored in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ignored, signal.SIG_IGN)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in {1, 2} - {lifeline}:  # else a reader of our output would wait for the guard too
        os.dup2(nowhere, standard)
    hangup = select.poll()
    hangup.register(lifeline, 0)  # what is written to it is none of the guard's business
    lost_at = 0.0
    while os.getppid() == here:
        if lost_at and time.monotonic() - lost_at > patience:
            os.kill(here, signal.SIGKILL)
        if lost_at:
            time.sleep(0.1)
        elif hangup.poll(500):
            lost_at = time.monotonic()
    os._exit(0)
