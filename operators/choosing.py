"""Which of the looks are chosen for tuning, and of which frame the next ones are painted."""

from typing import Any

import bpy
from bpy.props import BoolProperty, StringProperty

from ..backend.api import ErrorCode, Failure
from ..backend.study import Study
from ..sequencer import places, strips
from ..translations import say
from .job import StripOperator
from .own import own_study

NO_LOOKS = "“{name}” has no looks yet. Press Make Looks."


class STEADY_OT_choose_look(StripOperator, bpy.types.Operator):
    """Choose this look for tuning, and no other. Shift-click to choose several, or to leave one out again"""

    bl_idname = "steady.choose_look"
    bl_label = "Choose Look"

    look: StringProperty(name="Look", description="The name of the look, such as 012-3", options={"SKIP_SAVE"})
    extend: BoolProperty(
        name="Extend",
        description="Choose it besides those that are chosen, or leave it out again",
        options={"SKIP_SAVE"},
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        if not super().poll(context):
            return False
        strip: Any = strips.active_strip(context)
        if not strips.in_sequencer(context) or places.may_hold(strip, "looks"):
            return True
        cls.poll_message_set(say(NO_LOOKS, name=strip.name))
        return False

    def invoke(self, context: Any, event: Any) -> set[str]:
        self.extend = self.extend or event.shift
        return self.execute(context)

    def execute(self, context: Any) -> set[str]:
        try:
            choose(study_to_choose_in(*self.target(context)), self.look, self.extend)
        except Failure as failure:
            self.report({"ERROR"}, say(str(failure)))
            return {"CANCELLED"}
        return {"FINISHED"}


def choose(kept: Study, name: str, extend: bool) -> None:
    """Here and not by the backend: a click must not wait for the job that runs there."""
    with kept.lock():
        before = [look.name for look in kept.gallery.chosen()]
        if not extend:
            kept.gallery.choose([name])
        elif name in before:
            kept.gallery.choose([other for other in before if other != name])
        else:
            kept.gallery.choose([*before, name])


def study_to_choose_in(scene: Any, strip: Any) -> Study:
    kept = own_study(scene, strip)
    if kept is None:
        raise Failure(ErrorCode.BAD_INPUT, f"“{strip.name}” has no looks of its own yet.", "Press Make Looks.")
    return kept


class STEADY_OT_look_here(StripOperator, bpy.types.Operator):
    """Paint the next looks of the frame that is under the playhead"""

    bl_idname = "steady.look_here"
    bl_label = "Use Frame at Playhead"
    bl_options = {"UNDO"}

    def execute(self, context: Any) -> set[str]:
        try:
            scene, strip = self.target(context)
        except Failure as failure:
            self.report({"ERROR"}, say(str(failure)))
            return {"CANCELLED"}
        strip.steady.look_frame = number_under_playhead(scene, strip)
        return {"FINISHED"}


def number_under_playhead(scene: Any, strip: Any) -> int:
    """Or the nearest one that the strip shows."""
    shown = strips.numbers(strip)
    number = scene.frame_current - strips.content_start(strip) + 1
    return min(max(number, shown.start), shown.stop - 1)


CLASSES = (STEADY_OT_choose_look, STEADY_OT_look_here)

register, unregister = bpy.utils.register_classes_factory(CLASSES)
