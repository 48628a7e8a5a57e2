"""The backend: whether it runs and on what, what ended it, and the buttons that mend it."""

from typing import Any

import bpy

from .. import session
from ..backend.api import Machine
from ..session import State
from .drawing import SidebarPanel, ended, failure, log, sentences

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
        for job in now.jobs:
            if job.finished and not job.strip:
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


def register() -> None:
    bpy.utils.register_class(STEADY_PT_backend)


def unregister() -> None:
    bpy.utils.unregister_class(STEADY_PT_backend)
