"""The queue: what runs, on which strip, how long it will take, and what waits for it; and what no other panel tells."""

from typing import Any

import bpy

from .. import session
from ..sequencer import places
from ..sequencer.takes import is_take
from ..session import HostJob, JobState
from ..translations import say
from . import thumbnails
from .drawing import SidebarPanel, failure, is_of, running, sentences


class STEADY_PT_jobs(SidebarPanel, bpy.types.Panel):
    bl_label = "Jobs"
    bl_order = 0

    @classmethod
    def poll(cls, context: Any) -> bool:
        return any(not job.finished for job in session.current.jobs) or bool(strayed())

    def draw(self, context: Any) -> None:
        layout = self.layout
        for job in strayed():
            self._strayed(layout, job)
        at_work = session.current.running or session.current.paused
        if at_work is not None:
            self._at_work(layout, at_work)
        waiting = [job for job in session.current.jobs if job.state is JobState.QUEUED]
        if waiting:
            column = layout.column(align=True)
            for place, job in enumerate(waiting, 1):
                running(column, job, place)
            layout.label(text=told(len(waiting), session.current.paused is not None), icon="INFO")

    def _at_work(self, layout: Any, job: HostJob) -> None:
        column = layout.column(align=True)
        if job.state is JobState.RUNNING and job.strip:
            column.label(text=titled(job), icon="SEQ_STRIP_DUPLICATE")
        running(column, job)
        if job.state is JobState.PAUSED:
            sentences(column, " ".join((say(resting()), say("What is finished stays."))), "INFO")
        elif job.progress.picture is not None:
            column.template_icon(icon_value=thumbnails.of_job(job.progress.picture), scale=8.0)

    def _strayed(self, layout: Any, job: HostJob) -> None:
        row = layout.row(align=True)
        row.label(text=titled(job), icon="SEQ_STRIP_DUPLICATE")
        row.operator("steady.dismiss_notice", text="", icon="X", emboss=False).job = job.id
        if job.failure:
            failure(layout, job.failure)


def strayed() -> list[HostJob]:
    """Those that failed and whose strip is found no more: it was deleted, so no other panel tells of them."""
    failed = [job for job in session.current.jobs if job.strip and job.state is JobState.FAILED]
    sources = [strip for strip in places.all_in_file() if not is_take(strip)] if failed else []
    return [job for job in failed if not any(is_of(job, strip) for strip in sources)]


def titled(job: HostJob) -> str:
    return f"{say(job.title)}: {job.strip}"


def resting() -> str:
    """What pausing has come to so far."""
    if session.current.state is not session.State.OFF:
        return "The backend is being stopped."
    known = session.current.last_machine
    return "The memory is free." if known and known.device.startswith("cpu") else "The graphics card is free."


def told(waiting: int, paused: bool) -> str:
    if paused:
        return "They wait until you resume."
    return "It starts by itself after that." if waiting == 1 else "They start by themselves, one by one."


def register() -> None:
    bpy.utils.register_class(STEADY_PT_jobs)


def unregister() -> None:
    bpy.utils.unregister_class(STEADY_PT_jobs)
