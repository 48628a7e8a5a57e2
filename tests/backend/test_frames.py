"""The frames stage as Blender uses it: begin, put what is wanted, choose; again, and only what changed is done anew."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from studies import ID, OWNER, SOURCE, begin, noise, pan, place, put, quiet_job, release, sample, source, still

from backend import api, pictures, study
from backend.api import Box, ChooseReference, ErrorCode, Failure, Far, Framing, Reference
from backend.jobs import Job
from backend.stages import frames
from backend.study import Study

ROOT = Path(__file__).parents[2]
PATHS = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests/backend")]), "PYTHONIOENCODING": "utf-8"}


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
