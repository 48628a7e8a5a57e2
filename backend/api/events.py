"""Events: notifications from the backend, each about one request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Progress:
    method: ClassVar[str] = "progress"
    job: int
    done: int
    total: int
    text: str


@dataclass(frozen=True)
class Preview:
    """A picture to show while the job runs: one blob of RGB rows from the top."""

    method: ClassVar[str] = "preview"
    job: int
    width: int
    height: int


@dataclass(frozen=True)
class Peak:
    """The most memory that was held while a request was worked on, in bytes: of the card, or else of the process."""

    method: ClassVar[str] = "peak"
    job: int
    memory: int


@dataclass(frozen=True)
class Log:
    method: ClassVar[str] = "log"
    job: int
    text: str
