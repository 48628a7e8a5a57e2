"""A backend as a child process of Blender: started with its key, its log kept, ended with certainty."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import threading
import time
from collections import deque
from pathlib import Path
from typing import IO

from ..backend import api, processes, wire
from .state import Launch

TAIL = 40  # lines
LOGS_KEPT = 5
LOG_BYTES = 1_000_000
LINE_BYTES = 4096
NO_PYTHON = "In the preferences, install the backend again, or choose another Python where you have named one."


class Log:
    """What the backend writes: its last lines in memory, all of it in files that are kept small and few."""

    def __init__(self, folder: Path, name: str) -> None:
        self.tail: deque[str] = deque(maxlen=TAIL)
        self.file: Path | None = None
        self._folder = folder
        self._name = name
        self._parts = 0
        self._size = 0
        self._out: IO[bytes] | None = None

    def follow(self, stream: IO[bytes]) -> None:
        """Copy the stream until it ends. A log that cannot be written is no reason to stop a backend."""
        for line in iter(lambda: stream.readline(LINE_BYTES), b""):  # a progress bar may never end its line
            self.tail.append(line.decode(errors="replace").rstrip()[:500])
            try:
                self._write(line)
            except OSError as error:
                self._out = None
                self.tail.append(f"(The log cannot be written: {error})")
        if self._out:
            self._out.close()

    def _write(self, line: bytes) -> None:
        if self._out is None or self._size + len(line) > LOG_BYTES:
            self._next_part()
        assert self._out
        self._out.write(line)
        self._out.flush()
        self._size += len(line)

    def _next_part(self) -> None:
        if self._out:
            self._out.close()
        self._folder.mkdir(parents=True, exist_ok=True)
        self._parts += 1
        self.file = self._folder / f"backend-{self._name}-{self._parts:03d}.log"
        self._out, self._size = self.file.open("wb"), 0
        logs = sorted(self._folder.glob("backend-*.log"), key=lambda file: file.stat().st_mtime)
        for old in logs[:-LOGS_KEPT]:
            old.unlink(missing_ok=True)


class Child:
    """One started backend. Its methods may block: only the link's thread calls them, but for `end`."""

    def __init__(self, launch: Launch) -> None:
        self.key = os.urandom(wire.KEY_BYTES)
        self.address = ""
        try:
            self.process = subprocess.Popen(
                [str(launch.python), *launch.arguments],
                cwd=launch.root,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=processes.child_environment(),
                **processes.child_options(),
            )
        except OSError as error:
            text = f"The backend's Python cannot be started: {error.strerror}: “{error.filename or launch.python}”."
            raise api.Failure(api.ErrorCode.LOST, text, NO_PYTHON) from error
        processes.adopt(self.process)
        self.log = Log(launch.logs, f"{time.strftime('%Y%m%d-%H%M%S')}-{self.process.pid}")
        self._reader = threading.Thread(target=self.log.follow, args=(self.process.stderr,), name="log", daemon=True)
        self._reader.start()

    def meet(self, seconds: float) -> str:
        """Hand over the key, and learn the address; a child that says nothing for so long is killed."""
        assert self.process.stdin and self.process.stdout
        alarm = threading.Timer(seconds, processes.kill, (self.process,))
        alarm.daemon = True  # Blender may quit meanwhile
        alarm.start()
        try:
            self.process.stdin.write(self.key.hex().encode() + b"\n")
            self.process.stdin.flush()
            said = self.process.stdout.readline()
        except OSError:  # it ended before it read the key
            said = b""
        finally:
            alarm.cancel()
        try:
            self.address = str(json.loads(said)["address"])
        except (ValueError, LookupError, TypeError) as error:
            self.ends_within(0.5)
            raise self.failure("The backend did not come up") from error
        return self.address

    def failure(self, what: str) -> api.Failure:
        """What to say after it has ended, or has to: with the last line of its log, which mostly tells the cause."""
        self._reader.join(0.3)  # its last lines are on their way
        last = next((line for line in reversed(self.log.tail) if line.strip()), "")
        text = f"{what}: it {processes.ending(self.process.poll())}{f', saying “{last}”' if last else ''}."
        where = f" The whole log is {self.log.file}." if self.log.file else ""
        return api.Failure(api.ErrorCode.LOST, text, f"Resume starts it again.{where}")

    def end(self, patience: float) -> None:
        processes.end(self.process, patience)

    def clean_up(self) -> None:
        """Leave nothing behind, whatever has happened."""
        processes.kill(self.process)
        self.process.wait()
        processes.kill_group(self.process.pid)
        wire.remove_address(self.address)
        self._reader.join(0.3)
        for stream in (self.process.stdin, self.process.stdout):
            if stream:
                with contextlib.suppress(BrokenPipeError):  # the key that it ended without reading
                    stream.close()

    def ends_within(self, seconds: float) -> bool:
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True
