"""The folder of an installed backend: what is in it, whether it is whole, how large it is, and how to free it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections import deque
from collections.abc import Generator, Iterator
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import TypeVar

from .. import disk, lock
from ..api import VERSION, ErrorCode, Failure
from ..frozen import frozen
from ..plain import from_json, to_json
from ..space import in_words

T = TypeVar("T")

REQUIREMENTS = Path(__file__).resolve().parents[1] / "requirements.txt"
RECORD = "steady-backend.json"
LOG = "install.log"
LOCK = "lock.json"
DOWNLOADS = "downloads"


class State(Enum):
    """What a folder is to us, told without running anything."""

    ABSENT = "ABSENT"
    FOREIGN = "FOREIGN"  # there is something that we did not make: it is never touched
    INCOMPLETE = "INCOMPLETE"  # an installation was broken off, or its import check has failed
    BASE_GONE = "BASE_GONE"  # the Python that it was made with has been removed or exchanged
    OUTDATED = "OUTDATED"  # whole, but for other requirements than ours
    READY = "READY"


@frozen
class Record:
    """What steady-backend.json says. Its presence is what marks a folder as ours."""

    complete: bool
    broken: bool  # the import check has failed: only an installation from the start can help
    requirements: str  # a hash
    base: str  # the Python that the environment was made with
    python: str  # its version, as "3.11"
    build: str
    reason: str
    warning: str
    size: int  # bytes on the disk


@frozen
class Step:
    """How far it is. `waiting`: there is nothing to do before something outside has moved on."""

    done: int
    total: int
    text: str
    waiting: bool = True


Steps = Generator[Step, None, T]


# --- looking


def backend_folder(data_folder: Path) -> Path:
    """Where the backend is or will be; one that an older version installed serves on, where nothing has changed."""
    usual = data_folder / f"backend-{VERSION}"
    older = (folder for folder in backends(data_folder) if check(folder) is State.READY)
    return usual if usual.exists() else next(older, usual)


def backends(data_folder: Path) -> list[Path]:
    """The folders that we have made there, of all versions."""
    return [path for path in sorted(data_folder.glob("backend-*")) if read_record(path)]


def others(data_folder: Path) -> list[Path]:
    """What other versions have installed there, which this one makes no use of."""
    used = backend_folder(data_folder)
    return [folder for folder in backends(data_folder) if folder != used]


def python_of(folder: Path) -> Path:
    return folder / "Scripts" / "python.exe" if os.name == "nt" else folder / "bin" / "python"


def read_record(folder: Path) -> Record | None:
    try:
        return from_json(Record, json.loads((folder / RECORD).read_text(encoding="utf-8")))
    except (OSError, ValueError, Failure):
        return None


def check(folder: Path, requirements: Path | None = None) -> State:
    record = read_record(folder)
    if record is None:
        return State.ABSENT if _is_empty(folder) else State.FOREIGN
    if not Path(record.base).exists() or (record.complete and not python_of(folder).exists()):
        return State.BASE_GONE
    if not record.complete:
        return State.INCOMPLETE
    return State.READY if record.requirements == fingerprint(requirements or REQUIREMENTS) else State.OUTDATED


def _is_empty(folder: Path) -> bool:
    """A lock alone is what a process leaves that was killed before it began."""
    return not folder.exists() or (folder.is_dir() and all(path.name == LOCK for path in folder.iterdir()))


def fingerprint(requirements: Path) -> str:
    """A hash over the requirements and the files that they name with -c and -r."""
    text = requirements.read_text(encoding="utf-8")
    named = re.findall(r"^-[cr] +(\S+)", text, re.MULTILINE)
    whole = "\0".join([text, *((requirements.parent / name).read_text(encoding="utf-8") for name in named)])
    return hashlib.sha256(whole.encode()).hexdigest()[:16]


def python_to_start(data_folder: Path) -> Path:
    """The Python of the installed backend, or a Failure that says why there is none to start, and what to press."""
    folder = backend_folder(data_folder)
    state = check(folder)
    if state is State.READY:
        return python_of(folder)
    messages = {
        State.ABSENT: "The backend is not installed.",
        State.FOREIGN: f"“{folder}” was not made by Steady Diffusion.",
        State.INCOMPLETE: "The backend's installation was broken off.",
        State.BASE_GONE: "The Python that the backend was made with is gone: the Blender it belonged to was removed.",
        State.OUTDATED: "The backend was installed for another version of Steady Diffusion.",
    }
    hint = "Press “Install Backend”: what is already there is kept."
    if state is State.FOREIGN:
        hint = "Choose another data folder in the preferences."
    elif state in (State.ABSENT, State.BASE_GONE):
        hint = "Press “Install Backend” in the preferences of Steady Diffusion, or name a Python that has its packages."
    raise Failure(ErrorCode.LOST, messages[state], hint)


def size_of(folder: Path) -> int:
    """Bytes that the folder takes on the disk."""
    return sum(_taken(Path(place) / name) for place, _, names in os.walk(folder) for name in names)


def size_known(folder: Path) -> int:
    """As it was counted when all was there; anew where something is missing."""
    record = read_record(folder)
    return record.size if record and record.complete else size_of(folder)


def _taken(path: Path) -> int:
    try:
        found = path.lstat()
    except FileNotFoundError:  # someone else was faster
        return 0
    return getattr(found, "st_blocks", 0) * 512 or found.st_size


def log_tail(folder: Path, lines: int = 20) -> tuple[str, ...]:
    """The end of the installation's log, without the lines that only move the progress bar."""
    try:
        with (folder / LOG).open(encoding="utf-8", errors="replace") as log:
            return tuple(deque((line.rstrip() for line in log if not line.startswith("Progress ")), lines))
    except OSError:
        return ()


# --- the packages in it


def named_in(requirements: Path) -> list[tuple[str, str, str]]:
    """Name, version and module to import of each package that a requirements file pins."""
    pinned = re.compile(r"^([\w.-]+)==(\S+)(?:.*# *import (\S+))?", re.MULTILINE)
    found = pinned.findall(requirements.read_text(encoding="utf-8"))
    return [(name, version, module or name.replace("-", "_")) for name, version, module in found]


def installed(folder: Path) -> list[Path]:
    """The dist-info folders of what is installed completely: pip writes RECORD last."""
    return [record.parent for record in _site_packages(folder).glob("*.dist-info/RECORD")]


def half_installed(folder: Path) -> list[Path]:
    """The dist-info folders that a killed pip left without the files that belong to them, or without their list.

    pip would take these packages for installed; with the dist-info gone it installs them anew."""
    site = _site_packages(folder)
    whole = {path for path in installed(folder) if _has_all_its_files(path)}
    return sorted(path for path in site.glob("*.dist-info") if path not in whole)


def _has_all_its_files(dist_info: Path) -> bool:
    for line in (dist_info / "RECORD").read_text(encoding="utf-8", errors="replace").splitlines():
        name, _, size = line.rpartition(",")
        name = name.rpartition(",")[0].strip('"')  # NAME,HASH,SIZE; a .pyc has neither hash nor size
        if not size:
            continue
        try:
            if (dist_info.parent / name).stat().st_size != int(size):
                return False
        except (OSError, ValueError):
            return False
    return True


def _site_packages(folder: Path) -> Path:
    if os.name == "nt":
        return folder / "Lib" / "site-packages"
    return next(iter(sorted(folder.glob("lib/python3.*/site-packages"))), folder / "lib")


# --- changing it


def write_record(folder: Path, record: Record) -> None:
    disk.write(folder / RECORD, json.dumps(to_json(record), indent=1).encode(), durable=True)


def refuse_foreign(folder: Path) -> None:
    """Raises for a folder that holds anything which we did not put there."""
    if check(folder) is State.FOREIGN:
        raise Failure(
            ErrorCode.BAD_INPUT,
            f"“{folder}” was not made by Steady Diffusion, and is left alone.",
            "Choose another data folder in the preferences, or move that one away.",
        )


@contextlib.contextmanager
def worded(folder: Path) -> Iterator[None]:
    """Errors of the disk in words, with what to do about them for this folder."""
    try:
        with disk.worded(folder / LOG):
            yield
    except Failure as failure:
        hint = failure.hint.replace("studies folder", "data folder")
        raise Failure(failure.code, failure.message, hint) from failure


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep a second Blender from working on the same folder."""
    try:
        held = lock.take(folder / LOCK)
    except Failure as failure:
        if failure.code is not ErrorCode.STUDY_LOCKED:
            raise
        raise Failure(
            ErrorCode.BAD_REQUEST,
            "The backend is being installed or removed by another program.",
            "Wait until it is done there.",
        ) from failure
    try:
        yield
    finally:
        held.release()


def remove(folder: Path) -> Steps[int]:
    """Free the folder; the bytes that it took are returned. Broken off, it can be called again."""
    if check(folder) is State.ABSENT:
        return 0
    refuse_foreign(folder)
    folder = folder.resolve()
    freed, whole = 0, size_of(folder)
    with worded(folder), alone(folder):
        record = read_record(folder)
        if record and record.complete:  # what is half gone must not be started
            write_record(folder, replace(record, complete=False, broken=True))
        for count, path in enumerate(_contents(folder)):
            taken = _taken(path)
            with disk.worded(path):
                path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)
            freed += taken
            if count % 50 == 0:
                yield Step(freed, max(whole, freed), f"Freeing {in_words(whole)}", waiting=False)
    with worded(folder):
        for last in (RECORD, LOCK):
            freed += _taken(folder / last)
            disk.remove(folder / last)
        folder.rmdir()
    return freed


def _contents(folder: Path) -> Iterator[Path]:
    """All that is in it, the deepest first, but what marks it as ours."""
    for place, folders, names in os.walk(folder, topdown=False):
        for name in names:
            if Path(place) != folder or name not in (RECORD, LOCK):
                yield Path(place) / name
        yield from (Path(place) / name for name in folders)
