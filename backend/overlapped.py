"""Reading ahead and writing behind, so that the device never waits for a file; a few things at once, of any number."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

READ = 32  # frames that wait to be painted: two of the largest batches
UNWRITTEN = 8  # that wait to be written: a process that is killed loses them


def ahead(pool: Executor, read: Callable[[T], R], things: Iterable[T], depth: int = READ) -> Iterator[R]:
    """In their order, while the next ones are being read."""
    reading: deque[Future[R]] = deque()
    try:
        for thing in things:
            reading.append(pool.submit(read, thing))
            if len(reading) > depth:
                yield reading.popleft().result()
        while reading:
            yield reading.popleft().result()
    finally:
        for late in reading:
            late.cancel()


class Behind:
    """What is handed over is done soon; whoever hands over faster waits. An error comes out at a later one handed over,
    or at the end."""

    def __init__(self, pool: Executor, depth: int = UNWRITTEN) -> None:
        self._pool = pool
        self._depth = depth
        self._doing: deque[Future[Any]] = deque()

    def __enter__(self) -> Behind:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Also after an error what was handed over is done."""
        while self._doing:
            error = self._doing.popleft().exception()
            if error is not None and kind is None:
                raise error

    def __call__(self, action: Callable[..., Any], *given: Any) -> None:
        self._doing.append(self._pool.submit(action, *given))
        while len(self._doing) > self._depth or (self._doing and self._doing[0].done()):
            self._doing.popleft().result()
