"""What the two sides say to each other about no stage: hello, ping, cancel, shutdown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Machine:
    """What the backend runs on, as far as it is known without importing torch."""

    platform: str
    python: str
    torch: str
    device: str
    memory: int


@dataclass(frozen=True)
class Welcome:
    protocol: int
    version: str
    pid: int
    machine: Machine


@dataclass(frozen=True)
class Done:
    pass


@dataclass(frozen=True)
class Hello:
    method: ClassVar[str] = "hello"
    quick: ClassVar[bool] = True
    answer: ClassVar[type] = Welcome
    protocol: int
    version: str


@dataclass(frozen=True)
class Ping:
    method: ClassVar[str] = "ping"
    quick: ClassVar[bool] = True
    answer: ClassVar[type] = Done


@dataclass(frozen=True)
class Cancel:
    """Cancel the request with this JSON-RPC id, running or still queued. It is then answered with CANCELLED."""

    method: ClassVar[str] = "cancel"
    quick: ClassVar[bool] = True
    answer: ClassVar[type] = Done
    job: int


@dataclass(frozen=True)
class Shutdown:
    method: ClassVar[str] = "shutdown"
    quick: ClassVar[bool] = True
    answer: ClassVar[type] = Done
