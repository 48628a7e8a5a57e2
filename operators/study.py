"""Mending what a strip knows about its study."""

from pathlib import Path
from typing import Any

import bpy

from ..backend.api import Failure
from ..sequencer import identity
from ..translations import say
from .job import StripOperator


class STEADY_OT_relink_study(StripOperator, bpy.types.Operator):
    """Show where the strip's study lies now, after its folder was moved. Choose the folder that holds study.json"""

    bl_idname = "steady.relink_study"
    bl_label = "Relink Study"
    bl_options = {"UNDO"}

    directory: bpy.props.StringProperty(
        name="Study Folder",
        description="The folder that holds the strip's study.json",
        subtype="DIR_PATH",
        options={"SKIP_SAVE"},
    )

    def invoke(self, context: Any, event: Any) -> set[str]:
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: Any) -> set[str]:
        try:
            scene, strip = self.target(context)
            identity.relink(scene, strip, Path(bpy.path.abspath(self.directory)))
        except Failure as failure:
            self.report({"ERROR"}, say(str(failure)))
            return {"CANCELLED"}
        self.report({"INFO"}, say(f"“{strip.name}” has its study again."))
        return {"FINISHED"}


def register() -> None:
    bpy.utils.register_class(STEADY_OT_relink_study)


def unregister() -> None:
    bpy.utils.unregister_class(STEADY_OT_relink_study)
