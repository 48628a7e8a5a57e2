"""Blender's own render of a scene with some strips alone, made in the plain way: what extraction is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bpy
import numpy as np

Pixels = Any


def _all(owner: Any) -> list[Any]:
    found = []
    for strip in owner.strips if hasattr(owner, "strips") else owner.sequences:
        found += [strip, *(_all(strip) if strip.type == "META" else ())]
    return found


def plain(scene: Any) -> None:
    scene.display_settings.display_device = "sRGB"
    view = scene.view_settings
    view.view_transform, view.look, view.exposure, view.gamma, view.use_curve_mapping = "Standard", "None", 0, 1, False
    if hasattr(view, "use_white_balance"):
        view.use_white_balance = False
    scene.render.dither_intensity = 0
    image = scene.render.image_settings
    if hasattr(image, "media_type"):
        image.media_type = "IMAGE"
    image.file_format, image.color_mode, image.color_depth, image.compression = "PNG", "RGBA", "8", 0
    image.color_management = "FOLLOW_SCENE"


def shown_alone(scene: Any, names: Sequence[str], frames: range, folder: Path) -> list[Pixels]:
    """The canvas at each frame with only these strips shown, RGBA, top row first. Changes the scene for good."""
    plain(scene)
    for strip in _all(scene.sequence_editor):
        strip.mute = strip.name not in names
    for channel in scene.sequence_editor.channels:
        channel.mute = False
    return render(scene, frames, folder)


def render(scene: Any, frames: range, folder: Path) -> list[Pixels]:
    """The scene as it is, over these frames."""
    scene.render.filepath = str(folder / "reference-######")
    scene.frame_start, scene.frame_end = frames[0], frames[-1]
    bpy.ops.render.render(animation=True, scene=scene.name)
    return [read(Path(scene.render.frame_path(frame=frame))) for frame in frames]


def read(path: Path) -> Pixels:
    image = bpy.data.images.load(str(path))
    image.alpha_mode = "CHANNEL_PACKED"
    width, height = image.size
    pixels = np.empty(width * height * 4, np.float32)
    image.pixels.foreach_get(pixels)
    bpy.data.images.remove(image)
    return np.rint(pixels.reshape(height, width, 4)[::-1] * 255).astype(np.uint8)


def assert_same(framing: Any, frames: list[Any], pictures: list[Any]) -> None:
    box = framing.box
    for frame, picture in zip(frames, pictures, strict=True):
        expected = picture[box.y : box.y + box.height, box.x : box.x + box.width]
        assert (frame.width, frame.height) == (box.width, box.height)
        rgb = np.frombuffer(frame.rgb, np.uint8).reshape(box.height, box.width, 3)
        shows = expected[..., 3] > 0
        assert (rgb[shows] == expected[shows][:, :3]).all(), f"colours of frame {frame.number} differ"
        assert not rgb[~shows].any()
        assert frame.alpha == (None if (expected[..., 3] == 255).all() else expected[..., 3].tobytes())
