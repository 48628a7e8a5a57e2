"""The fourth stage: the takes of the strip, and how the next one is rendered."""

from dataclasses import replace
from typing import Any

import bpy

from ..backend.api import Failure, Way
from ..operators.render import Laid, prompt_for
from ..settings.order import Order, order_of
from ..translations import say
from . import reasons
from .drawing import NOT_STARTED, OUT_OF_DATE, StagePanel, big_button, last_job, sentences, settings_below, warnings
from .overview import Overview, TakeNote

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
    titles = ("Render Take",)
    doing = ("Rendering",)

    def standing(self, strip: Any, found: Overview | None) -> tuple[str, str]:
        if found is None or not found.takes:
            return NOT_STARTED
        wanted = wanted_take(found, order_of(strip.steady))
        return ("Done", "CHECKMARK") if any(t.work == wanted for t in found.takes) else OUT_OF_DATE

    def why(self, strip: Any, found: Overview) -> str:
        return reasons.of_takes(found, wanted_take(found, order_of(strip.steady)))

    def draw_stage(self, layout: Any, strip: Any, found: Overview | None) -> None:
        layout.row().prop(strip.steady, "way", expand=True)
        big_button(layout, "steady.render_take", "Render Take", "RENDER_ANIMATION")
        last = last_job(strip)
        if last and isinstance(last.result, Laid):
            sentences(layout, say("“{strip}” shows the take.", strip=last.result.strip), "CHECKMARK")
            warnings(layout, [text for text in (last.result.rendered.warning,) if text])
        if (column := settings_below(layout, "render")) is not None:
            for name in SETTINGS:
                column.prop(strip.steady, name)
            if strip.steady.way == "FAST":
                column.prop(strip.steady, "fast_steps")


def wanted_take(found: Overview, order: Order) -> TakeNote | None:
    """What a click on Render Take would make, in the words of a take's own note; None where it would be refused."""
    plain = order.way is Way.PLAIN
    known = None if plain else found.lent if order.tuning_from else found.tuning
    if found.source is None or (known is None and not plain):
        return None
    try:
        prompt = prompt_for(order, found.chosen, known)
    except Failure:
        return None
    return TakeNote(
        name="",
        prompt=prompt,
        way=order.way.value,
        model=order.engine.model,
        painting=replace(order.painting, noise=1.0, attend=0.0) if plain else order.painting,
        fast=order.fast if order.way is Way.FAST else 0,
        taught=known.mark if known else "",
        shown=(found.source.first, found.source.last),
        complete=True,
    )


def register() -> None:
    bpy.utils.register_class(STEADY_PT_render)


def unregister() -> None:
    bpy.utils.unregister_class(STEADY_PT_render)
