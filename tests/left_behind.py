"""What a test has left behind on this machine: processes whose command line bears the test's mark."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path


def processes_with(mark: str) -> dict[int, str]:
    """The living processes, but for this one and for zombies, that were started with `mark` among their words."""
    if Path("/proc/self/stat").exists():
        found = dict(_from_proc(mark))
    else:
        listed = subprocess.run(["ps", "-axo", "pid=,stat=,command="], capture_output=True, text=True, check=True)
        rows = (line.split(None, 2) for line in listed.stdout.splitlines())
        found = {int(pid): words for pid, state, words in rows if mark in words and not state.startswith("Z")}
    return {pid: words for pid, words in found.items() if pid != os.getpid()}


def _from_proc(mark: str):
    for folder in Path("/proc").iterdir():
        try:
            words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            state = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()[0]
        except (OSError, IndexError):
            continue
        if folder.name.isdigit() and mark in words and state not in "ZX":
            yield int(folder.name), words


def wait_until_gone(mark: str, seconds: float) -> float:
    """The seconds until none of them is left. Fails, and ends them, when it takes too long."""
    begun = time.monotonic()
    while left := processes_with(mark):
        if time.monotonic() - begun > seconds:
            for pid in left:
                os.kill(pid, 9)
            raise AssertionError(f"left behind after {seconds} s: {left}")
        time.sleep(0.02)
    return time.monotonic() - begun
