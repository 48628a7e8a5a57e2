"""The top of the tab: the strip, what it shall look like, and the one button that does all that is missing."""

from pathlib import Path
from typing import Any

import bpy

from .. import session
from ..backend.layout import absent
from ..backend.model_names import POCKET
from ..backend.space import in_words
from ..operators import models
from ..operators.example import TITLE as OPEN_EXAMPLE
from ..operators.restyle import Restyled
from ..preferences import installed_build, models_folder, preferences
from ..sequencer import identity, strips
from ..translations import say
from . import foreseen, presets, remedies
from .drawing import ALL, SidebarPanel, ended, failure, jobs_of, last_job, outcome, sentences, warnings
from .overview import Overview, overview

SLOW = "No graphics card is used here: with this model, tuning and rendering take hours on the processor."


class STEADY_PT_restyle(SidebarPanel, bpy.types.Panel):
    bl_label = "Restyle"
    bl_order = 1

    def draw(self, context: Any) -> None:
        layout = self.layout
        scene, strip = strips.sequencer_scene(context), strips.active_strip(context)
        if strip is None:
            layout.label(text="Click the strip to restyle.", icon="INFO")
            layout.operator("steady.open_example", icon="SEQUENCE")
            opening = [job for job in session.current.jobs if job.title == OPEN_EXAMPLE]
            if all(job.finished for job in opening):
                foreseen.below_example(layout)
            for job in opening:
                if job.finished:
                    ended(layout, job)
            return
        layout.label(text=strip.name, icon="SEQ_SEQUENCER", translate=False)
        if refusal := identity.unfit(scene, strip):
            failure(layout, refusal)
            return
        self._what(layout, strip.steady)
        column = layout.column()
        column.scale_y = 1.8
        column.operator("steady.restyle", icon="BRUSH_DATA")
        found = overview(strip)
        if not any(not job.finished for job in jobs_of(strip)):
            foreseen.draw(layout, scene, strip, found)
        damage(layout, found)
        outcome(layout, strip, found, (ALL,))
        self._result(layout, strip)

    def _what(self, layout: Any, settings: Any) -> None:
        column = layout.column(align=True)
        column.prop(settings, "prompt", text="", icon="GREASEPENCIL", placeholder="What it shall look like")
        column.prop(settings, "model", text="", icon="OUTLINER_DATA_LIGHTPROBE")
        presets.draw(column, settings)
        if settings.model == POCKET:
            sentences(layout, "A small model for the example and for trying out.", "INFO")
            return
        if is_hub_id(settings.model) and not is_here(settings.model):
            self._download(layout, settings.model)
        if is_slow():
            box = layout.box()
            sentences(box, SLOW, "ERROR")
            box.operator("steady.use_pocket", icon="CHECKMARK")

    def _download(self, layout: Any, model: str) -> None:
        chosen, box = preferences(), layout.box()
        sentences(box, not_here(model), "IMPORT")
        sentences(box, say("It goes into “{folder}”.", folder=models_folder(chosen)), "BLANK1")
        if not bpy.app.online_access:
            sentences(box, "Blender may not go online yet:", "INTERNET_OFFLINE")
            remedies.online(box)
        size = models.size_of(model)
        if size is None:
            box.operator("steady.model_size", icon="QUESTION").model = model
        else:
            text = say("Download {size}", size=in_words(size))
            box.operator("steady.download_model", text=text, icon="IMPORT").model = model
        for job in session.current.jobs:
            if job.title in models.TITLES and job.finished:
                ended(box, job)

    def _result(self, layout: Any, strip: Any) -> None:
        last = last_job(strip)
        if last is not None and isinstance(last.result, Restyled):
            laid = last.result.laid
            sentences(layout, say("“{strip}” shows the take.", strip=laid.strip), "CHECKMARK")
            elsewhere = last.result.looks.warning if last.result.looks else ""  # among the looks, with what to do
            warnings(layout, [text for text in last.result.warnings if text != elsewhere])


def damage(layout: Any, found: Overview | None) -> None:
    """A file of the study that cannot be read: of the study itself, or of one of its takes."""
    if found and (said := found.problem or found.damaged):
        failure(layout, said)


def not_here(model: str) -> str:
    size = models.size_of(model)
    if size is None:  # only the hub knows how large it is
        return say("The model is not on this computer yet.")
    in_one_line = in_words(size).replace(" ", "\u00a0")
    return say("The model is not on this computer yet: about {size}.", size=in_one_line)


def is_slow() -> bool:
    """Whether only the processor computes here, as far as that is known before the backend has run."""
    machine = session.current.last_machine
    return machine.device.startswith("cpu") if machine is not None else installed_build(preferences()) == "cpu"


def is_hub_id(model: str) -> bool:
    return model.count("/") == 1 and model[0] not in "/~." and not Path(model).exists()


def is_here(model: str) -> bool:
    """Whole, as the hub's own tools keep what they have downloaded. One that was broken off lacks parts."""
    kept = models_folder(preferences()) / f"models--{model.replace('/', '--')}"
    try:
        newest = (kept / "refs" / "main").read_text("utf-8").strip()
        return bool(newest) and not absent(kept / "snapshots" / newest)
    except (OSError, ValueError):
        return False


def register() -> None:
    bpy.utils.register_class(STEADY_PT_restyle)


def unregister() -> None:
    bpy.utils.unregister_class(STEADY_PT_restyle)
