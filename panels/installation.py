"""What is installed for the backend: where, how large, whether it is whole, and the buttons that change that."""

from pathlib import Path
from typing import Any

import bpy

from .. import session
from ..backend.installer import environment
from ..backend.installer.environment import State
from ..preferences import data_folder, preferences
from ..translations import say
from . import aside, remedies
from .drawing import SidebarPanel, ended, running, sentences

TITLES = ("Install Backend", "Remove Backend")
SIZES = "It downloads 0.4 GB, or 3 GB and more where torch can use an NVIDIA card, or on Linux an AMD one."
INTO = "It goes into “{folder}”."
OTHERS = (
    "What other versions of Steady Diffusion installed takes {size}. This one makes no use of it. "
    "Another Blender may use it."
)
WORDS = {
    State.ABSENT: ("One thing is missing: the program that computes. It is installed once.", "INFO"),
    State.FOREIGN: ("This folder was not made by Steady Diffusion, and is left alone.", "ERROR"),
    State.INCOMPLETE: ("The installation was broken off. Install again to go on.", "ERROR"),
    State.BASE_GONE: ("The Python that it was made with is gone. Install again to rebuild it.", "ERROR"),
    State.OUTDATED: ("It was installed for another version of Steady Diffusion. Install again to update it.", "ERROR"),
}


def draw_with_jobs(layout: Any) -> None:
    """For the preferences, where no other panel shows how the installation goes."""
    draw(layout)
    jobs = [job for job in session.current.jobs if job.title in TITLES]
    for job in [job for job in jobs if job.finished][-1:]:
        ended(layout, job)
    for job in jobs:
        if not job.finished:
            running(layout, job)


def draw(layout: Any) -> None:
    folder = environment.backend_folder(data_folder(preferences()))
    busy = any(job.title in TITLES and not job.finished for job in session.current.jobs)
    if busy:
        sentences(layout, say("In “{folder}”.", folder=folder), "SORTTIME")
    else:
        _state(layout, folder)
    ready = environment.check(folder) is State.READY
    if not ready and not bpy.app.online_access:
        sentences(layout, "Blender may not go online yet, so nothing can be downloaded:", "INTERNET_OFFLINE")
        remedies.online(layout)
    row = layout.row(align=True)
    row.scale_y = 1.0 if ready else 1.8
    label = "Install Again" if ready else "Install Backend"
    row.operator("steady.install_backend", text=label, icon="IMPORT")
    if environment.check(folder) is not State.ABSENT:
        row.operator("steady.remove_backend", text="Remove", icon="TRASH")
    if (folder / environment.LOG).exists():
        row.operator("wm.path_open", text="", icon="TEXT").filepath = str(folder / environment.LOG)
    if not busy:
        _others(layout)


def _others(layout: Any) -> None:
    left = tuple(environment.others(data_folder(preferences())))
    size = aside.recent("others", left, lambda: sum(map(environment.size_known, left))) if left else None
    if size is not None:
        sentences(layout, say(OTHERS, size=environment.in_words(size)), "DISK_DRIVE")
        layout.operator("steady.remove_backend", text="Remove Other Versions", icon="TRASH").others = True


def _state(layout: Any, folder: Path) -> None:
    state, record = environment.check(folder), environment.read_record(folder)
    if state is State.READY and record:
        where = say("{size} in “{folder}”.", size=environment.in_words(record.size), folder=folder)
        sentences(layout, f"{where} {record.reason}", "CHECKMARK")
        if record.warning:
            sentences(layout, record.warning, "ERROR")
    else:
        sentences(layout, WORDS[state][0], WORDS[state][1])
        sentences(layout, f"{say(SIZES)} {say(INTO, folder=folder)}", "BLANK1")


def is_ours_to_install() -> bool:
    chosen = preferences()
    return not chosen.connect_only and not chosen.backend_python


def is_installed() -> bool:
    folder = environment.backend_folder(data_folder(preferences()))
    return environment.check(folder) is State.READY


class STEADY_PT_install(SidebarPanel, bpy.types.Panel):
    """In front of everything for as long as nothing can work without it."""

    bl_label = "Install the Backend"
    bl_order = 0

    @classmethod
    def poll(cls, context: Any) -> bool:
        return is_ours_to_install() and not is_installed()

    def draw(self, context: Any) -> None:
        draw(self.layout)


class STEADY_PT_installation(SidebarPanel, bpy.types.Panel):
    bl_label = "Installation"
    bl_parent_id = "STEADY_PT_backend"
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        return is_ours_to_install() and is_installed()

    def draw(self, context: Any) -> None:
        draw(self.layout)


def register() -> None:
    bpy.utils.register_class(STEADY_PT_install)
    bpy.utils.register_class(STEADY_PT_installation)


def unregister() -> None:
    bpy.utils.unregister_class(STEADY_PT_installation)
    bpy.utils.unregister_class(STEADY_PT_install)
