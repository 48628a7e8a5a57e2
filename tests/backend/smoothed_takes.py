"""Takes that flicker, small enough to be smoothed in a second, and how the tests look at what becomes of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from studies import pan, place, quiet_job, release, sample

from backend import pictures
from backend.api import Failure, Prior, Progress, Smooth, Smoothed
from backend.jobs import Job
from backend.pictures import Pixels
from backend.shelf import Shelf
from backend.stages import smooth as stage
from backend.study import Study
from backend.take import Take

COUNT, WIDTH, HEIGHT = 8, 48, 32
QUICK = Prior(width=4, rate=2e-3, steps=40, level=False, features=0.0)
NAME = "plain 0.45"


@pytest.fixture(scope="module")
def clip() -> list[Pixels]:
    return pan(place(3, height=HEIGHT), np.arange(COUNT) * 3.0, width=WIDTH)


def painted(clip: Sequence[Pixels]) -> list[Pixels]:
    """A steady take: the colours of each frame turned round."""
    return [np.ascontiguousarray(255 - frame[..., ::-1]) for frame in clip]


def flickering(take: Sequence[Pixels], by: float = 25, seed: int = 0) -> list[Pixels]:
    """Each frame brighter or darker, and tinted, by chance."""
    rng = np.random.default_rng(seed)
    return [np.clip(frame + rng.normal(0, by, 3), 0, 255).astype(np.uint8) for frame in take]


def study(folder: Path, clip: Sequence[Pixels], take: Sequence[Pixels], name: str = NAME) -> Path:
    sample(folder, list(clip))
    release(folder)
    bring(folder, take, name)
    return folder


def bring(folder: Path, take: Sequence[Pixels], name: str = NAME) -> Take:
    """As the render stage leaves it."""
    made = Study.open(folder).take(name)
    for number, frame in enumerate(take, start=1):
        pictures.write(made.picture_path(number), frame, "rendered")
    made.set_note({"method": "render", "complete": True})
    return made


@pytest.fixture
def folder(tmp_path: Path, clip: list[Pixels]) -> Path:
    return study(tmp_path / "Car-0a1b2c3d", clip, flickering(painted(clip)))


def smooth(folder: Path, prior: Prior = QUICK, job: Job | None = None, **changes: Any) -> Smoothed:
    request = Smooth(str(folder), NAME, prior=prior, preview_every=0)
    return stage.smooth(replace(request, **changes), [], job or quiet_job(), Shelf())


def shown(smoothed: Smoothed) -> np.ndarray:
    take = Take(smoothed.take, Path(smoothed.folder))
    return np.stack([pictures.read(take.picture_path(n)) for n in range(smoothed.first, smoothed.last + 1)])


def written(smoothed: Smoothed) -> list[int]:
    take = Take(smoothed.take, Path(smoothed.folder))
    return [take.picture_path(n).stat().st_mtime_ns for n in take.numbers()]


def refusal(action: Callable[..., Any], *given: Any, **more: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        action(*given, **more)
    assert caught.value.hint
    return caught.value


def cancelled_at(step: int, words: str = "Smoothing") -> Job:
    """A job that somebody cancels when it is so far."""

    def look(event: Any, blobs: list[bytes]) -> None:
        if isinstance(event, Progress) and event.text.startswith(words) and event.done >= step:
            job.cancel()

    job = Job(1, look)
    job.SECONDS_BETWEEN = 0.0
    return job
