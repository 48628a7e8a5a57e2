"""The first stage of the active strip: which frames are read, and how well the chosen ones cover it."""

from typing import Any

import bpy

from ..backend.api import Far, Reference
from ..backend.study import FILMSTRIP
from ..operators.frames import TITLE, Sampled
from ..sequencer import strips
from ..translations import say
from . import foreseen, missing, reasons, standing, thumbnails
from .drawing import StagePanel, big_button, last_job, sentences, settings_below, warnings
from .overview import Overview

CLOSE = 0.2  # half of what counts as far: a small pan
UNIT = 20  # pixels of Blender's own unit at scale 1
BESIDE = 56  # pixels of the sidebar that a picture cannot have: its tabs, its bar, and the panel's edges
FAR_SHOWN = 5  # parts; who has more needs more reference frames, and not a longer list


class STEADY_PT_frames(StagePanel, bpy.types.Panel):
    bl_label = "1  Reference Frames"
    bl_order = 2
    bl_options = {"DEFAULT_CLOSED"}
    titles = (TITLE,)

    def standing(self, strip: Any, found: Overview | None) -> tuple[str, str]:
        return standing.of_frames(strip, found)

    def why(self, strip: Any, found: Overview) -> str:
        return reasons.of_frames(strip, found)

    def draw_stage(self, layout: Any, strip: Any, found: Overview | None) -> None:
        text = "Resume" if (last := last_job(strip)) and last.failure and last.title in self.titles else "Sample Frames"
        big_button(layout, "steady.sample_frames", text, "RENDERLAYERS")
        foreseen.below(layout, strip, found, missing.of_frames)
        if last and isinstance(last.result, Sampled):
            warnings(layout, [text for text in (last.result.changed, last.result.losses) if text])
        if found is not None and found.reference is not None:
            self._coverage(layout, found)
        if (column := settings_below(layout, "frames")) is not None:
            self._settings(column, strip)

    def _coverage(self, layout: Any, found: Overview) -> None:
        reference = found.reference
        assert reference is not None
        text = say("{count} reference frames of {total}", count=len(reference.numbers), total=found.total)
        layout.label(text=text, icon="CHECKMARK")
        self._filmstrip(layout, found)
        column = layout.column(align=True)
        sentences(column, in_words(reference), "BLANK1")
        below = column.column(align=True)
        below.active = False
        text = say("Mean distance {mean:.2f}, worst {worst:.2f}", mean=reference.mean, worst=reference.worst)
        sentences(below, text, "BLANK1")
        for part in reference.far[:FAR_SHOWN]:
            row = layout.row(align=True)
            row.label(text=say("{frames}: like none of them", frames=frames_of(part)), icon="ERROR")
            row.operator("steady.go_to_frame", text="", icon="EYEDROPPER").number = (part.first + part.last) // 2
        if reference.far:
            sentences(layout, "Raise the number of reference frames below, and sample again.", "BLANK1")

    def _filmstrip(self, layout: Any, found: Overview) -> None:
        """Blender keeps as much height as width for a picture; the backend made it nearly a square."""
        picture = found.folder / FILMSTRIP
        try:
            stamp = picture.stat().st_mtime_ns
        except OSError:  # an older version chose them
            return
        layout.template_icon(icon_value=thumbnails.of_sheet(picture, stamp), scale=widest())

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
            row.label(text=say("Study {study}", study=strips.study_id(strip)), icon="FILE_FOLDER")
            row.operator("steady.relink_study", text="Relink", icon="FILEBROWSER")


def in_words(reference: Reference) -> str:
    """How well they cover the strip. The bounds are those of the choice: beyond the upper one a frame counts as far."""
    if reference.worst < CLOSE:
        return "They cover the strip well: every frame is much like one of them."
    if not reference.far:
        return "They cover the strip: no frame is far from all of them."
    return "Parts of the strip look like none of them, and may come out less true:"


def widest() -> float:
    """How large a picture may be here, in Blender's own unit: it would be cut off where the sidebar ends."""
    region, scale = bpy.context.region, bpy.context.preferences.system.ui_scale or 1.0  # without a window there is none
    return max(6.0, ((region.width if region else 300) / scale - BESIDE) / UNIT)


def frames_of(part: Far) -> str:
    if part.first == part.last:
        return say("Frame {number}", number=part.first)
    return say("Frames {first}–{last}", first=part.first, last=part.last)


def register() -> None:
    bpy.utils.register_class(STEADY_PT_frames)


def unregister() -> None:
    bpy.utils.unregister_class(STEADY_PT_frames)
