"""Pictures as Blender's panels can show them: from files, the filmstrip, and what a job has painted so far."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import numpy as np
from bpy.utils import previews  # pyright: ignore[reportMissingImports]

from ..session import Picture

LARGEST = 256  # pixels; what comes larger is shown with fewer
RUNNING = "running"
RGBA_ROWS = bytes((8, 6, 0, 0, 0))  # of a PNG's head: 8 bits, RGBA, packed as always, not interlaced

# Blender keeps pictures for panels in a collection that has to live as long as they are shown.
_collections: list[Any] = []
_shown: list[Picture] = []


def of_file(path: Path, stamp: int) -> int:
    """The number of the icon that shows the picture. The stamp says when it was written."""
    collection, name = _collections[0], f"{path} {stamp}"
    if name not in collection:
        collection.load(name, str(path), "IMAGE")
    return collection[name].icon_id


def of_sheet(path: Path, stamp: int) -> int:
    """As `of_file`, in all its pixels: Blender makes small pictures of files, and this one is shown large."""
    collection, name = _collections[0], f"{path} {stamp}"
    if name not in collection:
        pixels = rows_of(path)
        if pixels is None:
            return of_file(path, stamp)
        _show(collection.new(name), pixels[::-1].astype(np.float32) / 255)
    return collection[name].icon_id


def rows_of(path: Path) -> Any:
    """The pixels of a PNG whose rows are stored as they are, RGBA from the top; None for any other."""
    data = path.read_bytes()
    width, height = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    if data[24:29] != RGBA_ROWS:
        return None
    parts, at = [], 33
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] == b"IDAT":
            parts.append(data[at + 8 : at + 8 + length])
        at += length + 12
    rows = np.frombuffer(zlib.decompress(b"".join(parts)), np.uint8).reshape(height, 1 + 4 * width)
    return None if rows[:, 0].any() else rows[:, 1:].reshape(height, width, 4)


def of_job(picture: Picture) -> int:
    collection = _collections[0]
    preview = collection[RUNNING] if RUNNING in collection else collection.new(RUNNING)
    if _shown != [picture]:
        _shown[:] = [picture]
        _show(preview, pixels_of(picture))
    return preview.icon_id


def _show(preview: Any, pixels: Any) -> None:
    preview.image_size = pixels.shape[1], pixels.shape[0]
    preview.image_pixels_float.foreach_set(np.ascontiguousarray(pixels).reshape(-1))


def pixels_of(picture: Picture) -> Any:
    """Rows from the bottom, with alpha, as Blender wants them."""
    rgb = np.frombuffer(picture.rgb, np.uint8).reshape(picture.height, picture.width, 3)
    every = -(-max(picture.width, picture.height) // LARGEST)
    rgb = rgb[::every, ::every][::-1].astype(np.float32) / 255
    return np.dstack([rgb, np.ones(rgb.shape[:2], np.float32)])


def register() -> None:
    _collections.append(previews.new())


def unregister() -> None:
    _shown.clear()
    previews.remove(_collections.pop())
