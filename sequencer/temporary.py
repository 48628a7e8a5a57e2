"""A folder for what is only passed on, which is gone afterwards, also where its Blender was killed."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..backend import processes
from ..backend.api import ErrorCode, Failure

PREFIX = "steady-frames-"
OLD_SECONDS = 3600


@contextmanager
def temporary_folder() -> Iterator[Path]:
    folder = None
    try:
        _sweep()
        folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        yield folder
    except OSError as error:
        where = folder or tempfile.gettempdir()
        message = f"The frames cannot be kept in “{where}” while they are read: {error.strerror}."
        raise Failure(ErrorCode.DISK, message, "Make room there, or point TMPDIR to another folder.") from error
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _sweep() -> None:
    """Remove what Blenders left behind that were killed; not at once, for a container's processes cannot be seen."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        owner = left.name.removeprefix(PREFIX).partition("-")[0]
        if owner.isdigit() and not processes.started(int(owner)) and _age(left) > OLD_SECONDS:
            shutil.rmtree(left, ignore_errors=True)


def _age(folder: Path) -> float:
    try:
        return time.time() - folder.stat().st_mtime
    except FileNotFoundError:  # another Blender has swept it
        return 0.0
