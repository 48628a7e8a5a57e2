"""What the backend runs on: installed by a click, and removed. Not in the build for the extensions platform."""

import contextlib
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import bpy

from .. import session
from ..backend.api import ErrorCode, Failure
from ..backend.installer import environment
from ..backend.installer.torch_build import BUILDS
from ..preferences import data_folder, preferences
from ..session import HostJob, Step
from ..translations import OWN, say
from .backend import OFFLINE, BackendOperator, why_busy
from .job import JobOperator, Reports

NO_OTHERS = Failure(
    ErrorCode.BAD_INPUT, "No other version has left a backend in the data folder.", "There is nothing to free."
)
KEEP_OURS = (
    "Keep the backend that this version uses, and remove what other versions have installed. "
    "Another Blender on this computer may use it"
)
CONNECT_ONLY = "“Connect Only” is on in the preferences of Steady Diffusion: the backend is yours to install and start."


def steps_of(make: Callable[[], environment.Steps[Any]], stopped: bool = True) -> Generator[Step, None, Any]:
    """The steps of the installer as those of a job, with no backend running where they change its folder."""
    if stopped:
        yield from session.current.stopped()
    with contextlib.closing(make()) as steps:
        while True:
            try:
                step = next(steps)
            except StopIteration as end:
                return end.value
            yield Step(step.done, step.total, step.text, step.waiting)


def installing(folder: Path, wanted: str = "") -> HostJob:
    def install() -> environment.Steps[environment.Record]:
        if not bpy.app.online_access:  # it may have been switched off while the job waited for its turn
            raise Failure(ErrorCode.OFFLINE, *OFFLINE)
        from ..backend.installer import installation  # late: what downloads need is slow to read, and seldom wanted

        return (yield from installation.install(folder, wanted=wanted))

    return HostJob("Install Backend", "", lambda: steps_of(install))


class STEADY_OT_install_backend(BackendOperator, JobOperator, bpy.types.Operator):
    bl_idname = "steady.install_backend"
    bl_label = "Install Backend"
    bl_description = (
        "Download what the backend runs on into the data folder: 0.4 GB, or 3 GB and more with an NVIDIA "
        "card, or on Linux an AMD one. What an earlier attempt has finished is kept"
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
        if left := environment.others(data_folder(preferences())):
            frees = f"What other versions installed takes {recorded(left)}: remove_backend(others=True) frees it."
            told.append(("INFO", f"{frees} Another Blender may use it."))
        return told + ([("WARNING", result.warning)] if result.warning else [])


def recorded(folders: list[Path]) -> str:
    """What they take as far as their records know it: Blender would wait while files are counted."""
    records = [environment.read_record(folder) for folder in folders]
    sizes = [record.size for record in records if record and record.complete]
    if not sizes:
        return "space"
    return environment.in_words(sum(sizes)) + (" and more" if len(sizes) < len(folders) else "")


class STEADY_OT_remove_backend(BackendOperator, JobOperator, bpy.types.Operator):
    """Remove what was installed for the backend, of every version, and free its disk space. Studies and models stay"""

    bl_idname = "steady.remove_backend"
    bl_label = "Remove Backend"

    others: bpy.props.BoolProperty(
        name="Other Versions Only",
        description=KEEP_OURS,
        options={"SKIP_SAVE"},
    )

    @classmethod
    def description(cls, context: Any, properties: Any) -> str:
        """Blender translates what it finds by itself, as where this is empty, but not what it is given here."""
        return bpy.app.translations.pgettext_tip(KEEP_OURS) if properties.others else ""

    @classmethod
    def why_not(cls) -> str:
        if not environment.backends(data_folder(preferences())):
            return "No backend is installed in the data folder."
        return why_busy()

    def begin(self, context: Any) -> HostJob:
        data = data_folder(preferences())
        folders = environment.others(data) if self.others else environment.backends(data)
        if not folders:
            raise NO_OTHERS
        others = self.others  # the operator is gone when the job has its turn
        return HostJob(self.bl_label, "", lambda: removing(folders, stopped=not others))

    def told(self, result: int) -> Reports:
        what = "What other versions installed" if self.others else "The backend"
        return [("INFO", f"{what} is removed: {environment.in_words(result)} are free again.")]


def removing(folders: list[Path], stopped: bool) -> Generator[Step, None, int]:
    """The backend is stopped where it is to be, and also where the preferences have named a Python in the folders."""
    stopped = stopped or any(map(session.current.runs_in, folders))
    return (yield from steps_of(lambda: remove_all(folders), stopped))


def remove_all(folders: list[Path]) -> environment.Steps[int]:
    freed = 0
    for folder in folders:
        freed += yield from environment.remove(folder)
    return freed


CLASSES = (STEADY_OT_install_backend, STEADY_OT_remove_backend)

register, unregister = bpy.utils.register_classes_factory(CLASSES)
