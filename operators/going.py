"""To a frame of a strip, by its number: where coverage is thin, for example."""

import contextlib
from typing import Any

import bpy
from bpy.props import IntProperty

from ..backend.api import Failure
from ..sequencer import strips
from .choosing import number_under_playhead
from .job import AtOnceOperator


class STEADY_OT_go_to_frame(AtOnceOperator, bpy.types.Operator):
    """Put the playhead on this frame of the strip"""

    bl_idname = "steady.go_to_frame"
    bl_label = "Go to Frame"
    bl_options = {"UNDO"}
    layout: Any  # Blender's own
    properties: Any

    number: IntProperty(
        name="Number", description="The number of the frame, counted from the start of the strip's content", default=1
    )

    def invoke(self, context: Any, event: Any) -> set[str]:
        if self.properties.is_property_set("number"):
            return self.execute(context)
        with contextlib.suppress(Failure):  # which is said after the question
            self.number = number_under_playhead(*self.target(context))
        return context.window_manager.invoke_props_dialog(self)

    def draw(self, context: Any) -> None:
        self.layout.prop(self, "number")

    def act(self, scene: Any, strip: Any) -> str:
        scene.frame_set(strips.content_start(strip) + self.number - 1)
        return ""


def register() -> None:
    bpy.utils.register_class(STEADY_OT_go_to_frame)


def unregister() -> None:
    bpy.utils.unregister_class(STEADY_OT_go_to_frame)
