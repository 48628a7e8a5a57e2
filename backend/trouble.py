"""What ended the last work on a study, kept in its folder so that it is still said after the file was loaded again.

Standard library only: Blender's side writes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from . import disk
from .api import ErrorCode, Failure
from .frozen import frozen
from .plain import to_json
from .record import read_as, read_json, write_json
from .study import is_study

FILE = "trouble.json"


@frozen
class Trouble:
    title: str  # of the job
    code: ErrorCode
    message: str
    hint: str = ""
    stage: str = ""  # of a job that does several: the title of the one that does this alone
    again: dict = field(default_factory=dict)  # what its operator was given, by the names of its properties

    @property
    def failure(self) -> Failure:
        return Failure(self.code, self.message, self.hint)


def write(folder: Path, title: str, error: Exception, stage: str = "", again: Mapping[str, Any] | None = None) -> None:
    """Nothing is kept of what was cancelled, nor where there is no study yet."""
    if not is_study(folder):
        return
    if not isinstance(error, Failure):
        text = f"{title} failed: {error or type(error).__name__}"
        error = Failure(ErrorCode.INTERNAL, text, "Press Copy Details, and report it.")
    if error.code is not ErrorCode.CANCELLED:
        kept = Trouble(title, error.code, error.message, error.hint, stage, dict(again or {}))
        write_json(folder / FILE, to_json(kept))


def forget(folder: Path) -> None:
    disk.remove(folder / FILE)


def read(folder: Path) -> Trouble | None:
    """A note that cannot be read is none: it only repeats what was said once."""
    path = folder / FILE
    try:
        return read_as(Trouble, read_json(path), path) if disk.long_path(path).is_file() else None
    except Failure:
        return None
