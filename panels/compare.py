"""What can be shown to others: the comparison in the edit, and the edit as a file."""

from typing import Any

import bpy

from .. import session
from ..operators.compare import TITLE as COMPARE
from ..operators.compare import Compared
from ..operators.export import TITLE as EXPORT
from ..operators.export import Exported, pixels_of
from ..operators.export import STEADY_OT_export_movie as EXPORT_MOVIE
from ..sequencer import identity, strips
from ..sequencer.compare import comparison_of
from ..translations import say
from . import foreseen, missing
from .drawing import SidebarPanel, at_work, big_button, ended, last_job, outcome, refused, sentences, warnings
from .overview import overview


class STEADY_PT_compare(SidebarPanel, bpy.types.Panel):
    bl_label = "Compare and Export"
    bl_order = 30
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        return strips.sequencer_scene(context).sequence_editor is not None

    def draw(self, context: Any) -> None:
        layout = self.layout
        scene, strip = strips.sequencer_scene(context), strips.active_strip(context)
        if strip is not None and identity.unfit(scene, strip) is None:
            self._compare(layout, scene, strip)
            layout.separator()
        self._export(layout, scene)

    def _compare(self, layout: Any, scene: Any, strip: Any) -> None:
        shown = comparison_of(scene, strip) if strips.study_id(strip) else None
        found = overview(strip)
        at_work(layout, strip, (COMPARE,))
        text = "Compare Again" if shown is not None else "Compare"
        big_button(layout, "steady.compare", text, "SNAP_FACE_CENTER")
        foreseen.below(layout, strip, found, missing.of_comparing)
        if shown is not None:
            row = layout.row(align=True)
            row.label(text=shown.name, icon="SEQ_STRIP_META", translate=False)
            row.prop(shown, "mute", text="", emboss=False)
        last = last_job(strip)
        if last is not None and isinstance(last.result, Compared):
            warnings(layout, last.result.warnings)
        outcome(layout, strip, found, (COMPARE,))

    def _export(self, layout: Any, scene: Any) -> None:
        layout.operator_context = "INVOKE_DEFAULT"
        big_button(layout, "steady.export_movie", "Export Movie or GIF", "FILE_MOVIE")
        foreseen.below_export(layout, scene, pixels_of(scene))
        refused(layout, EXPORT_MOVIE.bl_label)
        last = next((job for job in session.current.jobs if job.title == EXPORT and job.finished), None)
        if last is None:
            return
        ended(layout, last)
        if isinstance(last.result, Exported):
            sentences(layout, say("The edit is in “{file}”.", file=last.result.file), "CHECKMARK")
            warnings(layout, [text for text in (last.result.warning,) if text])
            layout.operator("wm.path_open", text="Play", icon="PLAY").filepath = str(last.result.file)


def register() -> None:
    bpy.utils.register_class(STEADY_PT_compare)


def unregister() -> None:
    bpy.utils.unregister_class(STEADY_PT_compare)
