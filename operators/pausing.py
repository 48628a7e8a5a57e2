"""Pausing the running job to free the card for something else, and going on with it."""

from typing import Any

import bpy

from .. import session
from ..backend.api import Failure
from .job import refused
from .timers import keep_ticking

WHY_NOT = "What runs now cannot be paused: wait for it, or cancel it."


class STEADY_OT_pause_job(bpy.types.Operator):
    bl_idname = "steady.pause_job"
    bl_label = "Pause Job"
    bl_description = (
        "Pause the running job and free the graphics card. What it has finished stays, and the queue waits "
        "until you resume it"
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        running = session.current.running
        if running is not None and running.pausable:
            return True
        cls.poll_message_set(WHY_NOT if running else "No job is running.")
        return False

    def execute(self, context: Any) -> set[str]:
        running = session.current.running
        try:
            if running is not None:
                session.current.pause(running)
        except Failure as failure:
            return refused(self, failure)
        keep_ticking()
        return {"FINISHED"}


class STEADY_OT_resume_job(bpy.types.Operator):
    """Go on with the paused job where it stopped, and with the queue behind it"""

    bl_idname = "steady.resume_job"
    bl_label = "Resume Job"

    @classmethod
    def poll(cls, context: Any) -> bool:
        if session.current.paused is None:
            cls.poll_message_set("No job is paused.")
        return session.current.paused is not None

    def execute(self, context: Any) -> set[str]:
        if session.current.paused is not None:
            session.current.resume(session.current.paused)
        keep_ticking()
        return {"FINISHED"}


CLASSES = (STEADY_OT_pause_job, STEADY_OT_resume_job)

register, unregister = bpy.utils.register_classes_factory(CLASSES)
