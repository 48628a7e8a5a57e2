"""To a frame of a strip, by its number: where coverage is thin, for example."""

from typing import Any

import bpy
from bpy.props import IntProperty

from ..backend.api import Failure
from ..sequencer import strips
from ..translations import say
from .job import StripOperator


class STEADY_OT_go_to_frame(StripOperator, bpy.types.Operator):
    """Put the playhead on this frame of the strip"""

    bl_idname = "steady.go_to_frame"
    bl_label = "Go to Frame"
    bl_options = {"UNDO"}

    number: IntProperty(
        name="Number", description="The number of the frame, counted from the start of the strip's content", default=1
    )

    def execute(self, context: Any) -> set[str]:
        try:
            scene, strip = self.target(context)
        except Failure as failure:
            self.report({"ERROR"}, say(str(failure)))
            return {"CANCELLED"}
        scene.frame_set(strips.content_start(strip) + self.number - 1)
        return {"FINISHED"}


def register() -> None:
    bpy.utils.register_class(STEADY_OT_go_to_frame)


def unregister() -> None:
    bpy.utils.unregister_class(STEADY_OT_go_to_frame)
