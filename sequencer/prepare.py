"""Makes a private copy of a scene show nothing but one strip, with its bytes as they are before the view transform."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

import bpy

from ..backend.api import ErrorCode, Failure
from ..backend.frozen import frozen
from .animation import drop, first_keys, own_actions, shift_keys
from .strips import (
    Scene,
    Strip,
    all_strips,
    content_start,
    handles,
    inputs,
    owner_of,
    parents,
    set_content_start,
    set_handles,
    strip_named,
    strips_of,
    study_id,
    time_won,
)

# These show what lies below them in the same list, so muting the rest would leave them empty.
SEES_BELOW = {"ADJUSTMENT", "MULTICAM"}
NEUTRAL = {
    "blend_type": "REPLACE",
    "blend_alpha": 1.0,
    "use_flip_x": False,
    "use_flip_y": False,
    "use_reverse_frames": False,
    "use_float": False,
    "use_deinterlace": False,
    "strobe": 1.0,
    "color_saturation": 1.0,
    "color_multiply": 1.0,
}
NEUTRAL_TRANSFORM = {"offset_x": 0, "offset_y": 0, "scale_x": 1, "scale_y": 1, "rotation": 0}
RENDER_SWITCHES = {
    "use_sequencer": True,
    "use_overwrite": True,
    "use_file_extension": True,
    "use_placeholder": False,
    "use_border": False,
    "use_crop_to_border": False,
    "use_multiview": False,
    "use_stamp": False,
    "use_compositing": False,
}


@frozen
class Prepared:
    """A scene that renders one strip. Its timeline may be shifted, because Blender 4 cannot render before frame 0."""

    scene: Scene
    strip: Strip
    start: int  # where frame number 1 lies on the prepared scene's timeline


@contextmanager
def prepared_copy(scene: Scene, strip: Strip) -> Iterator[Prepared]:
    """A copy of the scene that renders only the strip, in this file for as long as it is needed."""
    had_result = any(image.type == "RENDER_RESULT" for image in bpy.data.images)
    copy = scene.copy()
    actions = own_actions(copy)
    try:
        _forget_studies(copy)
        own = strip_named(copy, strip.name)
        yield Prepared(copy, own, content_start(own) + _isolate(copy, own))
    finally:
        with suppress(ReferenceError):  # another file was opened meanwhile, and the copy is gone with its own
            bpy.data.scenes.remove(copy)
            for action in actions:
                bpy.data.actions.remove(action)
            for image in [i for i in bpy.data.images if i.type == "RENDER_RESULT" and not had_result]:
                bpy.data.images.remove(image)


def _forget_studies(copy: Scene) -> None:
    """Nobody who looks for the strip of a study may find its copy."""
    for strip, _ in all_strips(copy):
        if study_id(strip):
            strip.steady.study_id = ""


def _isolate(scene: Scene, strip: Strip) -> int:
    """Make a private copy render only `strip`: opaque, unblended, as bytes. Returns how far its timeline was moved."""
    _undo_speed(scene, strip)
    metas, kept = parents(scene, strip), _kept(scene, strip)
    _stop_animation(scene, strip, metas, kept)
    for meta in metas:
        _neutralise(meta, handles(strip))
    _mute_the_rest(scene, strip, metas, kept)
    strip.blend_type, strip.blend_alpha = "REPLACE", 1.0
    _plain_output(scene)
    _plain_colour(scene)
    return _shift(scene, strip)


def seen_below(scene: Scene, strip: Strip) -> Iterator[Strip]:
    """The strips whose picture an adjustment layer or a multicam strip, however deep in an effect, a mask or a meta,
    takes from below."""
    for part in _made_of((strip,)):
        if part.type in SEES_BELOW:
            yield from _below(scene, part)


def _below(scene: Scene, strip: Strip) -> Iterator[Strip]:
    for level in (strip, *reversed(parents(scene, strip))):
        for other in strips_of(owner_of(scene, level)):
            if other.channel < level.channel and not other.mute:
                yield other
                yield from _inside(other)


def _inside(strip: Strip) -> Iterator[Strip]:
    """All that a meta holds, at any depth."""
    for child in strips_of(strip) if strip.type == "META" else ():
        yield child
        yield from _inside(child)


def _made_of(strips: Iterable[Strip]) -> list[Strip]:
    """Strips with all that their pictures are made from, at any depth: what effects and masks use, and what metas
    hold."""
    found: dict[str, Strip] = {}
    waiting = list(strips)
    while waiting:
        strip = waiting.pop()
        if strip.name not in found:
            found[strip.name] = strip
            waiting += [*inputs(strip), *_masks(strip), *(strips_of(strip) if strip.type == "META" else ())]
    return list(found.values())


def _masks(strip: Strip) -> Iterator[Strip]:
    """The strips that its modifiers are masked by."""
    for modifier in getattr(strip, "modifiers", ()):
        if getattr(modifier, "input_mask_strip", None) is not None:
            yield modifier.input_mask_strip


def _kept(scene: Scene, strip: Strip) -> set[str]:
    """What stays as muted as it is: what is seen below, and what the metas hold that the picture is made from."""
    below = list(seen_below(scene, strip))
    held = {child.name for part in _made_of((strip, *below)) for child in _inside(part)}
    return held | {other.name for other in below}


def _mute_the_rest(scene: Scene, strip: Strip, metas: tuple[Strip, ...], kept: set[str]) -> None:
    """Muting keeps what effects are made from: an input renders inside its effect, muted or not."""
    own = {strip.name, *(meta.name for meta in metas)}
    for other, _ in all_strips(scene):
        if other.name in own:
            other.mute = False
        elif other.name not in kept:
            other.mute = True
    for level in (strip, *metas):
        owner_of(scene, level).channels[level.channel].mute = False


def _neutralise(meta: Strip, span: tuple[int, int]) -> None:
    """The take will lie in the same meta, which then does to it what it does to the strip: only once, please."""
    for name, value in NEUTRAL.items():
        if hasattr(meta, name):
            setattr(meta, name, value)
    for name, value in NEUTRAL_TRANSFORM.items():
        setattr(meta.transform, name, value)
    for side in ("min_x", "max_x", "min_y", "max_y"):
        setattr(meta.crop, side, 0)
    for modifier in meta.modifiers:
        modifier.mute = True
    left, right = handles(meta)
    set_handles(meta, min(left, span[0]), max(right, span[1]))


def _undo_speed(scene: Scene, strip: Strip) -> None:
    """Of metas too, for the same reason. Blender resets it only for a click, so that the parts of such a meta are taken
    out of it instead."""
    part = strip
    while metas := parents(scene, part):
        set_handles(part, *handles(part))  # has the meta measured, which a deletion has not
        if time_won(metas[-1]):
            metas[-1].separate()
        else:
            part = metas[-1]


def _stop_animation(scene: Scene, strip: Strip, metas: tuple[Strip, ...], kept: set[str]) -> None:
    """Keys and drivers would undo at every frame what is set here."""
    prefixes = ["view_settings.", "render.", "display_settings."]
    for other, _ in all_strips(scene):
        path = other.path_from_id()
        if other in metas:
            prefixes.append(f"{path}.")
        elif other == strip:
            prefixes += [f"{path}.{name}" for name in ("mute", "blend_alpha", "blend_type", "channel")]
        elif other.name not in kept:
            prefixes.append(f"{path}.mute")
    drop(scene, tuple(prefixes))


def _plain_output(scene: Scene) -> None:
    render = scene.render
    for name, value in RENDER_SWITCHES.items():
        setattr(render, name, value)
    render.dither_intensity = 0
    scene.frame_step = 1
    scene.sequence_editor.show_missing_media = False
    scene.sequence_editor.use_prefetch = False
    image = render.image_settings
    if hasattr(image, "media_type"):
        image.media_type = "IMAGE"
    image.file_format = "TARGA_RAW"  # the fastest of the lossless ones in all four Blenders
    image.color_mode = "RGBA"
    image.color_management = "FOLLOW_SCENE"


def _plain_colour(scene: Scene) -> None:
    view = scene.view_settings
    try:
        scene.display_settings.display_device = "sRGB"
        view.view_transform = "Standard"
        view.look = "None"
    except TypeError as error:
        message = "The colour configuration of this Blender has no “Standard” view for an sRGB display."
        raise Failure(ErrorCode.BAD_INPUT, message, "Start Blender without the OCIO variable.") from error
    view.exposure, view.gamma, view.use_curve_mapping = 0, 1, False
    for name in ("use_white_balance", "use_hdr_view"):
        if hasattr(view, name):
            setattr(view, name, False)
    if hasattr(scene.display_settings, "emulation"):
        scene.display_settings.emulation = "OFF"


def _shift(scene: Scene, strip: Strip) -> int:
    """Move the whole timeline so that the strip begins at frame 0, where this Blender renders nothing before it."""
    left = handles(strip)[0]
    can_render_before_zero = bpy.app.version >= (5, 0)
    if left >= 0 or can_render_before_zero:
        return 0
    keys = first_keys(scene)
    movable = [s for s in strips_of(scene) if not inputs(s)]
    # The last one first, so that none ever lands on one that has not moved yet.
    for other in sorted(movable, key=lambda s: handles(s)[1], reverse=True):
        set_content_start(other, content_start(other) - left)
    shift_keys(scene, -left, keys)
    if handles(strip)[0] != 0:
        message = f"“{strip.name}” begins before frame 0 and cannot be moved there for reading."
        raise Failure(ErrorCode.BAD_INPUT, message, "Move the strip behind frame 0.")
    return -left
