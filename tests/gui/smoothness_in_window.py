"""How smooth Blender's window stays while jobs run on an edit of 512²: `tests/gui/run smoothness_in_window.py`.

The frames are read at the edit's own size, and again smaller, at which a look is painted, the model tuned, a take
rendered, smoothed and measured, by pocket and in few steps: what is looked at is the window, and not the picture.
With STEADY_SMOOTHNESS=whole it reads four times as many, of 1080p too; example and idle window are in it then."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy

ROOT = Path(importlib.import_module("bl_ext.local.steady_diffusion").__path__[0]).resolve()
sys.path[:0] = [str(ROOT / "tests" / "gui"), str(ROOT / "tests" / "host")]
make = importlib.import_module("media")
shared, ticking = importlib.import_module("window"), importlib.import_module("ticking")
own = importlib.import_module("own_work")
window, room = shared.Window(globals()), shared.room
ticks = ticking.Ticks(window, own.Own(room))
WHOLE = os.environ.get("STEADY_SMOOTHNESS") == "whole"
READ, PAINTED, LONG = 48 if WHOLE else 12, 3, 900  # frames; seconds that a busy machine may take for a stage
SMALL = 256  # pixels of the short side: pocket needs minutes for a picture of 512² on a processor
EDITS = {"512²": (512, 512)} | ({"1080p": (1920, 1080)} if WHOLE else {})
STAGES = {
    "reading": bpy.ops.steady.sample_frames,
    "painting looks": bpy.ops.steady.design_looks,
    "tuning": bpy.ops.steady.fine_tune,
    "rendering": bpy.ops.steady.render_take,
    "smoothing": bpy.ops.steady.smooth_take,
    "measuring": bpy.ops.steady.measure_take,
}


def steps(folder: Path) -> Iterator[None]:
    shared.prefer(folder)
    clips = {name: make.write_pngs(folder / name, make.moving_square(READ, *size)) for name, size in EDITS.items()}
    yield from window.open_sidebar()
    try:
        if WHOLE:
            yield from ticks.idle()
            yield from example()
        for name, size in EDITS.items():
            edit(name, size, clips[name])
            yield from window.wait(2.0)
            yield from stages(name)
        ticks.check()
    finally:
        ticks.stop()


def example() -> Iterator[None]:
    ticks.doing = "opening the example"
    window.press(bpy.ops.steady.open_example)
    yield from done()
    yield from window.wait(2.0)
    ticks.doing = ""


def stages(name: str) -> Iterator[None]:
    for stage, operator in STAGES.items():
        ticks.doing = f"{name}, {stage}"
        window.press(operator)
        yield from done()
        yield from window.wait(1.5)  # what the study holds is read again, and pictures load by and by
        ticks.doing = ""
        prepare_next(stage)


def edit(name: str, size: tuple[int, int], files: list[Path]) -> None:
    """A scene of its own, in the size of its pictures."""
    scene = bpy.data.scenes.new(name)
    scene.render.resolution_x, scene.render.resolution_y = size
    scene.frame_end = READ
    made = make.add_images(scene.sequence_editor_create(), files, channel=2, name="Drive")
    settings = made.steady
    settings.model, settings.prompt, settings.short_side = "pocket", "a neon painting of a city", min(size)
    settings.candidates, settings.look_steps, settings.steps = 1, 4, 4
    settings.iterations, settings.batch, settings.crops, settings.spread, settings.reference_count = 3, 1, 1, 0, 3
    settings.smooth_steps, settings.smooth_width, settings.smooth_rate = 40, 8, 4e-3
    scene.sequence_editor.active_strip = made
    room("operators.example").show(scene)


def prepare_next(stage: str) -> None:
    """All frames are read, and some of them painted, after the look."""
    settings = strip().steady
    if stage == "reading":
        settings.short_side = SMALL
        settings.use_range, settings.range_start, settings.range_end = True, 1, PAINTED
    elif stage == "painting looks":
        (look,) = room("panels.overview").overview(strip()).looks
        window.press(bpy.ops.steady.choose_look, look=look.name)


def strip() -> Any:
    return room("sequencer.strips").strip_named(bpy.context.window_manager.windows[0].scene, "Drive")


def done() -> Iterator[None]:
    job = room("session").current.jobs[-1]
    yield from window.until(lambda: job.finished, LONG)
    assert job.failure is None, job.failure


window.run(steps(Path(tempfile.mkdtemp(prefix="steady-gui-"))))
