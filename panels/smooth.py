"""The fifth stage: which take is smoothed, how, and looks that are spread without any tuning."""

from typing import Any

import bpy

from ..operators.smooth import PROPAGATE, SMOOTH, Steadied
from ..sequencer import strips, takes
from ..translations import say
from . import foreseen, missing, standing
from .drawing import StagePanel, big_button, last_job, sentences, settings_below, warnings
from .overview import Overview

SETTINGS = (
    "smooth_steps",
    "smooth_width",
    "smooth_rate",
    "smooth_two_styles",
    "smooth_level",
    "smooth_always",
    "smooth_features",
)


class STEADY_PT_smooth(StagePanel, bpy.types.Panel):
    bl_label = "5  Smooth"
    bl_order = 6
    bl_options = {"DEFAULT_CLOSED"}
    titles = (SMOOTH, PROPAGATE)

    def standing(self, strip: Any, found: Overview | None) -> tuple[str, str]:
        return standing.of_smoothing(strip, found)

    def why(self, strip: Any, found: Overview) -> str:
        return standing.rough(strip, found)

    def draw_stage(self, layout: Any, strip: Any, found: Overview | None) -> None:
        rough = [take.name for take in found.takes if take.complete and take.method != "smooth"] if found else []
        if rough:
            self._buttons(layout, strip, found, rough)
        else:
            sentences(layout, "There is no take to smooth yet.", "INFO")
        if found is not None and found.chosen:
            layout.operator("steady.propagate_looks", text="Propagate the Chosen Looks", icon="MOD_ARRAY")
            foreseen.below(layout, strip, found, missing.of_spreading)
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

    def _buttons(self, layout: Any, strip: Any, found: Overview | None, rough: list[str]) -> None:
        """A large one for the take that is seen, or else the last one, and a small one for each of the others."""
        seen = next((name for name in shown_of(strips.sequencer_scene(bpy.context), strip) if name in rough), "")
        first = seen or rough[-1]
        text = "Smooth the Shown Take" if seen else say("Smooth “{name}”", name=first)
        big_button(layout, "steady.smooth_take", text, "SMOOTHCURVE").take = first
        foreseen.below(layout, strip, found, missing.of_smoothing)
        column = layout.column(align=True)
        for name in rough:
            if name != first:
                column.operator("steady.smooth_take", text=say("Smooth “{name}”", name=name)).take = name


def shown_of(scene: Any, strip: Any) -> list[str]:
    """The takes that are seen, the topmost first."""
    return [laid.steady.take_name for laid in reversed(takes.takes_of(scene, strip)) if not laid.mute]


register, unregister = bpy.utils.register_classes_factory((STEADY_PT_smooth,))
