"""The third stage: what the model was taught, and whether that is still what is wanted."""

from dataclasses import replace
from typing import Any

import bpy

from ..backend.api import Recipe, Tuned
from ..backend.tuning import Halfway, Tuning, rate_of
from ..operators.restyle import Restyled
from ..settings.order import Order, order_of
from ..translations import say
from .drawing import NOT_STARTED, OUT_OF_DATE, StagePanel, big_button, last_job, sentences, settings_below, warnings
from .overview import Overview

LORA_ONLY = "rank"
ADVANCED = ("late", "looks_share", "pairing", "at_start", "astray", "angle", "unguided", "crops", "carried")


class STEADY_PT_tune(StagePanel, bpy.types.Panel):
    bl_label = "3  Tune"
    bl_order = 4
    bl_options = {"DEFAULT_CLOSED"}
    titles = ("Tune",)
    doing = ("Encoding", "Tuning")

    def standing(self, strip: Any, found: Overview | None) -> tuple[str, str]:
        if strip.steady.tuning_from:
            return "Borrowed", "LINKED"
        if found is None or found.tuning is None:
            return ("Broken off", "PAUSE") if found and found.broken_off else NOT_STARTED
        return OUT_OF_DATE if stale(found, found.tuning, order_of(strip.steady)) else ("Done", "CHECKMARK")

    def draw_stage(self, layout: Any, strip: Any, found: Overview | None) -> None:
        if strip.steady.tuning_from:
            sentences(layout, say("It uses the tuning of “{name}”.", name=strip.steady.tuning_from), "LINKED")
        else:
            self._own(layout, strip, found)
        result = last.result if (last := last_job(strip)) else None
        tuned = result.tuned if isinstance(result, Restyled) else result
        if isinstance(tuned, Tuned) and tuned.warning:
            warnings(layout, [tuned.warning])
        if (column := settings_below(layout, "tune")) is not None:
            self._settings(column, strip.steady)

    def _own(self, layout: Any, strip: Any, found: Overview | None) -> None:
        why = stale(found, found.tuning, order_of(strip.steady)) if found and found.tuning else "Nothing is tuned yet."
        halfway = goes_on(found, why)
        big_button(layout, "steady.fine_tune", "Go On Tuning" if halfway else "Tune", "MODIFIER")
        if found is None:
            return
        if halfway:
            text = say("Broken off at iteration {step} of {total}.", step=halfway.step, total=halfway.iterations)
            sentences(layout, text, "PAUSE")
        if found.tuning is not None:
            time, loss = in_words(found.tuning.seconds), found.tuning.loss
            text = say("{count} iterations in {time}, loss {loss:.4f}", count=found.tuning.steps, time=time, loss=loss)
            sentences(layout, text, "CHECKMARK")
            if why:
                sentences(layout, why, "FILE_REFRESH")

    def _settings(self, column: Any, settings: Any) -> None:
        for name in ("method", "rank", "iterations", "batch", "rate"):
            if name != LORA_ONLY or settings.method == "LORA":
                column.prop(settings, name)
        column.prop(settings, "tune_seed")
        column.prop(settings, "tuning_from")
        column.separator()
        for name in ADVANCED:
            column.prop(settings, name)


def goes_on(found: Overview | None, why: str) -> Halfway | None:
    """What a click goes on with; nothing where what is there stands."""
    return found.broken_off if found and why else None


def stale(found: Overview, tuning: Tuning, order: Order) -> str:
    """Why a click on Tune would tune; '' where all is as it was. The frames' content is not looked at here."""
    if tuning.model != order.engine.model:
        return say("It was tuned with the model “{model}”.", model=tuning.model)
    if set(looks_of(tuning, found)) != {look.name for look in found.chosen}:
        return "Other looks were chosen since."
    wanted = order.recipe.iterations
    if tuning.steps != wanted and not (tuning.warning and tuning.recipe.iterations == wanted):
        return say("It was tuned for {count} iterations.", count=tuning.steps)
    if taught(tuning.recipe) != taught(order.recipe):
        return "Its settings were changed since."
    seed = (
        tuning.painting.seed if order.recipe.angle == 90 else order.painting.seed
    )  # at 90 no noise is the rendering's
    if tuning.painting != replace(order.painting, seed=seed) or tuning.fast != order.tuned_for:
        strength, steps = tuning.painting.strength, tuning.painting.steps
        return say("It was tuned for takes at strength {strength:g} in {steps} steps.", strength=strength, steps=steps)
    return ""


def looks_of(tuning: Tuning, found: Overview) -> tuple[str, ...]:
    """Older notes say only the prompts: any look of one of them may have been meant."""
    known = tuple(look.name for look in found.chosen if look.prompt in tuning.prompts)
    return tuning.looks or (known if set(tuning.prompts) == {look.prompt for look in found.chosen} else ())


def taught(recipe: Recipe) -> Recipe:
    return replace(recipe, iterations=0, rate=rate_of(recipe))


def in_words(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def register() -> None:
    bpy.utils.register_class(STEADY_PT_tune)


def unregister() -> None:
    bpy.utils.unregister_class(STEADY_PT_tune)
