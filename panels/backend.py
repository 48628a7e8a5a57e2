"""The backend: whether it runs and on what, what ended it, and the buttons that mend it."""

from typing import Any

import bpy

from .. import session
from ..backend.api import Machine
from ..operators.backend import STEADY_OT_start_backend
from ..session import HostJob, JobState, State
from .drawing import SidebarPanel, ended, failure, log, sentences

START = STEADY_OT_start_backend.bl_label
OWN = (START, "Install Backend", "Remove Backend")  # where there is an installer

WORDS = {
    State.OFF: ("Not running; a job starts it", "RADIOBUT_OFF"),
    State.STARTING: ("Starting", "TIME"),
    State.READY: ("Ready", "RADIOBUT_ON"),
    State.STUCK: ("Does not answer", "ERROR"),
    State.LOST: ("Ended", "ERROR"),
}
GIGABYTE = 1e9


class STEADY_PT_backend(SidebarPanel, bpy.types.Panel):
    bl_label = "Backend"
    bl_order = 100
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        layout, now = self.layout, session.current
        words, icon = WORDS[now.state]
        layout.label(text=words, icon=icon)
        if now.machine:
            self._machine(now.machine)
        if now.problem:
            failure(layout, now.problem)
            log(layout)
        for job in told(now.jobs, now.state):
            ended(layout, job)
        self._buttons(now.state)

    def _machine(self, machine: Machine) -> None:
        memory = f", {machine.memory / GIGABYTE:.0f} GB" if machine.memory else ""
        sentences(self.layout, f"{machine.device}{memory}, torch {machine.torch}", "BLANK1")

    def _buttons(self, state: State) -> None:
        column = self.layout.column(align=True)
        if state in (State.OFF, State.LOST):
            column.operator("steady.start_backend", icon="PLAY")
        else:
            column.operator("steady.stop_backend", icon="SNAP_FACE")


def told(jobs: tuple[HostJob, ...], state: State) -> list[HostJob]:
    """Of the finished jobs that are about no strip, those of which something is to be said: the last one of those
    about the backend itself, and each of the others that failed. Starting it has not failed once it runs."""
    ended = [job for job in jobs if job.finished and not job.strip]
    own = [job for job in ended if job.title in OWN][-1:]
    others = [job for job in ended if job.title not in OWN and job.state is JobState.FAILED]
    return others + [job for job in own if not (job.title == START and state is State.READY)]


def register() -> None:
    bpy.utils.register_class(STEADY_PT_backend)


def unregister() -> None:
    bpy.utils.unregister_class(STEADY_PT_backend)
