"""What the tests of the frames stage share: a folder for a study, and what Blender asks for."""

from __future__ import annotations

from pathlib import Path

import pytest
from studies import ID, SOURCE, begin, noise, put, quiet_job

from backend import api, study
from backend.api import ChooseReference, Failure, Reference
from backend.jobs import Job
from backend.stages import frames


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "steady" / study.folder_name("Car /:?* Überfahrt 🚗", ID)


def choose(folder: Path, count: int = 3, first: int = 1, last: int = 12, job: Job | None = None) -> Reference:
    return frames.choose(ChooseReference(str(folder), count, first, last), [], job or quiet_job())


def fill(folder: Path, what: api.Source = SOURCE) -> tuple[int, ...]:
    """Begin, put all that is wanted, and tell what it was."""
    wanted = begin(folder, what).numbers
    for number in wanted:
        put(folder, number, noise(number, *what.framing.size))
    return wanted


def refusal(action, *args, **more) -> Failure:
    with pytest.raises(Failure) as caught:
        action(*args, **more)
    return caught.value
