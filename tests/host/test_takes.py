"""A take is laid in above its source: on its frames, over its picture, fading as it does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import identities
import media as make
import numpy as np
import pytest

api, clip = identities.api, identities.clip


@pytest.fixture
def takes(room: Any) -> Any:
    return room("sequencer.takes")


@pytest.fixture
def lay(takes: Any, api: Any, tmp_path: Path) -> Any:
    """Lays random pictures in as a take of a strip, and gives the new strip."""

    def lay(
        scene: Any,
        source: Any,
        count: int = 10,
        first: int = 1,
        box: tuple[int, int, int, int] = (0, 0, 64, 48),
        size: tuple[int, int] = (64, 48),
        name: str = "take",
    ) -> Any:
        files = make.write_pngs(tmp_path / name, make.random_frames(count, *size, seed=7))
        framing = api.Framing((64, 48), api.Box(*box), size)
        return takes.lay_take(scene, source, files, first, framing, name, '{"seed": 1}')

    return lay


def when(strip: Any) -> tuple[int, int, int]:
    return int(strip.frame_start), strip.frame_final_start, strip.frame_final_end


def test_a_take_lies_above_its_source_on_the_same_frames(scene: Any, clip: Any, lay: Any) -> None:
    clip.frame_final_start, clip.frame_final_end = 12, 18
    take = lay(scene, clip)
    assert (take.type, take.channel, when(take)) == ("IMAGE", 3, (10, 12, 18))
    assert (take.name, take.color_tag, clip.mute, take.mute) == ("clip take", "COLOR_05", True, False)


def test_a_take_of_a_part_shows_that_part(scene: Any, clip: Any, lay: Any) -> None:
    assert when(lay(scene, clip, count=3, first=4)) == (13, 13, 16)


def test_a_take_can_begin_before_the_content_and_before_frame_0(scene: Any, clip: Any, lay: Any) -> None:
    clip.frame_start = -20
    clip.frame_final_start = -25
    assert when(lay(scene, clip, count=15, first=-4)) == (-25, -25, -10)


def test_a_take_says_what_it_is(scene: Any, clip: Any, lay: Any) -> None:
    clip.steady.study_id = "0123abcd"
    settings = lay(scene, clip, count=3, first=4).steady
    found = (settings.study_id, settings.take_name, settings.take_first, settings.take_source, settings.take_parameters)
    assert found == ("0123abcd", "take", 4, "clip", '{"seed": 1}')


def test_the_first_free_channel_is_taken(scene: Any, media: Any, clip: Any, lay: Any) -> None:
    make.add_images(scene.sequence_editor, media.images(10), start=19, channel=3, name="overlaps by a frame")
    make.add_images(scene.sequence_editor, media.images(10), start=20, channel=4, name="begins right after")
    assert lay(scene, clip).channel == 4


def test_a_channel_that_is_switched_off_is_not_taken(scene: Any, clip: Any, lay: Any) -> None:
    scene.sequence_editor.channels[3].mute = True
    assert lay(scene, clip).channel == 4


def test_frames_behind_the_handles_do_not_take_a_higher_channel(scene: Any, media: Any, clip: Any, lay: Any) -> None:
    clip.frame_final_end = 14
    make.add_images(scene.sequence_editor, media.images(4), start=14, channel=3, name="where the rest would be")
    take = lay(scene, clip)
    assert (take.channel, when(take)) == (3, (10, 10, 14))


def test_no_free_channel_is_said(scene: Any, media: Any, clip: Any, lay: Any, api: Any) -> None:
    clip.channel = 127
    make.add_images(scene.sequence_editor, media.images(4), start=15, channel=128, name="top")
    with pytest.raises(api.Failure, match="There is no free channel above “clip”"):
        lay(scene, clip)
    assert len(make.strips(scene.sequence_editor)) == 2


def test_a_source_inside_a_meta_has_its_take_in_the_meta(scene: Any, media: Any, lay: Any, room: Any) -> None:
    meta = make.strips(scene.sequence_editor).new_meta("meta", channel=2, frame_start=10)
    child = make.add_images(meta, media.images(10), start=10, name="child")
    meta.frame_final_end = 20
    child.frame_final_start, child.frame_final_end = 12, 15
    before = when(meta)
    take = lay(scene, child)
    strips = room("sequencer.strips")
    assert [s.name for s in strips.strips_of(meta)] == ["child", "child take"]
    assert (take.channel, when(take), when(meta)) == (2, (10, 12, 15), before)


@pytest.mark.parametrize("name", ["a/b:c?d*é", "日本", "x" * 60])
def test_names_may_hold_anything(scene: Any, clip: Any, lay: Any, name: str) -> None:
    clip.name = name
    take = lay(scene, clip)
    assert take.steady.take_source == clip.name
    assert take.name.startswith(name[:40])


def test_no_frames_and_missing_frames_are_said(scene: Any, clip: Any, takes: Any, api: Any, tmp_path: Path) -> None:
    framing = api.Framing((64, 48), api.Box(0, 0, 64, 48), (64, 48))
    with pytest.raises(api.Failure, match="The take “night” has no frames"):
        takes.lay_take(scene, clip, [], 1, framing, "night", "{}")
    with pytest.raises(api.Failure, match=r"The take “night” lacks its frame .*gone\.png"):
        takes.lay_take(scene, clip, [tmp_path / "gone.png"], 1, framing, "night", "{}")
    with pytest.raises(api.Failure, match="do not lie in one folder"):
        takes.lay_take(scene, clip, [tmp_path / "a" / "1.png", tmp_path / "b" / "2.png"], 1, framing, "night", "{}")


def test_a_take_that_shows_nothing_of_its_source_is_refused(scene: Any, clip: Any, lay: Any, api: Any) -> None:
    clip.frame_final_start = 15
    with pytest.raises(api.Failure, match="“clip” shows none of the frames of the take “take”"):
        lay(scene, clip, count=5, first=1)
    assert not clip.mute


# --- how it is blended


@pytest.mark.parametrize("blend", ["ADD", "MULTIPLY", "ALPHA_OVER", "REPLACE"])
def test_blend_and_opacity_are_the_sources(scene: Any, clip: Any, lay: Any, blend: str) -> None:
    clip.blend_type, clip.blend_alpha = blend, 0.25
    take = lay(scene, clip)
    assert (take.blend_type, take.blend_alpha) == (blend, 0.25)


def test_a_fade_is_the_sources_to_the_last_handle(scene: Any, clip: Any, lay: Any, room: Any) -> None:
    for frame, value in ((10, 0.0), (14, 1.0), (19, 0.3)):
        clip.blend_alpha = value
        clip.keyframe_insert("blend_alpha", frame=frame)
    opacity = room("sequencer.opacity")
    curve = opacity.curve(scene, clip)
    key = curve.keyframe_points[1]
    key.interpolation, key.handle_left_type, key.handle_right_type = "BEZIER", "FREE", "FREE"
    key.handle_left, key.handle_right = (12.0, 1.4), (17.0, 0.2)
    curve.keyframe_points[2].interpolation = "BOUNCE"
    curve.modifiers.new("NOISE").strength = 0.1
    curve.update()
    copy = opacity.curve(scene, lay(scene, clip))
    moments = [8 + i / 4 for i in range(60)]
    assert [copy.evaluate(m) for m in moments] == [curve.evaluate(m) for m in moments]


def test_a_driven_opacity_is_driven_alike(scene: Any, clip: Any, lay: Any) -> None:
    clip.driver_add("blend_alpha").driver.expression = "frame / 100"
    take = lay(scene, clip)
    for frame in (10, 19):
        scene.frame_set(frame)
        assert (clip.blend_alpha, take.blend_alpha) == (pytest.approx(frame / 100), pytest.approx(frame / 100))


def test_the_keys_of_a_deleted_take_do_not_fall_to_the_next_one(scene: Any, clip: Any, lay: Any, room: Any) -> None:
    clip.blend_alpha = 0.5
    clip.keyframe_insert("blend_alpha", frame=10)
    make.strips(scene.sequence_editor).remove(lay(scene, clip))
    clip.keyframe_delete("blend_alpha", frame=10)
    assert not room("sequencer.opacity").is_animated(scene, lay(scene, clip))


# --- what is muted


def test_the_original_is_muted_only_when_wanted(scene: Any, clip: Any, lay: Any) -> None:
    clip.steady.mute_original = False
    lay(scene, clip)
    assert not clip.mute


def test_earlier_takes_are_muted_too(scene: Any, clip: Any, lay: Any) -> None:
    first, second = lay(scene, clip, name="day"), lay(scene, clip, name="night")
    assert (first.mute, second.mute, second.channel) == (True, False, 4)


def test_an_effect_is_muted_with_the_strips_that_only_serve_it(scene: Any, clip: Any, lay: Any) -> None:
    blur = make.add_effect(scene.sequence_editor, "GAUSSIAN_BLUR", 10, 10, channel=3, input1=clip)
    lay(scene, blur)
    assert (blur.mute, clip.mute) == (True, True)


def test_strips_that_show_beside_their_transition_stay_as_they_are(scene: Any, media: Any, clip: Any, lay: Any) -> None:
    other = make.add_images(scene.sequence_editor, media.images(10), start=16, channel=3, name="other")
    cross = make.add_effect(scene.sequence_editor, "CROSS", 16, 4, channel=4, input1=clip, input2=other)
    lay(scene, cross, count=4)
    assert (cross.mute, clip.mute, other.mute) == (False, False, False)


def test_a_meta_with_sound_goes_on_sounding(scene: Any, media: Any, lay: Any) -> None:
    if bpy.app.version < (4, 3):  # the bpy 4.2 module has no sound
        return
    meta = make.strips(scene.sequence_editor).new_meta("meta", channel=2, frame_start=10)
    make.add_images(meta, media.images(10), start=10)
    make.strips(meta).new_sound("tone", str(media.sound()), channel=2, frame_start=10)
    meta.frame_final_end = 20
    lay(scene, meta)
    assert not meta.mute
    meta.blend_type = "ADD"  # here the take would be added to the original
    lay(scene, meta)
    assert meta.mute


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
