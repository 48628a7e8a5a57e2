"""Every kind of strip comes out as Blender itself renders it alone, byte for byte."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import media as make
import numpy as np
import pytest
import reference

Build = Callable[[Any, Any], Any]  # the scene's editor and the media → the strip


def images(editor: Any, media: Any, **how: Any) -> Any:
    return make.add_images(editor, media.images(6), start=10, **how)


def movie(editor: Any, media: Any) -> Any:
    return make.strips(editor).new_movie(name="film", filepath=str(media.movie(12)), channel=1, frame_start=3)


def changed(build: Build, *changes: tuple[str, Any]) -> Build:
    """The same strip with some of its settings changed: ("transform.scale_x", 0.5)."""

    def with_changes(editor: Any, media: Any) -> Any:
        strip = build(editor, media)
        for path, value in changes:
            *owners, name = path.split(".")
            owner = strip
            for part in owners:
                owner = getattr(owner, part)
            setattr(owner, name, value)
        return strip

    return with_changes


def with_modifier(kind: str, **values: Any) -> Build:
    def build(editor: Any, media: Any) -> Any:
        strip = images(editor, media)
        modifier = strip.modifiers.new(kind, kind)
        for name, value in values.items():
            setattr(modifier, name, value)
        return strip

    return build


def with_curves(editor: Any, media: Any) -> Any:
    strip = images(editor, media)
    curve = strip.modifiers.new("curves", "CURVES").curve_mapping
    curve.curves[3].points[0].location = (0.0, 0.3)
    curve.update()
    return strip


def with_mask_strip(editor: Any, media: Any) -> Any:
    mask = make.add_images(editor, media.images(6, channels=4), start=10, channel=5, name="mask")
    strip = images(editor, media)
    strip.modifiers.new("bright", "BRIGHT_CONTRAST").bright = 60
    strip.modifiers[0].input_mask_strip = mask
    return strip


def with_keys(editor: Any, media: Any) -> Any:
    strip = images(editor, media)
    for frame, offset in ((10, -20), (15, 25)):
        strip.transform.offset_x = offset
        strip.transform.keyframe_insert("offset_x", frame=frame)
    return strip


def retimed(editor: Any, media: Any) -> Any:
    strip = movie(editor, media)
    make.retime(editor, strip, 200)
    return strip


def effect(kind: str, two: bool = False, **values: Any) -> Build:
    def build(editor: Any, media: Any) -> Any:
        inputs = {"input1": images(editor, media)}
        if two:
            inputs["input2"] = make.add_images(editor, media.images(5), start=12, channel=2, name="second")
        strip = make.add_effect(editor, kind, start=10, length=6, channel=4, **inputs)
        for name, value in values.items():
            setattr(strip, name, value)
        return strip

    return build


def with_muted_inputs(editor: Any, media: Any) -> Any:
    strip = effect("CROSS", two=True)(editor, media)
    strip.input_1.mute = strip.input_2.mute = True
    return strip


def colour(editor: Any, media: Any) -> Any:
    strip = make.add_effect(editor, "COLOR", start=4, length=3)
    strip.color = (0.2, 0.5, 0.8)
    return strip


def text(editor: Any, media: Any) -> Any:
    strip = make.add_effect(editor, "TEXT", start=4, length=3)
    strip.text, strip.font_size = "Abc", 24
    return strip


def meta(editor: Any, media: Any) -> Any:
    strip = make.strips(editor).new_meta("meta", channel=2, frame_start=10)
    make.add_images(strip, media.images(6), start=10, channel=1, name="lower")
    upper = make.add_effect(strip, "COLOR", start=12, length=2, channel=2, name="upper")
    upper.blend_type, upper.blend_alpha = "ALPHA_OVER", 0.5
    strip.frame_final_end = 16
    return strip


def nested_meta(editor: Any, media: Any) -> Any:
    strip = make.strips(editor).new_meta("outer", channel=2, frame_start=10)
    meta(strip, media).name = "inner"
    strip.frame_final_end = 16
    return strip


def effect_of(inner: Build, kind: str, channel: int = 4, **values: Any) -> Build:
    def build(editor: Any, media: Any) -> Any:
        strip = make.add_effect(editor, kind, start=10, length=6, channel=channel, input1=inner(editor, media))
        for name, value in values.items():
            setattr(strip, name, value)
        return strip

    return build


blur_of_a_meta = effect_of(meta, "GAUSSIAN_BLUR", size_x=3.0, size_y=3.0)


def cross_to_a_meta(editor: Any, media: Any) -> Any:
    first = make.add_images(editor, media.images(5), start=10, channel=1, name="first")
    both = {"input1": first, "input2": meta(editor, media)}
    return make.add_effect(editor, "CROSS", start=10, length=5, channel=4, **both)


def with_a_meta_as_mask(editor: Any, media: Any) -> Any:
    strip = images(editor, media)
    strip.modifiers.new("bright", "BRIGHT_CONTRAST").bright = 60
    strip.modifiers[0].input_mask_strip = meta(editor, media)
    return strip


def adjustment_above_the_blur_of_a_meta(editor: Any, media: Any) -> Any:
    """Muted, the meta is not seen below by itself, but in its blur."""
    below = blur_of_a_meta(editor, media)
    below.name, below.input_1.mute = "below", True
    strip = make.add_effect(editor, "ADJUSTMENT", start=10, length=6, channel=5)
    strip.modifiers.new("bright", "BRIGHT_CONTRAST").bright = 30
    return strip


def scene_strip(editor: Any, media: Any) -> Any:
    other = bpy.data.scenes.new("other")
    other.render.resolution_x, other.render.resolution_y = 64, 48
    other.frame_start, other.frame_end = 1, 6
    make.add_images(other.sequence_editor_create(), media.images(6), start=1, name="inner")
    strip = make.strips(editor).new_scene(name="scene", scene=other, channel=1, frame_start=5)
    strip.scene_input = "SEQUENCER"
    return strip


def rendered_scene(editor: Any, media: Any) -> Any:
    """A plane that glows, seen by a camera, rendered by Cycles."""
    other = bpy.data.scenes.new("other")
    other.render.engine, other.cycles.samples, other.cycles.device = "CYCLES", 1, "CPU"
    other.render.resolution_x, other.render.resolution_y = 64, 48
    other.frame_start, other.frame_end = 1, 2
    mesh = bpy.data.meshes.new("plane")
    mesh.from_pydata([(-1, -1, 0), (1, -1, 0), (1, 1, 0), (-1, 1, 0)], [], [(0, 1, 2, 3)])
    plane = bpy.data.objects.new("plane", mesh)
    for frame, x in ((1, -1), (2, 1)):
        plane.location.x = x
        plane.keyframe_insert("location", frame=frame)
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.location.z = 5
    other.camera, other.world = camera, bpy.data.worlds.new("world")
    for thing in (plane, camera):
        other.collection.objects.link(thing)
    strip = make.strips(editor).new_scene(name="scene", scene=other, channel=1, frame_start=5)
    strip.scene_input = "CAMERA"
    return strip


def movie_clip(editor: Any, media: Any) -> Any:
    clip = bpy.data.movieclips.load(str(media.movie(12)))
    return make.strips(editor).new_clip(name="clip", clip=clip, channel=1, frame_start=5)


def mask(editor: Any, media: Any) -> Any:
    drawn = bpy.data.masks.new("mask")
    drawn.frame_start, drawn.frame_end = 1, 4
    spline = drawn.layers.new(name="layer").splines.new()
    spline.points.add(2)
    for point, place in zip(spline.points, [(0.2, 0.3), (0.8, 0.3), (0.5, 0.8)], strict=True):
        point.handle_type, point.co = "VECTOR", place
    spline.use_cyclic = True
    return make.strips(editor).new_mask(name="mask", mask=drawn, channel=1, frame_start=5)


def held(editor: Any, media: Any) -> Any:
    strip = make.add_images(editor, media.images(6)[:1], start=10)
    strip.frame_final_end = 14
    return strip


def trimmed(editor: Any, media: Any) -> Any:
    strip = movie(editor, media)
    strip.frame_final_start, strip.frame_final_end = 6, 12
    return strip


def cut_for_good(editor: Any, media: Any) -> Any:
    """What a hard split does: the content itself is shorter from then on."""
    strip = movie(editor, media)
    return strip.split(frame=7, split_method="HARD")


def held_beyond(editor: Any, media: Any) -> Any:
    strip = images(editor, media)
    strip.frame_final_start, strip.frame_final_end = 8, 18
    return strip


KINDS: dict[str, Build] = {
    "images": images,
    "movie": movie,
    "one image, held": held,
    "movie, trimmed": trimmed,
    "movie, cut for good": cut_for_good,
    "images, held beyond their content": held_beyond,
    "movie, retimed": retimed,
    "cropped": changed(images, ("crop.min_x", 7), ("crop.max_y", 5)),
    "scaled and moved": changed(images, ("transform.scale_x", 0.6), ("transform.offset_y", 9)),
    "rotated": changed(images, ("transform.rotation", 0.4)),
    "flipped": changed(images, ("use_flip_x", True), ("use_flip_y", True)),
    "reversed": changed(movie, ("use_reverse_frames", True)),
    "strobed": changed(movie, ("strobe", 3.0)),
    "less saturated": changed(images, ("color_saturation", 0.4), ("color_multiply", 0.8)),
    "moving by keys": with_keys,
    "brighter": with_modifier("BRIGHT_CONTRAST", bright=20, contrast=10),
    "tone-mapped": with_modifier("TONEMAP"),
    "white-balanced": with_modifier("WHITE_BALANCE", white_value=(0.9, 1.0, 0.8)),
    "colour-balanced": with_modifier("COLOR_BALANCE", color_multiply=1.6),
    "hue-corrected": with_modifier("HUE_CORRECT"),
    "with curves": with_curves,
    "with a mask strip": with_mask_strip,
    "colour": colour,
    "text": text,
    "cross": effect("CROSS", two=True),
    "cross of muted inputs": with_muted_inputs,
    "wipe": effect("WIPE", two=True),
    "gamma cross": effect("GAMMA_CROSS", two=True),
    "add": effect("ADD", two=True),
    "subtract": effect("SUBTRACT", two=True),
    "alpha over": effect("ALPHA_OVER", two=True),
    "alpha under": effect("ALPHA_UNDER", two=True),
    "multiply": effect("MULTIPLY", two=True),
    "colour mix": effect("COLORMIX", two=True),
    "blur": effect("GAUSSIAN_BLUR", size_x=3.0, size_y=3.0),
    "glow": effect("GLOW"),
    "speed": effect("SPEED"),
    "meta": meta,
    "blur of a meta": blur_of_a_meta,
    "glow of a meta in a meta": effect_of(nested_meta, "GLOW"),
    "speed of a meta": effect_of(meta, "SPEED"),
    "glow of a blur of a meta": effect_of(blur_of_a_meta, "GLOW", channel=5),
    "cross to a meta": cross_to_a_meta,
    "masked by a meta": with_a_meta_as_mask,
    "adjustment above the blur of a meta": adjustment_above_the_blur_of_a_meta,
    "scene": scene_strip,
    "rendered scene": rendered_scene,
    "movie clip": movie_clip,
}


SHOWN_IN_IT = ("lower", "upper", "inner", "below")
SAME_IN_EACH_FRAME = ("colour", "text", "one image, held")


@pytest.mark.parametrize("kind", KINDS)
def test_it_comes_out_as_blender_shows_it(scene: Any, media: Any, frames_of: Any, tmp_path: Path, kind: str) -> None:
    strip = KINDS[kind](scene.sequence_editor, media)
    make.add_effect(scene.sequence_editor, "COLOR", start=0, length=40, channel=9, name="above")
    framing, frames = frames_of(scene, strip)
    names = [strip.name, *SHOWN_IN_IT]
    pictures = reference.shown_alone(scene, names, range(strip.frame_final_start, strip.frame_final_end), tmp_path)
    assert len({picture.tobytes() for picture in pictures}) > 1 or kind in SAME_IN_EACH_FRAME
    reference.assert_same(framing, frames, pictures)


def test_a_mask_strip(scene: Any, media: Any, frames_of: Any, tmp_path: Path) -> None:
    """Blender 5.0.1 renders a resting mask with a pixel that changes from frame to frame, so it may differ here too."""
    strip = mask(scene.sequence_editor, media)
    framing, frames = frames_of(scene, strip)
    span = range(strip.frame_final_start, strip.frame_final_end)
    assert (framing.box.width, framing.box.height, len(frames)) == (64, 48, len(span))
    for frame, picture in zip(frames, reference.shown_alone(scene, [strip.name], span, tmp_path), strict=True):
        rgb = np.frombuffer(frame.rgb, np.uint8).reshape(48, 64, 3)
        assert (rgb != picture[..., :3]).any(axis=2).sum() <= 2
        assert 600 < (rgb[..., 0] > 128).sum() < 700
