"""A job as Blender sees it: work in small steps, how far it is, and what has come of it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Hashable
from dataclasses import replace
from enum import Enum
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from ..backend import api
from ..backend.frozen import frozen
from .answer import Answer
from .pace import Pace

P = ParamSpec("P")
R = TypeVar("R")


class JobState(Enum):
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"  # at the head of the queue, which waits with it
    DONE = "DONE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


@frozen
class Picture:
    """What the backend has painted so far, as rows from the top."""

    width: int
    height: int
    rgb: bytes


@frozen
class Step:
    """How far a host job is. `waiting`: there is nothing to do before something outside has moved on."""

    done: int = 0
    total: int = 0
    text: str = ""
    waiting: bool = False
    picture: Picture | None = None
    memory: int = 0  # the most bytes that the backend has held
    stage: str = ""  # the title of the job that does this stage alone, where it is a part of another


WAITING = Step(waiting=True)

Steps = Callable[[], Generator[Step, None, Any]]
Work = Callable[P, Generator[Step, None, R]]


def of_stage(title: str) -> Callable[[Work[P, R]], Work[P, R]]:
    """Says of work that it is one stage, whatever job it is a part of."""

    def mark(work: Work[P, R]) -> Work[P, R]:
        @wraps(work)
        def marked(*given: P.args, **named: P.kwargs) -> Generator[Step, None, R]:
            yield Step(stage=title)  # it may fail before its own first step
            with contextlib.closing(work(*given, **named)) as steps:
                while True:
                    try:
                        step = next(steps)
                    except StopIteration as end:
                        return end.value
                    yield replace(step, stage=step.stage or title)

        return marked

    return mark


@frozen
class Refusal:
    """What was said to a click that came to no job, and how things stood then, for who can tell."""

    failure: api.Failure
    seen: Hashable


class HostJob:
    """Work that Blender does in small steps. `steps` makes a generator of Steps; what it returns is the `result`.
    A job that works on a study can be paused: its generator is closed, and `steps` makes another one that goes on.

    It is closed when the job is cancelled, so it gives back what it borrowed in `finally`. What was borrowed before it
    began is given back by `abandon`, which is called instead when the job ends in the queue."""

    def __init__(
        self, title: str, strip: str, steps: Steps, study: str = "", abandon: Callable[[], None] | None = None
    ) -> None:
        self.id = 0
        self.title = title
        self.strip = strip
        self.study = study
        self.study_before = ""  # that the strip goes back to where this comes to nothing
        self.state = JobState.QUEUED
        self.progress = Step()
        self.pace = Pace()
        self.memory = 0  # bytes at most, as far as its steps have said it
        self.failure: api.Failure | None = None
        self.result: Any = None
        self.cancelling = False
        self.stages: tuple[str, ...] = ()  # that it will do in turn: the titles of the jobs that do no more than that
        self.again: dict[str, str | int | float] = {}  # what its operator was given, to do the same again
        self.wanted: tuple[Any, ...] = ()  # what tells it from others of its title and strip
        self._steps = steps
        self._abandon = abandon
        self._generator: Generator[Step, None, Any] | None = None
        self.answers: list[Answer] = []

    @property
    def finished(self) -> bool:
        return self.state in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)

    @property
    def stage(self) -> str:
        """What it does just now, or did when it ended: the title of the job that does no more than that."""
        return self.progress.stage or self.title

    @property
    def pausable(self) -> bool:
        return bool(self.study) and self.state is JobState.RUNNING
