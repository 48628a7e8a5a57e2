"""Frames out in a real window: `blender-gui shot . tests/gui/extract_in_window.py OUT.png`. Ends with `all passed`.

A second Blender renders; the window's file gets no copy, no tick takes long, and nothing is left behind."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy

ROOT = Path(importlib.import_module("bl_ext.local.steady_diffusion").__path__[0]).resolve()
sys.path[:0] = [str(ROOT / "tests" / "gui"), str(ROOT / "tests" / "host")]
window = importlib.import_module("window")
make = importlib.import_module("media")
room, here = window.room, window.Window(globals())
log, override = here.log, here.override


def temporary() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob(f"steady-frames-{os.getpid()}-*"))


def state(scene: Any) -> list[Any]:
    """What a user would notice."""
    editor = scene.sequence_editor
    data = [len(list(getattr(bpy.data, kind))) for kind in ("scenes", "images", "actions", "libraries", "texts")]
    chosen = [(s.name, s.select, s.mute, s.channel) for s in room("sequencer.strips").strips_of(editor)]
    image = scene.render.image_settings
    output = (scene.render.filepath, scene.render.resolution_percentage, image.file_format, scene.frame_current)
    return [data, chosen, editor.active_strip.name, output, bpy.context.window.scene.name, bpy.data.is_dirty]


def render_result(scene: Any, folder: Path) -> bytes:
    path = folder / "result.png"
    bpy.data.images["Render Result"].save_render(str(path), scene=scene)
    return path.read_bytes()


def steps(scene: Any, folder: Path) -> Iterator[None]:
    strips, extract, api = room("sequencer.strips"), room("sequencer.extract"), room("backend.api")
    pictures = make.random_frames(48, 512, 512)
    strip = make.add_images(scene.sequence_editor, make.write_pngs(folder, pictures), start=7, name="a/b:c?d é")
    scene.sequence_editor.active_strip = strip
    scene.view_settings.view_transform = "AgX"
    scene.render.resolution_x = scene.render.resolution_y = 512
    address = strips.Address.of(scene, strip)
    scene.frame_set(9)
    bpy.ops.render.render()
    shown = render_result(scene, folder)
    with bpy.context.temp_override(**override()):
        bpy.ops.ed.undo_push(message="before")
        strip.channel = 4
        bpy.ops.ed.undo_push(message="moved")
    before, left = state(scene), temporary()

    began, ticks, frames = time.monotonic(), [], []
    reader = extract.extract(address, range(1, 49), None, 512, api.Crop.BOX)
    first = 0.0
    while True:
        tick = time.monotonic()
        item = next(reader, "end")
        ticks.append(time.monotonic() - tick)
        if item == "end":
            break
        if isinstance(item, extract.Frame):
            first = first or time.monotonic() - began
            frames.append(item)
        elif item is None:
            yield
        assert len(bpy.data.scenes) == 1
    log(f"48 frames in {time.monotonic() - began:.2f} s, the first after {first:.2f} s")
    log(f"longest step {1000 * max(ticks):.0f} ms, of those after the first {1000 * max(ticks[1:]):.0f} ms")
    assert [f.rgb for f in frames] == [p.tobytes() for p in pictures], "bytes differ"
    assert (state(scene), temporary()) == (before, left), (state(scene), before, temporary() - left)
    assert render_result(scene, folder) == shown
    log("every byte is right, and nothing is left behind")
    yield from cancelled(extract, api, address, scene, before, left)
    yield from killed(extract, api, address, scene, before, left)
    yield from refused(strips, extract, api, scene)
    with bpy.context.temp_override(**override()):
        bpy.ops.ed.undo()
    assert strips.strip_named(bpy.context.scene, address.strip).channel == 1, "undo went elsewhere"
    log("undo goes back to the step before")


def cancelled(extract: Any, api: Any, address: Any, scene: Any, before: Any, left: Any) -> Iterator[None]:
    reader = extract.extract(address, range(1, 49), None, 512, api.Crop.BOX)
    while not isinstance(next(reader), extract.Frame):
        yield
    workers = children()
    assert len(workers) == 1
    began = time.monotonic()
    reader.close()
    log(f"cancelled in {1000 * (time.monotonic() - began):.0f} ms")
    assert not children() and state(scene) == before and temporary() == left


def killed(extract: Any, api: Any, address: Any, scene: Any, before: Any, left: Any) -> Iterator[None]:
    reader = extract.extract(address, range(1, 49), None, 512, api.Crop.BOX)
    try:
        while True:
            if isinstance(next(reader), extract.Frame):
                for worker in children():
                    room("backend.processes").os.kill(worker, 9)
            yield
    except api.Failure as failure:
        log("killed:", failure)
        assert failure.code is api.ErrorCode.LOST
    assert not children() and state(scene) == before and temporary() == left


def refused(strips: Any, extract: Any, api: Any, scene: Any) -> Iterator[None]:
    strip = make.add_effect(scene.sequence_editor, "TEXT", start=1, length=5, channel=9)
    strip.text = ""
    reader = extract.extract(strips.Address.of(scene, strip), range(1, 6), None, 512, api.Crop.BOX)
    try:
        while True:
            assert next(reader) is None
            yield
    except api.Failure as failure:
        log("empty:", failure)
        assert "shows nothing" in failure.message


def children() -> list[int]:
    """The running second Blenders of this one."""
    here = Path("/proc/self/task")
    ids = [int(i) for task in here.iterdir() for i in (task / "children").read_text().split()]
    return [i for i in ids if b"worker.py" in Path(f"/proc/{i}/cmdline").read_bytes()]


here.run(steps(bpy.context.scene, Path(tempfile.mkdtemp(prefix="steady-gui-"))))
