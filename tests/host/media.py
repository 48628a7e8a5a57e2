"""Small media files for the tests, made with numpy and Blender: random images, a movie, a sound."""

from __future__ import annotations

import importlib
import struct
import wave
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bpy
import numpy as np

Pixels = Any  # an array of height × width × 3 or 4 bytes, top row first


def random_frames(count: int, width: int, height: int, channels: int = 3, seed: int = 1) -> list[Pixels]:
    generator = np.random.default_rng(seed)
    return [generator.integers(0, 256, (height, width, channels), dtype=np.uint8) for _ in range(count)]


def moving_square(count: int, width: int, height: int) -> list[Pixels]:
    """A bright square that walks to the right over a gradient: survives a video codec."""
    y, x = np.mgrid[0:height, 0:width]
    frames = []
    for i in range(count):
        frame = np.stack([x * 200 // width, y * 200 // height, np.full_like(x, 60)], axis=2).astype(np.uint8)
        left = i * (width // 2) // max(1, count)
        frame[height // 4 : height // 2, left : left + width // 4] = (250, 240, 30)
        frames.append(frame)
    return frames


def write_png(path: Path, pixels: Pixels) -> Path:
    height, width, channels = pixels.shape
    raw = b"".join(b"\0" + row.tobytes() for row in pixels)
    head = struct.pack(">IIBBBBB", width, height, 8, 6 if channels == 4 else 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(raw, 1)), (b"IEND", b""))
    body = b"".join(struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    return path


def write_pngs(folder: Path, frames: Sequence[Pixels], stem: str = "") -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    return [write_png(folder / f"{stem}{i + 1:04d}.png", frame) for i, frame in enumerate(frames)]


def write_sound(path: Path, seconds: float = 1.0, rate: int = 8000) -> Path:
    tone = (np.sin(np.arange(int(seconds * rate)) * 0.3) * 12000).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(tone.tobytes())
    return path


def loudest(movie: Path) -> float:
    """The highest peak of its sound, where 1 is as loud as can be, as Blender decodes it. Not in bpy 4.2."""
    aud: Any = importlib.import_module("aud")
    return float(np.abs(aud.Sound(str(movie)).data()).max())


def strips(owner: Any) -> Any:
    """The strips of a sequence editor or of a meta, under the name that this Blender has for them."""
    return owner.strips if hasattr(owner, "strips") else owner.sequences


def add_images(
    owner: Any, files: Sequence[Path], start: int = 1, channel: int = 1, name: str = "clip", **how: Any
) -> Any:
    """An image strip of these files, laid with the data API."""
    strip = strips(owner).new_image(name=name, filepath=str(files[0]), channel=channel, frame_start=start, **how)
    for file in files[1:]:
        strip.elements.append(file.name)
    strip.frame_final_end = strip.frame_final_end  # has the metas around it measure what they hold
    return strip


def add_effect(owner: Any, kind: str, start: int, length: int, channel: int = 2, name: str = "", **inputs: Any) -> Any:
    """An effect strip; inputs are `input1` and `input2`, whatever this Blender calls them."""
    collection = strips(owner)
    known = collection.bl_rna.functions["new_effect"].parameters.keys()
    span = {"length": length} if "length" in known else {"frame_end": start + length}
    named = {k if k in known else k.replace("input", "seq"): v for k, v in inputs.items()}
    return collection.new_effect(
        name=name or kind.title(), type=kind, channel=channel, frame_start=start, **span, **named
    )


def retime(editor: Any, strip: Any, percent: int) -> None:
    """Strip > Retiming > Set Speed, of a strip that lies in the editor or in a meta, which is closed again."""
    opened = list(editor.meta_stack)
    editor.display_stack(strip.parent_meta())
    editor.active_strip = strip
    for other in strips(strip.parent_meta() or editor):
        other.select = other == strip
    window = bpy.context.window
    area = window.screen.areas[0]
    area.type = "SEQUENCE_EDITOR"
    region = next(r for r in area.regions if r.type == "WINDOW")
    with bpy.context.temp_override(window=window, area=area, region=region):
        bpy.ops.sequencer.retiming_segment_speed_set(speed=percent)
    editor.display_stack(opened[-1] if opened else None)


def write_movie(path: Path, frames: Sequence[Pixels], fps: int = 24) -> Path:
    """An H.264 movie of these frames, rendered by Blender in a scene of its own."""
    files = write_pngs(path.parent / f"{path.stem}-frames", frames)
    scene = bpy.data.scenes.new("movie")
    scene.render.resolution_y, scene.render.resolution_x = frames[0].shape[:2]
    scene.render.fps = fps
    scene.view_settings.view_transform = "Standard"
    scene.frame_start, scene.frame_end = 1, len(frames)
    add_images(scene.sequence_editor_create(), files)
    settings = scene.render.image_settings
    if hasattr(settings, "media_type"):
        settings.media_type = "VIDEO"
    settings.file_format = "FFMPEG"
    scene.render.ffmpeg.format, scene.render.ffmpeg.codec = "MPEG4", "H264"
    scene.render.ffmpeg.constant_rate_factor = "HIGH"
    scene.render.use_file_extension = False
    scene.render.filepath = str(path)
    bpy.ops.render.render(animation=True, scene=scene.name)
    bpy.data.scenes.remove(scene)
    return path


class Media:
    """Media files in one folder, each made when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def images(self, count: int = 4, width: int = 64, height: int = 48, channels: int = 3) -> list[Path]:
        folder = self.folder / f"images-{count}-{width}x{height}x{channels}"
        if not folder.exists():
            write_pngs(folder, random_frames(count, width, height, channels))
        return sorted(folder.glob("*.png"))

    def movie(self, count: int = 12, width: int = 64, height: int = 48, fps: int = 24) -> Path:
        path = self.folder / f"movie-{count}-{width}x{height}-{fps}.mp4"
        return path if path.exists() else write_movie(path, moving_square(count, width, height), fps)

    def sound(self) -> Path:
        path = self.folder / "tone.wav"
        return path if path.exists() else write_sound(path)
