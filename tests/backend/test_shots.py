"""The shots of a strip: as the choice of reference frames found them, and found again where that no longer holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from studies import begin, noise, pan, place, put, quiet_job, release, sample, source

from backend import disk
from backend.api import ChooseReference
from backend.pictures import Pixels
from backend.shots import shots_of
from backend.stages import frames
from backend.study import REFERENCE, Study

CUT = [*pan(place(1), np.arange(10)), *pan(place(2), np.arange(8))]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Frames -2 to 15, with a cut before frame 8."""
    folder = tmp_path / "Car-0a1b2c3d"
    sample(folder, CUT, first=-2)
    release(folder)
    return folder


def choose(folder: Path, first: int = -2, last: int = 15) -> None:
    frames.choose(ChooseReference(str(folder), 4, first, last), [], quiet_job())


def shots(folder: Path) -> list[range]:
    return shots_of(Study.open(folder), quiet_job())


def resample(folder: Path, clip: list[Pixels], first: int) -> None:
    framing = Study.open(folder).source.framing
    begin(folder, source(first, first + len(clip) - 1, framing=framing))
    for number, picture in enumerate(clip, first):
        put(folder, number, picture)
    release(folder)


def test_a_cut_is_found_with_and_without_reference_frames(folder: Path) -> None:
    assert shots(folder) == [range(-2, 8), range(8, 16)]
    choose(folder)
    assert shots(folder) == [range(-2, 8), range(8, 16)]


def test_what_the_reference_says_counts(folder: Path) -> None:
    choose(folder)
    text = disk.read(folder / REFERENCE).decode()
    disk.write(folder / REFERENCE, text.replace("  8\n", "  3,\n    8\n", 1).encode())
    told = Study.open(folder).reference()
    assert told is not None and told.shots == (-2, 3, 8)
    assert shots(folder) == [range(-2, 3), range(3, 8), range(8, 16)]


def test_a_reference_of_other_frames_or_a_damaged_one_is_not_believed(folder: Path) -> None:
    choose(folder)
    resample(folder, [*CUT[:5], *CUT[10:]], -2)
    assert shots(folder) == [range(-2, 3), range(3, 11)]
    choose(folder, -2, 2)  # of a part only
    assert shots(folder) == [range(-2, 3), range(3, 11)]
    choose(folder, -2, 10)
    disk.write(folder / REFERENCE, b"{")
    assert shots(folder) == [range(-2, 3), range(3, 11)]


def test_one_frame_is_one_shot(folder: Path) -> None:
    resample(folder, [noise(0, 160, 128)], 5)
    assert shots(folder) == [range(5, 6)]
