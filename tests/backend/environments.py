"""What the tests of the installer share: tiny packages, and an environment that was made of them once.

PYTEST_DONT_REWRITE: it is a plugin that tests import from, too."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from patience import LONG
from wheels import make_wheel, repack_pip

from backend.installer import environment, installation


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of wheels: pip itself, and a package that needs another one."""
    folder = tmp_path_factory.mktemp("wheels")
    repack_pip(folder)
    make_wheel(folder, "tiny-brush", "1.0", "colour = 'red'", needs=["tiny-paint==2.0"])
    make_wheel(folder, "tiny-paint", "2.0", "litres = 3")
    return folder


@pytest.fixture
def offline(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    see_only(shelf, monkeypatch)


def see_only(shelf: Path, patch: pytest.MonkeyPatch) -> None:
    """pip sees the shelf and nothing else; what a test names wrongly is not searched in the world."""
    patch.setenv("PIP_CONFIG_FILE", os.devnull)
    patch.setenv("PIP_NO_INDEX", "1")
    patch.setenv("PIP_FIND_LINKS", str(shelf))
    patch.delenv("PIP_EXTRA_INDEX_URL", raising=False)


@pytest.fixture(scope="session")
def requirements(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("wanted") / "requirements.txt"
    path.write_text("# What these tests install.\ntiny-brush==1.0\ntiny-paint==2.0  # import tiny_paint\n")
    return path


@dataclass(frozen=True)
class Made:
    """One installation from nothing, and how it went."""

    folder: Path
    steps: tuple[installation.Step, ...]
    record: environment.Record
    early: set[environment.State]  # what the folder was said to be until all was done
    longest: float  # seconds of work of the longest step


@pytest.fixture(scope="session")
def made(shelf: Path, requirements: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("with spaces, and ünicode") / "backend-1"
    steps: list[installation.Step] = []
    early = {environment.check(folder, requirements)}

    def look(step: installation.Step) -> None:
        steps.append(step)
        early.add(environment.check(folder, requirements))

    with pytest.MonkeyPatch.context() as patch:
        see_only(shelf, patch)
        work: list[float] = []
        record = drain(timed(installation.install(folder, requirements), work), look)
    return Made(folder, tuple(steps), record, early, max(work))


def timed(steps: installation.Steps[environment.Record], work: list[float]) -> installation.Steps[environment.Record]:
    while True:
        began = time.thread_time()
        try:
            step = next(steps)
        except StopIteration as end:
            return end.value
        work.append(time.thread_time() - began)
        yield step


@pytest.fixture
def installed(made: Made, tmp_path: Path) -> Path:
    """A whole environment of the test's own: what was made once, copied."""
    folder = tmp_path / "backend-test"
    shutil.copytree(made.folder, folder, symlinks=True)
    return folder


def drain(steps: Any, look: Callable[[Any], None] = lambda step: None) -> Any:
    with contextlib.closing(steps):
        while True:
            try:
                look(next(steps))
            except StopIteration as end:
                return end.value
            time.sleep(0.01)


def runs(folder: Path, code: str) -> str:
    return subprocess.run(
        [folder / "bin" / "python", "-c", code], capture_output=True, text=True, check=True, timeout=LONG
    ).stdout.strip()


def as_data_folder(folder: Path) -> Path:
    """A data folder in which this is the installed backend."""
    data = folder.parent / "data"
    data.mkdir(exist_ok=True)
    (data / f"backend-{environment.VERSION}").symlink_to(folder, target_is_directory=True)
    return data
