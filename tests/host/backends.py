"""What the tests of operators share: a real backend, and files that say where it is."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from conftest import PACKAGE, ROOT
from patience import LONG

PYTHON = Path(os.environ.get("STEADY_BACKEND_PYTHON") or ROOT / ".venv-backend/bin/python")


def prefer(folder: Path) -> Any:
    """The extension's preferences, with the tests' backend and with all its folders in `folder`."""
    import bpy

    chosen = bpy.context.preferences.addons[PACKAGE].preferences
    chosen.backend_python = str(PYTHON)
    chosen.connect_only = False
    chosen.connection_file = ""
    chosen.data_folder = str(folder / "data")
    chosen.studies_folder = str(folder / "studies")
    return chosen


def tick_until(session: Any, reached: Callable[[], bool], seconds: float = LONG) -> None:
    """What Blender's timer does, until something is so."""
    until = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < until, [(job.title, job.state, job.progress) for job in session.jobs]
        time.sleep(session.tick() or 0.01)


def wait_until(reached: Callable[[], Any], seconds: float) -> float:
    """Seconds that it took."""
    began = time.monotonic()
    while not reached():
        assert time.monotonic() - began < seconds
        time.sleep(0.02)
    return time.monotonic() - began
