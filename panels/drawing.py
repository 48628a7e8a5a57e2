"""What the panels share: where they are, sentences that wrap, and how a job and a failure look."""

import textwrap
from typing import Any

import bpy

from .. import session
from ..backend.api import ErrorCode, Failure
from ..session import HostJob, JobState

LETTER = 7.0  # pixels of a letter of the interface at scale 1, on average
MARGIN = 60  # pixels of a panel that its text cannot have
LINES = 6  # of the log, that say why the backend ended


class SidebarPanel:
    bl_space_type = "SEQUENCE_EDITOR"
    bl_region_type = "UI"
    bl_category = "Steady"


def sentences(layout: Any, text: str, icon: str = "NONE") -> None:
    """A text in as many labels as the width of the sidebar asks for: Blender's labels do not wrap."""
    region = bpy.context.region
    scale = bpy.context.preferences.system.ui_scale
    letters = int(((region.width if region else 300) / scale - MARGIN) / LETTER)
    column = layout.column(align=True)
    for i, line in enumerate(textwrap.wrap(text, max(16, letters))):
        column.label(text=line, icon=icon if i == 0 or icon == "NONE" else "BLANK1")


def failure(layout: Any, failed: Failure) -> None:
    box = layout.box()
    sentences(box, failed.message, "ERROR")
    if failed.hint:
        sentences(box, failed.hint, "BLANK1")


def running(layout: Any, job: HostJob) -> None:
    """One line: what it does and how far it is, and the X that cancels it."""
    row = layout.row(align=True)
    if job.state is JobState.QUEUED:
        row.label(text=f"{_name(job)} waits", icon="TIME")
    else:
        step = job.progress
        factor = step.done / step.total if step.total else 0.0
        row.progress(factor=factor, type="BAR", text=step.text or job.title)
    row.operator("steady.cancel_job", text="", icon="X").job = job.id


def ended(layout: Any, job: HostJob) -> None:
    if job.failure is None:
        return
    if job.failure.code is ErrorCode.CANCELLED:
        sentences(layout, str(job.failure), "INFO")
        return
    failure(layout, job.failure)
    if job.failure.code is ErrorCode.LOST:
        log(layout)


def log(layout: Any) -> None:
    """The backend's last words."""
    column = layout.column(align=True)
    column.scale_y = 0.8
    for line in session.current.log_tail[-LINES:]:
        sentences(column, line)
    if session.current.log_file:
        column.separator()
        column.operator("wm.path_open", text="Open Log", icon="TEXT").filepath = str(session.current.log_file)


def _name(job: HostJob) -> str:
    return f"{job.title}: {job.strip}" if job.strip else job.title
