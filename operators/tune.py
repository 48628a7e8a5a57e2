"""The third stage: the model is taught the strip and its chosen looks, or borrows what another strip taught it."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import bpy
from bpy.props import EnumProperty, IntProperty, StringProperty

from ..backend import study
from ..backend.api import ErrorCode, Failure, Tune, Tuned, Way
from ..preferences import preferences, studies_folder
from ..sequencer import places, strips
from ..session import Step, of_stage
from ..settings.order import Order
from ..settings.painting import CHOICES
from .claims import Claim
from .frames import Sampled
from .job import Reports
from .stage import StageOperator, Work, asked

TITLE = "Tune"


class STEADY_OT_fine_tune(StageOperator, bpy.types.Operator):
    """Teach the model this strip and its chosen looks. What is tuned stays, and what was interrupted goes on"""

    bl_idname = "steady.fine_tune"
    bl_label = TITLE
    bl_options = {"UNDO"}
    overrides = ("model", "preset", "iterations", "tune_seed")
    tuned = True

    model: StringProperty(name="Model", description="What is tuned. Left out, it is the strip's", options={"SKIP_SAVE"})
    preset: EnumProperty(
        name="Preset", description="Settings that suit a kind of clip", items=CHOICES, options={"SKIP_SAVE"}
    )
    iterations: IntProperty(
        name="Iterations", description="How many batches are learned from", default=1, min=1, options={"SKIP_SAVE"}
    )
    tune_seed: IntProperty(name="Seed", description="What chance decides in tuning", min=0, options={"SKIP_SAVE"})

    def work(self, order: Order, scene: Any, strip: Any) -> Work:
        if order.tuning_from:
            message = f"“{strip.name}” uses the tuning of “{order.tuning_from}”."
            raise Failure(ErrorCode.BAD_INPUT, message, "Empty “Tuning From” to give it its own.")
        return tune

    def told(self, result: Tuned) -> Reports:
        told = [("INFO", f"Tuned for {result.steps} iterations; the loss is {result.loss:.4f}.")]
        return told + ([("WARNING", result.warning)] if result.warning else [])


@of_stage(TITLE)
def tune(claim: Claim, order: Order, sampled: Sampled) -> Generator[Step, None, Tuned]:
    def request(folder: str) -> Tune:
        painted, small = order.painting, order.small_decoder
        return Tune(folder, order.engine, order.recipe, painted, order.tuned_for, small_decoder=small)

    return (yield from asked(claim, request, "Tuning"))


def borrowed(scene: Any, order: Order) -> Path | None:
    """The study whose tuning is used instead of the strip's own: it is named by its strip, or by its id."""
    if not order.tuning_from or order.way is Way.PLAIN:
        return None
    lender = _lender(scene, order.tuning_from)
    folder = places.folder_of(lender, studies_folder(preferences())) if lender else with_id(order.tuning_from)
    if folder is None or not study.is_study(folder):
        message = f"There is no study of a strip “{order.tuning_from}” to take the tuning from."
        raise Failure(ErrorCode.BAD_INPUT, message, "Name a strip of this file that was tuned, or the id of its study.")
    return folder


def _lender(scene: Any, name: str) -> Any:
    """The strip of this name: that of the same scene, or else the only one."""
    if (own := strips.strip_named(scene, name)) is not None:
        return own
    found = [(s.name, strip) for s in bpy.data.scenes if (strip := strips.strip_named(s, name)) is not None]
    if len(found) > 1:
        where = " and ".join(f"“{other}”" for other, _ in found[:3])
        message = f"The scenes {where} each have a strip “{name}” to take the tuning from."
        raise Failure(ErrorCode.BAD_INPUT, message, "Rename one of them, or write the id of its study.")
    return found[0][1] if found else None


def with_id(known: str) -> Path | None:
    """Beside this file, in the folder for studies, or where a strip was copied from, as out of another file."""
    copied = (Path(said).parent for strip in places.all_in_file() if (said := places.parent_folder(strip)))
    for root in dict.fromkeys((places.usual_root(), studies_folder(preferences()), *copied)):
        if root is not None and (found := study.find(root, known)) is not None:
            return found
    return None


def register() -> None:
    bpy.utils.register_class(STEADY_OT_fine_tune)


def unregister() -> None:
    bpy.utils.unregister_class(STEADY_OT_fine_tune)
