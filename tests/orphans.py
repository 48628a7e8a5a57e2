"""No test leaves a process behind: whatever a run of tests starts bears the run's mark in its environment."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from patience import promise

NAME = "STEADY_TEST_RUN"
os.environ[NAME] = secrets.token_hex(8)  # of this process, which may be one of several that test side by side


def marked() -> dict[int, str]:
    """The living processes of this run but for this one, and what they were called with. Asks Linux."""
    return {int(folder.name): _words(folder) for folder in Path("/proc").glob("[0-9]*") if _is_ours(folder)}


def _is_ours(folder: Path) -> bool:
    try:
        return f"{NAME}={os.environ[NAME]}".encode() in (folder / "environ").read_bytes().split(b"\0")
    except OSError:  # it has ended, or belongs to somebody else
        return False


def _words(folder: Path) -> str:
    try:
        return (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


@pytest.fixture(scope="module", autouse=True)
def no_orphans() -> Iterator[None]:
    """After the last test of every file, when what its tests share has been closed too."""
    before = marked()
    yield
    until = time.monotonic() + promise(5.0)
    while left := {pid: words for pid, words in marked().items() if pid not in before}:
        if time.monotonic() > until:
            for pid in left:
                os.kill(pid, 9)
            raise AssertionError(f"left behind: {left}")
        time.sleep(0.05)
