"""The backend as Blender has it: started or connected to, asked, told and stopped."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..backend import api
from .answer import Answer, OnEvent
from .job import WAITING, Step
from .state import NOT_RUNNING, Launch, State

if TYPE_CHECKING:
    from .link import Link

OTHER_PREFERENCES = api.Failure(
    api.ErrorCode.BAD_REQUEST,
    "The backend is still at work with the preferences from before.",
    "Wait for it, or stop it, and press the button again.",
)


class Backend:
    def __init__(self, stuck_after: float) -> None:
        self.stuck_after = stuck_after
        self._told: tuple[Answer, ...] = ()
        self._link: Link | None = None
        self._leaving: Link | None = None  # the last one that was told to stop
        self._machine: api.Machine | None = None
        self.sizes: dict[str, int] = {}  # bytes of models, as the hub has said them

    @property
    def state(self) -> State:
        return self._link.state if self._link else State.OFF

    @property
    def problem(self) -> api.Failure | None:
        """Why the backend is LOST, or that it is STUCK; None while all is well."""
        if self.state is State.STUCK:
            text = f"The backend has not answered for {self.stuck_after:.0f} seconds."
            return api.Failure(api.ErrorCode.LOST, text, "Wait, or stop it: what is finished stays.")
        return self._link.problem if self._link else None

    @property
    def machine(self) -> api.Machine | None:
        """What the backend runs on, once it is READY."""
        return self._link.machine if self._link else None

    @property
    def last_machine(self) -> api.Machine | None:
        """What it runs on, or ran on before it was stopped; None where it was never ready."""
        return self.machine or self._machine

    @property
    def log_tail(self) -> tuple[str, ...]:
        """The last lines of the backend's log."""
        return self._link.log_tail if self._link else ()

    @property
    def log_file(self) -> Path | None:
        return self._link.log_file if self._link else None

    def start(self, how: Launch) -> None:
        """Start a backend, or keep the one that runs. Returns at once: `state` becomes READY, or LOST.

        One that was started in another way is exchanged while it has nothing to do: the preferences were changed."""
        self._begin(how)

    def connect(self, connection_file: Path) -> None:
        """Use the backend that `python -m backend serve --wait` started. Returns at once, as `start` does."""
        self._begin(connection_file)

    def _begin(self, how: Launch | Path) -> None:
        if self._link and self.state is not State.LOST:
            if self._link.how == how:
                return
            if not self._link.idle:
                raise OTHER_PREFERENCES
            self.stop()
        from .link import Link  # not before: Blender waits for this extension whenever it starts

        self._link = Link(how, self.stuck_after, after=self._leaving)

    def ready(self, how: Launch | Path) -> Generator[Step, None, None]:
        """`yield from session.ready(launch)` in a host job: start or connect, and wait. Raises what went wrong."""
        self._begin(how)
        while self.state is State.STARTING:
            yield Step(text="Starting the backend", waiting=True)
        if self.state is not State.READY:
            raise self.problem or NOT_RUNNING

    def ask(self, request: Any, blobs: Sequence[bytes] = (), on_event: OnEvent | None = None) -> Answer:
        """Send a request. With no backend its answer is a Failure."""
        if self._link:
            return self._link.ask(request, blobs, on_event)
        answer = Answer(on_event, lambda _: None)
        answer.finish(failure=NOT_RUNNING)
        return answer

    def tell(self, request: Any) -> Answer | None:
        """Send what must be done although nobody waits for its answer."""
        if self._link is None:
            return None
        answer = self._link.ask(request, (), None)
        self._told = (*(told for told in self._told if not told.finished), answer)
        return answer

    @property
    def heeded(self) -> bool:
        """Whether all is done that the backend was told."""
        return all(told.finished for told in self._told)

    def answer(self, answer: Answer, step: Step = WAITING) -> Generator[Step, None, Any]:
        """`value = yield from session.answer(session.ask(...))` in a host job."""
        while not answer.done:
            yield replace(step, waiting=True)
        return answer.result()

    def stop(self, wait: bool = False) -> None:
        """End the backend that `start` made: asked, then terminated, then killed. That of `connect` is left running.

        Returns at once unless it is to wait, three seconds at most; whatever is started next waits by itself."""
        if self._link:
            self._machine = self.last_machine
            self._link.stop()
            self._leaving, self._link = self._link, None
        if wait and self._leaving:
            self._leaving.wait()

    def runs_in(self, folder: Path) -> bool:
        """Whether the backend that `start` made, or the one that is on its way out, has its Python in this folder."""
        at_work = [link.how for link in (self._link, self._leaving) if link and not link.gone]
        pythons = [how.python for how in at_work if isinstance(how, Launch)]
        return any(folder.resolve() in python.parent.resolve().parents for python in pythons)

    def stopped(self) -> Generator[Step, None, None]:
        """`yield from session.stopped()` in a host job: stop the backend, and wait until it is gone."""
        self.stop()
        while self._leaving and not self._leaving.gone:
            yield Step(text="Stopping the backend", waiting=True)
