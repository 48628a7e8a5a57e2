"""The second stage: the looks as pictures, how well each keeps its frame, and which are chosen."""

from typing import Any

import bpy

from ..backend.api import Look, Looks
from ..operators.looks import BRING, MAKE
from ..operators.restyle import Restyled
from ..translations import say
from . import foreseen, missing, standing, thumbnails
from .drawing import StagePanel, big_button, last_job, sentences, settings_below
from .overview import Overview

SHOWN = 24  # looks; who has made more finds them in the study's folder
COLUMNS = 2
SIZE = 6.0  # of a thumbnail, in Blender's own unit


class STEADY_PT_looks(StagePanel, bpy.types.Panel):
    bl_label = "2  Looks"
    bl_order = 3
    titles = (MAKE, BRING)

    def standing(self, strip: Any, found: Overview | None) -> tuple[str, str]:
        return standing.of_looks(strip, found)

    def why(self, strip: Any, found: Overview) -> str:
        return standing.PAINTED_BEFORE

    def draw_stage(self, layout: Any, strip: Any, found: Overview | None) -> None:
        there = found is not None and bool(found.looks)
        button = big_button(layout, "steady.design_looks", "More Looks" if there else "Make Looks", "IMAGE_DATA")
        button.more = there and found is not None and is_made(found, strip)
        foreseen.below(layout, strip, found, missing.of_looks)
        layout.operator("steady.bring_look", text="Bring an Image", icon="FILEBROWSER")
        self._warning(layout, strip)
        if found is not None and found.looks:
            self._gallery(layout, found)
        if (column := settings_below(layout, "looks")) is not None:
            self._settings(column, strip.steady)

    def _warning(self, layout: Any, strip: Any) -> None:
        """Even the best has moved the subject, and what to do about it."""
        result = last.result if (last := last_job(strip)) else None
        made = result.looks if isinstance(result, Restyled) else result
        if not isinstance(made, Looks) or not made.warning:
            return
        box = layout.box()
        sentences(box, made.warning, "ERROR")
        if made.lower_strength:
            text = say("Make Looks at Strength {strength:.2f}", strength=made.lower_strength)
            box.operator("steady.design_looks", text=text, icon="TRIA_DOWN").look_strength = made.lower_strength

    def _gallery(self, layout: Any, found: Overview) -> None:
        for prompt in dict.fromkeys(look.prompt for look in reversed(found.looks)):
            some = shown([look for look in found.looks if look.prompt == prompt])
            sentences(layout, prompt, "GREASEPENCIL")
            grid = layout.grid_flow(row_major=True, columns=COLUMNS, even_columns=True, even_rows=True, align=False)
            for look in some:
                self._look(grid.column(align=True), found, look)

    def _look(self, column: Any, found: Overview, look: Look) -> None:
        picture = found.picture(look)
        written = picture.stat().st_mtime_ns if picture.is_file() else 0  # it may have been painted over by hand
        column.template_icon(icon_value=thumbnails.of_file(picture, written), scale=SIZE)
        row = column.row(align=True)
        icon = "CHECKBOX_HLT" if look.chosen else "CHECKBOX_DEHLT"
        text = say("{share:.0%} kept", share=look.composition)  # of where things are in the frame
        row.operator("steady.choose_look", text=text, icon=icon, depress=look.chosen).look = look.name
        if look.moved:
            row.label(text="", icon="ERROR")
        row.operator("wm.path_open", text="", icon="FULLSCREEN_ENTER").filepath = str(picture)

    def _settings(self, column: Any, settings: Any) -> None:
        for name in ("candidates", "look_strength", "look_guidance", "look_steps", "look_seed"):
            column.prop(settings, name)
        row = column.row(align=True)
        row.prop(settings, "look_frame")
        row.operator("steady.look_here", text="", icon="EYEDROPPER")


def shown(looks: list[Look]) -> list[Look]:
    """The best first. A click moves none of them: who chooses two would hit another one. None that is chosen is left
    out."""
    kept = sorted(looks, key=lambda look: (not look.chosen, -look.composition))[:SHOWN]
    return sorted(kept, key=lambda look: -look.composition)


def is_made(found: Overview, strip: Any) -> bool:
    """Whether what a click would make is there already, so that it has to go on with other seeds."""
    settings = strip.steady
    made = {(look.prompt, look.painting.seed) for look in found.looks if look.painting is not None}
    return (settings.prompt.strip(), settings.look_seed) in made


def register() -> None:
    bpy.utils.register_class(STEADY_PT_looks)


def unregister() -> None:
    bpy.utils.unregister_class(STEADY_PT_looks)
