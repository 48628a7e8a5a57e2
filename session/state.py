"""What the backend is to Blender, and how it is begun: all that Blender has to know of it before it is wanted."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from ..backend import api
from ..backend.frozen import frozen

NOT_RUNNING = api.Failure(api.ErrorCode.LOST, "The backend is not running.", "Start it in the “Backend” panel.")


class State(Enum):
    """What the backend is to Blender just now."""

    OFF = "OFF"
    STARTING = "STARTING"
    READY = "READY"
    STUCK = "STUCK"  # it lives, and has not been heard of for a while
    LOST = "LOST"  # it ended, or never came up: `problem` says why


@frozen
class Launch:
    """How to start a backend: which Python, the folder that holds `backend/`, and where its log goes."""

    python: Path
    root: Path
    logs: Path
    arguments: tuple[str, ...] = ("-m", "backend", "serve")
