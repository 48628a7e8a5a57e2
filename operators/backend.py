"""The backend on this computer: install and remove what it runs on, start it, stop it."""

import contextlib
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import bpy

from .. import session
from ..backend.api import ErrorCode, Failure
from ..backend.installer import environment, installation
from ..backend.installer.torch_build import BUILDS
from ..preferences import backend_launch, data_folder, preferences
from ..session import HostJob, State, Step
from ..translations import OWN, say
from .job import JobOperator, Reports

OFFLINE = ("Blender is offline.", "In its preferences, under System, switch on “Allow Online Access”.")
CONNECT_ONLY = "“Connect Only” is on in the preferences of Steady Diffusion: the backend is yours to install and start."


def steps_of(make: Callable[[], environment.Steps[Any]]) -> Generator[Step, None, Any]:
    """The steps of the installer as those of a job, with no backend running in the folder that it changes."""
    yield from session.current.stopped()
    with contextlib.closing(make()) as steps:
        while True:
            try:
                step = next(steps)
            except StopIteration as end:
                return end.value
            yield Step(step.done, step.total, step.text, step.waiting)


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
    busy = any(not job.finished for job in session.current.jobs)
    return "A job is running: wait for it, or cancel it first." if busy else ""


def installing(folder: Path, wanted: str = "") -> HostJob:
    def install() -> environment.Steps[environment.Record]:
        if not bpy.app.online_access:  # it may have been switched off while the job waited for its turn
            raise Failure(ErrorCode.OFFLINE, *OFFLINE)
        return (yield from installation.install(folder, wanted=wanted))

    return HostJob("Install Backend", "", lambda: steps_of(install))


class STEADY_OT_install_backend(BackendOperator, JobOperator, bpy.types.Operator):
    bl_idname = "steady.install_backend"
    bl_label = "Install Backend"
    bl_description = (
        "Download what the backend runs on into the data folder: 0.4 GB, or 3 GB and more with an NVIDIA or "
        "AMD card. What an earlier attempt has finished is kept"
    )

    build: bpy.props.EnumProperty(
        name="Build",
        description="Which build of torch to install",
        items=[("AUTO", "Automatic", "The build that suits this computer's card and driver")]
        + [(name, build.words[4].upper() + build.words[5:], f"Take {build.words}") for name, build in BUILDS.items()],
        translation_context=OWN,
        options={"SKIP_SAVE"},
    )

    @classmethod
    def why_not(cls) -> str:
        if preferences().connect_only:
            return CONNECT_ONLY
        return why_busy() if bpy.app.online_access else " ".join(map(say, OFFLINE))

    def begin(self, context: Any) -> HostJob:
        folder = environment.backend_folder(data_folder(preferences()))
        return installing(folder, "" if self.build == "AUTO" else self.build)

    def told(self, result: environment.Record) -> Reports:
        told = [("INFO", f"The backend is installed: {environment.in_words(result.size)}. {result.reason}")]
        return told + ([("WARNING", result.warning)] if result.warning else [])


class STEADY_OT_remove_backend(BackendOperator, JobOperator, bpy.types.Operator):
    """Remove what was installed for the backend, of every version, and free its disk space. Studies and models stay"""

    bl_idname = "steady.remove_backend"
    bl_label = "Remove Backend"

    @classmethod
    def why_not(cls) -> str:
        if not environment.backends(data_folder(preferences())):
            return "No backend is installed in the data folder."
        return why_busy()

    def begin(self, context: Any) -> HostJob:
        folders = environment.backends(data_folder(preferences()))
        return HostJob(self.bl_label, "", lambda: steps_of(lambda: remove_all(folders)))

    def told(self, result: int) -> Reports:
        return [("INFO", f"The backend is removed: {environment.in_words(result)} are free again.")]


def remove_all(folders: list[Path]) -> environment.Steps[int]:
    freed = 0
    for folder in folders:
        freed += yield from environment.remove(folder)
    return freed


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
        return "The backend is not running." if session.current.state is State.OFF else why_busy()

    def invoke(self, context: Any, event: Any) -> set[str]:
        session.current.stop()
        return {"FINISHED"}

    def execute(self, context: Any) -> set[str]:
        session.current.stop(wait=True)
        return {"FINISHED"}


CLASSES = (
    STEADY_OT_install_backend,
    STEADY_OT_remove_backend,
    STEADY_OT_start_backend,
    STEADY_OT_stop_backend,
)

register, unregister = bpy.utils.register_classes_factory(CLASSES)
