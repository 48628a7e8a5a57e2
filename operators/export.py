"""The edit as a movie with its sound or as a GIF, the scene's own render settings left as they are."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import bpy
from bpy.props import BoolProperty, IntProperty, StringProperty

from .. import session
from ..backend.api import ErrorCode, Failure, WriteGif
from ..backend.api import Exported as Gif
from ..backend.frozen import frozen
from ..preferences import backend_launch, preferences
from ..sequencer import strips
from ..sequencer.export import Rendering, check, kind_of, lacks, movie, named, nothing_seen, pictures, quiet
from ..sequencer.export_render import Kind, Told
from ..sequencer.temporary import temporary_folder
from ..session import HostJob, Step
from ..translations import say
from .job import FileJobOperator, Reports
from .learning import learn_export
from .stage import heard

TITLE = "Export"
NO_FILE = Failure(ErrorCode.BAD_INPUT, "There is no file to write the movie to.", "Give it as `filepath`.")
BUSY = Failure(ErrorCode.BAD_REQUEST, "An export is already at work.", "Wait for it, or cancel it first.")


@frozen
class Exported:
    """A file, whole, and '' or one sentence about what it lacks."""

    file: Path
    warning: str


class STEADY_OT_export_movie(FileJobOperator, bpy.types.Operator):
    bl_idname = "steady.export_movie"
    bl_label = "Export Movie or GIF"
    bl_description = (
        "Export the edit over the scene's range: as an H.264 movie with its sound, or as a GIF where the name "
        "ends in “.gif”"
    )

    filepath: StringProperty(
        name="File",
        description="The file to write, .mp4 or .gif. One of that name is replaced",
        subtype="FILE_PATH",
        options={"SKIP_SAVE"},
    )
    filter_glob: StringProperty(
        name="Files", description="What the file browser shows", default="*.mp4;*.gif", options={"HIDDEN"}
    )
    check_existing: BoolProperty(
        name="Check Existing", description="Mark a name that is taken already", default=True, options={"HIDDEN"}
    )
    width: IntProperty(
        name="Width of a GIF",
        description="In pixels; the height follows. At 0 it is as large as the edit",
        min=0,
        max=8192,
        subtype="PIXEL",
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        problem = nothing_seen(strips.sequencer_scene(context))
        if problem is not None:
            cls.poll_message_set(say(problem.message))
        return problem is None

    def suggested(self) -> str:
        return str(Path(bpy.data.filepath).with_suffix(".mp4")) if bpy.data.filepath else "edit.mp4"

    def begin(self, context: Any) -> HostJob:
        if not self.filepath:
            raise NO_FILE
        scene, path = strips.sequencer_scene(context), named(Path(bpy.path.abspath(self.filepath)))
        return exporting(scene, path, self.width)

    def told(self, result: Exported) -> Reports:
        level = "WARNING" if result.warning else "INFO"
        return [(level, f"The edit is in “{result.file}”. {result.warning}".strip())]


def exporting(scene: Any, path: Path, width: int = 0, told: Told = quiet) -> HostJob:
    """`told` is called while this Blender renders, which it does without a window: it can do nothing else then."""
    check(scene, path)
    if any(job.title == TITLE and not job.finished for job in session.current.jobs):
        raise BUSY
    name = scene.name

    def steps() -> Generator[Step, None, Exported]:
        if kind_of(path) is Kind.MOVIE:
            now = yield from _begun(name)
            pixels = pixels_of(now)
            yield from _steps(movie(now, path, told))
            learn_export(job, path, pixels)
        else:
            yield from _gif(name, path, width, told)
        return Exported(path, lacks(kind_of(path)))

    job = HostJob(TITLE, "", steps)
    return job


def pixels_of(scene: Any) -> int:
    """Of a frame of the movie."""
    render = scene.render
    return int(render.resolution_x * render.resolution_y * (render.resolution_percentage / 100) ** 2)


def _gif(name: str, path: Path, width: int, told: Told) -> Generator[Step, None, Gif]:
    yield from session.current.ready(backend_launch(preferences()))  # it may be missing: said before the work
    with temporary_folder() as folder:
        now = yield from _begun(name)
        fps, aspect = now.render.fps / now.render.fps_base, now.render.pixel_aspect_x / now.render.pixel_aspect_y
        yield from _steps(pictures(now, folder, told))
        return (yield from heard(WriteGif(str(folder), str(path), fps, width, aspect), "Writing the GIF"))


def _begun(name: str) -> Generator[Step, None, Any]:
    """The scene as it is when its turn has come, which is what is rendered."""
    yield Step(text="Exporting", waiting=True)
    return _present(name)


def _steps(rendering: Rendering) -> Generator[Step, None, None]:
    for frames in rendering:
        done, total = frames or (0, 0)
        yield Step(done, total, "Exporting" if frames is None else f"Exporting frame {done} of {total}", waiting=True)


def _present(name: str) -> Any:
    scene = strips.scene_named(name)
    if scene is None:
        raise Failure(ErrorCode.BAD_INPUT, f"The scene “{name}” is no longer there.", "It was renamed or deleted.")
    return scene


def register() -> None:
    bpy.utils.register_class(STEADY_OT_export_movie)


def unregister() -> None:
    bpy.utils.unregister_class(STEADY_OT_export_movie)
