"""The first stage of the active strip: which frames are read, and how well the chosen ones cover it."""

from typing import Any

import bpy

from ..backend.api import Failure
from ..operators.frames import Sampled, wanted_numbers
from ..sequencer import strips
from . import reasons
from .drawing import NOT_STARTED, OUT_OF_DATE, StagePanel, big_button, last_job, sentences, settings_below, warnings
from .overview import Overview


class STEADY_PT_frames(StagePanel, bpy.types.Panel):
    bl_label = "1  Reference Frames"
    bl_order = 2
    bl_options = {"DEFAULT_CLOSED"}
    titles = ("Sample Frames",)
    doing = ("Reading", "Looking for", "Choosing reference")

    def standing(self, strip: Any, found: Overview | None) -> tuple[str, str]:
        if found is None or found.reference is None or found.source is None:
            return NOT_STARTED
        settings, source = strip.steady, found.source
        try:
            numbers = wanted_numbers(strip)
        except Failure:  # there is nothing to read; the click says it
            return OUT_OF_DATE
        count = min(settings.reference_count, len(numbers))
        now = settings.short_side, settings.crop, numbers, count
        there = range(source.first, source.last + 1)
        then = source.short_side, source.crop.value, there, len(found.reference.numbers)
        return ("Done", "CHECKMARK") if now == then else OUT_OF_DATE

    def why(self, strip: Any, found: Overview) -> str:
        return reasons.of_frames(strip, found)

    def draw_stage(self, layout: Any, strip: Any, found: Overview | None) -> None:
        text = "Resume" if (last := last_job(strip)) and last.failure and last.title in self.titles else "Sample Frames"
        big_button(layout, "steady.sample_frames", text, "RENDERLAYERS")
        if last and isinstance(last.result, Sampled):
            warnings(layout, last.result.warnings)
        if found is not None and found.reference is not None:
            self._coverage(layout, found)
        if (column := settings_below(layout, "frames")) is not None:
            self._settings(column, strip)

    def _coverage(self, layout: Any, found: Overview) -> None:
        reference = found.reference
        assert reference is not None
        column = layout.column(align=True)
        column.label(text=f"{len(reference.numbers)} reference frames of {found.total}", icon="CHECKMARK")
        text = f"Distance to the nearest: {reference.mean:.2f} on average, {reference.worst:.2f} at most"
        sentences(column, text, "BLANK1")

    def _settings(self, column: Any, strip: Any) -> None:
        settings = strip.steady
        column.prop(settings, "short_side")
        column.prop(settings, "crop")
        column.prop(settings, "reference_count")
        column.prop(settings, "use_range")
        if settings.use_range:
            part = column.column(align=True)
            part.prop(settings, "range_start")
            part.prop(settings, "range_end")
        if strips.study_id(strip):
            row = column.row()
            row.label(text=f"Study {strips.study_id(strip)}", icon="FILE_FOLDER")
            row.operator("steady.relink_study", text="Relink", icon="FILEBROWSER")


def register() -> None:
    bpy.utils.register_class(STEADY_PT_frames)


def unregister() -> None:
    bpy.utils.unregister_class(STEADY_PT_frames)
