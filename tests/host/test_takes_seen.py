"""What is seen of a take: its pixels, where they belong; and its strip is the same as before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import media as make
import numpy as np
import pytest
import taking

api, clip, takes, lay = taking.api, taking.clip, taking.takes, taking.lay


# --- what is seen


def picture(scene: Any, frame: int, folder: Path) -> Any:
    """What the edit shows, as it would be exported: height × width × RGBA, top row first."""
    scene.view_settings.view_transform, scene.render.dither_intensity = "Standard", 0
    settings = scene.render.image_settings
    if hasattr(settings, "media_type"):
        settings.media_type = "IMAGE"
    settings.file_format, settings.color_mode, settings.color_depth = "PNG", "RGBA", "8"
    scene.frame_start = scene.frame_end = frame
    scene.render.filepath = str(folder / "shown")
    scene.render.use_file_extension = False
    bpy.ops.render.render(animation=True, scene=scene.name)
    image = bpy.data.images.load(str(next(folder.glob("shown*"))))
    image.alpha_mode = "CHANNEL_PACKED"
    width, height = image.size
    found = np.array(image.pixels[:]).reshape(height, width, 4)[::-1]
    bpy.data.images.remove(image)
    next(folder.glob("shown*")).unlink()
    return np.round(found * 255).astype(np.uint8)


@pytest.mark.parametrize("box", [(0, 0, 64, 48), (8, 4, 40, 24), (5, 7, 32, 40), (1, 0, 16, 8)])
@pytest.mark.parametrize("canvas", [(64, 48), (65, 49)])
def test_at_its_own_size_every_byte_lies_where_it_belongs(
    scene: Any, clip: Any, takes: Any, api: Any, tmp_path: Path, box: Any, canvas: Any
) -> None:
    scene.render.resolution_x, scene.render.resolution_y = canvas
    x, y, width, height = box
    frames = make.random_frames(10, width, height, seed=3)
    framing = api.Framing(canvas, api.Box(*box), (width, height))
    takes.lay_take(scene, clip, make.write_pngs(tmp_path / "take", frames), 1, framing, "take", "{}")
    shown = picture(scene, 13, tmp_path)
    assert np.array_equal(shown[y : y + height, x : x + width, :3], frames[3])
    shown[y : y + height, x : x + width] = 0
    assert not shown.any()


@pytest.mark.parametrize(
    ("box", "size"), [((0, 0, 64, 48), (32, 24)), ((4, 6, 50, 31), (24, 16)), ((3, 5, 20, 20), (64, 64))]
)
def test_a_stretched_take_covers_its_box_to_the_edge_and_no_more(
    scene: Any, clip: Any, takes: Any, api: Any, tmp_path: Path, box: Any, size: Any
) -> None:
    x, y, width, height = box
    frames = [np.full((size[1], size[0], 3), 200, np.uint8)] * 10
    framing = api.Framing((64, 48), api.Box(*box), size)
    takes.lay_take(scene, clip, make.write_pngs(tmp_path / "take", frames), 1, framing, "take", "{}")
    shown = picture(scene, 13, tmp_path)
    assert (shown[y : y + height, x : x + width] == (200, 200, 200, 255)).all()
    shown[y : y + height, x : x + width] = 0
    assert not shown.any()


def test_a_larger_canvas_leaves_the_take_on_its_source(
    scene: Any, clip: Any, takes: Any, api: Any, media: Any, tmp_path: Path
) -> None:
    frames = make.random_frames(10, 64, 48, seed=3)
    framing = api.Framing((64, 48), api.Box(0, 0, 64, 48), (64, 48))
    takes.lay_take(scene, clip, make.write_pngs(tmp_path / "take", frames), 1, framing, "take", "{}")
    scene.render.resolution_x, scene.render.resolution_y = 84, 60
    assert np.array_equal(picture(scene, 13, tmp_path)[6:54, 10:74, :3], frames[3])


# --- and the strip is the same as before


@pytest.mark.parametrize("kind", ["images", "colour", "blur", "cross", "adjustment", "meta"])
def test_laying_a_take_in_leaves_the_frames_up_to_date(
    scene: Any, clip: Any, media: Any, lay: Any, room: Any, kind: str
) -> None:
    editor = scene.sequence_editor
    source = clip
    if kind == "colour":
        source = make.add_effect(editor, "COLOR", 10, 10, channel=3)
    elif kind == "blur":
        source = make.add_effect(editor, "GAUSSIAN_BLUR", 10, 10, channel=3, input1=clip)
    elif kind == "cross":
        other = make.add_images(editor, media.images(10), start=10, channel=3, name="other")
        source = make.add_effect(editor, "CROSS", 10, 10, channel=4, input1=clip, input2=other)
    elif kind == "adjustment":
        source = make.add_effect(editor, "ADJUSTMENT", 10, 10, channel=3)
    elif kind == "meta":
        source = make.strips(editor).new_meta("meta", channel=4, frame_start=10)
        clip.move_to_meta(source)
        source.frame_final_end = 20
    fingerprint = room("sequencer.fingerprint").settings_fingerprint
    before = fingerprint(scene, source)
    lay(scene, source, name="first")
    lay(scene, source, name="second")
    assert source.mute
    assert fingerprint(scene, source) == before
