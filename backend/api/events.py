"""Events: notifications from the backend, each about one request."""

from __future__ import annotations

from typing import ClassVar

from ..frozen import frozen


@frozen
class Progress:
    method: ClassVar[str] = "progress"
    job: int
    done: int
    total: int
    text: str


@frozen
class Preview:
    """A picture to show while the job runs: one blob of RGB rows from the top."""

    method: ClassVar[str] = "preview"
    job: int
    width: int
    height: int


@frozen
class Peak:
    """The most memory in bytes: of the card while a request was worked on, or else of the process since it began."""

    method: ClassVar[str] = "peak"
    job: int
    memory: int


@frozen
class Log:
    method: ClassVar[str] = "log"
    job: int
    text: str
