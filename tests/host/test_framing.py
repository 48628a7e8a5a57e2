"""The crop box is what the strip shows over its length, and the working size follows from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import media as make
import numpy as np
import pytest


@pytest.fixture
def api(room: Any) -> Any:
    return room("backend.api")


@pytest.fixture
def framing(room: Any) -> Any:
    return room("sequencer.framing")


@pytest.mark.parametrize(
    ("box", "side", "size"),
    [
        ((1920, 1080), 512, (912, 512)),
        ((1080, 1920), 512, (512, 912)),
        ((512, 512), 512, (512, 512)),
        ((256, 256), 512, (512, 512)),
        ((640, 480), 512, (680, 512)),
        ((1998, 1080), 512, (944, 512)),
        ((64, 48), 48, (64, 48)),
        ((500, 500), 500, (504, 504)),
        ((3, 3), 2, (8, 8)),
    ],
)
def test_the_short_side_is_brought_to_its_size(api: Any, framing: Any, box: Any, side: int, size: Any) -> None:
    assert framing.working_size(api.Box(0, 0, *box), side) == size


def test_a_sliver_is_refused(api: Any, framing: Any) -> None:
    with pytest.raises(api.Failure, match="only a sliver of 1600 × 20 pixels"):
        framing.working_size(api.Box(0, 0, 1600, 20), 512)


@pytest.mark.parametrize(
    ("canvas", "box", "percent", "rendered"),
    [
        ((1920, 1080), (0, 0, 1920, 1080), 50, (0, 0, 960, 540)),
        ((3840, 2160), (0, 0, 3840, 2160), 25, (0, 0, 960, 540)),
        ((1920, 1080), (240, 0, 1440, 1080), 50, (120, 0, 720, 540)),
        ((1920, 1080), (241, 0, 1440, 1080), 100, (241, 0, 1440, 1080)),
        ((1000, 1000), (0, 0, 1000, 1000), 52, (0, 0, 520, 520)),
        ((512, 512), (0, 0, 512, 512), 100, (0, 0, 512, 512)),
        ((256, 256), (0, 0, 256, 256), 100, (0, 0, 256, 256)),
    ],
)
def test_it_is_rendered_as_small_as_whole_pixels_allow(
    api: Any, framing: Any, canvas: Any, box: Any, percent: int, rendered: Any
) -> None:
    found = framing.framing_of(canvas, api.Box(*box), 512, api.Crop.BOX)
    assert framing.percentage(found) == percent
    assert framing.box_at(found, percent) == api.Box(*rendered)
    assert rendered[2] >= found.size[0] or percent == 100


def test_the_square_is_centred(api: Any, framing: Any) -> None:
    found = framing.framing_of((1920, 1080), api.Box(100, 20, 1000, 600), 512, api.Crop.SQUARE)
    assert (found.box, found.size) == (api.Box(300, 20, 600, 600), (512, 512))


def test_a_picture_that_fills_the_canvas(scene: Any, media: Any, frames_of: Any, api: Any) -> None:
    found, _ = frames_of(scene, make.add_images(scene.sequence_editor, media.images(4)))
    assert found == api.Framing((64, 48), api.Box(0, 0, 64, 48), (64, 48))


def test_a_smaller_picture(scene: Any, media: Any, frames_of: Any, api: Any) -> None:
    scene.render.resolution_x, scene.render.resolution_y = 100, 90
    strip = make.add_images(scene.sequence_editor, media.images(4))
    strip.transform.offset_x = 10
    found, frames = frames_of(scene, strip)
    assert found.box == api.Box(28, 21, 64, 48)
    assert [f.rgb for f in frames] == [p.tobytes() for p in make.random_frames(4, 64, 48)]


def test_a_larger_picture_is_cut_at_the_canvas(scene: Any, media: Any, frames_of: Any, api: Any) -> None:
    scene.render.resolution_x, scene.render.resolution_y = 40, 24
    found, frames = frames_of(scene, make.add_images(scene.sequence_editor, media.images(4)), side=24)
    assert found.box == api.Box(0, 0, 40, 24)
    expected = make.random_frames(4, 64, 48)[0][12:36, 12:52]
    assert frames[0].rgb == expected.tobytes()


def test_a_moving_picture_is_followed_over_its_length(scene: Any, media: Any, frames_of: Any, api: Any) -> None:
    scene.render.resolution_x, scene.render.resolution_y = 128, 48
    strip = make.add_images(scene.sequence_editor, media.images(6))
    for frame, offset in ((1, -32), (3, 10), (6, -32)):
        strip.transform.offset_x = offset
        strip.transform.keyframe_insert("offset_x", frame=frame)
    found, _ = frames_of(scene, strip, numbers=[1])
    assert found.box == api.Box(0, 0, 106, 48)


def test_one_transparent_picture_among_opaque_ones(scene: Any, frames_of: Any, api: Any, tmp_path: Path) -> None:
    pictures = make.random_frames(5, 64, 48, channels=4)
    for picture in pictures:
        picture[..., 3] = 255
        picture[:, :20, 3] = 0
    pictures[3][5:9, 4:8, 3] = 9
    pictures[0][10:20, 50:, 3] = 0
    strip = make.add_images(scene.sequence_editor, make.write_pngs(tmp_path, pictures))
    found, frames = frames_of(scene, strip)
    assert found.box == api.Box(4, 0, 60, 48)
    assert frames[1].alpha is not None


def test_pictures_of_different_extent(scene: Any, frames_of: Any, api: Any, tmp_path: Path) -> None:
    """The few pictures that are looked at first are all rectangles, but not the same one."""
    pictures = make.random_frames(5, 64, 48, channels=4)
    for picture, (left, right) in zip(pictures, [(0, 20), (0, 20), (0, 20), (10, 40), (30, 50)], strict=True):
        picture[..., 3] = 0
        picture[:, left:right, 3] = 255
    strip = make.add_images(scene.sequence_editor, make.write_pngs(tmp_path, pictures))
    assert frames_of(scene, strip)[0].box == api.Box(0, 0, 50, 48)


def test_on_a_large_canvas_the_box_is_found_in_small_pictures(scene: Any, frames_of: Any, api: Any) -> None:
    scene.render.resolution_x, scene.render.resolution_y = 1920, 1080
    strip = make.add_effect(scene.sequence_editor, "COLOR", start=1, length=3)
    strip.transform.scale_x, strip.transform.scale_y, strip.transform.offset_x = 0.5, 0.5, 200
    strip.keyframe_insert("color", frame=1)
    found, frames = frames_of(scene, strip, side=512)
    exact = (680, 270, 960, 540)
    box = (found.box.x, found.box.y, found.box.width, found.box.height)
    assert box[0] <= exact[0] and box[1] <= exact[1]
    assert box[0] + box[2] >= exact[0] + exact[2] and box[1] + box[3] >= exact[1] + exact[3]
    assert box[2] <= exact[2] + 24 and box[3] <= exact[3] + 24
    assert frames[0].alpha is not None


@pytest.mark.parametrize("length", [1, 100_000])
def test_one_picture_is_looked_at_once_however_long_it_stands(
    scene: Any, frames_of: Any, api: Any, length: int
) -> None:
    scene.render.resolution_x, scene.render.resolution_y = 1920, 1080
    strip = make.add_effect(scene.sequence_editor, "COLOR", start=1, length=length)
    strip.transform.scale_x = strip.transform.scale_y = 0.5
    assert frames_of(scene, strip, [1], side=512)[0].box == api.Box(480, 270, 960, 540)


def test_half_size_frames_keep_their_place(scene: Any, frames_of: Any, api: Any, tmp_path: Path) -> None:
    picture = np.repeat(np.repeat(make.random_frames(1, 64, 64)[0], 16, axis=0), 16, axis=1)
    scene.render.resolution_x = scene.render.resolution_y = 1024
    strip = make.add_images(scene.sequence_editor, make.write_pngs(tmp_path, [picture]))
    found, (frame,) = frames_of(scene, strip, side=512)
    assert (found.size, frame.width, frame.height) == ((512, 512), 512, 512)
    rgb = np.frombuffer(frame.rgb, np.uint8).reshape(512, 512, 3)
    assert (rgb[4::8, 4::8] == picture[8::16, 8::16]).all()


def test_a_known_framing_is_kept(scene: Any, media: Any, api: Any, room: Any) -> None:
    strips, extract = room("sequencer.strips"), room("sequencer.extract")
    strip = make.add_images(scene.sequence_editor, media.images(4))
    known = api.Framing((64, 48), api.Box(8, 4, 32, 24), (64, 48))
    address = strips.Address.of(scene, strip)
    first, frame = list(extract.extract(address, [2], known, 48, api.Crop.BOX))
    assert (first, frame.width, frame.height) == (known, 32, 24)
    assert frame.rgb == make.random_frames(4, 64, 48)[1][4:28, 8:40].tobytes()
    scene.render.resolution_x = 80
    again = [item for item in extract.extract(address, [2], known, 48, api.Crop.BOX) if item]
    assert again[0].canvas == (80, 48)
