"""Studies that can be tuned in seconds, and what the tests of tuning ask of them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import miniature
import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from studies import pan, place, quiet_job, release, sample

from backend import pictures, study, tuning
from backend.api import (
    ChooseReference,
    Engine,
    Failure,
    Look,
    Method,
    Painting,
    Recipe,
    Tune,
    Tuned,
)
from backend.jobs import Job
from backend.shelf import Shelf
from backend.stages import frames
from backend.stages.tune import tune
from backend.study import Study

METHODS = list(Method)
SHORT = Recipe(rate=1e-2, rank=4, iterations=8, batch=2, crops=4, spread=0)
PAINTING = Painting(strength=0.45, steps=10, guidance=1.0, seed=0)
SHELF = Shelf()  # the model is loaded once for most of these tests, as it is for a user


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return miniature.save(tmp_path_factory.mktemp("epsilon"))


@pytest.fixture(scope="session")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six frames of a pan, three of them for reference, and a look of the third."""
    folder = tmp_path_factory.mktemp("steady") / "car-0a1b2c3d"
    sample(folder, pan(place(3, 120, 64), np.arange(6) * 4.0, width=64))
    frames.choose(ChooseReference(str(folder), 3, 1, 6), [], quiet_job())
    release(folder)
    add_look(folder, "003-1", 3, "a red car")
    return folder


def add_look(folder: Path, name: str, frame: int, prompt: str, size: tuple[int, int] = (64, 64)) -> None:
    kept = Study.open(folder)
    picture = pictures.resize(pictures.read(kept.frame_path(frame))[..., ::-1] // 2, size)
    pictures.write(kept.gallery.picture_path(name), picture)
    kept.gallery.add(Look(name, frame, prompt, "", None, "/painted.png", 1.0, False, chosen=True))


@pytest.fixture
def folder(sampled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sampled, tmp_path / sampled.name))


@pytest.fixture
def ask(folder: Path, small_model: Path) -> Callable[..., Tune]:
    def wanted(recipe: Recipe = SHORT, **others: Any) -> Tune:
        more = {"engine": Engine(str(small_model)), "painting": PAINTING, "preview_every": 0, **others}
        return Tune(str(folder), recipe=recipe, **more)

    return wanted


def run(request: Tune, job: Job | None = None) -> Tuned:
    return tune(request, [], job or quiet_job(), SHELF)


def weights(folder: Path, method: Method = Method.LORA) -> dict[str, torch.Tensor]:
    return load_file(tuning.weights_path(Study.open(folder).tuning_folder, method))


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def log(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "tune" / "log.jsonl").read_text().splitlines()]


class Watched(Job):
    """Keeps what it is told, and cancels itself at a step."""

    def __init__(self, cancel_at: int = -1) -> None:
        self.events: list[Any] = []
        super().__init__(1, self._keep)
        self._cancel_at = cancel_at

    def _keep(self, event: Any, blobs: list[bytes]) -> None:
        self.events.append((event, blobs))

    def progress(self, done: int, total: int, text: str = "") -> None:
        super().progress(done, total, text)
        if text.startswith("Tuning") and done == self._cancel_at:
            self.cancel()


def refusal(request: Tune) -> str:
    with pytest.raises(Failure) as caught:
        run(request)
    assert caught.value.hint
    with study.locked(Path(request.folder)):  # and the study is free
        return caught.value.message


def worked(request: Tune) -> bool:
    """Whether anything was done at all."""
    job = Watched()
    run(request, job)
    return bool(job.events)
