"""Studies with takes to be measured, and how the tests read what was found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from studies import begin, pan, place, put, quiet_job, release, sample, source

from backend import measurements, pictures
from backend.api import BringLook, ChooseLooks, Measure, Measured
from backend.jobs import Job
from backend.measurements import Measurements, Row
from backend.pictures import Pixels
from backend.stages import looks, measure
from backend.study import Study
from backend.take import Take

WIDTH, HEIGHT = 96, 64


def drive(seed: int, count: int) -> list[Pixels]:
    return pan(place(seed, 480, HEIGHT), [10 + 3 * i for i in range(count)], width=WIDTH)


CLIP = drive(1, 6)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return made(tmp_path, CLIP)


def made(folder: Path, clip: list[Pixels]) -> Path:
    """A study of a clip, with a look of its third frame, or of its only one."""
    study = folder / "Car-0a1b2c3d"
    sample(study, clip)
    release(study)
    return study


def add_look(folder: Path, frame: int = 3, prompt: str = "upside down") -> str:
    picture = 255 - pictures.read(Study.open(folder).frame_path(frame))
    pictures.write(folder.parent / "look.png", picture)
    brought = looks.bring(BringLook(str(folder), frame, prompt, str(folder.parent / "look.png")), [], quiet_job())
    looks.choose(ChooseLooks(str(folder), (brought.looks[0].name,)), [], quiet_job())
    return brought.looks[0].name


def add_take(folder: Path, name: str, clip: list[Pixels], first: int = 1, **note: Any) -> Take:
    take = Study.open(folder).take(name)
    for number, picture in enumerate(clip, first):
        pictures.write(take.picture_path(number), picture)
    take.set_note(note)
    return take


def run(folder: Path, *takes: str, job: Job | None = None) -> Measured:
    return measure.measure(Measure(str(folder), takes), [], job or quiet_job())


def known(folder: Path) -> Measurements:
    found = measurements.read(Study.open(folder).measures_path)
    assert found is not None
    return found


def row(folder: Path, name: str) -> Row:
    found = known(folder).row(name)
    assert found is not None
    return found


def inverted(clip: list[Pixels]) -> list[Pixels]:
    return [np.asarray(255 - picture, np.uint8) for picture in clip]


def flickering(clip: list[Pixels], sigma: int) -> list[Pixels]:
    """Brighter and darker by turns."""
    return [np.asarray(p.astype(int) + sigma * (-1) ** i, np.uint8) for i, p in enumerate(clip)]


def milder(clip: list[Pixels]) -> list[Pixels]:
    """With room for flicker."""
    return [np.asarray(60 + p // 2, np.uint8) for p in clip]


@pytest.fixture
def measured(folder: Path) -> Path:
    add_look(folder)
    add_take(folder, "one", inverted(CLIP))
    add_take(folder, "two", milder(CLIP))
    run(folder)
    return folder


def sample_again(folder: Path, clip: list[Pixels]) -> None:
    framing = Study.open(folder).source.framing
    begin(folder, source(1, len(clip), framing=framing, fingerprint="other settings"))
    for number, picture in enumerate(clip, 1):
        put(folder, number, picture)
    release(folder)
