"""A strip comes out the same wherever it lies in the edit and however it is blended there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import media as make
import numpy as np
import pytest
import reference


def assert_bytes(frames: list[Any], pictures: list[Any]) -> None:
    assert [frame.rgb for frame in frames] == [picture[..., :3].tobytes() for picture in pictures]


@pytest.fixture
def clip(scene: Any, media: Any) -> Any:
    return make.add_images(scene.sequence_editor, media.images(6), start=10)


PICTURES = make.random_frames(6, 64, 48)


@pytest.mark.parametrize("blend", ["ADD", "MULTIPLY", "CROSS", "ALPHA_UNDER", "REPLACE"])
def test_blended_in_any_way(scene: Any, media: Any, clip: Any, frames_of: Any, blend: str) -> None:
    make.add_images(scene.sequence_editor, media.images(5), start=9, channel=3, name="other")
    clip.channel, clip.blend_type, clip.blend_alpha = 4, blend, 0.3
    assert_bytes(frames_of(scene, clip)[1], PICTURES)
    assert (clip.blend_type, round(clip.blend_alpha, 3)) == (blend, 0.3)


def test_fading_by_keys(scene: Any, clip: Any, frames_of: Any) -> None:
    for frame, opacity in ((10, 0.0), (15, 1.0)):
        clip.blend_alpha = opacity
        clip.keyframe_insert("blend_alpha", frame=frame)
    assert_bytes(frames_of(scene, clip)[1], PICTURES)
    assert [a.name for a in bpy.data.actions] == [scene.animation_data.action.name]


def test_hidden_by_keys(scene: Any, clip: Any, frames_of: Any) -> None:
    clip.mute = True
    clip.keyframe_insert("mute", frame=10)
    assert_bytes(frames_of(scene, clip)[1], PICTURES)


def test_fading_by_a_driver(scene: Any, clip: Any, frames_of: Any) -> None:
    clip.driver_add("blend_alpha").driver.expression = "0.25"
    assert_bytes(frames_of(scene, clip)[1], PICTURES)
    assert len(scene.animation_data.drivers) == 1


def test_fading_in_an_nla_track(scene: Any, clip: Any, frames_of: Any) -> None:
    clip.blend_alpha = 0.2
    clip.keyframe_insert("blend_alpha", frame=10)
    data = scene.animation_data
    data.nla_tracks.new().strips.new("fade", 10, data.action)
    data.action = None
    assert_bytes(frames_of(scene, clip)[1], PICTURES)


def test_under_keyed_colour_management(scene: Any, clip: Any, frames_of: Any) -> None:
    scene.view_settings.exposure = 3
    scene.view_settings.keyframe_insert("exposure", frame=1)
    assert_bytes(frames_of(scene, clip)[1], PICTURES)


def test_muted_in_a_muted_channel(scene: Any, clip: Any, frames_of: Any) -> None:
    clip.mute = True
    scene.sequence_editor.channels[clip.channel].mute = True
    assert_bytes(frames_of(scene, clip)[1], PICTURES)
    assert clip.mute and scene.sequence_editor.channels[clip.channel].mute


@pytest.mark.parametrize("start", [-100, -3, 0, 99990])
def test_anywhere_in_time(scene: Any, media: Any, clip: Any, frames_of: Any, start: int) -> None:
    later = make.add_images(scene.sequence_editor, media.images(5), start=300, channel=1, name="later")
    clip.frame_start = start
    assert_bytes(frames_of(scene, clip)[1], PICTURES)
    assert (clip.frame_start, later.frame_start) == (start, 300)


def test_effects_and_keys_before_frame_zero(scene: Any, media: Any, frames_of: Any) -> None:
    """The same edit twice, once before frame 0, where Blender 4 has to move the copy's timeline."""

    def edit(start: int) -> list[Any]:
        editor = scene.sequence_editor
        strip = make.add_images(editor, media.images(6), start=start, name="a")
        second = make.add_images(editor, media.images(5), start=start + 2, channel=2, name="b")
        for frame, offset in ((start, -20), (start + 5, 25)):
            strip.transform.offset_x = offset
            strip.transform.keyframe_insert("offset_x", frame=frame)
        cross = make.add_effect(editor, "CROSS", start=start + 2, length=4, channel=3, input1=strip, input2=second)
        for frame, saturation in ((start + 2, 0.0), (start + 5, 2.0)):
            cross.color_saturation = saturation
            cross.keyframe_insert("color_saturation", frame=frame)
        frames = frames_of(scene, cross)[1]
        for used in (cross, second, strip):
            make.strips(editor).remove(used)
        scene.animation_data_clear()
        return frames

    assert [f.rgb for f in edit(-40)] == [f.rgb for f in edit(20)]


@pytest.fixture
def nested(scene: Any, media: Any) -> tuple[Any, Any, Any]:
    """A clip in a meta in a meta."""
    outer = make.strips(scene.sequence_editor).new_meta("outer", channel=2, frame_start=10)
    inner = make.strips(outer).new_meta("inner", channel=1, frame_start=10)
    child = make.add_images(inner, media.images(6), start=10, channel=3, name="child")
    for meta in (inner, outer):
        meta.frame_final_end = 16
    return outer, inner, child


def test_inside_metas(scene: Any, media: Any, nested: Any, frames_of: Any) -> None:
    make.add_images(nested[1], media.images(5), start=10, channel=4, name="above")
    assert_bytes(frames_of(scene, nested[2])[1], PICTURES)


def test_what_a_meta_does_to_its_strips_is_done_once(scene: Any, nested: Any, frames_of: Any) -> None:
    """The take will lie in the meta too, and is moved, faded and cut by it like the strip."""
    outer, inner, child = nested
    outer.transform.scale_x, outer.blend_type, outer.blend_alpha = 0.5, "ADD", 0.4
    outer.use_reverse_frames, outer.color_saturation = True, 0.2
    outer.modifiers.new("dark", "BRIGHT_CONTRAST").bright = -50
    outer.crop.min_x, inner.strobe = 9, 2
    outer.frame_final_start, outer.frame_final_end = 12, 14
    inner.mute = scene.sequence_editor.channels[outer.channel].mute = inner.channels[3].mute = True
    assert_bytes(frames_of(scene, child)[1], PICTURES)
    assert (outer.frame_final_start, outer.frame_final_end, inner.mute, outer.use_reverse_frames) == (
        12,
        14,
        True,
        True,
    )


@pytest.mark.parametrize("which", ["outer", "inner", "both"])
@pytest.mark.parametrize("speed", [50, 200])
def test_what_a_meta_of_another_speed_does_to_its_strips_is_done_once(
    scene: Any, nested: Any, frames_of: Any, which: str, speed: int
) -> None:
    for meta in nested[:2]:
        if which in (meta.name, "both"):
            make.retime(scene.sequence_editor, meta, speed)
    before = [(meta.name, meta.frame_final_start, meta.frame_final_end) for meta in nested]
    assert (before[0][2] == 16) is (which == "inner")
    assert_bytes(frames_of(scene, nested[2])[1], PICTURES)
    assert [(meta.name, meta.frame_final_start, meta.frame_final_end) for meta in nested] == before


def test_with_a_meta_open_in_the_timeline(scene: Any, clip: Any, nested: Any, frames_of: Any) -> None:
    scene.sequence_editor.display_stack(nested[0])
    assert_bytes(frames_of(scene, clip)[1], PICTURES)
    assert_bytes(frames_of(scene, nested[2])[1], PICTURES)
    assert [meta.name for meta in scene.sequence_editor.meta_stack] == ["outer"]


def test_in_a_scene_that_is_not_the_active_one(scene: Any, media: Any, frames_of: Any) -> None:
    other = bpy.data.scenes.new("other")
    other.render.resolution_x, other.render.resolution_y = 64, 48
    strip = make.add_images(other.sequence_editor_create(), media.images(6), start=-4)
    assert_bytes(frames_of(other, strip)[1], PICTURES)
    assert bpy.context.window.scene == scene


def test_without_a_sequencer_scene(scene: Any, clip: Any, frames_of: Any) -> None:
    workspace = bpy.context.workspace
    if hasattr(workspace, "sequencer_scene"):
        workspace.sequencer_scene = None
    assert_bytes(frames_of(scene, clip)[1], PICTURES)
    assert getattr(workspace, "sequencer_scene", None) is None


@pytest.mark.parametrize("inside", [False, True])
def test_an_adjustment_layer_shows_what_lies_below(
    scene: Any, media: Any, frames_of: Any, tmp_path: Path, inside: bool
) -> None:
    editor = scene.sequence_editor
    lower = make.add_images(editor, media.images(6), start=10, channel=1, name="lower")
    lower.transform.scale_x = 0.7
    hidden = make.add_images(editor, media.images(5), start=10, channel=2, name="hidden")
    hidden.mute = True
    owner = editor
    if inside:
        owner = make.strips(editor).new_meta("meta", channel=4, frame_start=10)
    layer = make.add_effect(owner, "ADJUSTMENT", start=10, length=6, channel=3, name="layer")
    layer.use_flip_y = True
    if inside:
        owner.frame_final_end = 16
    make.add_images(editor, media.images(5), start=10, channel=9, name="above")
    framing, frames = frames_of(scene, layer)
    pictures = reference.shown_alone(scene, ["lower", "layer", "meta"], range(10, 16), tmp_path)
    reference.assert_same(framing, frames, pictures)
    assert len({frame.rgb for frame in frames}) == 6


def test_what_a_muted_channel_hides_is_not_shown(
    scene: Any, media: Any, clip: Any, frames_of: Any, tmp_path: Path
) -> None:
    """Neither below an adjustment layer nor in the meta that lies there."""
    editor = scene.sequence_editor
    make.add_images(editor, media.images(5), start=10, channel=2, name="hidden")
    meta = make.strips(editor).new_meta("meta", channel=4, frame_start=10)
    make.add_images(meta, media.images(5), start=10, channel=3, name="hidden too")
    meta.frame_final_end = 15
    layer = make.add_effect(editor, "ADJUSTMENT", start=10, length=5, channel=5, name="layer")
    layer.use_flip_y = True
    editor.channels[2].mute = meta.channels[3].mute = True
    framing, frames = frames_of(scene, layer)
    reference.plain(scene)
    reference.assert_same(framing, frames, reference.render(scene, range(10, 15), tmp_path))
    assert len({frame.rgb for frame in frames}) == 5


def test_a_meta_with_nothing_but_an_adjustment_layer(scene: Any, clip: Any, frames_of: Any) -> None:
    """The layer then takes what lies below the meta."""
    meta = make.strips(scene.sequence_editor).new_meta("meta", channel=4, frame_start=10)
    make.add_effect(meta, "ADJUSTMENT", start=10, length=6, channel=1).use_flip_y = True
    meta.frame_final_end = 16
    assert_bytes(frames_of(scene, meta)[1], [picture[::-1] for picture in PICTURES])


def test_a_multicam_strip_shows_its_channel(scene: Any, media: Any, clip: Any, frames_of: Any) -> None:
    make.add_images(scene.sequence_editor, media.images(5), start=10, channel=2, name="second")
    camera = make.add_effect(scene.sequence_editor, "MULTICAM", start=10, length=5, channel=5)
    camera.multicam_source = 2
    assert_bytes(frames_of(scene, camera)[1], make.random_frames(5, 64, 48))
    assert clip.mute is False


def test_an_effect_of_an_adjustment_layer(scene: Any, clip: Any, frames_of: Any) -> None:
    layer = make.add_effect(scene.sequence_editor, "ADJUSTMENT", start=10, length=6, channel=3, name="layer")
    speed = make.add_effect(scene.sequence_editor, "GLOW", start=10, length=6, channel=4, input1=layer)
    frames = frames_of(scene, speed)[1]
    assert len({frame.rgb for frame in frames}) == 6


def test_a_range_in_any_order(scene: Any, clip: Any, frames_of: Any) -> None:
    assert_bytes(frames_of(scene, clip, [4, 5, 2, 6, 6])[1], [PICTURES[i - 1] for i in (4, 5, 2, 6, 6)])


def test_numbers_before_the_content_start(scene: Any, clip: Any, frames_of: Any) -> None:
    clip.frame_final_start = 8
    assert_bytes(frames_of(scene, clip, [-1, 0, 1, 2])[1], [PICTURES[i] for i in (0, 0, 0, 1)])


@pytest.mark.parametrize("depth", [1, 2, 127, 254])
def test_transparency_is_kept_aside(scene: Any, frames_of: Any, tmp_path: Path, depth: int) -> None:
    picture = make.random_frames(1, 64, 48, channels=4)[0]
    picture[8:40, 8:56, 3] = depth
    picture[0], picture[:, 0] = 255, 255
    strip = make.add_images(scene.sequence_editor, make.write_pngs(tmp_path, [picture]))
    _, (frame,) = frames_of(scene, strip)
    assert frame.alpha == picture[..., 3].tobytes()
    rgb = np.frombuffer(frame.rgb, np.uint8).reshape(48, 64, 3)
    assert (rgb[picture[..., 3] > 0] == picture[picture[..., 3] > 0][:, :3]).all()


@pytest.mark.parametrize("name", ["a/b:c?d*e", "späce d 映画", 'quo"te\\back', "..", "x" * 60])
def test_any_name(scene: Any, clip: Any, frames_of: Any, name: str) -> None:
    clip.name = name
    clip.blend_alpha = 0.5
    clip.keyframe_insert("blend_alpha", frame=10)
    assert_bytes(frames_of(scene, clip)[1], PICTURES)


COLOURS: dict[str, dict[str, Any]] = {
    "AgX": {"view_settings.view_transform": "AgX"},
    "Filmic with a look": {"view_settings.view_transform": "Filmic", "view_settings.look": "Medium High Contrast"},
    "exposure and gamma": {"view_settings.exposure": 2.5, "view_settings.gamma": 1.75},
    "curves": {"view_settings.use_curve_mapping": True},
    "Display P3": {"display_settings.display_device": "Display P3"},
    "Rec.1886": {"display_settings.display_device": "Rec.1886"},
    "Rec.2020": {"display_settings.display_device": "Rec.2020"},
    "linear sequencer": {"sequencer_colorspace_settings.name": "Linear Rec.709"},
    "dither": {"render.dither_intensity": 2.0},
    "half size": {"render.resolution_percentage": 50},
    "border": {"render.use_border": True, "render.border_max_x": 0.5},
    "cropped border": {"render.use_border": True, "render.use_crop_to_border": True, "render.border_max_x": 0.5},
    "stamp": {"render.use_stamp": True},
    "placeholders": {"render.use_placeholder": True, "render.use_overwrite": False},
    "stereo": {"render.use_multiview": True},
    "steps": {"frame_step": 3},
    "no sequencer": {"render.use_sequencer": False},
    "time remapped": {"render.frame_map_new": 200},
    "own output colour": {
        "render.image_settings.color_management": "OVERRIDE",
        "render.image_settings.view_settings.view_transform": "AgX",
    },
}


if "use_white_balance" in bpy.types.ColorManagedViewSettings.bl_rna.properties:  # since Blender 4.3
    white = {"view_settings.use_white_balance": True, "view_settings.white_balance_temperature": 3000}
    COLOURS["white balance"] = white


@pytest.mark.parametrize("colour", COLOURS)
def test_whatever_the_scene_is_shown_with(scene: Any, clip: Any, frames_of: Any, colour: str) -> None:
    for path, value in COLOURS[colour].items():
        owner, name = path.rsplit(".", 1) if "." in path else ("", path)
        owner = scene.path_resolve(owner) if owner else scene
        setattr(owner, name, value)
    mapping = scene.view_settings.curve_mapping
    if colour == "curves":
        mapping.curves[3].points[0].location = (0, 0.5)
        mapping.update()
    assert_bytes(frames_of(scene, clip)[1], PICTURES)
    for path, value in COLOURS[colour].items():
        assert scene.path_resolve(path) == value
