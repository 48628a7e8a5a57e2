"""The backend on this computer: start it, stop it, and what its operators have in common."""

from collections.abc import Generator
from typing import Any

import bpy

from .. import session
from ..backend.api import ErrorCode, Failure
from ..preferences import backend_launch, preferences
from ..session import HostJob, State, Step
from .job import JobOperator, Reports

OFFLINE = ("Blender is offline.", "In its preferences, under System, switch on “Allow Online Access”.")


class BackendOperator:
    """Base of the operators that work on the backend itself: `why_not` says what stands in the way, if anything."""

    poll_message_set: Any  # Blender's own

    @classmethod
    def why_not(cls) -> str:
        raise NotImplementedError

    @classmethod
    def poll(cls, context: Any) -> bool:
        if reason := cls.why_not():
            cls.poll_message_set(reason)
        return not reason


def why_busy() -> str:
    if session.current.paused is not None:
        return "A job is paused. Resume or cancel it first."
    busy = any(not job.finished for job in session.current.jobs)
    return "A job is running: wait for it, or cancel it first." if busy else ""


class STEADY_OT_start_backend(BackendOperator, JobOperator, bpy.types.Operator):
    """Start the backend, or connect to the one that waits. Every stage does this by itself when it needs to"""

    bl_idname = "steady.start_backend"
    bl_label = "Start Backend"

    @classmethod
    def why_not(cls) -> str:
        return "The backend is running." if session.current.state is State.READY else ""

    def begin(self, context: Any) -> HostJob:
        return HostJob(self.bl_label, "", start)

    def told(self, result: Any) -> Reports:
        return [("INFO", f"The backend is ready: {result.device}, torch {result.torch}.")]


def start() -> Generator[Step, None, Any]:
    yield from session.current.ready(backend_launch(preferences()))
    if session.current.machine is None:
        raise Failure(
            ErrorCode.LOST, "The backend ended as soon as it had started.", "Look at its log, and start it again."
        )
    return session.current.machine


class STEADY_OT_stop_backend(BackendOperator, bpy.types.Operator):
    """Stop the backend and free what it holds on the card. A backend that was only connected to goes on"""

    bl_idname = "steady.stop_backend"
    bl_label = "Stop Backend"

    @classmethod
    def why_not(cls) -> str:
        if session.current.state is State.OFF:
            return "The backend is not running."
        return "" if session.current.state is State.STUCK else why_busy()  # its job would never end

    def invoke(self, context: Any, event: Any) -> set[str]:
        session.current.stop()
        return {"FINISHED"}

    def execute(self, context: Any) -> set[str]:
        session.current.stop(wait=True)
        return {"FINISHED"}


CLASSES = (STEADY_OT_start_backend, STEADY_OT_stop_backend)

register, unregister = bpy.utils.register_classes_factory(CLASSES)
