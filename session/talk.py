"""What is said over an open channel: requests go out under numbers, and what comes back finds the one who asked."""

from __future__ import annotations

import itertools
import time
from collections import deque
from collections.abc import Sequence
from typing import Any

from ..backend import api, wire
from ..backend.plain import from_json
from .answer import Answer

LINES_KEPT = 40


class Talk:
    """On one thread, but for what it has heard, which others may look at."""

    def __init__(self, channel: wire.Channel) -> None:
        self.channel = channel
        self.lines: deque[str] = deque(maxlen=LINES_KEPT)  # of the backend's log
        self.heard = time.monotonic()  # anything at all
        self.open: dict[int, tuple[Answer, type]] = {}  # what is asked and not answered, and what its answer will be
        self._ids = itertools.count(1)

    def ask(self, request: Any, answer: Answer | None = None, blobs: Sequence[bytes] = ()) -> Answer:
        answer = answer or Answer(None, lambda _: None)
        answer.id = next(self._ids)
        self.open[answer.id] = (answer, request.answer)
        self.channel.send(wire.request(answer.id, request), blobs)
        return answer

    def hear(self) -> None:
        """The next message; blocks until it is there."""
        message = self.channel.receive()
        self.heard = time.monotonic()
        body = message.body
        if "method" in body:
            told = wire.read_call(body, api.EVENTS)
            if isinstance(told, api.Log):
                self.lines.append(told.text)
            if told.job in self.open:
                self.open[told.job][0].hear(told, message.blobs)
        elif body.get("id") is None:
            raise wire.read_error(body.get("error"))  # not about a request: about us
        elif body["id"] in self.open:
            answer, kind = self.open.pop(body["id"])
            self._finish(answer, kind, body)

    def _finish(self, answer: Answer, kind: type, body: dict[str, Any]) -> None:
        if "error" in body:
            failure = wire.read_error(body["error"])
            answer.finish(failure=failure)
            return
        if kind is api.Welcome:
            wire.check_version(body.get("result"), "extension", "backend")
        try:
            answer.finish(from_json(kind, body.get("result")))
        except api.Failure as failure:
            answer.finish(failure=failure)

    def end(self, failure: api.Failure) -> None:
        """Nothing more will be answered."""
        for answer, _ in self.open.values():
            answer.finish(failure=failure)
        self.open.clear()
