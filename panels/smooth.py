"""The fifth stage: which take is smoothed, how, and looks that are spread without any tuning."""

from typing import Any

import bpy

from ..operators.smooth import PROPAGATE, SMOOTH, Steadied
from ..translations import say
from .drawing import NOT_STARTED, OUT_OF_DATE, StagePanel, big_button, last_job, sentences, settings_below, warnings
from .overview import Overview

SETTINGS = ("smooth_steps", "smooth_width", "smooth_rate", "smooth_two_styles", "smooth_level", "smooth_features")


class STEADY_PT_smooth(StagePanel, bpy.types.Panel):
    bl_label = "5  Smooth"
    bl_order = 6
    bl_options = {"DEFAULT_CLOSED"}
    in_all = False
    titles = (SMOOTH, PROPAGATE)

    def standing(self, strip: Any, found: Overview | None) -> tuple[str, str]:
        made = [take for take in found.takes if take.method in ("smooth", "propagate")] if found else []
        if found is None or not any(take.complete for take in made):
            return NOT_STARTED
        return OUT_OF_DATE if changed_since(found) else ("Done", "CHECKMARK")

    def why(self, strip: Any, found: Overview) -> str:
        return changed_since(found)

    def draw_stage(self, layout: Any, strip: Any, found: Overview | None) -> None:
        rough = [take.name for take in found.takes if take.complete and take.method != "smooth"] if found else []
        if rough:
            big_button(layout, "steady.smooth_take", "Smooth the Shown Take", "SMOOTHCURVE")
            if len(rough) > 1:
                column = layout.column(align=True)
                for name in rough:
                    column.operator("steady.smooth_take", text=say("Smooth “{name}”", name=name)).take = name
        else:
            sentences(layout, "There is no take to smooth yet.", "INFO")
        if found is not None and found.chosen:
            layout.operator("steady.propagate_looks", text="Propagate the Chosen Looks", icon="MOD_ARRAY")
        last = last_job(strip)
        if last and isinstance(last.result, Steadied):
            sentences(layout, say("“{strip}” shows the take.", strip=last.result.strip), "CHECKMARK")
            warnings(layout, last.result.warnings)
        if (column := settings_below(layout, "smooth")) is not None:
            for name in SETTINGS:
                column.prop(strip.steady, name)
            column.separator()
            column.prop(strip.steady, "spread_steps", text="Steps of Propagating")
            column.prop(strip.steady, "smooth_seed")


def changed_since(found: Overview) -> str:
    """Why a smooth take is not what its source has become."""
    known = {take.name: take for take in found.takes}
    for take in found.takes:
        source = known.get(take.source)
        if take.method == "smooth" and source is not None and source.fingerprint != take.smoothed_from:
            return say("“{name}” was rendered again since.", name=take.source)
    return ""


register, unregister = bpy.utils.register_classes_factory((STEADY_PT_smooth,))
