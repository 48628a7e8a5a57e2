"""What will come back for one request to the backend."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from ..backend import api

Event = api.Progress | api.Preview | api.Peak | api.Log
OnEvent = Callable[[Event, list[bytes]], None]


class Answer:
    """What will come back for one request. Its events are handed over on the thread that looks at it."""

    LINES_KEPT = 200

    def __init__(self, on_event: OnEvent | None, cancel: Callable[[Answer], None]) -> None:
        self.id = 0
        self._on_event = on_event
        self._cancel = cancel
        self._finished = False
        self._gate = threading.Lock()  # an Event costs five times as much, and there is one for every frame
        self._gate.acquire()
        self._value: Any = None
        self._failure: api.Failure | None = None
        # Nobody may look for a while (a render blocks Blender): then only the last of each is worth keeping.
        self._latest: dict[type, tuple[Event, list[bytes]]] = {}
        self._lines: deque[Event] = deque(maxlen=self.LINES_KEPT)

    @property
    def finished(self) -> bool:
        """As `done`, and hands no events over."""
        return self._finished

    @property
    def done(self) -> bool:
        """Whether the answer, or the failure, is there. Never blocks."""
        finished = self._finished
        self.deliver()
        return finished

    def result(self, timeout: float | None = None) -> Any:
        """The answer; blocks until it is there. Raises the Failure if there was one, TimeoutError after `timeout`."""
        if not self._gate.acquire(timeout=-1 if timeout is None else timeout):
            raise TimeoutError("The backend has not answered yet.")
        self._gate.release()
        self.deliver()
        if self._failure:
            raise self._failure
        return self._value

    def cancel(self) -> None:
        """Ask the backend to leave the request, queued or running; it is then answered with CANCELLED. Never blocks."""
        if not self._finished:
            self._cancel(self)

    def deliver(self) -> None:
        """Hand over the events that have come since."""
        if not self._on_event:
            return
        while self._lines:
            self._on_event(self._lines.popleft(), [])
        for kind in (api.Preview, api.Peak, api.Progress):
            if kind in self._latest:
                self._on_event(*self._latest.pop(kind))

    def hear(self, event: Event, blobs: list[bytes]) -> None:
        if isinstance(event, api.Log):
            self._lines.append(event)
        else:
            self._latest[type(event)] = (event, blobs)

    def finish(self, value: Any = None, failure: api.Failure | None = None) -> None:
        if not self._finished:
            self._value, self._failure = value, failure
            self._finished = True
            self._gate.release()
