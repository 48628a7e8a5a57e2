"""The queue: what runs, on which strip, and what waits for it."""

from typing import Any

import bpy

from .. import session
from ..session import JobState
from . import thumbnails
from .drawing import SidebarPanel, running


class STEADY_PT_jobs(SidebarPanel, bpy.types.Panel):
    bl_label = "Jobs"
    bl_order = 0

    @classmethod
    def poll(cls, context: Any) -> bool:
        return any(not job.finished for job in session.current.jobs)

    def draw(self, context: Any) -> None:
        for job in session.current.jobs:
            if job.finished:
                continue
            column = self.layout.column(align=True)
            if job.state is JobState.RUNNING and job.strip:
                column.label(text=job.strip, icon="SEQ_STRIP_DUPLICATE")
            running(column, job)
            if job.progress.picture is not None and job.state is JobState.RUNNING:
                column.template_icon(icon_value=thumbnails.of_job(job.progress.picture), scale=8.0)


def register() -> None:
    bpy.utils.register_class(STEADY_PT_jobs)


def unregister() -> None:
    bpy.utils.unregister_class(STEADY_PT_jobs)
