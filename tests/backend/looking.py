"""Studies with looks of a second, and how the tests make, bring and choose them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import miniature
import numpy as np
import pytest
from PIL import Image
from studies import place, quiet_job, release, sample

from backend import pictures
from backend.api import BringLook, ChooseLooks, Engine, Failure, Look, Looks, MakeLooks, Painting
from backend.jobs import Job
from backend.shelf import Shelf
from backend.stages import looks
from backend.study import Study

ROOT = Path(__file__).parents[2]
PAINTING = Painting(strength=0.75, steps=4, guidance=3.0, seed=5)
CLIP = [place(7, 96, 64), place(8, 96, 64), place(9, 96, 64)]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return miniature.save(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    sample(folder, CLIP)
    release(folder)
    return folder


@pytest.fixture
def make(folder: Path, model: Path, shelf: Shelf):
    def make(*prompts: str, frame: int = 2, count: int = 2, job: Job | None = None, **painting: Any) -> Looks:
        request = MakeLooks(
            str(folder), frame, prompts or ("neon",), count, Engine(str(model)), replace(PAINTING, **painting)
        )
        return looks.make(request, [], job or quiet_job(), shelf)

    return make


def bring(folder: Path, file: Path, prompt: str = "oil", frame: int = 1, engine: Engine | None = None) -> Looks:
    return looks.bring(BringLook(str(folder), frame, prompt, str(file), engine), [], quiet_job())


def choose(folder: Path, *names: str) -> Looks:
    return looks.choose(ChooseLooks(str(folder), names), [], quiet_job())


def refusal(action, *args, **more) -> Failure:
    with pytest.raises(Failure) as caught:
        action(*args, **more)
    assert "\n" not in caught.value.message and caught.value.message.endswith(".")
    return caught.value


def gallery(folder: Path) -> list[Look]:
    return Study.open(folder).gallery.looks()


def picture(folder: Path, look: Look) -> np.ndarray:
    return pictures.read(Study.open(folder).gallery.picture_path(look.name))


def saved(folder: Path, image: Image.Image | np.ndarray, name: str = "painted.png", **more: Any) -> Path:
    path = folder.parent / name
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(path, **more)
    return path
