"""The article's figure in the edit: the source, two plain takes and the tuned one, side by side on the same frames."""

from collections.abc import Generator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import bpy
from bpy.props import FloatProperty

from ..backend import disk, tuning
from ..backend.api import Failure, Rendered, Way
from ..backend.frozen import frozen
from ..backend.study import Study
from ..backend.walked import walked
from ..sequencer import compare as panes
from ..session import HostJob, Step
from ..settings.order import Order, order_of
from .claims import Claim, Steps, claimed, folder_now
from .frames import Sampled, sample
from .job import Reports, keep_in_undo
from .looks import chosen
from .render import painted, prompt_for, source_of
from .restyle import refuse_unpaintable, refuse_without_prompt
from .snapshot import wanted_numbers
from .stage import StageOperator, Work, moved_along, undisturbed
from .tune import borrowed, tune

TITLE = "Compare"
HIGH = 0.75  # the strength at which a plain take has the look too, and flickers


@frozen
class Compared:
    """The strip that shows it, and what is to be said about what it shows."""

    strip: str
    rendered: int
    warnings: tuple[str, ...]


class STEADY_OT_compare(StageOperator, bpy.types.Operator):
    bl_idname = "steady.compare"
    bl_label = TITLE
    bl_description = (
        "Lay a comparison in above the strip: the source, plain takes at two strengths, and the tuned one, as "
        "quarters of one picture. What is missing is painted; the strip and its takes stay as they are"
    )
    bl_options = {"UNDO"}
    overrides = ("strength",)
    again = ("high",)
    tuned = True

    strength: FloatProperty(
        name="Strength",
        description="Of the tuned take and of the plain one beside it. Left out, it is the strip's",
        min=0.0,
        max=1.0,
        options={"SKIP_SAVE"},
    )
    high: FloatProperty(
        name="High Strength",
        description="Of the other plain take, which leaves its source farther behind",
        default=HIGH,
        min=0.01,
        max=1.0,
        options={"SKIP_SAVE"},
    )

    def target(self, context: Any) -> tuple[Any, Any]:
        """Of a comparison that is active, its source."""
        scene, strip = super().target(context)
        return scene, panes.source_of(scene, strip) or strip

    def work(self, order: Order, scene: Any, strip: Any) -> Work:
        return comparison(scene, strip, order, float(f"{self.high:.6g}"))

    def told(self, result: Compared) -> Reports:
        told = [("INFO", f"“{result.strip}” is laid in: {result.rendered} frames were rendered.")]
        return told + [("WARNING", said) for said in result.warnings]


def comparing(scene: Any, strip: Any) -> HostJob:
    """The job of `steady.compare`, by the strip's settings."""
    wanted_numbers(strip)
    order = order_of(strip.steady)
    work = comparison(scene, strip, order, HIGH)

    def steps(claim: Claim) -> Steps:
        sampled = yield from sample(claim)
        return (yield from work(claim, order, sampled))

    return claimed(TITLE, scene, strip, steps)


def comparison(scene: Any, strip: Any, order: Order, high: float) -> Work:
    """Called with the click: what would be refused later is refused now."""
    order = replace(order, way=Way.TUNED if order.way is Way.PLAIN else order.way)
    walked(high, order.painting.steps)
    panes.refuse_used(scene, strip)
    other = borrowed(scene, order)
    refuse_without_prompt(scene, strip, order, other)
    if other is None:
        refuse_unpaintable(scene, strip, order)
    return partial(_compare, other, order, high)


def _compare(
    other: Path | None, order: Order, high: float, claim: Claim, _: Order, sampled: Sampled
) -> Generator[Step, None, Compared]:
    said = list(sampled.warnings)
    if other is None:  # as restyling does: what is up to date is not done again
        looks = yield from chosen(claim, order, sampled)
        tuned = yield from tune(claim, order, sampled)
        said += [part.warning for part in (looks, tuned) if part is not None]
    takes: list[tuple[str, Rendered]] = []
    for label, wanted in _wanted(claim, other, order, high):
        takes.append((label, (yield from painted(other, claim, wanted))))
    said += [take.warning for _, take in takes]
    yield from undisturbed()
    name = _lay_in(claim, takes)
    return Compared(name, sum(take.rendered for _, take in takes), tuple(dict.fromkeys(filter(None, said))))


def _wanted(claim: Claim, other: Path | None, order: Order, high: float) -> list[tuple[str, Order]]:
    """The three takes, all of one prompt: that of the tuned one, or nothing could be compared."""
    kept = Study.open(folder_now(claim))
    taught = Study.open(moved_along(other)) if other else kept
    known = tuning.read(taught.tuning_folder)
    order = replace(order, render_prompt=prompt_for(order, kept.gallery.chosen(), known))
    low = order.painting.strength

    def plain(strength: float) -> tuple[str, Order]:
        painting = replace(order.painting, strength=strength)
        return f"Plain {strength:g}", replace(order, way=Way.PLAIN, painting=painting)

    way = f"Fast {order.fast}," if order.way is Way.FAST else "Tuned"
    return [plain(low), plain(high), (f"{way} {low:g}", order)]


def _lay_in(claim: Claim, takes: list[tuple[str, Rendered]]) -> str:
    try:
        kept = Study.open(folder_now(claim))
        scene, strip = source_of(claim, kept)
        numbers = range(takes[0][1].first, takes[0][1].last + 1)
        shown = [panes.Pane("Source", tuple(kept.frame_path(n) for n in numbers))]
        for label, rendered in takes:
            take = kept.take(rendered.take)
            shown.append(panes.Pane(label, tuple(take.picture_path(n) for n in numbers)))
        backed = any(disk.long_path(kept.alpha_path(n)).is_file() for n in numbers)
        laid = panes.lay_comparison(scene, strip, shown, numbers.start, kept.source.framing, backed)
    except Failure as failure:
        hint = f"{failure.hint} The takes are finished, and kept in “{claim.folder}”.".strip()
        raise Failure(failure.code, failure.message, hint) from failure
    keep_in_undo(f"Compare: {strip.name}")
    return laid.name


def register() -> None:
    bpy.utils.register_class(STEADY_OT_compare)


def unregister() -> None:
    bpy.utils.unregister_class(STEADY_OT_compare)
