"""The example: an edit to try everything on, made from a drive through the pocket world."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import bpy
from bpy.props import StringProperty

from .. import session
from ..backend.api import DrawExample, ErrorCode, Example, Failure
from ..backend.model_names import POCKET
from ..backend.presets import Preset
from ..preferences import backend_launch, data_folder, path_at, preferences
from ..sequencer import strips
from ..session import HostJob, Step
from .foreseeing import EXAMPLE
from .job import JobOperator, Reports, keep_in_undo
from .learning import learn_movie
from .stage import undisturbed

FRAMES, WIDTH, HEIGHT, FPS = 96, 512, 288, 24
NAME, TITLE = "Example", "Open Example"
POCKET_SIDE = 64
LOOK_STRENGTH, LOOK_GUIDANCE = 0.45, 4.0  # more of either, and pocket draws the houses anew


class STEADY_OT_open_example(JobOperator, bpy.types.Operator):
    """Make a new scene with a short drive through a city, ready for Restyle, to try it without a video at hand"""

    bl_idname = "steady.open_example"
    bl_label = TITLE
    bl_options = {"UNDO"}

    folder: StringProperty(
        name="Folder",
        description="Where the example's movie and sound are put. Without it, into the data folder",
        subtype="DIR_PATH",
        options={"SKIP_SAVE"},
    )

    def begin(self, context: Any) -> HostJob:
        folder = path_at(self.folder) if self.folder else data_folder(preferences()) / "example"

        def steps() -> Generator[Step, None, str]:
            name, drawn = yield from open_example(folder)
            learn_movie(job, EXAMPLE, FRAMES, WIDTH * HEIGHT, (Path(drawn.movie), Path(drawn.sound)))
            return name

        job = HostJob(self.bl_label, "", steps)
        return job

    def told(self, result: str) -> Reports:
        return [("INFO", f"The example is the scene “{result}”.")]


def open_example(folder: Path) -> Generator[Step, None, tuple[str, Example]]:
    """The name of its scene, and its files."""
    yield from session.current.ready(backend_launch(preferences()))
    request = DrawExample(str(folder), FRAMES, WIDTH, HEIGHT, FPS)
    answer = session.current.ask(request)
    drawn: Example = yield from session.current.answer(answer, Step(0, FRAMES, "Drawing the example"))
    yield from undisturbed()
    name = make_edit(drawn).name
    for part in (show, activate):  # Blender draws in between: all at once it would stand still for a moment
        yield Step(FRAMES, FRAMES, "Opening the example", waiting=True)
        yield from undisturbed()
        if (scene := strips.scene_named(name)) is None:
            raise Failure(ErrorCode.CANCELLED, "The example was taken back before it was there.", "Open it again.")
        part(scene)
    yield Step(FRAMES, FRAMES, "Opening the example", waiting=True)
    yield from undisturbed()
    keep_in_undo(TITLE)
    return name, drawn


def make_edit(drawn: Example) -> Any:
    scene = bpy.data.scenes.new(f"Steady {NAME}")
    scene.render.resolution_x, scene.render.resolution_y = WIDTH, HEIGHT
    scene.render.resolution_percentage = 100
    scene.render.fps, scene.render.fps_base = FPS, 1.0
    scene.frame_start, scene.frame_end = 1, FRAMES
    scene.view_settings.view_transform = "Standard"  # the colours of the movie, as a new edit in Blender has them
    editor = scene.sequence_editor_create()
    strip = strips.collection_of(editor).new_movie(NAME, drawn.movie, channel=2, frame_start=1)
    try:
        strips.collection_of(editor).new_sound(f"{NAME} Sound", drawn.sound, channel=1, frame_start=1)
    except RuntimeError:  # the bpy module of 4.2 was built without sound
        print("Steady Diffusion: this Blender cannot open sound, so the example has none.")
    fill_in(strip.steady, drawn)
    return scene


def fill_in(settings: Any, drawn: Example) -> None:
    """Ready for Restyle, and done in minutes on any computer: pocket knows this world, and paints 64 pixels high."""
    settings.model, settings.short_side, settings.preset = POCKET, POCKET_SIDE, Preset.POCKET.name
    settings.prompt, settings.look_strength, settings.look_guidance = drawn.caption, LOOK_STRENGTH, LOOK_GUIDANCE


def show(scene: Any) -> None:
    """Make it the scene that the windows show. In a script without one there is nothing to show."""
    for window in bpy.context.window_manager.windows:
        window.scene = scene
        if hasattr(window.workspace, "sequencer_scene"):
            window.workspace.sequencer_scene = scene


def activate(scene: Any) -> None:
    if (strip := strips.strip_named(scene, NAME)) is not None:
        scene.sequence_editor.active_strip = strip
        strip.select = True


def register() -> None:
    bpy.utils.register_class(STEADY_OT_open_example)


def unregister() -> None:
    bpy.utils.unregister_class(STEADY_OT_open_example)
