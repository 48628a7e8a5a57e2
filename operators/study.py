"""Mending what a strip knows about its study."""

from pathlib import Path
from typing import Any

import bpy

from ..preferences import preferences, studies_folder
from ..sequencer import identity
from .job import AtOnceOperator


class STEADY_OT_relink_study(AtOnceOperator, bpy.types.Operator):
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

    def act(self, scene: Any, strip: Any) -> str:
        identity.relink(scene, strip, Path(bpy.path.abspath(self.directory)))
        return f"“{strip.name}” has its study again."


class STEADY_OT_begin_study(AtOnceOperator, bpy.types.Operator):
    """Let go of a study that is lost or damaged. The next click begins a new one, and nothing on the disk is deleted"""

    bl_idname = "steady.begin_study"
    bl_label = "Begin a New Study"
    bl_options = {"UNDO"}

    def act(self, scene: Any, strip: Any) -> str:
        identity.begin_anew(scene, strip, studies_folder(preferences()))
        return f"“{strip.name}” has no study any more: the next click begins one."


def register() -> None:
    bpy.utils.register_class(STEADY_OT_relink_study)
    bpy.utils.register_class(STEADY_OT_begin_study)


def unregister() -> None:
    bpy.utils.unregister_class(STEADY_OT_begin_study)
    bpy.utils.unregister_class(STEADY_OT_relink_study)
