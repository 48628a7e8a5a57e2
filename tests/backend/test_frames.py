"""The frames stage as Blender begins it: what is wanted, by whom, and what is taken over from another study."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import sampling
from sampling import choose, fill, refusal
from studies import ID, OWNER, SOURCE, begin, noise, put, quiet_job, release, source

from backend import api, pictures, study
from backend.api import Box, ErrorCode, Framing
from backend.stages import frames
from backend.study import Study

folder = sampling.folder
ROOT = Path(__file__).parents[2]
PATHS = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests/backend")]), "PYTHONIOENCODING": "utf-8"}


# --- begin


def test_a_new_study_wants_every_frame(folder: Path):
    assert begin(folder).numbers == tuple(range(1, 13))
    kept = Study.open(folder)
    assert (kept.id, kept.owner, kept.source) == (ID, OWNER, SOURCE)


def test_what_was_interrupted_goes_on_where_it_stopped(folder: Path):
    begin(folder)
    for number in (1, 2, 5):
        put(folder, number, noise(number))
    assert begin(folder).numbers == (3, 4, 6, 7, 8, 9, 10, 11, 12)


def test_however_often_it_is_killed_it_ends_with_the_same_frames(folder: Path):
    code = """
import sys
from pathlib import Path
from studies import begin, noise, put, source
for number in begin(Path(sys.argv[1]), source(1, 30)).numbers:
    put(Path(sys.argv[1]), number, noise(number))
    print(number, flush=True)
"""
    chance, put_so_far = random.Random(7), [0]
    while put_so_far:  # each time a few frames further, then killed somewhere in the next one
        with subprocess.Popen([sys.executable, "-c", code, str(folder)], env=PATHS, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            put_so_far = [line for _ in range(6) if (line := process.stdout.readline())]
            time.sleep(chance.uniform(0, 0.004))
            process.kill()
    begin(folder, source(1, 30))
    choose(folder, 3, 1, 30)
    for number in range(1, 31):
        assert (pictures.read(Study.open(folder).frame_path(number)) == noise(number)).all()
    assert list(folder.rglob("*.tmp")) == []


def test_what_is_up_to_date_wants_nothing(folder: Path):
    fill(folder)
    assert begin(folder).numbers == ()


def test_a_longer_strip_wants_only_the_new_frames(folder: Path):
    fill(folder, source(1, 10))
    assert begin(folder, source(-2, 12)).numbers == (-2, -1, 0, 11, 12)


def test_a_trimmed_strip_keeps_its_frames_for_later(folder: Path):
    fill(folder, source(1, 12))
    assert begin(folder, source(4, 6)).numbers == ()
    choose(folder, 2, 4, 6)
    assert begin(folder, source(1, 12)).numbers == ()


@pytest.mark.parametrize(
    "change",
    [{"fingerprint": "the strip was flipped"}, {"framing": Framing((96, 64), Box(16, 0, 64, 64), (64, 64))}],
)
def test_other_settings_want_every_frame_anew(folder: Path, change: dict[str, Any]):
    fill(folder)
    assert begin(folder, source(**change)).numbers == tuple(range(1, 13))


def test_going_back_to_the_old_settings_midway_loses_nothing(folder: Path):
    fill(folder)
    begin(folder, source(fingerprint="flipped"))
    put(folder, 4, noise(99))
    assert begin(folder).numbers == (4,)


def test_frames_of_old_settings_go_when_the_new_ones_are_complete(folder: Path):
    fill(folder, source(1, 14))
    changed = source(1, 12, fingerprint="flipped")
    assert fill(folder, changed) == tuple(range(1, 13))
    assert (folder / "frames" / "000014.png").exists()
    choose(folder)
    assert not (folder / "frames" / "000014.png").exists()
    assert Study.open(folder).frame_numbers() == list(range(1, 13))


def test_the_owner_and_source_follow_the_strip(folder: Path):
    begin(folder)
    renamed = api.Owner("../film.blend", "Scene", "Car, renamed")
    begin(folder, source(1, 20), owner=renamed)
    assert (Study.open(folder).owner, Study.open(folder).source.last) == (renamed, 20)


def test_the_study_of_another_strip_is_refused_and_left_alone(folder: Path):
    begin(folder)
    before = (folder / "study.json").read_bytes()
    failure = refusal(begin, folder, source(1, 5), id="ffffffff")
    assert failure.code is ErrorCode.BAD_STUDY
    assert "the study of another strip" in failure.message
    assert (folder / "study.json").read_bytes() == before


def test_a_strip_without_frames_is_refused(folder: Path):
    failure = refusal(begin, folder, source(5, 4))
    assert failure.message == "The strip has no frames."
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("size", [(0, 0), (96, 60), (4, 64)])
def test_a_size_that_no_model_can_work_at_is_refused(folder: Path, size: tuple[int, int]):
    failure = refusal(begin, folder, source(framing=Framing((96, 64), Box(0, 0, 96, 64), size)))
    assert "multiples of 8" in failure.message


def test_an_id_that_is_none_leaves_nothing_behind(folder: Path):
    assert "eight hex digits" in refusal(begin, folder, id="../x").message
    assert list(folder.iterdir()) == []


def test_a_folder_is_a_full_path():
    request = api.BeginFrames("steady/car", ID, "", OWNER, SOURCE)
    assert "full path" in refusal(frames.begin, request, [], quiet_job()).message


def test_a_study_that_was_moved_away_is_not_begun_again_where_it_was(folder: Path):
    fill(folder)
    folder.rename(folder.with_name("moved"))
    failure = refusal(frames.begin, api.BeginFrames(str(folder), ID, "", OWNER, SOURCE), [], quiet_job())
    assert (failure.code, failure.hint) == (ErrorCode.BAD_STUDY, "Press the button again.")
    assert "is not there any more" in failure.message
    assert not folder.exists()


def test_a_damaged_study_is_said_and_not_written_over(folder: Path):
    fill(folder)
    (folder / "study.json").write_text("{", encoding="utf-8")
    assert "is damaged" in refusal(begin, folder).message
    assert (folder / "study.json").read_text(encoding="utf-8") == "{"
    with study.locked(folder):  # and it is free again
        pass


def test_two_programs_do_not_write_one_study(folder: Path):
    begin(folder)
    code = "import sys\nfrom studies import *\ntry:\n    begin(Path(sys.argv[1]))\nexcept Exception as e:\n    print(e)"
    command = [sys.executable, "-c", code, str(folder)]
    said = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=PATHS, check=True).stdout
    assert f"The study “{folder.name}” is being written by process" in said
    put(folder, 1, noise(1))
    fill(folder)
    choose(folder)
    said = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=PATHS, check=True).stdout
    assert said == ""


def test_a_released_study_is_free_for_others(folder: Path):
    begin(folder)
    command = [sys.executable, "-m", "backend", "lay-back", str(folder), "--take", "day"]

    def others_say() -> str:
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=PATHS, check=False).stderr

    assert "is being written by process" in others_say()
    release(folder)
    assert "The study lacks 12 of 12 frames" in others_say()
    release(folder)  # free already
    release(folder.with_name("none"))
    assert not folder.with_name("none").exists()


def test_what_another_holds_is_not_released(folder: Path):
    begin(folder)
    code = "import sys\nfrom studies import *\nrelease(Path(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", code, str(folder)], env=PATHS, check=True)
    put(folder, 1, noise(1))


# --- a strip that came from another


def test_a_split_strip_takes_over_the_frames_it_shares(folder: Path):
    fill(folder, source(1, 12))
    put(folder, 9, noise(9), noise(90)[..., 0])
    before = {path.name: path.stat().st_mtime_ns for path in (folder / "frames").iterdir()}
    other = folder.with_name("Car.001-ffffffff")
    assert begin(other, source(7, 15), id="ffffffff", parent=ID).numbers == (13, 14, 15)
    assert (pictures.read(Study.open(other).frame_path(8)) == noise(8)).all()
    assert (pictures.read_alpha(Study.open(other).alpha_path(9)) == noise(90)[..., 0]).all()
    assert Study.open(other).parent == ID
    assert {path.name: path.stat().st_mtime_ns for path in (folder / "frames").iterdir()} == before


def test_a_strip_of_a_file_that_was_saved_elsewhere_takes_over_frames(folder: Path, tmp_path: Path):
    fill(folder)
    other = tmp_path / "elsewhere" / "steady" / "Car-ffffffff"
    other.mkdir(parents=True)
    request = api.BeginFrames(str(other), "ffffffff", ID, OWNER, source(7, 15), str(folder))
    assert frames.begin(request, [], quiet_job()).numbers == (13, 14, 15)
    gone = api.BeginFrames(str(other), "ffffffff", ID, OWNER, source(7, 16), str(tmp_path / "gone" / "Car"))
    assert frames.begin(gone, [], quiet_job()).numbers == (13, 14, 15, 16)


def test_a_copy_with_other_settings_takes_over_nothing(folder: Path):
    fill(folder)
    other = folder.with_name("Car.001-ffffffff")
    assert len(begin(other, source(fingerprint="flipped"), id="ffffffff", parent=ID).numbers) == 12
    third = folder.with_name("Car.002-eeeeeeee")
    assert len(begin(third, id="eeeeeeee", parent="dddddddd").numbers) == 12


def test_a_damaged_parent_is_no_hindrance(folder: Path):
    fill(folder)
    (folder / "study.json").write_text("{", encoding="utf-8")
    other = folder.with_name("Car.001-ffffffff")
    assert len(begin(other, id="ffffffff", parent=ID).numbers) == 12
