"""Strips over which looks are spread, small enough for a second, and how the tests look at what becomes of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from studies import quiet_job, release, sample

from backend import pictures
from backend.api import Failure, Look, Prior, Progress, Propagate, Smoothed
from backend.jobs import Job
from backend.pictures import Pixels
from backend.pocket.captions import Style
from backend.pocket.world import Clip
from backend.shelf import Shelf
from backend.stages import propagate as stage
from backend.study import Study
from backend.take import Take

STYLE = Style.OIL  # no local filter
SMALL = Prior(width=24, rate=3e-3, steps=120)
SHORT = replace(SMALL, width=8, steps=12)
CUT = 7  # the first frame behind it, by number

Propagating = Callable[..., Smoothed]


@pytest.fixture(scope="module")
def clip() -> Clip:
    return Clip(930, frames=12, size=(64, 40), cut_at=CUT - 1)


@pytest.fixture(scope="module")
def sampled(clip: Clip, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve frames with a cut in the middle."""
    folder = tmp_path_factory.mktemp("studies") / "Car-0a1b2c3d"
    sample(folder, [clip.photo(i) for i in range(12)])
    release(folder)
    return folder


@pytest.fixture
def folder(sampled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sampled, tmp_path / sampled.name))


@pytest.fixture(scope="module")
def whole(sampled: Path, clip: Clip, tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    """What looks of frames 3 and 9 become where nothing happens meanwhile."""
    folder = Path(shutil.copytree(sampled, tmp_path_factory.mktemp("whole") / sampled.name))
    add_looks(folder, clip, 3, 9)
    return shown_by(stage.propagate(Propagate(str(folder), prior=SHORT), [], quiet_job(), Shelf()))


@pytest.fixture
def run(folder: Path) -> Propagating:
    def propagate(job: Job | None = None, **changes: Any) -> Smoothed:
        request = replace(Propagate(str(folder), prior=SHORT), **changes)
        return stage.propagate(request, [], job or quiet_job(), Shelf())

    return propagate


def add_look(folder: Path, frame: int, picture: Pixels, copy: int = 1) -> str:
    gallery, name = Study.open(folder).gallery, f"{frame:03}-{copy}"
    pictures.write(gallery.picture_path(name), picture)
    gallery.add(Look(name, frame, "an oil painting", "", None, "/painted.png", 1.0, False, chosen=True))
    return name


def add_looks(folder: Path, clip: Clip, *frames: int) -> None:
    for frame in frames:
        add_look(folder, frame, clip.painted(frame - 1, STYLE))


def shown_by(made: Smoothed) -> np.ndarray:
    take = Take(made.take, Path(made.folder))
    return np.stack([pictures.read(take.picture_path(n)) for n in range(made.first, made.last + 1)])


def written(made: Smoothed) -> dict[int, int]:
    take = Take(made.take, Path(made.folder))
    return {n: take.picture_path(n).stat().st_mtime_ns for n in take.numbers()}


def refusal(action: Callable[..., Any], **more: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        action(**more)
    assert caught.value.hint
    return caught.value


def still(folder: Path, frames: Sequence[Pixels]) -> Path:
    sample(folder, list(frames))
    release(folder)
    return folder


def interrupted(folder: Path, when: str, how: Callable[[Job], None]) -> Job:
    """A job to which something happens as soon as its progress says so."""

    def look(event: Any, blobs: list[bytes]) -> None:
        if isinstance(event, Progress) and when in event.text:
            how(job)

    job = Job(1, look)
    job.SECONDS_BETWEEN = 0.0
    return job
