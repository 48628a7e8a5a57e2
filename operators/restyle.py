"""All stages in one click: what is up to date is left as it is, and at the end a take lies above the strip."""

from collections.abc import Generator
from functools import partial
from pathlib import Path
from typing import Any

import bpy
from bpy.props import EnumProperty, FloatProperty, IntProperty, StringProperty

from ..backend.api import Looks, Tuned, Way
from ..backend.frozen import frozen
from ..backend.picking import standing
from ..backend.walked import check_look
from ..session import Step
from ..settings.order import Order
from ..settings.painting import CHOICES
from ..settings.render import WAYS
from ..translations import OWN
from .claims import Claim
from .frames import TITLE as FRAMES
from .frames import Sampled
from .job import Reports
from .looks import MAKE, NO_PROMPT, chosen
from .own import own_study
from .render import TITLE as RENDER
from .render import Laid, render
from .stage import StageOperator, Work
from .tune import TITLE as TUNE
from .tune import borrowed, tune

EVER = 1_000_000  # frames: no timeline of Blender's is longer


@frozen
class Restyled:
    """What each stage came to; None where it was not needed."""

    sampled: Sampled
    looks: Looks | None
    tuned: Tuned | None
    laid: Laid

    @property
    def warnings(self) -> tuple[str, ...]:
        said = [part.warning for part in (self.looks, self.tuned, self.laid.rendered) if part is not None]
        return tuple(text for text in (*self.sampled.warnings, *said) if text)


class STEADY_OT_restyle(StageOperator, bpy.types.Operator):
    bl_idname = "steady.restyle"
    bl_label = "Restyle"
    bl_description = (
        "Restyle the strip with Stable Diffusion: stylize a frame, tune the model, and render a take without "
        "flicker. Every stage is done that is not up to date"
    )
    bl_options = {"UNDO"}
    overrides = ("preset", "prompt", "model", "way", "strength", "steps", "iterations", "seed")
    tuned = True

    prompt: StringProperty(
        name="Prompt", description="What the strip is to look like. Left out, it is the strip's", options={"SKIP_SAVE"}
    )
    model: StringProperty(
        name="Model",
        description="pocket, a hub id, a folder or a .safetensors file. Left out, it is the strip's",
        options={"SKIP_SAVE"},
    )
    preset: EnumProperty(
        name="Preset", description="Settings that suit a kind of clip", items=CHOICES, options={"SKIP_SAVE"}
    )
    way: EnumProperty(
        name="Way",
        description="How the take is rendered",
        items=WAYS,
        translation_context=OWN,
        options={"SKIP_SAVE"},
    )
    strength: FloatProperty(
        name="Strength", description="How far the take may leave its source", min=0.0, max=1.0, options={"SKIP_SAVE"}
    )
    steps: IntProperty(
        name="Steps", description="How many steps lead from noise to a picture", default=1, min=1, options={"SKIP_SAVE"}
    )
    iterations: IntProperty(
        name="Iterations", description="How many batches are learned from", default=1, min=1, options={"SKIP_SAVE"}
    )
    seed: IntProperty(name="Seed", description="Which noise all frames begin with", min=0, options={"SKIP_SAVE"})
    frame_start: IntProperty(
        name="Start", description="The first frame of the timeline that is restyled", options={"SKIP_SAVE"}
    )
    frame_end: IntProperty(
        name="End", description="The last frame of the timeline that is restyled", options={"SKIP_SAVE"}
    )

    def take_over(self, settings: Any) -> None:
        super().take_over(settings)  # the preset first: what is given besides counts more
        given = [self.properties.is_property_set(name) for name in ("frame_start", "frame_end")]
        if any(given):
            settings.use_range = True
            settings.range_start = self.frame_start if given[0] else -EVER
            settings.range_end = self.frame_end if given[1] else EVER

    def work(self, order: Order, scene: Any, strip: Any) -> Work:
        other = borrowed(scene, order)
        refuse_without_prompt(scene, strip, order, other)
        if other is None and order.way is not Way.PLAIN:
            refuse_unpaintable(scene, strip, order)
        return partial(restyle, other)

    def stages(self, order: Order) -> tuple[str, ...]:
        return stages_of(order)

    def told(self, result: Restyled) -> Reports:
        name, count = result.laid.strip, result.laid.rendered.rendered
        text = f"“{name}” is laid in." if result.laid.new else f"“{name}” was there already, and is up to date."
        return [("INFO", f"{text} {count} frames were rendered.")] + [("WARNING", said) for said in result.warnings]


def stages_of(order: Order) -> tuple[str, ...]:
    teaches = order.way is not Way.PLAIN and not order.tuning_from
    return (FRAMES, MAKE, TUNE, RENDER) if teaches else (FRAMES, RENDER)


def has_chosen(scene: Any, strip: Any) -> bool:
    kept = own_study(scene, strip)
    return kept is not None and bool(kept.gallery.chosen())


def refuse_without_prompt(scene: Any, strip: Any, order: Order, other: Path | None, made: bool = False) -> None:
    """A look needs a prompt of its own; where one is `made` with the click, nothing else does in its place."""
    said = order.prompt or (order.render_prompt if order.way is Way.PLAIN and not made else "")
    if not said and (made or not (other or has_chosen(scene, strip))):
        raise NO_PROMPT


def refuse_unpaintable(scene: Any, strip: Any, order: Order) -> None:
    """How looks are painted counts where some are to be."""
    kept = own_study(scene, strip)
    if kept is None or not standing(kept, (order.prompt,) if order.prompt else (), order.look_frame or None):
        check_look(order.look)


def restyle(other: Path | None, claim: Claim, order: Order, sampled: Sampled) -> Generator[Step, None, Restyled]:
    looks = tuned = None
    if other is None and order.way is not Way.PLAIN:
        looks = yield from chosen(claim, order, sampled)
        tuned = yield from tune(claim, order, sampled)
    laid = yield from render(other, claim, order, sampled)
    return Restyled(sampled, looks, tuned, laid)


def register() -> None:
    bpy.utils.register_class(STEADY_OT_restyle)


def unregister() -> None:
    bpy.utils.unregister_class(STEADY_OT_restyle)
