"""One writer at a time: a lock file that names its holder, and that is taken over when the holder is gone."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from . import disk, processes
from .api import ErrorCode, Failure
from .frozen import frozen
from .plain import from_json, to_json

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

GUARDED_BYTE = 1 << 30  # past every content: on Windows a locked byte cannot be read by others


@frozen
class Holder:
    """Who holds a lock. A process number alone may have gone to another process since: its start tells them apart."""

    pid: int
    started: str
    host: str
    lease: float  # 0: until it is released; else so many seconds after it was last renewed

    @classmethod
    def this_process(cls, lease: float = 0.0) -> Holder:
        return cls(os.getpid(), _start_of(os.getpid()), _host(), lease)

    def is_me(self) -> bool:
        return self.same_process(Holder.this_process())

    def same_process(self, other: Holder) -> bool:
        return (self.pid, self.started, self.host) == (other.pid, other.started, other.host)

    def is_gone(self, idle: float) -> bool:
        """Of a process on another computer nothing can be known: there only a lease ends."""
        if self.lease and idle > self.lease:
            return True
        return self.host == _host() and not processes.is_alive(self.pid, self.started)


@functools.cache
def _host() -> str:
    """Asked once: a laptop that changes its network may change its name."""
    import socket  # not before: Blender waits for us whenever it starts

    return socket.gethostname()


@functools.cache
def _start_of(pid: int) -> str:
    """Of this process: asking the system takes long on some, and a lock is renewed with every frame."""
    return processes.started(pid)


class Lock:
    """A lock that this process has taken."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def renew(self) -> None:
        """Start the lease anew. Raises STUDY_LOCKED when it is no longer ours."""
        if self._is_there():
            with _guarded(self.path) as file:
                if self._is_mine(file):
                    os.utime(file.fileno() if os.utime in os.supports_fd else disk.long_path(self.path))
                    return
        hint = "See that no other program works on it, and start again: what is finished is kept."
        message = f"The study “{self.path.parent.name}” is no longer held by this program."
        raise Failure(ErrorCode.STUDY_LOCKED, message, hint)

    def release(self) -> None:
        with contextlib.suppress(Failure):  # the disk may be gone, and its lock with it
            if self._is_there():
                with _guarded(self.path) as file:
                    if self._is_mine(file):
                        self._give_up(file)

    def _is_there(self) -> bool:
        return disk.long_path(self.path).is_file()

    def _is_mine(self, file: IO[bytes]) -> bool:
        holder = _holder(file)
        return holder is not None and holder.is_me()

    def _give_up(self, file: IO[bytes]) -> None:
        file.truncate(0)
        if sys.platform != "win32":  # there a file that is open stays; empty, it is free
            self.path.unlink()


def take(path: Path, lease: float = 0.0) -> Lock:
    """Take the lock, also from a process that is gone, and a leased one of this very process."""
    with _guarded(path) as file:
        holder = _holder(file)
        idle = time.time() - os.fstat(file.fileno()).st_mtime
        if holder is not None and not holder.is_gone(idle) and not (holder.lease and holder.is_me()):
            raise _locked(path, holder)
        file.seek(0)
        file.truncate(0)
        file.write(json.dumps(to_json(Holder.this_process(lease))).encode())
        file.flush()
    return Lock(path)


@contextlib.contextmanager
def held(path: Path, lease: float = 0.0) -> Iterator[Lock]:
    lock = take(path, lease)
    try:
        yield lock
    finally:
        lock.release()


def _locked(path: Path, holder: Holder) -> Failure:
    study = path.parent.name
    if holder.host == _host():
        who, hint = f"process {holder.pid}", "Wait until it is done, or end it."
    else:
        who = f"process {holder.pid} on “{holder.host}”"
        hint = f"Wait until it is done; if that computer is off, delete “{path}”."
    return Failure(ErrorCode.STUDY_LOCKED, f"The study “{study}” is being written by {who}.", hint)


def _holder(file: IO[bytes]) -> Holder | None:
    """None where the lock is free. A half-written one is: its writer died, for we hold the guard."""
    file.seek(0)
    try:
        return from_json(Holder, json.loads(file.read(4096)))
    except (ValueError, Failure):
        return None


@contextlib.contextmanager
def _guarded(path: Path) -> Iterator[IO[bytes]]:
    """The lock file, open, and nobody else looking at it: else two could take over the same stale lock."""
    with disk.worded(path):
        file = _open(path)
    try:
        with disk.worded(path):
            yield file
    finally:
        file.close()  # frees the guard too, as the death of this process would


def _open(path: Path) -> IO[bytes]:
    while True:
        file = os.fdopen(
            os.open(disk.long_path(path), os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666), "r+b"
        )
        _guard(file)
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(file.fileno()), disk.long_path(path).stat()):
                return file
        file.close()  # released and removed between our opening and our guarding it


def _guard(file: IO[bytes]) -> None:
    """The guard is held for moments only, so waiting for it is safe. Disks that cannot guard go without."""
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            file.seek(GUARDED_BYTE)
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX)
