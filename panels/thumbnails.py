"""Pictures as Blender's panels can show them: looks from their files, and what a running job has painted so far."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from bpy.utils import previews  # pyright: ignore[reportMissingImports]

from ..session import Picture

LARGEST = 256  # pixels; what comes larger is shown with fewer
RUNNING = "running"

# Blender keeps pictures for panels in a collection that has to live as long as they are shown.
_collections: list[Any] = []
_shown: list[Picture] = []


def of_file(path: Path, stamp: int = 0) -> int:
    """The number of the icon that shows the picture. A look's file is never written to again; for others the stamp
    says when they were."""
    collection, name = _collections[0], f"{path} {stamp}"
    if name not in collection:
        collection.load(name, str(path), "IMAGE")
    return collection[name].icon_id


def of_job(picture: Picture) -> int:
    collection = _collections[0]
    preview = collection[RUNNING] if RUNNING in collection else collection.new(RUNNING)
    if _shown != [picture]:
        _shown[:] = [picture]
        pixels = pixels_of(picture)
        preview.image_size = pixels.shape[1], pixels.shape[0]
        preview.image_pixels_float.foreach_set(pixels.reshape(-1))
    return preview.icon_id


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
