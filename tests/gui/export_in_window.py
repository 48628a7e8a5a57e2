"""Comparing and exporting in a real window: `tests/gui/run tests/gui/export_in_window.py`.

The window is used as always meanwhile: a timer counts how often it has its turn. A person looks at the pictures."""

from __future__ import annotations

import importlib
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy

ROOT = Path(importlib.import_module("bl_ext.local.steady_diffusion").__path__[0]).resolve()
sys.path[:0] = [str(ROOT / "tests" / "gui"), str(ROOT / "tests" / "host")]
window, make = importlib.import_module("window"), importlib.import_module("media")
room, here = window.room, window.Window(globals())
PICTURES = ROOT / "build" / "gui"
COUNT, LONG = 48, 600  # frames; seconds that a busy machine may take for anything


def steps(folder: Path) -> Iterator[None]:
    PICTURES.mkdir(parents=True, exist_ok=True)
    chosen = room("preferences").preferences()
    chosen.backend_python = str(ROOT / ".venv-backend" / "bin" / "python")
    chosen.data_folder, chosen.studies_folder = str(folder / "data"), str(folder / "studies")
    open_the_panel()
    scene = bpy.context.window.scene
    lay_out(scene, folder)
    with bpy.context.temp_override(**here.override()):
        bpy.ops.ed.undo_push(message="before")
    yield from here.wait(1.0)
    yield from here.open_sidebar()
    with bpy.context.temp_override(**here.override()):
        bpy.ops.sequencer.view_all()
    for part in (export, cancel, export_gif, compare):
        here.log("---", part.__name__)
        yield from part(scene, folder)


def open_the_panel() -> None:
    """Before the first drawing: after that Blender keeps a panel as the user left it."""
    for name in ("compare", "restyle"):
        panel = getattr(bpy.types, f"STEADY_PT_{name}")
        bpy.utils.unregister_class(panel)
        panel.bl_options, panel.bl_order = set(), 0
        bpy.utils.register_class(panel)


def lay_out(scene: Any, folder: Path) -> None:
    scene.render.resolution_x, scene.render.resolution_y = 512, 288
    scene.render.resolution_percentage = 100
    scene.render.filepath, scene.frame_start, scene.frame_end = "//mine/", 1, COUNT
    editor = scene.sequence_editor or scene.sequence_editor_create()
    files = make.write_pngs(folder / "drive", make.moving_square(COUNT, 512, 288))
    strip = make.add_images(editor, files, channel=2, name="Drive")
    make.strips(editor).new_sound(
        name="tone", filepath=str(make.write_sound(folder / "tone.wav", 2.0)), channel=1, frame_start=1
    )
    settings = strip.steady
    settings.short_side, settings.reference_count, settings.model = 64, 4, "pocket"
    settings.candidates, settings.prompt = 2, "a neon tron painting of a red car in a night city"
    settings.look_steps, settings.steps, settings.iterations, settings.batch, settings.crops = 8, 8, 8, 2, 2
    settings.spread = 0
    settings.use_range, settings.range_start, settings.range_end = True, 1, 8
    editor.active_strip = strip


def last_job() -> Any:
    return room("session").current.jobs[-1]


def settings_of(scene: Any) -> list[Any]:
    image = scene.render.image_settings
    return [scene.render.filepath, image.file_format, scene.render.ffmpeg.format, len(bpy.data.scenes)]


def export(scene: Any, folder: Path) -> Iterator[None]:
    before, movie = settings_of(scene), folder / "out" / "edit.mp4"
    assert here.press(bpy.ops.steady.export_movie, filepath=str(movie)) == {"FINISHED"}
    job, began, last = last_job(), time.monotonic(), time.monotonic()
    ticks, longest, pictured = 0, 0.0, False
    while not job.finished:
        yield
        now = time.monotonic()
        ticks, longest, last = ticks + 1, max(longest, now - last), now
        assert settings_of(scene) == before, "the user's settings were touched"
        if job.progress.done > 2 and not pictured:
            scene.frame_set(scene.frame_current + 1)  # the user goes on
            pictured = True
            yield from here.picture(PICTURES / "40-exporting.png")
            last = time.monotonic()
        assert now - began < LONG
    took = time.monotonic() - began
    here.log(f"exported in {took:.1f} s; {ticks} turns meanwhile, the longest pause {1000 * longest:.0f} ms")
    assert job.failure is None, job.failure
    assert ticks > 8 and longest < took / 2, "the window was blocked"
    assert make.loudest(movie) > 0.1 and not job.result.warning
    assert [path.name for path in movie.parent.iterdir()] == ["edit.mp4"]


def cancel(scene: Any, folder: Path) -> Iterator[None]:
    movie = folder / "out" / "edit.mp4"
    before = movie.read_bytes()
    scene.frame_end = 20_000
    here.press(bpy.ops.steady.export_movie, filepath=str(movie))
    job = last_job()
    yield from here.until(lambda: job.finished or job.progress.done > 0, LONG)
    assert not job.finished, job.failure
    with bpy.context.temp_override(**here.override()):
        bpy.ops.steady.cancel_job()
    scene.frame_end = COUNT
    assert job.failure.code is room("backend.api").ErrorCode.CANCELLED
    assert movie.read_bytes() == before
    assert [path.name for path in movie.parent.iterdir()] == ["edit.mp4"]


def export_gif(scene: Any, folder: Path) -> Iterator[None]:
    gif = folder / "out" / "edit.gif"
    here.press(bpy.ops.steady.export_movie, filepath=str(gif), width=256)
    job = last_job()
    yield from here.until(lambda: job.finished, LONG)
    assert job.failure is None, job.failure
    assert gif.read_bytes()[:6] == b"GIF89a"
    here.log(f"a GIF of {gif.stat().st_size} bytes")


def compare(scene: Any, folder: Path) -> Iterator[None]:
    here.press(bpy.ops.steady.compare)
    job = last_job()
    yield from here.until(lambda: job.finished, LONG)
    assert job.failure is None, job.failure
    strip = room("sequencer.strips").strip_named(scene, "Drive")
    laid = room("sequencer.compare").comparison_of(scene, strip)
    assert laid.name == job.result.strip
    assert room("sequencer.strips").handles(laid) == (1, 9)
    scene.frame_set(5)
    yield from here.picture(PICTURES / "41-compared.png")
    with bpy.context.temp_override(**here.override()):
        bpy.ops.ed.undo()
    scene = bpy.context.window.scene
    strip = room("sequencer.strips").strip_named(scene, "Drive")
    assert strip is not None and room("sequencer.compare").comparison_of(scene, strip) is None
    here.log("a comparison is one undo step")


here.run(steps(Path(tempfile.mkdtemp(prefix="steady-gui-"))))
