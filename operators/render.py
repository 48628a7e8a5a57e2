"""The fourth stage: a take is rendered, and laid in above its strip."""

import json
from collections.abc import Generator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import bpy
from bpy.props import EnumProperty, FloatProperty, IntProperty, StringProperty

from ..backend import tuning
from ..backend.api import Failure, Look, Render, Rendered, Smoothed, Way
from ..backend.frozen import frozen
from ..backend.study import Study
from ..backend.take import Take
from ..backend.tuning import Tuning
from ..sequencer import identity, owned, showing, strips, take_pictures, takes
from ..sequencer.showing import Footage
from ..session import Step, of_stage
from ..settings.order import Order
from ..settings.render import WAYS
from ..translations import OWN
from .claims import Claim, folder_now, present
from .frames import Sampled
from .job import Reports, keep_in_undo
from .looks import NO_PROMPT
from .stage import StageOperator, Work, asked, moved_along, undisturbed
from .tune import borrowed

TITLE = "Render Take"


@frozen
class Laid:
    """A take, and the strip that shows it."""

    rendered: Rendered
    strip: str
    new: bool  # else that strip was there already


class STEADY_OT_render_take(StageOperator, bpy.types.Operator):
    """Paint every frame of the strip, and lay the take in above it. Frames that are up to date are kept"""

    bl_idname = "steady.render_take"
    bl_label = TITLE
    bl_options = {"UNDO"}
    overrides = ("way", "model", "render_prompt", "strength", "seed")
    tuned = True

    way: EnumProperty(
        name="Way",
        description="How the take is rendered",
        items=WAYS,
        translation_context=OWN,
        options={"SKIP_SAVE"},
    )
    model: StringProperty(
        name="Model", description="What paints it. Left out, it is the strip's", options={"SKIP_SAVE"}
    )
    render_prompt: StringProperty(
        name="Prompt",
        description="The prompt of the take. Left out, it is the strip's",
        options={"SKIP_SAVE"},
    )
    strength: FloatProperty(
        name="Strength", description="How far the take may leave its source", min=0.0, max=1.0, options={"SKIP_SAVE"}
    )
    seed: IntProperty(name="Seed", description="Which noise all frames begin with", min=0, options={"SKIP_SAVE"})

    def work(self, order: Order, scene: Any, strip: Any) -> Work:
        return partial(render, borrowed(scene, order))

    def told(self, result: Laid) -> Reports:
        done = f"“{result.strip}” is laid in" if result.new else f"“{result.strip}” is up to date"
        told = [("INFO", f"{done}: {result.rendered.rendered} frames were rendered.")]
        return told + ([("WARNING", result.rendered.warning)] if result.rendered.warning else [])


@of_stage(TITLE)
def render(other: Path | None, claim: Claim, order: Order, sampled: Sampled) -> Generator[Step, None, Laid]:
    rendered = yield from painted(other, claim, order)
    return Laid(rendered, *(yield from shown_above(claim, rendered)))


@of_stage(TITLE)
def painted(other: Path | None, claim: Claim, order: Order) -> Generator[Step, None, Rendered]:
    kept = Study.open(folder_now(claim))
    plain = order.way is Way.PLAIN
    taught = Study.open(moved_along(other)) if other else kept
    known = None if plain else tuning.read(taught.tuning_folder)
    prompt = prompt_for(order, kept.gallery.chosen(), known)

    def request(folder: str) -> Render:
        return Render(
            folder=folder,
            take="",
            way=order.way,
            prompt=prompt,
            engine=order.engine,
            painting=order.painted,
            fast=order.fast,
            tuning="" if plain or not other else str(moved_along(other)),
            batch=order.batch,
            small_decoder=order.small_decoder,
        )

    return (yield from asked(claim, request, "Rendering"))


def prompt_for(order: Order, chosen: Sequence[Look], known: Tuning | None) -> str:
    """What the take is told to show: of a tuned model one of the prompts that it was taught, the strip's own first."""
    if order.render_prompt:
        return order.render_prompt
    if order.way is Way.PLAIN:
        if not order.prompt and not chosen:
            raise NO_PROMPT
        return order.prompt or chosen[0].prompt
    if known is None or order.prompt in known.prompts:
        return order.prompt
    return known.prompts[0]


# --- into the edit


def shown_above(claim: Claim, made: Rendered | Smoothed) -> Generator[Step, None, tuple[str, bool]]:
    """As soon as nothing holds on to the strips."""
    yield from undisturbed()
    return _lay_in(claim, made)


def _lay_in(claim: Claim, made: Rendered | Smoothed) -> tuple[str, bool]:
    """The strip that shows the take above its strip, where that is now, and whether it is new. One that shows this
    very take stays, and there is no second one. One that shows the same of the strip's original gets these pictures."""
    try:
        kept = Study.open(folder_now(claim))
        scene, strip = source_of(claim, kept)
        take = kept.take(made.take)
        take_pictures.look_again(take.folder)
        equal = [laid for laid in takes.takes_of(scene, strip) if shows(laid, take)]
        there = next((laid for laid in equal if laid in owned.showing(take.folder)), None)
        if there is not None:
            return there.name, False
        files = [take.picture_path(number) for number in range(made.first, made.last + 1)]
        parameters = json.dumps(take.note(), ensure_ascii=False)
        footage = Footage(take.name, files, made.first, kept.source.framing, parameters)
        if equal:
            laid = equal[-1]
            showing.exchange(scene, strip, laid, footage)
        else:
            laid = takes.lay_take(scene, strip, files, made.first, footage.framing, take.name, parameters)
    except Failure as failure:
        hint = f"{failure.hint} The take is finished, and kept in “{made.folder}”.".strip()
        raise Failure(failure.code, failure.message, hint) from failure
    keep_in_undo(f"Take: {laid.name}")
    return laid.name, not equal


def source_of(claim: Claim, kept: Study) -> tuple[Any, Any]:
    """The strip that is to be laid in above. Undo may have taken the study's id from it, without which what is laid in
    would be nobody's."""
    scene, strip = present(claim)
    if not strips.study_id(strip):
        identity.relink(scene, strip, kept.folder)
    return scene, strip


def shows(strip: Any, take: Take) -> bool:
    """Whether a strip shows this take as it is now, all of its frames, or more, from before its source was trimmed; of
    this study, or of one that was copied."""
    if strip.steady.take_name != take.name:
        return False
    try:
        then = json.loads(strip.steady.take_parameters)
    except ValueError:
        return False
    now = take.note()
    if then.get("fingerprint") != now.get("fingerprint") or not {"first", "last"} <= then.keys() & now.keys():
        return False
    return then["first"] <= now["first"] and now["last"] <= then["last"]


def register() -> None:
    bpy.utils.register_class(STEADY_OT_render_take)


def unregister() -> None:
    bpy.utils.unregister_class(STEADY_OT_render_take)
