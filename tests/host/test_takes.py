"""A take is laid in above its source: on its frames, fading as it does, and what it covers is muted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import media as make
import pytest
import taking

api, clip, takes, lay = taking.api, taking.clip, taking.takes, taking.lay


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


@pytest.mark.parametrize("closed", ["mute", "lock"])
def test_a_channel_that_is_switched_off_or_locked_is_not_taken(scene: Any, clip: Any, lay: Any, closed: str) -> None:
    setattr(scene.sequence_editor.channels[3], closed, True)
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
