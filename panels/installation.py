"""What is installed for the backend: where, how large, whether it is whole, and the buttons that change that."""

from typing import Any

import bpy

from .. import environment, session
from ..environment import State
from ..preferences import path_at, preferences
from .drawing import SidebarPanel, ended, running, sentences

TITLES = ("Install Backend", "Remove Backend")
SIZES = "It downloads 0.4 GB, or 3 GB and more where torch can use an NVIDIA or AMD card."
WORDS = {
    State.ABSENT: ("Nothing is installed.", "INFO"),
    State.FOREIGN: ("This folder was not made by Steady Diffusion, and is left alone.", "ERROR"),
    State.INCOMPLETE: ("The installation was broken off. Install again to go on.", "ERROR"),
    State.BASE_GONE: ("The Python that it was made with is gone. Install again to rebuild it.", "ERROR"),
    State.OUTDATED: ("It was installed for another version of Steady Diffusion. Install again to update it.", "ERROR"),
}


def draw(layout: Any) -> None:
    """The same in the sidebar and in the preferences."""
    folder = environment.backend_folder(path_at(preferences().data_folder))
    state, record = environment.check(folder), environment.read_record(folder)
    if state is State.READY and record:
        sentences(layout, f"{environment.in_words(record.size)} in “{folder}”. {record.reason}", "CHECKMARK")
        if record.warning:
            sentences(layout, record.warning, "ERROR")
    else:
        sentences(layout, WORDS[state][0], WORDS[state][1])
        sentences(layout, f"{SIZES} It goes into “{folder}”.", "BLANK1")
    for job in session.current.jobs:
        if job.title in TITLES:
            (ended if job.finished else running)(layout, job)
    row = layout.row(align=True)
    row.operator("steady.install_backend", text="Install Again" if record else "Install Backend", icon="IMPORT")
    row.operator("steady.remove_backend", text="Remove", icon="TRASH")
    if (folder / environment.LOG).exists():
        row.operator("wm.path_open", text="", icon="TEXT").filepath = str(folder / environment.LOG)


class STEADY_PT_installation(SidebarPanel, bpy.types.Panel):
    bl_label = "Installation"
    bl_parent_id = "STEADY_PT_backend"
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        chosen = preferences()
        return not chosen.connect_only and not chosen.backend_python

    def draw(self, context: Any) -> None:
        draw(self.layout)


def register() -> None:
    bpy.utils.register_class(STEADY_PT_installation)


def unregister() -> None:
    bpy.utils.unregister_class(STEADY_PT_installation)
