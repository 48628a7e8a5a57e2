"""Whole files or none: atomic writes, what differs between systems about replacing files, and disk errors in words."""

from __future__ import annotations

import contextlib
import errno
import glob
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from .api import ErrorCode, Failure

T = TypeVar("T")

# What another program (a player, a virus scanner) that has the file open makes us wait for. POSIX replaces open files.
BUSY: tuple[type[OSError], ...] = (PermissionError,) if sys.platform == "win32" else ()
WAITS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8)
TEMPORARY = ".tmp"


def long_text(path: str) -> str:
    """A full Windows path in the form that may be longer than 260 characters."""
    if len(path) < 240 or path.startswith("\\\\?\\"):  # 240: a folder must leave room for an 8.3 name
        return path
    if path.startswith("\\\\"):
        return "\\\\?\\UNC\\" + path[2:]
    return "\\\\?\\" + path


def long_path(path: Path) -> Path:
    return Path(long_text(str(path.absolute()))) if sys.platform == "win32" else path


def patiently(action: Callable[[], T], busy: tuple[type[OSError], ...] = BUSY) -> T:
    """Do it, again and again for a second and a half while another program has the file open."""
    for wait in WAITS:
        try:
            return action()
        except busy:
            time.sleep(wait)
    return action()


def in_words(error: OSError, path: Path) -> Failure:
    """What a person should know about an error of the disk, and do about it."""
    folder = f"“{path.parent}”"
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        hint = f"Make room on the disk that holds {folder} and go on: what is finished is kept."
        return Failure(ErrorCode.DISK, f"The disk is full: “{path.name}” could not be written.", hint)
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        hint = "Allow writing there, or choose another studies folder in the preferences."
        return Failure(ErrorCode.DISK, f"“{path.name}” cannot be written: {folder} is read-only for you.", hint)
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        at = path if error.errno == errno.EEXIST else path.parent
        hint = "Move that file away, or choose another studies folder in the preferences."
        return Failure(ErrorCode.DISK, f"“{at}” cannot be a folder: a file is in its way.", hint)
    if error.errno == errno.ENAMETOOLONG:
        hint = "Choose a studies folder with a shorter path in the preferences."
        return Failure(ErrorCode.DISK, f"The path “{path}” is too long for this disk.", hint)
    hint = "Look whether the disk is still there and well."
    return Failure(ErrorCode.DISK, f"“{path}” could not be read or written ({error.strerror or error}).", hint)


@contextlib.contextmanager
def worded(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise in_words(error, path) from error


def make_folder(folder: Path) -> None:
    try:
        long_path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise in_words(error, Path(error.filename or folder)) from error  # it may be one of the folders above


def write(path: Path, data: bytes, durable: bool = False) -> None:
    """Under a temporary name beside it first, so that a reader sees the old file or the new one and nothing between.

    `durable` waits for the disk, for files that a power cut must not empty."""
    with drafted(path) as temporary, temporary.open("wb") as file:
        file.write(data)
        if durable:
            file.flush()
            os.fsync(file.fileno())


@contextlib.contextmanager
def drafted(path: Path) -> Iterator[Path]:
    """A temporary name beside it, for what is too large to be written at once. At the end it takes the path's place."""
    target = long_path(path)
    if not target.parent.is_dir():
        make_folder(path.parent)
    temporary = target.with_name(f"{path.name}.{os.getpid()}-{secrets.token_hex(3)}{TEMPORARY}")
    with worded(path):
        try:
            yield temporary
            patiently(lambda: temporary.replace(target))
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def drafts_of(path: Path) -> Iterator[tuple[Path, int]]:
    """The temporary files that writers of this path have, or had when they were killed, each with its process."""
    target = long_path(path)
    for draft in target.parent.glob(f"{glob.escape(target.name)}.*{TEMPORARY}"):
        pid = draft.name.removeprefix(f"{target.name}.").partition("-")[0]
        if pid.isdigit():
            yield draft, int(pid)


def read(path: Path) -> bytes:
    with worded(path):
        try:
            return patiently(long_path(path).read_bytes)
        except PermissionError as error:
            hint = "Allow reading it, or choose another file."
            raise Failure(ErrorCode.DISK, f"“{path.name}” cannot be read: you are not allowed to.", hint) from error


def remove(path: Path) -> None:
    with worded(path):
        patiently(lambda: long_path(path).unlink(missing_ok=True))
