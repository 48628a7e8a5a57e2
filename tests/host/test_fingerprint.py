"""A strip's fingerprint changes when what it shows changes, and not when it is moved about in the edit."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import media as make
import pytest


@pytest.fixture
def print_of(scene: Any, room: Any) -> Callable[[Any], str]:
    """The fingerprint of a strip of the scene."""
    return lambda strip: room("sequencer.fingerprint").settings_fingerprint(scene, strip)


@pytest.fixture
def clip(scene: Any, media: Any) -> Any:
    return make.add_images(scene.sequence_editor, media.images(4), start=10)


def editing(strip: Any, change: str) -> None:
    changes: dict[str, Callable[[], Any]] = {
        "channel": lambda: setattr(strip, "channel", 5),
        "position": lambda: setattr(strip, "frame_start", 30),
        "left handle": lambda: setattr(strip, "frame_final_start", 12),
        "right handle": lambda: setattr(strip, "frame_final_end", 12),
        "name": lambda: setattr(strip, "name", "other"),
        "mute": lambda: setattr(strip, "mute", True),
        "selection": lambda: setattr(strip, "select", not strip.select),
        "blend": lambda: setattr(strip, "blend_type", "ADD"),
        "opacity": lambda: setattr(strip, "blend_alpha", 0.3),
        "opacity keys": lambda: strip.keyframe_insert("blend_alpha", frame=11),
        "colour tag": lambda: setattr(strip, "color_tag", "COLOR_03"),
        "scale": lambda: setattr(strip.transform, "scale_x", 0.5),
        "crop": lambda: setattr(strip.crop, "min_x", 3),
        "flip": lambda: setattr(strip, "use_flip_x", True),
        "saturation": lambda: setattr(strip, "color_saturation", 0.5),
        "reverse": lambda: setattr(strip, "use_reverse_frames", True),
        "colour space": lambda: setattr(strip.colorspace_settings, "name", "Non-Color"),
        "modifier": lambda: strip.modifiers.new("bright", "BRIGHT_CONTRAST"),
        "position keys": lambda: strip.transform.keyframe_insert("offset_x", frame=11),
        "content trim": lambda: setattr(strip, "animation_offset_start", 1),
    }
    changes[change]()


@pytest.mark.parametrize(
    "change",
    [
        *("channel", "position", "left handle", "right handle", "name", "mute", "selection", "blend", "opacity"),
        *("opacity keys", "colour tag"),
    ],
)
def test_it_stays(clip: Any, print_of: Any, change: str) -> None:
    before = print_of(clip)
    editing(clip, change)
    assert print_of(clip) == before


@pytest.mark.parametrize(
    "change",
    [
        *("scale", "crop", "flip", "saturation", "reverse", "colour space", "modifier", "position keys"),
        "content trim",
    ],
)
def test_it_changes(clip: Any, print_of: Any, change: str) -> None:
    before = print_of(clip)
    assert print_of(clip) == before
    editing(clip, change)
    assert print_of(clip) != before


def test_a_curve_inside_a_modifier_counts(clip: Any, print_of: Any) -> None:
    modifier = clip.modifiers.new("curves", "CURVES")
    before = print_of(clip)
    modifier.curve_mapping.curves[3].points[0].location = (0.2, 0.4)
    assert print_of(clip) != before


def test_another_size_or_time_of_the_file_counts(scene: Any, print_of: Any, tmp_path: Path) -> None:
    files = make.write_pngs(tmp_path, make.random_frames(2, 8, 8))
    strip = make.add_images(scene.sequence_editor, files)
    before = print_of(strip)
    os.utime(files[1], ns=(1, 1))
    assert print_of(strip) != before


def test_the_canvas_and_the_frame_rate_count(scene: Any, clip: Any, print_of: Any) -> None:
    seen = {print_of(clip)}
    scene.render.resolution_x = 80
    seen.add(print_of(clip))
    scene.render.fps = 30
    seen.add(print_of(clip))
    assert len(seen) == 3


@pytest.mark.parametrize("setting", ["view_transform", "exposure", "resolution_percentage"])
def test_the_view_does_not_count(scene: Any, clip: Any, print_of: Any, setting: str) -> None:
    before = print_of(clip)
    owner = scene.render if setting.startswith("resolution") else scene.view_settings
    setattr(owner, setting, {"view_transform": "Filmic", "exposure": 2.0, "resolution_percentage": 50}[setting])
    assert print_of(clip) == before


def test_keys_move_with_the_strip_and_change_nothing(scene: Any, clip: Any, print_of: Any, room: Any) -> None:
    clip.transform.keyframe_insert("offset_x", frame=11)
    before = print_of(clip)
    clip.frame_start += 7
    assert print_of(clip) == before
    for curve in room("sequencer.animation").curves(scene):
        curve.keyframe_points[0].co_ui[0] += 1
    assert print_of(clip) != before


@pytest.mark.parametrize("path", ["transform.offset_x", "blend_alpha", 'modifiers["a \\"b"].bright'])
def test_where_the_playhead_stands_does_not_count(scene: Any, clip: Any, print_of: Any, path: str) -> None:
    """Blender sets what has keys to what it is at the current frame."""
    clip.modifiers.new('a "b', "BRIGHT_CONTRAST")
    layer = make.add_effect(scene.sequence_editor, "ADJUSTMENT", start=10, length=4, channel=3)
    owner, _, name = path.rpartition(".")
    owner = clip.path_resolve(owner) if owner else clip
    for value, frame in ((0.2, 10), (0.6, 13)):
        setattr(owner, name, value * 10)
        owner.keyframe_insert(name, frame=frame)
    seen = set()
    for frame in (10, 12, 13):
        scene.frame_set(frame)
        seen.add((print_of(clip), print_of(layer)))
    assert len(seen) == 1
    clip.transform.offset_y = 7
    assert (print_of(clip), print_of(layer)) not in seen, "what has no keys does"


def test_what_a_driver_makes_of_the_frame_does_not_count_and_what_it_reads_elsewhere_does(
    scene: Any, clip: Any, print_of: Any
) -> None:
    driver = clip.transform.driver_add("offset_x").driver
    driver.expression = "frame * 2"

    def seen() -> set[str]:
        found = set()
        for frame in (10, 12):
            scene.frame_set(frame)
            found.add(print_of(clip))
        return found

    before = seen()
    assert len(before) == 1
    driver.expression = "frame * 3"
    assert len(seen() | before) == 2
    variable = driver.variables.new()
    variable.name, variable.targets[0].id_type, variable.targets[0].id = "low", "SCENE", scene
    variable.targets[0].data_path, driver.expression = "render.fps_base", "low * 2"
    before = seen()
    variable.targets[0].data_path = "render.resolution_x"
    assert len(before) == 1 and not seen() & before


def test_what_blender_puts_right_when_it_first_shows_a_strip_does_not_count(
    scene: Any, media: Any, print_of: Any, tmp_path: Path
) -> None:
    strip = make.strips(scene.sequence_editor).new_image("new", str(media.images(4)[0]), channel=1, frame_start=1)
    before = print_of(strip)
    scene.render.filepath = str(tmp_path / "seen.png")
    bpy.ops.render.render()
    assert print_of(strip) == before


def test_an_input_of_an_effect_counts(scene: Any, clip: Any, print_of: Any) -> None:
    blur = make.add_effect(scene.sequence_editor, "GAUSSIAN_BLUR", start=10, length=4, input1=clip)
    before = print_of(blur)
    clip.use_flip_x = True
    assert print_of(blur) != before


def test_a_child_of_a_meta_counts_and_the_move_of_both_does_not(scene: Any, media: Any, print_of: Any) -> None:
    meta = make.strips(scene.sequence_editor).new_meta("meta", channel=2, frame_start=1)
    child = make.add_images(meta, media.images(4), start=1)
    meta.frame_final_end = 5
    before = print_of(meta)
    meta.frame_start += 10
    assert (child.frame_start, print_of(meta)) == (11, before)
    child.use_flip_x = True
    assert print_of(meta) != before


def test_a_scene_strip_is_never_known(scene: Any, print_of: Any) -> None:
    other = bpy.data.scenes.new("other")
    strip = make.strips(scene.sequence_editor).new_scene(name="s", scene=other, channel=1, frame_start=1)
    assert print_of(strip) != print_of(strip)


def test_whether_it_lasts_is_known_without_looking_at_the_files_twice(
    scene: Any, clip: Any, room: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fingerprint, seen = room("sequencer.fingerprint"), []
    look = fingerprint._file
    monkeypatch.setattr(fingerprint, "_file", lambda path: seen.append(path.name) or look(path))
    known = fingerprint.described(scene, clip)
    assert fingerprint.lasting(known)
    assert sorted(seen) == [f"{number:04}.png" for number in range(1, 5)]
    assert fingerprint.lasting(known) == fingerprint.hashed(known)


def test_what_is_never_known_does_not_last_wherever_it_lies(scene: Any, clip: Any, room: Any) -> None:
    fingerprint = room("sequencer.fingerprint")
    meta = make.strips(scene.sequence_editor).new_meta("meta", channel=2, frame_start=1)
    assert fingerprint.lasting(fingerprint.described(scene, meta))
    inner = bpy.data.scenes.new("other")
    make.strips(meta).new_scene(name="s", scene=inner, channel=1, frame_start=1)
    assert not fingerprint.lasting(fingerprint.described(scene, meta))


@pytest.mark.skipif(bpy.app.version < (5, 0), reason="strips have no compositing nodes before Blender 5")
def test_a_strip_with_compositing_nodes_is_never_known(clip: Any, print_of: Any) -> None:
    modifier = clip.modifiers.new("nodes", "COMPOSITOR")
    assert print_of(clip) == print_of(clip), "without nodes it does nothing"
    modifier.node_group = bpy.data.node_groups.new("nodes", "CompositorNodeTree")
    assert print_of(clip) != print_of(clip)


def test_an_adjustment_layer_depends_on_what_lies_below(scene: Any, clip: Any, print_of: Any) -> None:
    layer = make.add_effect(scene.sequence_editor, "ADJUSTMENT", start=10, length=4, channel=3)
    before = print_of(layer)
    clip.blend_alpha = 0.5
    assert print_of(layer) != before


def test_a_channel_that_is_muted_in_a_meta_counts(scene: Any, media: Any, print_of: Any) -> None:
    meta = make.strips(scene.sequence_editor).new_meta("meta", channel=2, frame_start=1)
    make.add_images(meta, media.images(4), start=1, channel=3)
    meta.frame_final_end = 5
    before = print_of(meta)
    meta.channels[3].mute = True
    assert print_of(meta) != before
    meta.channels[3].mute, meta.channels[4].mute = False, True
    assert print_of(meta) == before, "nothing lies there"


@pytest.mark.parametrize("inside", [False, True])
def test_a_channel_that_is_muted_below_an_adjustment_layer_counts(
    scene: Any, clip: Any, print_of: Any, inside: bool
) -> None:
    editor = scene.sequence_editor
    owner = make.strips(editor).new_meta("meta", channel=4, frame_start=10) if inside else editor
    layer = make.add_effect(owner, "ADJUSTMENT", start=10, length=4, channel=3)
    before = print_of(layer)
    editor.channels[clip.channel].mute = True
    assert print_of(layer) != before
    editor.channels[clip.channel].mute, editor.channels[9].mute = False, True
    assert print_of(layer) == before, "it lies above"


def test_the_muted_channel_of_the_strip_itself_does_not_count(scene: Any, clip: Any, print_of: Any) -> None:
    before = print_of(clip)
    scene.sequence_editor.channels[clip.channel].mute = True
    assert print_of(clip) == before


def test_the_same_file_loaded_again_has_the_same_fingerprint(
    scene: Any, clip: Any, print_of: Any, room: Any, tmp_path: Path
) -> None:
    clip.modifiers.new("curves", "CURVES")
    clip.transform.keyframe_insert("offset_x", frame=11)
    before = print_of(clip)
    file = str(tmp_path / "film.blend")
    bpy.ops.wm.save_as_mainfile(filepath=file)
    bpy.ops.wm.open_mainfile(filepath=file)
    again = bpy.context.scene
    strip = room("sequencer.strips").strip_named(again, "clip")
    assert room("sequencer.fingerprint").settings_fingerprint(again, strip) == before


def test_a_sequence_is_named_by_its_first_image(scene: Any, media: Any, clip: Any, room: Any) -> None:
    blur = make.add_effect(scene.sequence_editor, "GAUSSIAN_BLUR", start=10, length=4, input1=clip)
    listed = room("sequencer.fingerprint").media_files(blur)
    assert listed == (str(media.images(4)[0]),)


def write_exr(path: Path, value: float) -> Path:
    image = bpy.data.images.new("hdr", 64, 48, float_buffer=True)
    image.pixels.foreach_set([value, 0.5, 0.1, 1.0] * (64 * 48))
    image.filepath_raw, image.file_format = str(path), "OPEN_EXR"
    image.save()
    bpy.data.images.remove(image)
    return path


def test_hdr_input_is_named_and_still_read(scene: Any, room: Any, frames_of: Any, tmp_path: Path) -> None:
    strip = make.add_images(scene.sequence_editor, [write_exr(tmp_path / "sun.exr", 4.0)])
    strip.colorspace_settings.name = "Linear Rec.709"
    said = room("sequencer.fingerprint").losses(scene, strip)
    assert said == (
        "“clip” shows HDR or wide-gamut pictures (sun.exr): "
        "what is brighter than white or outside sRGB is clipped in the frames."
    )
    red, green, blue = frames_of(scene, strip)[1][0].rgb[:3]
    assert red == 255 > green > blue > 0


@pytest.mark.parametrize("space", ["Display P3", "Rec.2020", "ACEScg"])
def test_wide_gamut_input_is_named(scene: Any, clip: Any, room: Any, space: str) -> None:
    blur = make.add_effect(scene.sequence_editor, "GAUSSIAN_BLUR", start=10, length=4, input1=clip)
    losses = room("sequencer.fingerprint").losses
    assert losses(scene, blur) == ""
    clip.colorspace_settings.name = space
    assert f"(0001.png in {space})" in losses(scene, blur)


def test_a_rendered_scene_is_named(scene: Any, room: Any) -> None:
    other = bpy.data.scenes.new("other")
    strip = make.strips(scene.sequence_editor).new_scene(name="s", scene=other, channel=1, frame_start=1)
    strip.scene_input = "CAMERA"
    assert "(the rendered scene “other”)" in room("sequencer.fingerprint").losses(scene, strip)
    strip.scene_input = "SEQUENCER"
    assert room("sequencer.fingerprint").losses(scene, strip) == ""
