"""Takes in: a folder of frames becomes an image strip above its source, on the same frames and picture area."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bpy

from ..backend.api import ErrorCode, Failure, Framing
from . import opacity
from .strips import (
    Scene,
    Strip,
    all_strips,
    collection_of,
    content_start,
    handles,
    inputs,
    owner_of,
    refusal,
    set_handles,
    strips_of,
)

HIGHEST_CHANNEL = 128
COLOUR = "COLOR_05"


def lay_take(
    scene: Scene,
    strip: Strip,
    files: Sequence[Path],
    first_number: int,
    framing: Framing,
    name: str,
    parameters: str,
) -> Strip:
    """Lay a take in above `strip`. `first_number` is the frame number of the first file; `parameters` is JSON text."""
    if (failure := refusal(scene, strip, look_at_files=False)) is not None:
        raise failure
    check_files(files, name)
    start = content_start(strip) + first_number - 1
    left, right = shown(strip, start, len(files))
    if left >= right:
        message = f"“{strip.name}” shows none of the frames of the take “{name}”."
        raise Failure(ErrorCode.BAD_INPUT, message, "It was trimmed or renumbered meanwhile: render the take again.")
    earlier = takes_of(scene, strip)
    take = _new_strip(owner_of(scene, strip), strip, files, start, (left, right), f"{strip.name} {name}")
    place(take, framing)
    take.color_tag = COLOUR
    take.blend_type = strip.blend_type
    opacity.give(scene, strip, take)
    note(strip, take, first_number, name, parameters)
    if strip.steady.mute_original:
        cover(scene, strip, earlier, take)
    return take


def takes_of(scene: Scene, strip: Strip) -> list[Strip]:
    """The takes of a strip that lie in its scene, the lowest channel first."""
    found = [s for s, _ in all_strips(scene) if is_take(s) and s.steady.take_source == strip.name]
    return sorted((take for take in found if may_be_of(take, strip)), key=lambda take: take.channel)


def topmost(scene: Scene, strip: Strip) -> Strip:
    """The highest of a strip and of those of its takes that lie beside it."""
    beside = strips_of(owner_of(scene, strip))
    return max((s for s in (strip, *takes_of(scene, strip)) if s in beside), key=lambda s: s.channel)


def is_take(strip: Strip) -> bool:
    return bool(strip.steady.take_name)


def study_of(take: Strip) -> str:
    """Also of a comparison: it carries no study as its own, or it would be taken for the source."""
    return take.steady.comparison or take.steady.study_id


def may_be_of(take: Strip, strip: Strip) -> bool:
    """Whether they share a study, or the strip was copied from the one that the take was made from."""
    return study_of(take) in (strip.steady.study_id, *strip.steady.ancestors.split())


def shown(strip: Strip, start: int, length: int) -> tuple[int, int]:
    """The part of the strip that a take of so many frames from `start` can show."""
    left, right = handles(strip)
    return max(left, start), min(right, start + length)


def check_files(files: Sequence[Path], name: str) -> None:
    if not files:
        raise Failure(ErrorCode.BAD_INPUT, f"The take “{name}” has no frames.", "Render it again.")
    if len({file.parent for file in files}) > 1:
        raise Failure(ErrorCode.BAD_INPUT, f"The frames of the take “{name}” do not lie in one folder.")
    if (missing := next((file for file in files if not file.is_file()), None)) is not None:
        raise Failure(ErrorCode.BAD_INPUT, f"The take “{name}” lacks its frame “{missing}”.", "Render it again.")


def _new_strip(owner: Any, source: Strip, files: Sequence[Path], start: int, span: tuple[int, int], name: str) -> Strip:
    # Until its handles are set it shows all its frames, and Blender would push it aside where those meet another strip.
    everything = min(start, span[0]), max(start + len(files), span[1])
    channel = free_channel(owner, source, everything)
    take = collection_of(owner).new_image(
        name=name, filepath=for_blender(files[0]), channel=channel, frame_start=start, fit_method="ORIGINAL"
    )
    for file in files[1:]:
        take.elements.append(file.name)
    set_handles(take, *span)
    take.channel = free_channel(owner, source, span, besides=take)
    take.colorspace_settings.name = "sRGB"
    take.alpha_mode = "STRAIGHT"
    return take


def free_channel(owner: Any, source: Strip, span: tuple[int, int], besides: Strip | None = None, wish: int = 0) -> int:
    """The first channel above the source that is free for so long, and neither switched off nor locked; or `wish`, if
    that will do."""
    left, right = span
    others = [other for other in collection_of(owner) if other != besides]
    taken = {other.channel for other in others if handles(other)[0] < right and handles(other)[1] > left}
    lowest = source.channel + 1 if source in others else 1
    if wish >= lowest and wish not in taken:
        return wish
    for channel in range(lowest, HIGHEST_CHANNEL + 1):
        if channel not in taken and not _is_closed(owner.channels[channel]):
            return channel
    message = f"There is no free channel above “{source.name}”."
    raise Failure(ErrorCode.BAD_INPUT, message, "Move it to a lower channel, or clear one above it.")


def _is_closed(channel: Any) -> bool:
    return channel.mute or channel.lock


def for_blender(file: Path) -> str:
    """Relative to the saved .blend, so that both can move together; Windows knows no relative way to another drive."""
    if not bpy.data.filepath:
        return str(file)
    try:
        return bpy.path.relpath(str(file))
    except ValueError:
        return str(file)


def place(take: Strip, framing: Framing) -> None:
    """Stretched over the box, measured from the canvas' middle, so that it stays there when the canvas grows."""
    box, (width, height) = framing.box, framing.size
    take.transform.scale_x, take.transform.scale_y = box.width / width, box.height / height
    take.transform.offset_x = box.x - _unmoved(framing.canvas[0], width, box.width)
    below = framing.canvas[1] - box.y - box.height
    take.transform.offset_y = below - _unmoved(framing.canvas[1], height, box.height)
    if (box.width, box.height) == (width, height):
        take.transform.filter = "NEAREST"  # nothing is resampled, to the last bit
    elif take.transform.filter == "NEAREST":
        take.transform.property_unset("filter")


def _unmoved(canvas: int, picture: int, stretched: int) -> float:
    """Where Blender puts the edge of a picture with no offset. It halves whole pixels, and leaves the odd one out."""
    return int((canvas - picture) / 2) + (picture - stretched) / 2


def note(strip: Strip, take: Strip, first_number: int, name: str, parameters: str) -> None:
    settings = take.steady
    settings.study_id = strip.steady.study_id
    settings.take_name = name
    settings.take_first = first_number
    settings.take_source = strip.name
    settings.take_parameters = parameters


# --- muting the original


def cover(scene: Scene, strip: Strip, earlier: Sequence[Strip], take: Strip) -> None:
    """Mute what lies under a take. Earlier takes too: where takes are transparent, or blended other than over, two of
    them would mix."""
    for other in earlier:
        other.mute = other.mute or _is_covered(other, take)
    if not _is_covered(strip, take):
        return  # the rest of it is to be seen
    if _sounds(strip) and _is_hidden(scene, strip):
        return  # muted it would be silent as well; under the take nobody sees it
    parts = inputs(strip)
    if not parts:
        strip.mute = True
    elif all(_only_serves(scene, part, strip) for part in _chain(strip)):
        for part in (strip, *_chain(strip)):
            part.mute = True
    # Else its inputs would come to light: strips of a transition show by themselves before and after it.


def _is_covered(strip: Strip, take: Strip) -> bool:
    return handles(take)[0] <= handles(strip)[0] and handles(strip)[1] <= handles(take)[1]


def _sounds(strip: Strip) -> bool:
    if strip.type == "META":
        return any(child.type == "SOUND" or _sounds(child) for child in strips_of(strip))
    if strip.type != "SCENE" or strip.scene is None:
        return False
    speakers = any(thing.type == "SPEAKER" for thing in strip.scene.objects)
    return speakers or any(child.type == "SOUND" for child, _ in all_strips(strip.scene))


def _is_hidden(scene: Scene, strip: Strip) -> bool:
    plain = strip.blend_type in {"REPLACE", "ALPHA_OVER"} and strip.blend_alpha == 1.0
    return plain and not opacity.is_animated(scene, strip)


def _chain(strip: Strip) -> list[Strip]:
    found = []
    for part in inputs(strip):
        found += [part, *_chain(part)]
    return found


def _only_serves(scene: Scene, part: Strip, effect: Strip) -> bool:
    """Whether a strip is seen nowhere but in this effect, and heard nowhere at all."""
    inside = handles(effect)[0] <= handles(part)[0] and handles(part)[1] <= handles(effect)[1]
    users = [other for other, _ in all_strips(scene) if part in inputs(other)]
    return inside and not _sounds(part) and all(user == effect or user in _chain(effect) for user in users)
