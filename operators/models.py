"""A model of the hub: asked how large it is, and downloaded by a button that says so."""

from collections.abc import Generator
from typing import Any

import bpy
from bpy.props import StringProperty

from .. import session
from ..backend.api import ErrorCode, Failure, Fetched, FetchModel, Offered, OfferModel
from ..backend.model_names import POCKET
from ..backend.space import in_words
from ..preferences import backend_launch, models_folder, preferences
from ..sequencer import strips
from ..session import HostJob, Step
from ..settings.painting import SIZES, USUAL
from ..translations import say
from .backend import OFFLINE, BackendOperator
from .job import JobOperator, Reports
from .stage import heard


class HubOperator(BackendOperator, JobOperator):
    """Base of what asks the hub for a model: never unless Blender may go online."""

    bl_label: str
    model: StringProperty(
        name="Model", description="Its id on the hub. Left out, it is that of the active strip", options={"SKIP_SAVE"}
    )

    @classmethod
    def why_not(cls) -> str:
        if any(job.title == cls.bl_label and not job.finished for job in session.current.jobs):
            return cls.busy
        return "" if bpy.app.online_access else " ".join(map(say, OFFLINE))

    busy = "The hub is being asked already."

    def wanted(self, context: Any) -> str:
        return self.model.strip() or wanted_by(strips.active_strip(context))


class STEADY_OT_model_size(HubOperator, bpy.types.Operator):
    """Ask the Hugging Face hub how large the model is to download. Nothing is downloaded before the next click"""

    bl_idname = "steady.model_size"
    bl_label = "Ask How Large It Is"

    def begin(self, context: Any) -> HostJob:
        request = OfferModel(self.wanted(context))
        return HostJob(self.bl_label, "", lambda: ask_size(request))

    def told(self, result: Offered) -> Reports:
        return [("INFO", f"To download “{result.model}” takes {in_words(result.size)}.")]


class STEADY_OT_download_model(HubOperator, bpy.types.Operator):
    """Download the model into the models folder, or what is missing of it. A download that was cancelled goes on"""

    bl_idname = "steady.download_model"
    bl_label = "Download Model"
    busy = "A model is being downloaded already."

    def invoke(self, context: Any, event: Any) -> set[str]:
        """A click is to have seen how large it is: the panel's button says so, and the menu where it is known."""
        model = self.wanted(context)
        if size_of(model) is None:
            self.report({"ERROR"}, say("How large “{model}” is has not been asked yet.", model=model))
            return {"CANCELLED"}
        return super().invoke(context, event)

    def begin(self, context: Any) -> HostJob:
        request = FetchModel(self.wanted(context), str(models_folder(preferences())))
        return HostJob(self.bl_label, "", lambda: ask_hub(request, "Downloading"))

    def told(self, result: Fetched) -> Reports:
        return [("INFO", f"The model is here: {in_words(result.size)} in “{result.folder}”.")]


TITLES = (STEADY_OT_model_size.bl_label, STEADY_OT_download_model.bl_label)


def ask_size(request: OfferModel) -> Generator[Step, None, Offered]:
    offered: Offered = yield from ask_hub(request, "Asking the hub")
    session.current.sizes[offered.model] = offered.size
    return offered


def ask_hub(request: Any, text: str) -> Generator[Step, None, Any]:
    if not bpy.app.online_access:  # it may have been switched off while the job waited for its turn
        raise Failure(ErrorCode.OFFLINE, *OFFLINE)
    yield from session.current.ready(backend_launch(preferences()))
    return (yield from heard(request, text))


def wanted_by(strip: Any) -> str:
    """The model that a strip would have downloaded; the usual one for what needs none."""
    chosen = strip.steady.model.strip() if strip is not None else ""
    return USUAL if chosen in ("", POCKET) else chosen


def size_of(model: str) -> int | None:
    """Bytes to download: as the hub has said it, or as it is known of the usual models."""
    return session.current.sizes.get(model, SIZES.get(model))


CLASSES = (STEADY_OT_model_size, STEADY_OT_download_model)

register, unregister = bpy.utils.register_classes_factory(CLASSES)
