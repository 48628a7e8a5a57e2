"""Frames out: reads a strip as it is before the view transform, and leaves everything as it was."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import bpy

from ..backend import processes
from ..backend.api import Crop, ErrorCode, Failure, Framing
from . import second_blender
from .framing import box_at, percentage
from .pictures import Frame, cropped, read_targa, to_frame
from .render import Order, Pictures, canvas_of, fulfil
from .strips import Address, refusal

__all__ = ["Frame", "extract"]

PREFIX = "steady-frames-"
OLD_SECONDS = 3600


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
    with _temporary_folder() as folder, closing(source(order, folder)) as pictures:
        for item in _read(pictures):
            if isinstance(item, Frame) and item.alpha is not None:
                _refuse_gone(address)
            yield item


@contextmanager
def _temporary_folder() -> Iterator[Path]:
    folder = None
    try:
        _sweep()
        folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        yield folder
    except OSError as error:
        where = folder or tempfile.gettempdir()
        message = f"The frames cannot be kept in “{where}” while they are read: {error.strerror}."
        raise Failure(ErrorCode.DISK, message, "Make room there, or point TMPDIR to another folder.") from error
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _sweep() -> None:
    """Remove what Blenders left behind that were killed; not at once, for a container's processes cannot be seen."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        owner = left.name.removeprefix(PREFIX).partition("-")[0]
        if owner.isdigit() and not processes.started(int(owner)) and _age(left) > OLD_SECONDS:
            shutil.rmtree(left, ignore_errors=True)


def _age(folder: Path) -> float:
    try:
        return time.time() - folder.stat().st_mtime
    except FileNotFoundError:  # another Blender has swept it
        return 0.0


def _refuse_gone(address: Address) -> None:
    """Blender renders nothing where a file has gone missing, and such a hole must not count as the strip's own."""
    found = address.find()
    if found is not None and (problem := refusal(*found)):
        raise problem


def _read(pictures: Pictures) -> Iterator[Framing | Frame | None]:
    box = None
    for item in pictures:
        if isinstance(item, Framing):
            box = box_at(item, percentage(item))
        if not isinstance(item, tuple):
            yield item
        elif box is not None:
            number, path = item
            frame = to_frame(number, cropped(read_targa(path), box))
            path.unlink()
            yield frame
