"""The main job on the example, as a user does it: open it, sample its frames, and lay what comes back in above it."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import bpy  # after `from_source`, which says where Blender keeps its settings
import numpy as np
from from_source import ROOT, enable, room

DEMO = ROOT / "demo"
THUMBNAIL = 128
GAP = 4


def main() -> None:
    shutil.rmtree(DEMO, ignore_errors=True)
    DEMO.mkdir()
    enable()
    say("opening the example")
    bpy.ops.steady.open_example(folder=str(DEMO))
    scene = next(s for s in bpy.data.scenes if s.name.startswith("Steady Example"))
    bpy.ops.wm.save_as_mainfile(filepath=str(DEMO / "laid-back.blend"))
    say("sampling its frames")
    with chatter_to(DEMO / "sample.log"):
        bpy.ops.steady.sample_frames(scene=scene.name, strip="Example")
    strip = room("sequencer.strips").strip_named(scene, "Example")
    folder = next((DEMO / "steady").glob(f"*-{strip.steady.study_id}"))
    take = lay_back(scene, strip, folder)
    write_sheet(DEMO / "reference.png", [folder / "frames" / f"{n:06}.png" for n in reference(folder)["numbers"]])
    say("rendering the edit with its sound")
    movie = write_movie(scene)
    bpy.ops.wm.save_mainfile()
    tell(folder, take, movie)


def lay_back(scene: Any, strip: Any, folder: Path) -> Any:
    """No operator does this: it proves the way back before there is anything to see on it."""
    backend = room("preferences").preferences().backend_python
    command = [backend, "-m", "backend", "lay-back", str(folder), "--take", "Source", "--json"]
    answer = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    files = sorted(Path(json.loads(answer.stdout)["folder"]).glob("*.png"))
    framing = room("backend.study").Study.open(folder).source.framing
    return room("sequencer.takes").lay_take(scene, strip, files, 1, framing, "Source", "{}")


def reference(folder: Path) -> Any:
    return json.loads((folder / "reference.json").read_text())


def write_sheet(path: Path, files: list[Path], columns: int = 6) -> None:
    """A contact sheet, by Blender's own hands: the extension's Python has no imaging library."""
    pictures = [thumbnail(file) for file in files]
    height, width = (side + GAP for side in pictures[0].shape[:2])
    rows = -(-len(pictures) // columns)
    sheet = np.ones((rows * height, columns * width, 4), np.float32)
    for i, picture in enumerate(pictures):
        top = (rows - 1 - i // columns) * height  # Blender's pictures begin at the bottom
        left = i % columns * width
        sheet[top : top + height - GAP, left : left + width - GAP] = picture
    image = bpy.data.images.new("sheet", columns * width, rows * height)
    image.pixels.foreach_set(sheet.ravel())
    image.filepath_raw, image.file_format = str(path), "PNG"
    image.save()
    bpy.data.images.remove(image)


def thumbnail(file: Path) -> np.ndarray:
    image = bpy.data.images.load(str(file))
    image.scale(THUMBNAIL * image.size[0] // image.size[1], THUMBNAIL)
    pixels = np.empty(image.size[0] * image.size[1] * 4, np.float32)
    image.pixels.foreach_get(pixels)
    picture = pixels.reshape(image.size[1], image.size[0], 4)
    bpy.data.images.remove(image)
    return picture


def write_movie(scene: Any) -> Path:
    render = scene.render
    if hasattr(render.image_settings, "media_type"):
        render.image_settings.media_type = "VIDEO"
    render.image_settings.file_format = "FFMPEG"
    render.ffmpeg.format, render.ffmpeg.codec, render.ffmpeg.constant_rate_factor = "MPEG4", "H264", "HIGH"
    render.ffmpeg.audio_codec = "AAC"
    render.filepath, render.use_file_extension = str(DEMO / "laid-back.mp4"), False
    with chatter_to(DEMO / "render.log"):
        bpy.ops.render.render(animation=True, scene=scene.name)
    return DEMO / "laid-back.mp4"


@contextmanager
def chatter_to(path: Path) -> Iterator[None]:
    """Blender writes a line for each frame, past Python."""
    sys.stdout.flush()
    terminal = os.dup(1)
    with path.open("wb") as log:
        os.dup2(log.fileno(), 1)
    try:
        yield
    finally:
        os.dup2(terminal, 1)
        os.close(terminal)


def tell(folder: Path, take: Any, movie: Path) -> None:
    chosen = reference(folder)
    frames = list((folder / "frames").glob("[0-9]*.png"))
    same = sum((folder / "takes" / "Source" / f.name).read_bytes() == f.read_bytes() for f in frames)
    print()
    print(f"{len(frames)} frames read out of the strip, {len(chosen['numbers'])} of them chosen for reference;")
    print(f"  distance of a frame to its nearest reference frame: {chosen['mean']:.2f} on average,")
    print(f"  {chosen['worst']:.2f} at most, where 1 is a hard cut. {chosen['warning']}")
    print(
        f"the take “{take.name}” lies in channel {take.channel} above the strip; {same} of its frames are the strip's."
    )
    for path in (movie, DEMO / "laid-back.blend", DEMO / "reference.png", folder):
        print(f"  {path.relative_to(ROOT)}")


started = time.monotonic()


def say(text: str) -> None:
    print(f"demo {time.monotonic() - started:5.1f} s: {text}", flush=True)


main()
bpy.ops.preferences.addon_disable(module="bl_ext.dev.steady_diffusion")
sys.stdout.flush()
os._exit(0)  # bpy 4.2 crashes and 4.5 hangs in an ordinary exit while anything is still registered
