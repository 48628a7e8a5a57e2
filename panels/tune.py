"""The third stage: what the model was taught, and whether that is still what is wanted."""

from typing import Any

import bpy

from ..backend.api import Tuned
from ..backend.lasting import in_words
from ..operators.restyle import Restyled
from ..operators.tune import TITLE
from ..settings.order import order_of
from ..translations import say
from . import foreseen, missing, standing
from .drawing import StagePanel, big_button, is_at_work, last_job, sentences, settings_below, warnings
from .overview import Overview

LORA_ONLY = "rank"
ADVANCED = ("late", "looks_share", "pairing", "at_start", "astray", "angle", "unguided", "crops", "spread")


class STEADY_PT_tune(StagePanel, bpy.types.Panel):
    bl_label = "3  Tune"
    bl_order = 4
    bl_options = {"DEFAULT_CLOSED"}
    titles = (TITLE,)

    def standing(self, strip: Any, found: Overview | None) -> tuple[str, str]:
        return standing.of_tuning(strip, found)

    def why(self, strip: Any, found: Overview) -> str:
        """What it was tuned for is said below."""
        if found.tuning and standing.stale(found, found.tuning, order_of(strip.steady)):
            return ""
        return standing.taught_before(strip, found)

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
        why = (
            standing.stale(found, found.tuning, order_of(strip.steady))
            if found and found.tuning
            else "Nothing is tuned yet."
        )
        halfway = None if is_at_work(strip, self.titles) else standing.goes_on(found, why)
        big_button(layout, "steady.fine_tune", "Go On Tuning" if halfway else "Tune", "MODIFIER")
        foreseen.below(layout, strip, found, missing.of_tuning)
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


def register() -> None:
    bpy.utils.register_class(STEADY_PT_tune)


def unregister() -> None:
    bpy.utils.unregister_class(STEADY_PT_tune)
