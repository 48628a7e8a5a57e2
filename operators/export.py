"""The edit as a movie file with its sound, the scene's own render settings left as they are."""

from pathlib import Path
from typing import Any

import bpy
from bpy.props import BoolProperty, StringProperty

from ..backend.api import ErrorCode, Failure
from ..sequencer import strips
from ..sequencer.export import write_movie

NO_FILE = Failure(ErrorCode.BAD_INPUT, "There is no file to write the movie to.", "Give it as `filepath`.")


class STEADY_OT_export_movie(bpy.types.Operator):
    """Export the edit over the scene's range as an H.264 movie with its sound. Blender waits for it"""

    bl_idname = "steady.export_movie"
    bl_label = "Export Movie"

    filepath: StringProperty(
        name="Movie", description="The file to write. One of that name is replaced", subtype="FILE_PATH"
    )
    filter_glob: StringProperty(
        name="Files", description="What the file browser shows", default="*.mp4", options={"HIDDEN"}
    )
    check_existing: BoolProperty(
        name="Check Existing", description="Mark a name that is taken already", default=True, options={"HIDDEN"}
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        scene = strips.sequencer_scene(context)
        if scene.sequence_editor is not None and strips.strips_of(scene.sequence_editor):
            return True
        cls.poll_message_set("There is nothing in the edit.")
        return False

    def invoke(self, context: Any, event: Any) -> set[str]:
        if not self.filepath:
            place = Path(bpy.data.filepath)
            self.filepath = str(place.with_suffix(".mp4")) if bpy.data.filepath else "edit.mp4"
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: Any) -> set[str]:
        window = context.window_manager
        window.progress_begin(0, 1)
        try:
            if not self.filepath:
                raise NO_FILE
            movie = Path(bpy.path.ensure_ext(bpy.path.abspath(self.filepath), ".mp4"))
            scene = strips.sequencer_scene(context)
            lacks = write_movie(scene, movie, lambda done, total: window.progress_update(done / total))
        except Failure as failure:
            self.report({"ERROR"}, str(failure))
            return {"CANCELLED"}
        finally:
            window.progress_end()
        self.report({"WARNING"} if lacks else {"INFO"}, f"The edit is in “{movie}”. {lacks}".strip())
        return {"FINISHED"}


def register() -> None:
    bpy.utils.register_class(STEADY_OT_export_movie)


def unregister() -> None:
    bpy.utils.unregister_class(STEADY_OT_export_movie)
