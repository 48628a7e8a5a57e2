"""Small studies and clips that the tests share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from backend import disk
from backend.api import BeginFrames, Box, Crop, FramesWanted, Framing, Owner, PutFrame, ReleaseFrames, Source
from backend.jobs import Job
from backend.pictures import Pixels
from backend.stages import frames

ID = "0a1b2c3d"
OWNER = Owner("../film.blend", "Scene", "Car")
FRAMING = Framing((96, 64), Box(0, 0, 96, 64), (96, 64))
SOURCE = Source(24.0, 1, 12, "settings and media", ("/films/car.mp4",), FRAMING, 64, Crop.BOX)


def quiet_job() -> Job:
    return Job(1, lambda event, blobs: None)


def source(first: int = 1, last: int = 12, **changes: Any) -> Source:
    return replace(SOURCE, first=first, last=last, **changes)


def begin(folder: Path, what: Source = SOURCE, id: str = ID, parent: str = "", owner: Owner = OWNER) -> FramesWanted:  # noqa: A002
    """As Blender does, which makes the folder when it claims the study."""
    disk.make_folder(folder)
    return frames.begin(BeginFrames(str(folder), id, parent, owner, what), [], quiet_job())


def put(folder: Path, number: int, rgb: Pixels, alpha: Pixels | None = None) -> None:
    height, width = rgb.shape[:2]
    blobs = [rgb.tobytes()] + ([alpha.tobytes()] if alpha is not None else [])
    frames.put(PutFrame(str(folder), number, width, height, alpha is not None), blobs, quiet_job())


def release(folder: Path) -> None:
    frames.release(ReleaseFrames(str(folder)), [], quiet_job())


def sample(folder: Path, clip: Sequence[Pixels], first: int = 1) -> None:
    """What Blender does: begin, and send every frame that is wanted."""
    height, width = clip[0].shape[:2]
    framing = Framing((width, height), Box(0, 0, width, height), (width, height))
    for number in begin(folder, source(first, first + len(clip) - 1, framing=framing)).numbers:
        put(folder, number, clip[number - first])


def noise(seed: int, width: int = 96, height: int = 64) -> Pixels:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


# --- clips with something to see in them


def place(seed: int, width: int = 480, height: int = 128) -> Pixels:
    """A wide view: sky, ground, clouds and some houses. Other seeds are other places."""
    rng = np.random.default_rng(seed)
    down = np.linspace(0, 1, height)[:, None, None]
    view = rng.uniform(20, 235, 3) * (1 - down) + rng.uniform(20, 235, 3) * down + np.zeros((1, width, 1))
    clouds = np.cumsum(np.cumsum(rng.normal(size=(height, width)), 0), 1)
    view += 25 * ((clouds - clouds.mean()) / clouds.std())[..., None]
    for _ in range(14):
        x, y, wide, high = rng.integers((0, 10, 8, 8), (width, height, 70, 60))
        view[y : y + high, x : x + wide] = rng.uniform(0, 255, 3)
    return np.clip(view, 0, 255).astype(np.uint8)


def pan(view: Pixels, starts: list[float] | np.ndarray, grain: int = 0, width: int = 160) -> list[Pixels]:
    """A camera that looks at `width` pixels of the view from each of `starts`, with a film's grain."""
    rng = np.random.default_rng(grain)
    shot = [view[:, int(x) : int(x) + width].astype(float) for x in starts]
    return [np.clip(frame + rng.normal(0, 2, frame.shape), 0, 255).astype(np.uint8) for frame in shot]


def still(view: Pixels, count: int, grain: int = 0) -> list[Pixels]:
    return pan(view, [0.0] * count, grain)
