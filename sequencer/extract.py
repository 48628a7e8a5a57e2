"""Frames out: reads a strip as it is before the view transform, and leaves everything as it was."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import bpy

from ..backend.api import Box, Crop, ErrorCode, Failure, Framing
from . import second_blender
from .framing import box_at, percentage
from .pictures import Frame, cropped, read_targa, to_frame
from .render import Order, Pictures, canvas_of, fulfil
from .strips import Address, refusal
from .temporary import temporary_folder

if TYPE_CHECKING:
    from concurrent.futures import Future

__all__ = ["Frame", "extract"]

AHEAD = 4  # pictures that wait to be read: of 1080p each takes 8 MB


def extract(
    address: Address, numbers: Sequence[int], framing: Framing | None, short_side: int, crop: Crop
) -> Generator[Framing | Frame | None, None, None]:
    """Yields the framing, then a frame for each number in order, and None whenever there is nothing yet.

    A framing that is given is kept as long as the canvas is the one it was made for. In a window a second Blender
    renders; else this one does, a few frames between two yields. Closing the iterator stops and cleans up."""
    found = address.find()
    if found is None:
        raise Failure(ErrorCode.BAD_INPUT, f"The strip “{address.strip}” is no longer in scene “{address.scene}”.")
    scene, strip = found
    if problem := refusal(scene, strip):
        raise problem
    if framing is not None and framing.canvas != canvas_of(scene):
        framing = None
    order = Order(scene.name, strip.name, tuple(numbers), framing, short_side, crop)
    source = fulfil if bpy.app.background else second_blender.fulfil
    with temporary_folder() as folder, closing(source(order, folder)) as pictures:
        for item in _read(pictures):
            if isinstance(item, Frame) and item.alpha is not None:
                _refuse_gone(address)
            yield item


def _refuse_gone(address: Address) -> None:
    """Blender renders nothing where a file has gone missing, and such a hole must not count as the strip's own."""
    found = address.find()
    if found is not None and (problem := refusal(*found)):
        raise problem


def _read(pictures: Pictures) -> Iterator[Framing | Frame | None]:
    """Pictures are read on a thread: one of 1080p would hold the window for as long as a person notices."""
    from concurrent.futures import ThreadPoolExecutor  # not before: Blender waits for us whenever it starts

    box = None
    ahead: deque[Future[Frame]] = deque()
    aside = ThreadPoolExecutor(1, "steady-pictures")
    try:
        for item in pictures:
            if isinstance(item, Framing):
                box = box_at(item, percentage(item))
            if not isinstance(item, tuple):
                yield item
            elif box is not None:
                ahead.append(aside.submit(_taken, *item, box))
            yield from _there(ahead, 0 if bpy.app.background else AHEAD)
        yield from _there(ahead, 0)
    finally:
        aside.shutdown(cancel_futures=True)


def _there(ahead: deque[Future[Frame]], most: int) -> Iterator[Frame | None]:
    """The frames that have been read, and None for as long as more than `most` are still to be: without a window there
    is time to wait for them."""
    while ahead and (ahead[0].done() or len(ahead) > most):
        yield ahead.popleft().result() if bpy.app.background or ahead[0].done() else None


def _taken(number: int, path: Path, box: Box) -> Frame:
    frame = to_frame(number, cropped(read_targa(path), box))
    path.unlink()
    return frame
