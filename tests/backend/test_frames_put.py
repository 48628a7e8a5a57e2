"""Frames as they come: kept to the bit, brought to size, refused; and the way back as a take."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import sampling
from sampling import choose, fill, refusal
from studies import ID, OWNER, SOURCE, begin, noise, put, quiet_job

from backend import api, pictures
from backend.api import ErrorCode
from backend.jobs import Job
from backend.stages import frames
from backend.study import Study

folder = sampling.folder


# --- put


def test_a_frame_of_the_working_size_is_kept_to_the_bit(folder: Path):
    begin(folder)
    put(folder, 3, noise(3))
    assert (pictures.read(folder / "frames" / "000003.png") == noise(3)).all()
    assert not (folder / "frames" / "000003.alpha.png").exists()


@pytest.mark.parametrize("size", [(192, 128), (48, 32), (97, 63), (1, 1)])
def test_a_frame_of_another_size_is_brought_to_the_working_size(folder: Path, size: tuple[int, int]):
    begin(folder)
    put(folder, 1, np.full((size[1], size[0], 3), (10, 200, 90), np.uint8))
    pixels = pictures.read(folder / "frames" / "000001.png")
    assert pixels.shape == (64, 96, 3)
    assert (pixels == (10, 200, 90)).all()


def test_the_left_of_a_frame_stays_left_and_its_top_on_top(folder: Path):
    begin(folder)
    frame = np.zeros((128, 192, 3), np.uint8)
    frame[:64, :96] = (255, 0, 0)
    frame[64:, 96:] = (0, 0, 255)
    put(folder, 1, frame)
    pixels = pictures.read(folder / "frames" / "000001.png")
    assert (pixels[:24, :40] == (255, 0, 0)).all()
    assert (pixels[40:, 56:] == (0, 0, 255)).all()


def test_transparency_is_kept_aside_and_forgotten_when_it_is_gone(folder: Path):
    begin(folder)
    put(folder, 1, noise(1), noise(2)[..., 0])
    assert (pictures.read(folder / "frames" / "000001.png") == noise(1)).all()
    assert (pictures.read_alpha(folder / "frames" / "000001.alpha.png") == noise(2)[..., 0]).all()
    put(folder, 1, noise(1))
    assert not (folder / "frames" / "000001.alpha.png").exists()


def test_what_is_hidden_does_not_bleed_into_the_edges(folder: Path):
    """A red disc whose surroundings are transparent black stays red up to its edge when it is made smaller."""
    begin(folder)
    y, x = np.mgrid[:128, :192]
    inside = (y - 64) ** 2 + (x - 96) ** 2 < 50**2
    put(folder, 1, (inside[..., None] * (220, 30, 10)).astype(np.uint8), (inside * 255).astype(np.uint8))
    rgb = pictures.read(folder / "frames" / "000001.png")
    alpha = pictures.read_alpha(folder / "frames" / "000001.alpha.png")
    edge = (alpha > 20) & (alpha < 235)
    assert edge.sum() > 30
    assert (abs(rgb[edge].astype(int) - (220, 30, 10)) <= 8).all()


@pytest.mark.parametrize(
    ("blobs", "alpha", "said"),
    [
        ([], False, "1 blobs, and 0 came"),
        ([bytes(96 * 64 * 3)] * 2, False, "1 blobs, and 2 came"),
        ([bytes(96 * 64 * 3)], True, "2 blobs, and 1 came"),
        ([bytes(96 * 64 * 3 - 1)], False, "has 18432 bytes, and 18431 came"),
        ([bytes(96 * 64 * 3), bytes(7)], True, "has 6144 bytes, and 7 came"),
    ],
)
def test_a_frame_that_is_not_whole_is_refused(folder: Path, blobs: list[bytes], alpha: bool, said: str):
    begin(folder)
    failure = refusal(frames.put, api.PutFrame(str(folder), 1, 96, 64, alpha), blobs, quiet_job())
    assert failure.code is ErrorCode.BAD_PARAMS
    assert said in failure.message
    assert Study.open(folder).frame_numbers() == []


@pytest.mark.parametrize(("width", "height"), [(0, 64), (-96, -64), (96, 0)])
def test_a_frame_of_no_size_is_refused(folder: Path, width: int, height: int):
    begin(folder)
    request = api.PutFrame(str(folder), 1, width, height, False)
    assert refusal(frames.put, request, [bytes(96 * 64 * 3)], quiet_job()).code is ErrorCode.BAD_PARAMS


@pytest.mark.parametrize("number", [0, 13, -5])
def test_a_frame_that_was_not_asked_for_is_refused(folder: Path, number: int):
    begin(folder)
    assert "was not asked for" in refusal(put, folder, number, noise(1)).message


def test_frames_come_after_begin(folder: Path, tmp_path: Path):
    assert "holds no study" in refusal(put, folder, 1, noise(1)).message
    Study.create(tmp_path / "s", ID, "", OWNER, SOURCE)
    assert refusal(put, tmp_path / "s", 1, noise(1)).code is ErrorCode.STUDY_LOCKED


# --- the way back


def test_the_frames_come_back_as_a_take(folder: Path):
    begin(folder)
    for number in range(1, 13):
        put(folder, number, noise(number), noise(number + 50)[..., 0] if number > 6 else None)
    take = frames.lay_back(folder, "as it was?", quiet_job())
    assert take.folder == folder / "takes" / "as it was_"
    assert take.numbers() == list(range(1, 13))
    assert (pictures.read(take.picture_path(3)) == noise(3)).all()
    with_alpha = pictures.read_with_alpha(take.picture_path(9))
    assert (with_alpha == np.dstack([noise(9), noise(59)[..., 0]])).all()
    assert take.note() == {"schema": 1, "name": "as it was?", "method": "lay-back", "first": 1, "last": 12}


def test_a_take_is_not_written_over(folder: Path):
    fill(folder)
    choose(folder)
    frames.lay_back(folder, "back", quiet_job())
    failure = refusal(frames.lay_back, folder, "back", quiet_job())
    assert failure.code is ErrorCode.BAD_INPUT
    assert "already has a take “back”" in failure.message


def test_a_take_that_was_interrupted_goes_on(folder: Path):
    fill(folder)
    stop = Job(1, lambda event, blobs: stop.cancel() if getattr(event, "done", 0) >= 0 else None)
    assert refusal(frames.lay_back, folder, "back", stop).code is ErrorCode.CANCELLED
    assert Study.open(folder).takes() == []
    assert len(frames.lay_back(folder, "back", quiet_job()).numbers()) == 12
