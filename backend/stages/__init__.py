"""What is computed: a module a stage, each a few functions that take a request and a job."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import api
from ..jobs import Job
from . import example, frames


def handlers() -> dict[type, Callable[[Any, list[bytes], Job], Any]]:
    """Which function does which request."""
    return {
        api.BeginFrames: frames.begin,
        api.PutFrame: frames.put,
        api.ChooseReference: frames.choose,
        api.ReleaseFrames: frames.release,
        api.DrawExample: example.draw,
    }
