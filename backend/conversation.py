"""The backend's talk with one client: a thread that always reads, one that writes, and the requests still open."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import api, devices, wire
from .jobs import Job

STALL = 60.0  # seconds after which a message that stopped halfway is given up
MAX_WAITING = 2 << 30  # bytes of frames that may wait in the queue


@dataclass
class Work:
    """One request in the queue, and how to answer it. Without a request it only makes the worker get ready."""

    request: Any = None
    blobs: list[bytes] = field(default_factory=list)
    job: Job = field(default_factory=lambda: Job(0, lambda event, blobs: None))
    answer: Callable[[Any], None] = lambda value: None
    fail: Callable[[api.Failure], None] = lambda failure: None


class Conversation:
    """One client. Its reading thread never writes: two sides that both write would wait for each other for ever."""

    def __init__(self, channel: wire.Channel, enqueue: Callable[[Work], None], leave: Callable[[str], None]) -> None:
        self._channel = channel
        self._enqueue = enqueue
        self._leave = leave
        self._jobs: dict[int, Job] = {}
        self._waiting = 0  # bytes
        self._lock = threading.Lock()
        self._sending = threading.Lock()
        self._replies: queue.SimpleQueue[dict[str, Any] | threading.Event | None] = queue.SimpleQueue()
        self._welcome = False

    def run(self) -> str:
        """Read until the client is gone; why it is."""
        writer = threading.Thread(target=self._write, name="writer", daemon=True)
        writer.start()
        self._channel.set_deadline(STALL)
        reason = self._read()
        self.cancel_all()
        self.flush(0.5)
        self._replies.put(None)
        self._channel.interrupt()
        writer.join()
        self._channel.close()
        return reason

    def cancel_all(self) -> None:
        with self._lock:
            for job in self._jobs.values():
                job.cancel()

    def flush(self, seconds: float) -> None:
        """Wait until the replies so far are sent."""
        sent = threading.Event()
        self._replies.put(sent)
        sent.wait(seconds)

    # --- hearing

    def _read(self) -> str:
        while True:
            try:
                message = self._channel.receive()
            except api.Failure as failure:
                if failure.code is not api.ErrorCode.LOST:
                    self._replies.put(wire.error(None, failure))
                if failure.code is not api.ErrorCode.NOT_JSON:  # where the next message begins is not known
                    return failure.message
            else:
                self._hear(message)

    def _hear(self, message: wire.Message) -> None:
        number = message.body.get("id")
        number = number if type(number) is int else None
        try:
            if number is None or number in self._jobs:
                raise api.Failure(api.ErrorCode.BAD_REQUEST, "A request needs an id of its own.", wire.OTHER_PROGRAM)
            if message.body.get("method") == api.Hello.method:
                wire.check_version(message.body.get("params"), "backend", "extension")
            elif not self._welcome:
                raise api.Failure(api.ErrorCode.BAD_REQUEST, "The first request must be “hello”.", wire.OTHER_PROGRAM)
            request = wire.read_call(message.body, api.REQUESTS)
            if request.quick:
                self._answer_at_once(number, request)
            else:
                self._queue(number, request, message.blobs)
        except api.Failure as failure:
            self._replies.put(wire.error(number, failure))

    def _answer_at_once(self, number: int, request: Any) -> None:
        answer: Any = api.Done()
        if isinstance(request, api.Hello):
            answer = api.Welcome(api.PROTOCOL, api.VERSION, os.getpid(), devices.look())
        elif isinstance(request, api.Cancel):
            with self._lock:
                if job := self._jobs.get(request.job):  # else it is answered already
                    job.cancel()
        self._replies.put(wire.result(number, answer))
        if isinstance(request, api.Hello) and not self._welcome:
            self._welcome = True
            self._enqueue(Work())  # get ready while the client thinks
        elif isinstance(request, api.Shutdown):
            threading.Thread(target=self._leave, args=("the client asked for it",), name="leave").start()

    def _queue(self, number: int, request: Any, blobs: list[bytes]) -> None:
        size = sum(map(len, blobs))
        job = Job(number, self._tell)
        with self._lock:
            if size and self._waiting + size > MAX_WAITING:
                raise api.Failure(
                    api.ErrorCode.BAD_REQUEST, "Too many frames wait in the queue.", "Send fewer at once."
                )
            self._waiting += size
            self._jobs[number] = job

        def close(body: dict[str, Any]) -> None:
            with self._lock:
                self._waiting -= size
                del self._jobs[number]
            self._say(body)

        def answer(value: Any) -> None:
            close(wire.result(number, value))

        def fail(failure: api.Failure) -> None:
            close(wire.error(number, failure))

        self._enqueue(Work(request, blobs, job, answer, fail))

    # --- saying

    def _tell(self, event: Any, blobs: list[bytes]) -> None:
        self._say(wire.event(event), blobs)

    def _say(self, body: dict[str, Any], blobs: Sequence[bytes] = ()) -> None:
        """Send on this thread, which waits while the client does not read. That it is gone, the reader hears."""
        try:
            with self._sending:
                self._channel.send(body, blobs)
        except api.Failure as failure:
            if failure.code is not api.ErrorCode.LOST and body.get("id") is not None:
                self._say(wire.error(body["id"], failure))

    def _write(self) -> None:
        while (reply := self._replies.get()) is not None:
            if isinstance(reply, threading.Event):
                reply.set()
            else:
                self._say(reply)
