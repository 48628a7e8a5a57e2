"""A model of the hub, downloaded by a button that says how large it is."""

from collections.abc import Generator
from typing import Any

import bpy
from bpy.props import StringProperty

from .. import session
from ..backend.api import Fetched, FetchModel
from ..backend.space import in_words
from ..preferences import backend_launch, models_folder, preferences
from ..sequencer import strips
from ..session import HostJob, Step
from ..settings.painting import USUAL
from ..translations import say
from .backend import OFFLINE, BackendOperator
from .job import JobOperator, Reports
from .stage import heard


class STEADY_OT_download_model(BackendOperator, JobOperator, bpy.types.Operator):
    """Download the model into the models folder, or what is missing of it. A download that was cancelled goes on"""

    bl_idname = "steady.download_model"
    bl_label = "Download Model"

    model: StringProperty(
        name="Model", description="Its id on the hub. Left out, it is that of the active strip", options={"SKIP_SAVE"}
    )

    @classmethod
    def why_not(cls) -> str:
        if any(job.title == cls.bl_label and not job.finished for job in session.current.jobs):
            return "A model is being downloaded already."
        return "" if bpy.app.online_access else " ".join(map(say, OFFLINE))

    def begin(self, context: Any) -> HostJob:
        strip = strips.active_strip(context)
        model = self.model.strip() or (strip.steady.model.strip() if strip is not None else USUAL)
        request = FetchModel(model, str(models_folder(preferences())))
        return HostJob(self.bl_label, "", lambda: download(request))

    def told(self, result: Fetched) -> Reports:
        return [("INFO", f"The model is here: {in_words(result.size)} in “{result.folder}”.")]


def download(request: FetchModel) -> Generator[Step, None, Fetched]:
    yield from session.current.ready(backend_launch(preferences()))
    return (yield from heard(request, "Downloading"))


def register() -> None:
    bpy.utils.register_class(STEADY_OT_download_model)


def unregister() -> None:
    bpy.utils.unregister_class(STEADY_OT_download_model)
