"""Milliseconds a frame for frames out, against Blender's own animation render of the same strip to PNG.

python tests/benchmarks/extraction.py [--frames N] [--repeats N], with the Python of a bpy environment, or
blender -b --factory-startup --python tests/benchmarks/extraction.py -- … A table, and figures in bench.json."""

from __future__ import annotations

import argparse
import importlib
import importlib.machinery
import importlib.util
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "steady_diffusion"
SIZES = {"512x512": (512, 512), "1080p": (1920, 1080)}
MOST = 1.15  # times Blender's own

sys.dont_write_bytecode = True
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "host")]
spec = importlib.machinery.ModuleSpec(PACKAGE, None, is_package=True)
spec.submodule_search_locations = [str(ROOT)]
sys.modules[PACKAGE] = importlib.util.module_from_spec(spec)

bpy: Any = importlib.import_module("bpy")
make: Any = importlib.import_module("media")
figures: Any = importlib.import_module("tests.benchmarks.engine.figures")


def room(name: str) -> Any:
    return importlib.import_module(f"{PACKAGE}.{name}")


def film(folder: Path, size: tuple[int, int], frames: int) -> tuple[Any, Any]:
    """A scene with an H.264 movie of this size in it, with a modifier."""
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    path = make.write_movie(folder / f"{size[0]}.mp4", make.moving_square(frames, *size))
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = size
    scene.frame_start, scene.frame_end = 1, frames
    scene.view_settings.view_transform = "Standard"  # AgX would only slow Blender's own render down
    editor = scene.sequence_editor_create()
    if hasattr(bpy.context.workspace, "sequencer_scene"):
        bpy.context.workspace.sequencer_scene = scene
    strip = make.strips(editor).new_movie(name="film", filepath=str(path), channel=1, frame_start=1)
    strip.modifiers.new("bright", "BRIGHT_CONTRAST").bright = 10
    return scene, strip


def own_render(scene: Any, folder: Path) -> float:
    """Blender's own, seconds for all frames, with the settings that it starts with."""
    scene.render.filepath = str(folder / "own-######")
    began = time.perf_counter()
    bpy.ops.render.render(animation=True, scene=scene.name)
    return time.perf_counter() - began


def here(scene: Any, strip: Any, framing: Any, frames: int) -> float:
    """Frames out in this Blender, seconds for all frames, with everything that is done once for a strip."""
    extract, api, strips = room("sequencer.extract"), room("backend.api"), room("sequencer.strips")
    began = time.perf_counter()
    reader = extract.extract(
        strips.Address.of(scene, strip), range(1, frames + 1), framing, framing.size[1], api.Crop.BOX
    )
    assert sum(isinstance(item, extract.Frame) for item in reader) == frames
    return time.perf_counter() - began


def there(scene: Any, strip: Any, framing: Any, frames: int) -> tuple[float, float]:
    """Frames out through a second Blender: seconds of its start-up, and of the frames after it."""
    extract, render, api = room("sequencer.extract"), room("sequencer.render"), room("backend.api")
    order = render.Order(scene.name, strip.name, tuple(range(1, frames + 1)), framing, framing.size[1], api.Crop.BOX)
    folder = Path(tempfile.mkdtemp(prefix="steady-frames-"))
    began = time.perf_counter()
    started = 0.0
    try:
        items: Iterator[Any] = extract._read(room("sequencer.second_blender").fulfil(order, folder))
        for item in items:
            if item is None:
                time.sleep(0.002)
            elif not isinstance(item, extract.Frame):
                started = time.perf_counter() - began
    finally:
        shutil.rmtree(folder)
    return started, time.perf_counter() - began - started


def measure(name: str, frames: int, repeats: int, folder: Path) -> list[Any]:
    api = room("backend.api")
    size = SIZES[name]
    scene, strip = film(folder, size, frames)
    framing = api.Framing(size, api.Box(0, 0, *size), size)
    own_render(scene, folder)  # the first one reads everything into memory
    owns, heres, theres, starts = [], [], [], []
    for _ in range(repeats):  # in turn, so that a busy machine is unfair to none
        owns.append(own_render(scene, folder))
        heres.append(here(scene, strip, framing, frames))
        start, rest = there(scene, strip, framing, frames)
        starts.append(start)
        theres.append(rest)
    begins = f"Blender {bpy.app.version_string}, {name}:"
    return [
        figures.figure(f"{begins} its own PNG, a frame", [1000 * own / frames for own in owns], "ms"),
        figures.figure(f"{begins} frames out here, against that", figures.ratios(heres, owns), "×", most=MOST),
        figures.figure(f"{begins} by a second Blender, against that", figures.ratios(theres, owns), "×", most=MOST),
        figures.figure(f"{begins} the start of the second Blender", starts, "s"),
    ]


def main() -> int:
    arguments = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=48)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "bench" / "bench.json")
    chosen = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="steady-benchmark-"))
    found = [made for name in SIZES for made in measure(name, chosen.frames, chosen.repeats, folder)]
    shutil.rmtree(folder)
    figures.write(chosen.json, found)
    print(figures.table(found))
    return int(any(made.met is False for made in found))


code = main()
sys.stdout.flush()
os._exit(code)  # bpy may hang at exit
