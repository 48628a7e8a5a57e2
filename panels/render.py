"""The fourth stage: the takes of the strip, and how the next one is rendered."""

from typing import Any

import bpy

from ..operators.render import TITLE, Laid
from ..settings.order import order_of
from ..translations import say
from . import foreseen, missing, reasons, standing
from .drawing import StagePanel, big_button, last_job, sentences, settings_below, warnings
from .overview import Overview

SETTINGS = (
    "strength",
    "steps",
    "guidance",
    "sampler",
    "noise",
    "attend",
    "seed",
    "render_prompt",
    "render_batch",
    "mute_original",
)


class STEADY_PT_render(StagePanel, bpy.types.Panel):
    bl_label = "4  Render"
    bl_order = 5
    titles = (TITLE,)

    def standing(self, strip: Any, found: Overview | None) -> tuple[str, str]:
        return standing.of_takes(strip, found)

    def why(self, strip: Any, found: Overview) -> str:
        order = order_of(strip.steady)
        why = standing.lacking(found, order) or reasons.of_takes(found, standing.wanted_take(found, order))
        return why or standing.earlier(strip, found, order)

    def draw_stage(self, layout: Any, strip: Any, found: Overview | None) -> None:
        layout.row().prop(strip.steady, "way", expand=True)
        if strip.steady.way == "FAST":
            layout.row().prop(strip.steady, "pace", expand=True)
            layout.prop(strip.steady, "small_decoder")
            if strip.steady.small_decoder and found and found.decoder:
                icon = "ERROR" if found.decoder.warning else "CHECKMARK"
                lost = say("The small decoder loses {lost:.1f} dB on frames it has not seen.", lost=found.decoder.lost)
                sentences(layout, lost, icon)
        big_button(layout, "steady.render_take", "Render Take", "RENDER_ANIMATION")
        foreseen.below(layout, strip, found, missing.of_takes)
        last = last_job(strip)
        if last and isinstance(last.result, Laid):
            sentences(layout, say("“{strip}” shows the take.", strip=last.result.strip), "CHECKMARK")
            warnings(layout, [text for text in (last.result.rendered.warning,) if text])
        if (column := settings_below(layout, "render")) is not None:
            for name in SETTINGS:
                column.prop(strip.steady, name)
            if strip.steady.way == "FAST":
                column.prop(strip.steady, "fast_steps")


def register() -> None:
    bpy.utils.register_class(STEADY_PT_render)


def unregister() -> None:
    bpy.utils.unregister_class(STEADY_PT_render)
