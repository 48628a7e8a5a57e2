"""The arithmetic of the crop box and the working size, and the search for what a strip shows on the canvas."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from ..backend.api import Box, Crop, ErrorCode, Failure, Framing

STEP = 8  # what the model's latents are a multiple of
LONGEST_SIDE = 8192
PROBE_SIDE = 270  # canvas pixels of the short side that are enough to find the box

Masks = Callable[[Sequence[int], int], Iterable[Any]]  # numbers, percentage → what shows in each


def working_size(box: Box, short_side: int) -> tuple[int, int]:
    """The box with its short side brought to `short_side`, each side a multiple of 8 on its own."""
    of = STEP * min(box.width, box.height)
    width, height = _multiple(box.width * short_side, of), _multiple(box.height * short_side, of)
    if max(width, height) > LONGEST_SIDE:
        message = f"The strip shows only a sliver of {box.width} × {box.height} pixels, too narrow to work on."
        raise Failure(ErrorCode.BAD_INPUT, message, "Choose the square crop.")
    return width, height


def _multiple(part: int, of: int) -> int:
    """`STEP` times their quotient, which is rounded in whole numbers: a half goes up."""
    return STEP * max(1, (2 * part + of) // (2 * of))


def centred_square(box: Box) -> Box:
    side = min(box.width, box.height)
    return Box(box.x + (box.width - side) // 2, box.y + (box.height - side) // 2, side, side)


def framing_of(canvas: tuple[int, int], box: Box, short_side: int, crop: Crop) -> Framing:
    kept = centred_square(box) if crop is Crop.SQUARE else box
    return Framing(canvas, kept, working_size(kept, short_side))


def percentage(framing: Framing) -> int:
    """The smallest percentage of the canvas at which the box is still as large as the working size, and lies on
    whole pixels: a box cut through pixels would shift the picture."""
    box, size = framing.box, framing.size
    edges = (*framing.canvas, box.x, box.y, box.x + box.width, box.y + box.height)
    for percent in range(1, 100):
        whole = all(edge * percent % 100 == 0 for edge in edges)
        if whole and box.width * percent >= size[0] * 100 and box.height * percent >= size[1] * 100:
            return percent
    return 100


def box_at(framing: Framing, percent: int) -> Box:
    """The box in the pixels of a render at `percentage(framing)`."""
    box = framing.box
    return Box(*(side * percent // 100 for side in (box.x, box.y, box.width, box.height)))


def find_box(canvas: tuple[int, int], numbers: Sequence[int], still: bool, masks: Masks) -> Iterator[Box | None]:
    """Yields None while it looks, and then the box of all that shows; for a strip that stays where it is a few
    frames say it, as long as they show a full rectangle."""
    if still:
        few = sorted({numbers[0], numbers[len(numbers) // 2], numbers[-1]})
        boxes: list[Box | None] = []
        for mask in masks(few, 100):
            yield None
            boxes.append(_full_rectangle(mask))
        if boxes[0] is not None and len(set(boxes)) == 1:
            yield boxes[0]
            return
    percent = min(100, -(-100 * PROBE_SIDE // min(canvas)))
    shown = None
    for mask in masks(numbers, percent):
        yield None
        shown = mask if shown is None else shown | mask
    bounds = None if shown is None else _bounds(shown)
    if shown is not None and bounds is not None:
        yield bounds if percent == 100 else _widened(bounds, shown.shape, canvas)


def _bounds(mask: Any) -> Box | None:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    left, top = int(columns[0]), int(rows[0])
    return Box(left, top, int(columns[-1]) - left + 1, int(rows[-1]) - top + 1)


def _full_rectangle(mask: Any) -> Box | None:
    box = _bounds(mask)
    return box if box is not None and int(mask.sum()) == box.width * box.height else None


def _widened(box: Box, seen: tuple[int, int], canvas: tuple[int, int]) -> Box:
    """From a small picture's pixels to the canvas', one small pixel wider on each side."""
    high, wide = seen
    left, right = (max(0, box.x - 1), min(wide, box.x + box.width + 1))
    top, bottom = (max(0, box.y - 1), min(high, box.y + box.height + 1))
    x, y = left * canvas[0] // wide, top * canvas[1] // high
    return Box(x, y, -(-right * canvas[0] // wide) - x, -(-bottom * canvas[1] // high) - y)
