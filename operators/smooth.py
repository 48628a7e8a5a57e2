"""The fifth stage: a take without its flicker, or a few looks spread over the strip, laid in as another take."""

from collections.abc import Generator
from functools import partial
from typing import Any

import bpy
from bpy.props import BoolProperty, IntProperty, StringProperty

from ..backend.api import ErrorCode, Failure, Propagate, Smooth, Smoothed
from ..backend.frozen import frozen
from ..backend.study import Study
from ..backend.take import Take
from ..sequencer import takes
from ..session import Step
from ..settings.order import Order
from .claims import Claim
from .foreseeing import Sort
from .frames import Sampled
from .job import Reports
from .measure import check_take, may_hold, study_of_work
from .render import shown_above
from .stage import StageOperator, Work, asked

SMOOTH, PROPAGATE = "Smooth Take", "Propagate Looks"
NO_TAKE = Failure(ErrorCode.BAD_INPUT, "There is no take to smooth yet.", "Render one.")
NO_ROUGH = Failure(ErrorCode.BAD_INPUT, "All takes are smoothed already.", "Name one, or render another.")
NO_LOOK = Failure(ErrorCode.BAD_INPUT, "No look is chosen.", "Choose one to five: they are spread over the strip.")


@frozen
class Steadied:
    """A take, and the strip that shows it."""

    smoothed: Smoothed
    strip: str
    new: bool  # else that strip was there already

    @property
    def warnings(self) -> tuple[str, ...]:
        return (self.smoothed.warning,) if self.smoothed.warning else ()


class SteadyingOperator(StageOperator):
    """Base of both ways to another take."""

    def told(self, result: Steadied) -> Reports:
        said = f"“{result.strip}” is laid in." if result.new else f"“{result.strip}” is up to date."
        return [("INFO", said), *(("WARNING", warning) for warning in result.warnings)]


class STEADY_OT_smooth_take(SteadyingOperator, bpy.types.Operator):
    bl_idname = "steady.smooth_take"
    bl_label = SMOOTH
    bl_description = (
        "Take the flicker out of a take (deflicker), by Deep Video Prior, and lay the smooth one in above it. "
        "What was interrupted goes on"
    )
    bl_options = {"UNDO"}
    sort = Sort.SMOOTHING
    overrides = ("smooth_steps", "smooth_two_styles")
    again = ("take",)

    take: StringProperty(
        name="Take", description="The take to smooth. Left out, it is the topmost that is shown", options={"SKIP_SAVE"}
    )
    smooth_steps: IntProperty(
        name="Steps", description="How many steps each shot is learned at most", min=0, options={"SKIP_SAVE"}
    )
    smooth_two_styles: BoolProperty(
        name="Two Styles", description="For a take that jumps between two looks", options={"SKIP_SAVE"}
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        return super().poll(context) and may_hold(cls, context, "takes", NO_TAKE)

    def work(self, order: Order, scene: Any, strip: Any) -> Work:
        check_take(scene, strip, self.take, NO_TAKE)
        self.take = self.take or usual_take(scene, strip)
        if not self.take:
            raise NO_ROUGH
        return partial(smooth, self.take)


class STEADY_OT_propagate_looks(SteadyingOperator, bpy.types.Operator):
    bl_idname = "steady.propagate_looks"
    bl_label = PROPAGATE
    bl_description = (
        "Spread the chosen looks over the whole strip and lay that in as a take: for one to five frames that "
        "were painted by hand or by a model. No model is tuned"
    )
    bl_options = {"UNDO"}
    sort = Sort.SPREADING
    overrides = ("spread_steps",)

    spread_steps: IntProperty(
        name="Steps", description="How many steps a shot's looks are learned", min=1, options={"SKIP_SAVE"}
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        return super().poll(context) and may_hold(cls, context, "looks", NO_LOOK)

    def work(self, order: Order, scene: Any, strip: Any) -> Work:
        kept = study_of_work(scene, strip)
        if kept is None or not kept.gallery.chosen():
            raise NO_LOOK
        return propagate


def smooth(take: str, claim: Claim, order: Order, sampled: Sampled) -> Generator[Step, None, Steadied]:
    def request(folder: str) -> Smooth:
        return Smooth(folder, take, engine=order.engine, prior=order.smoothing)

    made = yield from asked(claim, request, "Smoothing")
    return Steadied(made, *(yield from shown_above(claim, made)))


def propagate(claim: Claim, order: Order, sampled: Sampled) -> Generator[Step, None, Steadied]:
    def request(folder: str) -> Propagate:
        return Propagate(folder, engine=order.engine, prior=order.spreading)

    made = yield from asked(claim, request, "Spreading the looks")
    return Steadied(made, *(yield from shown_above(claim, made)))


def usual_take(scene: Any, strip: Any) -> str:
    """The topmost that is seen and was not smoothed before; else the last that was made; '' where there is none."""
    rough = rough_takes(study_of_work(scene, strip))
    shown = [laid.steady.take_name for laid in takes.takes_of(scene, strip) if not laid.mute]
    return next((name for name in reversed(shown) if name in rough), rough[-1] if rough else "")


def rough_takes(kept: Study | None) -> list[str]:
    """Those that are whole and not smoothed already, the oldest first."""
    found = kept.readable_takes() if kept else []
    rough = [take for take in found if take.whole and take.note().get("method") != "smooth"]
    return [take.name for take in sorted(rough, key=Take.made_at)]


register, unregister = bpy.utils.register_classes_factory((STEADY_OT_smooth_take, STEADY_OT_propagate_looks))
