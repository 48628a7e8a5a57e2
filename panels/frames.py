"""The first stage of the active strip: which frames are read, and how well the chosen ones cover it."""

from typing import Any

import bpy

from .. import session
from ..operators.frames import Sampled
from ..sequencer import identity, strips
from ..session import HostJob
from .drawing import SidebarPanel, ended, failure, sentences


class STEADY_PT_frames(SidebarPanel, bpy.types.Panel):
    bl_label = "Frames"
    bl_order = 1

    def draw(self, context: Any) -> None:
        layout = self.layout
        scene, strip = strips.sequencer_scene(context), strips.active_strip(context)
        if strip is None:
            layout.label(text="Click the strip to restyle.", icon="INFO")
            layout.operator("steady.open_example", icon="SEQUENCE")
            return
        layout.label(text=strip.name, icon="SEQ_SEQUENCER")
        if refusal := identity.unfit(scene, strip):
            failure(layout, refusal)
            return
        self._settings(strip.steady)
        last = _last_job(strip)
        column = layout.column()
        column.scale_y = 1.4
        text = "Resume" if last and last.failure else "Sample Frames"
        column.operator("steady.sample_frames", text=text, icon="RENDERLAYERS")
        self._outcome(strip, last)

    def _settings(self, settings: Any) -> None:
        column = self.layout.column()
        column.use_property_split = True
        column.use_property_decorate = False
        column.prop(settings, "short_side")
        column.prop(settings, "crop")
        column.prop(settings, "reference_count")
        column.prop(settings, "use_range")
        if settings.use_range:
            part = column.column(align=True)
            part.prop(settings, "range_start")
            part.prop(settings, "range_end")

    def _outcome(self, strip: Any, last: HostJob | None) -> None:
        if last:
            ended(self.layout, last)
        if last and isinstance(last.result, Sampled):
            self._sampled(last.result)
        if strips.study_id(strip):
            row = self.layout.row()
            row.label(text=f"Study {strips.study_id(strip)}", icon="FILE_FOLDER")
            row.operator("steady.relink_study", text="Relink", icon="FILEBROWSER")

    def _sampled(self, sampled: Sampled) -> None:
        reference = sampled.reference
        column = self.layout.column(align=True)
        column.label(text=f"{len(reference.numbers)} reference frames of {sampled.total}", icon="CHECKMARK")
        text = f"Distance to the nearest: {reference.mean:.2f} on average, {reference.worst:.2f} at most"
        sentences(column, text, "BLANK1")
        for warning in sampled.warnings:
            sentences(self.layout.box(), warning, "ERROR")


def _last_job(strip: Any) -> HostJob | None:
    """The one that ended last. A claim that came to nothing has left the strip without a study."""
    study = strips.study_id(strip)
    mine = (
        job
        for job in session.current.jobs
        if job.finished and (job.study == study if study else job.strip == strip.name)
    )
    return next(mine, None)


def register() -> None:
    bpy.utils.register_class(STEADY_PT_frames)


def unregister() -> None:
    bpy.utils.unregister_class(STEADY_PT_frames)
