"""The one thread that talks to the backend: it starts it, lets it talk, and notices when the other side is gone."""

from __future__ import annotations

import json
import threading
import time
import traceback
from collections import deque
from collections.abc import Sequence
from multiprocessing.connection import Pipe
from pathlib import Path
from typing import Any

from ..backend import api, processes, wire
from .answer import Answer, OnEvent
from .child import Child
from .state import NOT_RUNNING, Launch, State
from .talk import Talk

STARTING = 120.0  # seconds until a child has said where it listens: a cold disk reads Python slowly
HELLO = 15.0
LOOK = 0.5  # seconds between looks at the process
ENDING = 3.0  # seconds until a backend that was told to stop is gone: half of them to leave by itself


class Link:
    """One backend, from its start to its end. What other threads call never waits for it, but for `wait`.

    One that is started `after` another begins when that one is gone: both may hold the same study, and the card."""

    def __init__(self, how: Launch | Path, stuck_after: float, after: Link | None = None) -> None:
        self.how = how
        self._after = after
        self.problem: api.Failure | None = None
        self.machine: api.Machine | None = None
        self.child: Child | None = None
        self._state = State.STARTING
        self._stuck_after = stuck_after
        self._asked_at = 0.0
        self._minded_at = 0.0
        self._talk: Talk | None = None
        self._outbox: deque[tuple[Answer, Any, Sequence[bytes]]] = deque()
        self._asked: list[Answer] = []
        self._lock = threading.Lock()
        self._closed = False
        self._stopping = False
        self._leaving_at = 0.0
        self._ear, self._bell = Pipe(duplex=False)
        self._rung = False
        self._asleep = True
        self._thread = threading.Thread(target=self._run, name="steady backend", daemon=True)
        self._thread.start()

    # --- for every thread

    @property
    def state(self) -> State:
        if self._state is State.READY and self._talk and time.monotonic() - self._talk.heard > self._stuck_after:
            return State.STUCK
        return self._state

    @property
    def log_tail(self) -> tuple[str, ...]:
        if self.child:
            return tuple(self.child.log.tail)
        return tuple(self._talk.lines) if self._talk else ()

    @property
    def log_file(self) -> Path | None:
        return self.child.log.file if self.child else None

    def ask(self, request: Any, blobs: Sequence[bytes], on_event: OnEvent | None) -> Answer:
        answer = Answer(on_event, self._cancel)
        self._asked = [open_one for open_one in self._asked if not open_one.finished] + [answer]
        self._send_later(answer, request, blobs)
        return answer

    @property
    def idle(self) -> bool:
        """Whether all that was asked is answered."""
        return all(answer.finished for answer in self._asked)

    @property
    def gone(self) -> bool:
        return not self._thread.is_alive()

    def wait(self, seconds: float = ENDING) -> None:
        self._thread.join(seconds)

    def stop(self) -> None:
        """Have the backend end. Returns at once: the thread that talks may itself be held up by one that is stuck."""
        self._stopping = True
        with self._lock:
            self._ring()
        threading.Thread(target=self._see_it_out, name="steady backend's end", daemon=True).start()

    def _see_it_out(self) -> None:
        if self._state is State.STARTING and self.child:
            self.child.end(ENDING / 4)
        self._thread.join(ENDING / 2)
        if self.child:
            self.child.end(ENDING / 4)
        if self._talk and not self.gone:
            self._talk.channel.interrupt()

    def _cancel(self, answer: Answer) -> None:
        self._send_later(Answer(None, lambda _: None), answer, ())

    def _send_later(self, answer: Answer, request: Any, blobs: Sequence[bytes]) -> None:
        with self._lock:
            if not self._closed:
                self._outbox.append((answer, request, blobs))
                self._ring()
                return
        answer.finish(failure=self.problem or NOT_RUNNING)

    def _ring(self) -> None:
        """Wake the thread if it sleeps. Rings once until it is heard: a full pipe would block who rings."""
        if self._asleep and not self._rung and not self._closed:
            self._rung = True
            self._bell.send_bytes(b"!")

    # --- on the thread

    def _run(self) -> None:
        problem: api.Failure | None = None
        processes.outlive_broken_pipes()
        try:
            self._begin()
            if self._talk:
                self._go_on(self._talk)
        except api.Failure as failure:
            problem = failure
        except Exception as error:  # a mistake of ours: the console has it whole
            traceback.print_exc()
            text = f"The link to the backend broke: {type(error).__name__}: {error}."
            problem = api.Failure(api.ErrorCode.INTERNAL, text, "Start the backend again.")
        self._end(problem)

    def _begin(self) -> None:
        if self._after:
            self._after.wait(2 * ENDING)
            self._after = None
        if self._stopping:
            return
        if isinstance(self.how, Path):
            address, key = read_connection_file(self.how)
        else:
            self.child = Child(self.how)
            address, key = self.child.meet(STARTING), self.child.key
        if self._stopping:
            return
        self._talk = Talk(wire.greet_server(address, key))
        hello = self._talk.ask(api.Hello(api.PROTOCOL, api.VERSION))
        until = time.monotonic() + HELLO
        while not hello.done:
            if not self._talk.channel.connection.poll(max(0.0, until - time.monotonic())):
                raise api.Failure(api.ErrorCode.LOST, "The backend does not answer.", "Start it again.")
            self._talk.hear()
        self.machine = hello.result().machine
        self._state = State.READY

    def _go_on(self, talk: Talk) -> None:
        wait = wire.waiter(talk.channel.connection, self._ear)
        while True:
            self._asleep = True  # before the look at the outbox: who adds to it after that rings
            ready = wait(0.0 if self._outbox or (self._stopping and not self._leaving_at) else LOOK)
            self._asleep = False
            if self._ear in ready:
                self._ear.recv_bytes()
                self._rung = False
            if talk.channel.connection in ready:
                talk.hear()
            self._send_waiting(talk)
            self._mind(talk)
            if self._stopping and not self._leave(talk):
                return

    def _send_waiting(self, talk: Talk) -> None:
        """One message at a time: what the backend says meanwhile has to be heard too."""
        if self._outbox:
            answer, request, blobs = self._outbox.popleft()
            if isinstance(request, Answer):
                request = api.Cancel(request.id)
            talk.ask(request, answer, blobs)

    def _mind(self, talk: Talk) -> None:
        """Now and then, see whether the process is there, and ask whether it hears."""
        now = time.monotonic()
        if now - self._minded_at < LOOK / 2:
            return
        self._minded_at = now
        if self.child and self.child.process.poll() is not None:
            raise wire.gone(EOFError())
        if now - max(talk.heard, self._asked_at) > self._stuck_after / 5:
            self._asked_at = now
            talk.ask(api.Ping())

    def _leave(self, talk: Talk) -> bool:
        """Whether a child that was asked to end is still to be waited for. One that others started is left running."""
        if self.child and not self._leaving_at:
            self._leaving_at = time.monotonic()
            talk.ask(api.Shutdown())
        return self.child is not None

    def _end(self, problem: api.Failure | None) -> None:
        if self._stopping:
            problem = None
        elif problem and problem.code is api.ErrorCode.LOST and self.child and self.child.ends_within(0.5):
            problem = self.child.failure("The backend ended")
        if self._talk:
            self._talk.channel.close()
        if self.child:
            self.child.clean_up()
        with self._lock:
            self._closed = True
            self.problem = problem
            self._state = State.LOST if problem else State.OFF
        if self._talk:
            self._talk.end(problem or NOT_RUNNING)
        for answer, _, _ in self._outbox:
            answer.finish(failure=problem or NOT_RUNNING)
        self._outbox.clear()
        self._ear.close()
        self._bell.close()


def read_connection_file(file: Path) -> tuple[str, bytes]:
    """The address and the key that `python -m backend serve --wait` wrote."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        return str(content["address"]), bytes.fromhex(content["key"])
    except FileNotFoundError as error:
        text = f"There is no connection file “{file}”."
        raise api.Failure(api.ErrorCode.LOST, text, SERVE) from error
    except (OSError, ValueError, LookupError, TypeError) as error:
        text = f"“{file}” is not a connection file."
        raise api.Failure(api.ErrorCode.BAD_INPUT, text, SERVE) from error


SERVE = (
    "Start “python -B -m backend serve --wait” in this extension's folder, which its preferences name, with a Python "
    "that has the backend's packages."
)
