"""What a stage may do while it works: say how far it is, show a picture, and learn that it was cancelled."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable
from typing import TextIO

from . import api
from .plain import to_json

NUMBER = re.compile(r"\d[\d.,e-]*")

Emit = Callable[[api.Progress | api.Preview | api.Peak | api.Log, list[bytes]], None]


class Job:
    """One request being worked on. A stage calls `check` often: it is where a cancelled job leaves."""

    SECONDS_BETWEEN = 0.05  # a loop over thousands of frames must not flood the socket

    def __init__(self, number: int, emit: Emit) -> None:
        self.id = number
        self._emit = emit
        self.cancelled = False
        self._last: api.Progress | None = None
        self._last_at = 0.0

    def cancel(self) -> None:
        """May be called on any thread."""
        self.cancelled = True

    def check(self) -> None:
        if self.cancelled:
            raise api.Failure(api.ErrorCode.CANCELLED, "Cancelled.", "What is finished stays: run it again to go on.")

    def progress(self, done: int, total: int, text: str = "") -> None:
        """Say how far it is, and leave here if the job was cancelled."""
        self.check()
        now, last, event = time.monotonic(), self._last, api.Progress(self.id, done, total, text)
        if event == last:
            return
        news = last is None or done >= total or self._speaks_of(text) != self._speaks_of(last.text)
        if news or now - self._last_at >= self.SECONDS_BETWEEN:
            self._last, self._last_at = event, now
            self._emit(event, [])

    def _speaks_of(self, text: str) -> str:
        """A progress that speaks of something else is told at once."""
        return text

    def preview(self, width: int, height: int, rgb: bytes) -> None:
        self._emit(api.Preview(self.id, width, height), [rgb])

    def peak(self, memory: int) -> None:
        self._emit(api.Peak(self.id, memory), [])

    def log(self, text: str) -> None:
        self._emit(api.Log(self.id, text), [])


class PrintedJob(Job):
    """A job on the command line: its progress is lines that a log can hold, or JSON lines for a program to read."""

    SECONDS_BETWEEN = 1.0

    def __init__(self, as_json: bool = False, stream: TextIO | None = None) -> None:
        super().__init__(0, self._print)
        self._as_json = as_json
        self._stream = stream or sys.stderr

    def _speaks_of(self, text: str) -> str:
        return NUMBER.sub("", text)  # a loss that falls or a frame that is counted is no news yet

    def _print(self, event: api.Progress | api.Preview | api.Peak | api.Log, blobs: list[bytes]) -> None:
        if isinstance(event, api.Preview | api.Peak):
            return
        if self._as_json:
            line = json.dumps({"method": event.method, **to_json(event)})
        elif isinstance(event, api.Progress):
            line = f"{event.text} {event.done}/{event.total}".strip()
        else:
            line = event.text
        print(line, file=self._stream, flush=True)
