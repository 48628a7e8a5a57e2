"""Reference frames: chosen, written down, and chosen anew only where something has changed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import sampling
from sampling import choose, fill, refusal
from studies import begin, noise, pan, place, put, sample, source, still

from backend.api import ErrorCode, Far
from backend.jobs import Job
from backend.stages import frames
from backend.study import Study

folder = sampling.folder


# --- choose


def test_reference_frames_are_chosen_and_written_down(folder: Path):
    clip = still(place(1), 30) + still(place(2), 4) + pan(place(3), np.linspace(0, 60, 16))
    sample(folder, clip)
    reference = choose(folder, 12, 1, 50)
    assert len(reference.numbers) == 12
    assert reference.shots == (1, 31, 35)
    assert any(31 <= number <= 34 for number in reference.numbers)
    assert reference.warning == ""
    assert 0 < reference.mean < reference.worst < 0.3
    plain = json.loads((folder / "reference.json").read_text(encoding="utf-8"))
    assert tuple(plain["numbers"]) == reference.numbers
    assert plain["distances"][str(reference.numbers[0])] == 0
    assert max(plain["distances"].values()) == reference.worst
    assert len(plain["distances"]) == 50
    assert Study.open(folder).reference() == reference
    assert not (folder / "lock.json").exists()


def test_a_part_that_looks_like_nothing_chosen_is_told(folder: Path):
    clip = still(place(1), 40) + still(place(2), 10) + still(place(3), 6)
    sample(folder, clip, first=101)
    reference = choose(folder, 2, 101, 156)
    assert reference.warning == "Frames 141–150 look like nothing in the reference set: raise the count."
    assert reference.far == (Far(141, 150, reference.worst),)
    assert choose(folder, 3, 101, 156).warning == ""


@pytest.mark.parametrize(
    ("far", "said"),
    [
        ((), ""),
        ((Far(7, 7, 0.5),), "Frame 7 looks like nothing in the reference set: raise the count."),
        ((Far(211, 240, 0.5),), "Frames 211–240 look like nothing in the reference set: raise the count."),
        (
            (Far(7, 7, 0.9), Far(20, 30, 0.5)),
            "Frames 20–30 and 1 other part look like nothing in the reference set: raise the count.",
        ),
        (
            (Far(1, 1, 0.4), Far(9, 9, 0.9), Far(20, 20, 0.5)),
            "Frame 9 and 2 other parts look like nothing in the reference set: raise the count.",
        ),
    ],
)
def test_the_warning_is_one_sentence(far: tuple[Far, ...], said: str):
    assert frames.warning(far) == said


def test_a_choice_that_stands_is_not_made_again(folder: Path):
    fill(folder)
    said: list[str] = []
    first = choose(folder)
    before = (folder / "reference.json").stat().st_mtime_ns
    again = choose(folder, job=Job(1, lambda event, blobs: said.append(event.method)))
    assert (again, said) == (first, [])
    assert (folder / "reference.json").stat().st_mtime_ns == before


def test_a_reference_set_that_is_lost_or_damaged_is_made_again(folder: Path):
    fill(folder)
    first = choose(folder)
    (folder / "reference.json").write_text("{", encoding="utf-8")
    assert choose(folder) == first
    (folder / "reference.json").unlink()
    assert choose(folder) == first
    assert Study.open(folder).reference() == first


def test_another_count_part_or_picture_is_chosen_anew(folder: Path):
    fill(folder)
    assert len(choose(folder, 3).numbers) == 3
    assert len(choose(folder, 4).numbers) == 4
    assert all(number <= 6 for number in choose(folder, 4, 1, 6).numbers)
    choose(folder)
    before = (folder / "reference.json").stat().st_mtime_ns
    begin(folder)
    put(folder, 5, np.zeros((64, 96, 3), np.uint8))
    choose(folder)
    assert (folder / "reference.json").stat().st_mtime_ns != before


def test_the_same_frames_give_the_same_reference_set_in_another_study(folder: Path, tmp_path: Path):
    clip = pan(place(4), np.linspace(0, 200, 30))
    for place_of in (folder, tmp_path / "other"):
        sample(place_of, clip)
        choose(place_of, 7, 1, 30)
    assert (folder / "reference.json").read_bytes() == (tmp_path / "other" / "reference.json").read_bytes()
    kept, other = Study.open(folder), Study.open(tmp_path / "other")
    assert kept.fingerprint("frames") == other.fingerprint("frames") != ""
    assert kept.fingerprint("reference") == other.fingerprint("reference") != ""


@pytest.mark.parametrize(("length", "count"), [(1, 30), (1, 1), (2, 30), (2, 1), (12, 12), (12, 500)])
def test_short_strips_and_large_counts(folder: Path, length: int, count: int):
    fill(folder, source(1, length))
    reference = choose(folder, count, 1, length)
    assert len(reference.numbers) == min(length, count)
    if count >= length:
        assert (reference.worst, reference.warning) == (0, "")


def test_a_still_strip_has_as_many_reference_frames_as_asked(folder: Path):
    sample(folder, [place(1, width=96, height=64)] * 24)
    reference = choose(folder, 6, 1, 24)
    assert len(set(reference.numbers)) == 6
    assert (reference.worst, reference.shots, reference.warning) == (0, (1,), "")


@pytest.mark.parametrize("count", [0, -3])
def test_fewer_than_one_reference_frame_is_refused(folder: Path, count: int):
    fill(folder)
    failure = refusal(choose, folder, count)
    assert failure.code is ErrorCode.BAD_INPUT
    assert "choose at least one" in failure.message


def test_nothing_is_chosen_from_a_strip_that_is_not_all_there(folder: Path):
    begin(folder)
    for number in (1, 2, 3):
        put(folder, number, noise(number))
    failure = refusal(choose, folder)
    assert "lacks 9 of 12 frames, the first is frame 4" in failure.message
    assert "Sample" in failure.hint
    assert "no frames from 5 to 4" in refusal(choose, folder, 3, 5, 4).message


def test_a_folder_that_is_no_study_is_left_as_it_is(tmp_path: Path):
    assert "holds no study" in refusal(choose, tmp_path).message
    assert list(tmp_path.iterdir()) == []


def test_a_cancelled_choice_leaves_the_study_as_it_was(folder: Path):
    fill(folder)
    before = choose(folder, 3)
    files = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    job = Job(1, lambda event, blobs: job.cancel() if getattr(event, "done", 0) >= 0 else None)
    assert refusal(choose, folder, 5, job=job).code is ErrorCode.CANCELLED
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == files
    assert choose(folder, 3) == before


def test_a_frame_that_cannot_be_read_is_named(folder: Path):
    fill(folder)
    path = Study.open(folder).frame_path(4)
    data = path.read_bytes()
    path.write_bytes(data[:200] + bytes(len(data) - 400) + data[-200:])
    failure = refusal(choose, folder)
    assert failure.code is ErrorCode.BAD_STUDY
    assert "000004.png” is not a picture that can be read" in failure.message
