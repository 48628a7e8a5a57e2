"""A comparison in the edit: one meta strip with four pictures in the quarters of the source's picture area, each with
its name on it, on the source's own frames."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..backend.api import Box, ErrorCode, Failure, Framing
from ..backend.frozen import frozen
from . import showing
from .followers import is_comparison
from .strips import (
    Scene,
    Strip,
    all_strips,
    collection_of,
    content_start,
    owner_of,
    set_handles,
    strip_named,
    study_id,
)
from .takes import check_files, for_blender, free_channel, may_be_of, place, shown, topmost

COLOUR = "COLOR_03"
LETTERS = 0.09  # a label's size as a share of its quarter's height
WIDEST = 0.8  # the share of its quarter's width that a label may take
LETTER_WIDTH = 0.6  # of a letter's height, on average
SMALLEST = 4.0
MARGIN = 0.04  # of the quarter's shorter side


@frozen
class Pane:
    """One quarter: what it is called, and its frames."""

    label: str
    files: tuple[Path, ...]


def quarters(box: Box) -> tuple[Box, Box, Box, Box]:
    """From the upper left in reading order. Of an odd side the second one gets the pixel that is left."""
    wide, high = box.width // 2, box.height // 2
    columns = ((box.x, wide), (box.x + wide, box.width - wide))
    rows = ((box.y, high), (box.y + high, box.height - high))
    a, b, c, d = (Box(x, y, width, height) for y, height in rows for x, width in columns)
    return a, b, c, d


def comparison_of(scene: Scene, strip: Strip) -> Strip | None:
    """The one that was laid for the strip, under whatever name it had then."""
    found = [s for s, _ in all_strips(scene) if is_comparison(s) and may_be_of(s, strip)]
    own = next((s for s in found if s.steady.take_source == strip.name), None)
    return own or next((s for s in found if strip_named(scene, s.steady.take_source) is None), None)


def source_of(scene: Scene, strip: Strip) -> Strip | None:
    """The strip that a comparison, or the one that this is a part of, was laid for."""
    meta = strip if is_comparison(strip) else strip.parent_meta()
    if meta is None or not is_comparison(meta):
        return None
    return next((s for s, _ in all_strips(scene) if study_id(s) and comparison_of(scene, s) == meta), None)


def lay_comparison(
    scene: Scene, strip: Strip, panes: Sequence[Pane], first_number: int, framing: Framing, backed: bool
) -> Strip:
    """Above the strip and all of its takes; the one from before is replaced. `backed`: the pictures let something
    through, which shall not be the edit below."""
    refuse_used(scene, strip)
    for pane in panes:
        check_files(pane.files, pane.label)
    start = content_start(strip) + first_number - 1
    end = start + len(panes[0].files)
    left, right = shown(strip, start, len(panes[0].files))
    if left >= right:
        message = f"“{strip.name}” shows none of the frames that were compared."
        raise Failure(ErrorCode.BAD_INPUT, message, "It was trimmed meanwhile: compare again.")
    owner, old, highest = owner_of(scene, strip), comparison_of(scene, strip), topmost(scene, strip)
    wish = old.channel if old is not None and owner_of(scene, old) == owner else 0
    channel = free_channel(owner, highest, (left, right), besides=old, wish=wish)
    if old is not None:
        _remove(scene, old)
    # It holds all of the frames, so that the strip can be lengthened again; until its handles are set it shows them.
    whole = free_channel(owner, highest, (start, end))
    meta = collection_of(owner).new_meta(name=f"{strip.name} compared", channel=whole, frame_start=start)
    _fill(meta, panes, (start, end), framing, backed)
    set_handles(meta, left, right)
    meta.channel = channel
    meta.color_tag, meta.blend_type = COLOUR, "ALPHA_OVER"
    for part in (meta, *collection_of(meta)):
        part.steady.comparison = strip.steady.study_id
    meta.steady.take_source, meta.steady.take_first = strip.name, first_number
    return meta


def refuse_used(scene: Scene, strip: Strip) -> None:
    """Where the one from before cannot be replaced: with it an effect would go that is made from it."""
    old = comparison_of(scene, strip)
    if old is not None and (other := showing.made_from(scene, [old])) is not None:
        message = f"“{other.name}” is made from the comparison “{old.name}”."
        raise Failure(ErrorCode.BAD_INPUT, message, "Delete that strip first.")


def _remove(scene: Scene, meta: Strip) -> None:
    editor = scene.sequence_editor
    if meta in list(editor.meta_stack):  # Blender would go on drawing what is in it
        editor.display_stack(meta.parent_meta())
    collection_of(owner_of(scene, meta)).remove(meta)


def _fill(meta: Strip, panes: Sequence[Pane], span: tuple[int, int], framing: Framing, backed: bool) -> None:
    if backed:
        backing = new_effect(meta, "COLOR", "backing", 1, span)
        backing.color = (0.0, 0.0, 0.0)
        place(backing, Framing(framing.canvas, framing.box, framing.canvas))
    for at, (pane, quarter) in enumerate(zip(panes, quarters(framing.box), strict=True)):
        picture = _picture(meta, pane, 2 + at, span[0])
        place(picture, Framing(framing.canvas, quarter, framing.size))
        _label(meta, pane.label, 2 + len(panes) + at, span, quarter, framing.canvas)


def _picture(meta: Strip, pane: Pane, channel: int, start: int) -> Strip:
    picture = collection_of(meta).new_image(
        name=pane.label, filepath=for_blender(pane.files[0]), channel=channel, frame_start=start, fit_method="ORIGINAL"
    )
    for file in pane.files[1:]:
        picture.elements.append(file.name)
    picture.colorspace_settings.name, picture.alpha_mode = "sRGB", "STRAIGHT"
    picture.blend_type = "ALPHA_OVER"
    return picture


def _label(meta: Strip, text: str, channel: int, span: tuple[int, int], quarter: Box, canvas: tuple[int, int]) -> Strip:
    """In the quarter's upper left corner, white on a dark box: it can be read on anything."""
    label = new_effect(meta, "TEXT", f"{text} label", channel, span)
    margin = MARGIN * min(quarter.width, quarter.height)
    fitting = WIDEST * quarter.width / (LETTER_WIDTH * len(text))
    label.text, label.font_size = text, max(SMALLEST, min(LETTERS * quarter.height, fitting))
    label.location = (quarter.x + 2 * margin) / canvas[0], 1 - (quarter.y + 2 * margin) / canvas[1]
    side, height = ("anchor_x", "anchor_y") if hasattr(label, "anchor_x") else ("align_x", "align_y")
    setattr(label, side, "LEFT")
    setattr(label, height, "TOP")
    label.color = (1.0, 1.0, 1.0, 1.0)
    label.use_box, label.box_color, label.box_margin = True, (0.0, 0.0, 0.0, 0.6), margin / canvas[0] / 2
    label.use_shadow, label.shadow_color = True, (0.0, 0.0, 0.0, 1.0)
    label.blend_type = "ALPHA_OVER"
    return label


def new_effect(owner: Any, kind: str, name: str, channel: int, span: tuple[int, int]) -> Strip:
    """An effect without inputs, under the words that each Blender has for how long it is."""
    strips = collection_of(owner)
    known = strips.bl_rna.functions["new_effect"].parameters.keys()
    long = {"length": span[1] - span[0]} if "length" in known else {"frame_end": span[1]}
    return strips.new_effect(name=name, type=kind, channel=channel, frame_start=span[0], **long)
