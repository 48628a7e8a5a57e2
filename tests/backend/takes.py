"""Studies that can be rendered in a second, and how the tests look at their takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import miniature
import numpy as np
import pytest
import torch
from studies import begin, quiet_job, release, sample
from studies import noise as picture

from backend import api, pictures
from backend.api import Engine, Failure, Painting, Render, Rendered, Way
from backend.jobs import Job
from backend.shelf import Shelf
from backend.stages import render as stage
from backend.study import Study
from backend.take import Take

PAINTING = Painting(strength=0.45, steps=10, guidance=1.0, seed=7)  # four steps are walked
PROMPT = "a neon painting of a city at night"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(miniature.save(tmp_path_factory.mktemp("model")))


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six frames that all differ."""
    folder = tmp_path / "Car-0a1b2c3d"
    sample(folder, [picture(i) for i in range(6)])
    release(folder)
    return folder


@pytest.fixture
def one_frame(folder: Path) -> Path:
    begin(folder, replace(Study.open(folder).source, last=1))
    release(folder)
    return folder


Rendering = Callable[..., Rendered]


@pytest.fixture
def render(folder: Path, model: str, shelf: Shelf) -> Rendering:
    def run(job: Job | None = None, **changes: Any) -> Rendered:
        usual = Render(str(folder), "", Way.PLAIN, PROMPT, Engine(model), PAINTING)
        return stage.render(replace(usual, **changes), [], job or quiet_job(), shelf)

    return run


def take(rendered: Rendered) -> Take:
    return Take(rendered.take, Path(rendered.folder))


def shown(rendered: Rendered) -> np.ndarray:
    found = take(rendered)
    return np.stack([pictures.read(found.picture_path(n)) for n in range(rendered.first, rendered.last + 1)])


def written(rendered: Rendered) -> dict[int, int]:
    found = take(rendered)
    return {n: found.picture_path(n).stat().st_mtime_ns for n in found.numbers()}


def apart(one: np.ndarray, other: np.ndarray) -> int:
    return int(abs(one.astype(int) - other.astype(int)).max())


def refusal(action: Callable[..., Any], **more: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        action(**more)
    assert caught.value.hint
    return caught.value


def cancelled_after(there: int, folder: Path) -> Job:
    """A job that somebody cancels when so many pictures of its take are on disk, while the next is being painted."""
    before = len(list(folder.glob("takes/*/0*.png")))

    def look(event: Any, blobs: list[bytes]) -> None:
        if isinstance(event, api.Progress) and event.text.startswith(f"Rendering frame {there + 2} "):
            while len(list(folder.glob("takes/*/0*.png"))) < before + there:
                time.sleep(0.01)
            job.cancel()

    job = Job(1, look)
    return job


class Counted:
    """How many frames the UNet saw at its first step of each batch."""

    def __init__(self, shelf: Shelf, model: str, fails_above: int = 1000) -> None:
        self.batches: list[int] = []
        self._fails_above = fails_above
        self._unet = shelf.take(Engine(model)).unet

    def __enter__(self) -> Counted:
        self._hook = self._unet.register_forward_pre_hook(self._count)
        return self

    def __exit__(self, *_: object) -> None:
        self._hook.remove()

    def _count(self, unet: Any, given: tuple[Any, ...]) -> None:
        x, t = given
        if len(x) > self._fails_above:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB.")
        if int(t) == 301:  # T: of strength 0.45 in 10 steps
            self.batches.append(len(x))
