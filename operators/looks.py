"""The second stage: candidates for how the strip shall look, and images from outside."""

from collections.abc import Generator
from functools import partial
from pathlib import Path
from typing import Any

import bpy
from bpy.props import BoolProperty, IntProperty, StringProperty

from ..backend.api import BringLook, ChooseLooks, ErrorCode, Failure, Looks, MakeLooks
from ..backend.picking import best, frame_for_look, outdated, standing
from ..backend.study import Study
from ..backend.walked import walked
from ..session import Step, of_stage
from ..settings.order import Order
from .choosing import choose, number_under_playhead
from .claims import Claim, folder_now
from .frames import Sampled
from .job import FileJobOperator, Reports
from .stage import StageOperator, Work, asked

Making = Generator[Step, None, Looks]

MAKE, BRING = "Make Looks", "Bring Look"
NO_PROMPT = Failure(ErrorCode.BAD_INPUT, "There is no prompt yet.", "Write what the strip is to look like.")


class STEADY_OT_design_looks(StageOperator, bpy.types.Operator):
    """Paint candidates for how the strip shall look, on one of its frames. Choose one or more of them for tuning"""

    bl_idname = "steady.design_looks"
    bl_label = MAKE
    bl_options = {"UNDO"}
    overrides = ("prompt", "model", "look_frame", "candidates", "look_strength", "look_seed")

    prompt: StringProperty(
        name="Prompt", description="What the look shows. Left out, it is the strip's", options={"SKIP_SAVE"}
    )
    model: StringProperty(
        name="Model", description="What paints it. Left out, it is the strip's", options={"SKIP_SAVE"}
    )
    look_frame: IntProperty(
        name="Frame",
        description="The frame of which looks are painted, counted from 1 where the strip's content starts",
        options={"SKIP_SAVE"},
    )
    candidates: IntProperty(
        name="Candidates", description="How many are painted", default=1, min=1, max=64, options={"SKIP_SAVE"}
    )
    look_strength: bpy.props.FloatProperty(
        name="Strength", description="How far a look may leave its frame", min=0.0, max=1.0, options={"SKIP_SAVE"}
    )
    look_seed: IntProperty(name="Seed", description="The noise of the first candidate", min=0, options={"SKIP_SAVE"})
    more: BoolProperty(
        name="More", description="Go on with the seeds after the last ones: other candidates", options={"SKIP_SAVE"}
    )

    def take_over(self, settings: Any) -> None:
        super().take_over(settings)
        if self.more:
            settings.look_seed += settings.candidates

    def work(self, order: Order, scene: Any, strip: Any) -> Work:
        if not order.prompt:
            raise NO_PROMPT
        walked(order.look.strength, order.look.steps)
        return make

    def told(self, result: Looks) -> Reports:
        told = [("INFO", f"{len(result.looks)} looks; the best keeps {result.looks[0].composition:.0%} of its frame.")]
        return told + ([("WARNING", result.warning)] if result.warning else [])


def make(claim: Claim, order: Order, sampled: Sampled) -> Making:
    frame = order.look_frame or usual_frame(folder_now(claim))

    def request(folder: str) -> MakeLooks:
        return MakeLooks(folder, frame, (order.prompt,), order.candidates, order.engine, order.look)

    return (yield from asked(claim, request, "Painting looks"))


def usual_frame(folder: Path) -> int:
    """The one that stands for most of the strip."""
    kept = Study.open(folder)
    reference = kept.reference()
    if reference is None:
        raise Failure(ErrorCode.BAD_INPUT, "No reference frames are chosen yet.", "Sample the strip's frames first.")
    return frame_for_look(reference, kept.source.first, kept.source.last)


@of_stage(MAKE)
def chosen(claim: Claim, order: Order, sampled: Sampled) -> Generator[Step, None, Looks | None]:
    """Sees to it that looks of the prompt are chosen: the best one of new ones where nobody has chosen any. None where
    all is as it was, and there is nothing to be said about it."""
    kept, frame = Study.open(folder_now(claim)), order.look_frame or None
    if there := standing(kept, (order.prompt,) if order.prompt else (), frame):
        warning = outdated(there, kept)
        return Looks(tuple(there), warning) if warning else None
    if not order.prompt:
        raise NO_PROMPT
    made = yield from make(claim, order, sampled)
    names = tuple(look.name for look in best(made.looks, (order.prompt,)))
    yield from asked(claim, lambda folder: ChooseLooks(folder, names), "Choosing a look")
    return made


# --- images from outside


class STEADY_OT_bring_look(FileJobOperator, StageOperator, bpy.types.Operator):
    """Take over an image file that was painted elsewhere as a look of one frame, with the prompt that describes it"""

    bl_idname = "steady.bring_look"
    bl_label = BRING
    bl_options = {"UNDO"}
    overrides = ("prompt",)
    again = ("filepath", "frame")

    filepath: StringProperty(
        name="Image", description="The image file to take over", subtype="FILE_PATH", options={"SKIP_SAVE"}
    )
    filter_image: BoolProperty(
        name="Images", description="Show images in the file browser", default=True, options={"HIDDEN"}
    )
    filter_folder: BoolProperty(
        name="Folders", description="Show folders in the file browser", default=True, options={"HIDDEN"}
    )
    prompt: StringProperty(
        name="Prompt", description="What the image shows. Left out, it is the strip's", options={"SKIP_SAVE"}
    )
    frame: IntProperty(
        name="Frame",
        description=(
            "The frame that was painted over, counted from 1 where the strip's content starts. "
            "At 0 it is the one under the playhead"
        ),
        options={"SKIP_SAVE"},
    )

    def work(self, order: Order, scene: Any, strip: Any) -> Work:
        if not order.prompt:
            raise NO_PROMPT
        self.filepath = bpy.path.abspath(self.filepath)
        self.frame = self.frame or number_under_playhead(scene, strip)
        return partial(bring, self.frame, self.filepath)

    def told(self, result: Looks) -> Reports:
        told = [("INFO", f"The image is the look {result.looks[0].name}.")]
        return told + ([("WARNING", result.warning)] if result.warning else [])


def bring(frame: int, file: str, claim: Claim, order: Order, sampled: Sampled) -> Making:
    brought: Looks = yield from asked(
        claim, lambda folder: BringLook(folder, frame, order.prompt, file, order.engine), "Bringing the image"
    )
    choose(Study.open(folder_now(claim)), brought.looks[0].name, extend=False)
    return brought


CLASSES = (STEADY_OT_design_looks, STEADY_OT_bring_look)

register, unregister = bpy.utils.register_classes_factory(CLASSES)
