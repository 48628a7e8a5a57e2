"""What the two sides say to each other about no stage: hello, ping, cancel, shutdown."""

from __future__ import annotations

from typing import ClassVar

from ..frozen import frozen


@frozen
class Machine:
    """What the backend runs on, as far as it is known without importing torch."""

    platform: str
    python: str
    torch: str
    device: str
    memory: int


@frozen
class Welcome:
    protocol: int
    version: str
    pid: int
    machine: Machine


@frozen
class Done:
    pass


@frozen
class Hello:
    method: ClassVar[str] = "hello"
    quick: ClassVar[bool] = True
    answer: ClassVar[type] = Welcome
    protocol: int
    version: str


@frozen
class Ping:
    method: ClassVar[str] = "ping"
    quick: ClassVar[bool] = True
    answer: ClassVar[type] = Done


@frozen
class Cancel:
    """Cancel the request with this JSON-RPC id, running or still queued. It is then answered with CANCELLED."""

    method: ClassVar[str] = "cancel"
    quick: ClassVar[bool] = True
    answer: ClassVar[type] = Done
    job: int


@frozen
class Shutdown:
    method: ClassVar[str] = "shutdown"
    quick: ClassVar[bool] = True
    answer: ClassVar[type] = Done
