"""The measure stage: what is measured of a study, what is not measured again, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from studies import begin, noise, pan, place, put, quiet_job, release, sample, source

from backend import glance, measurements, pictures
from backend.api import Box, BringLook, ChooseLooks, ErrorCode, Failure, Framing, KeyFigures, Measure, Measured
from backend.jobs import Job
from backend.measurements import Figures, Kind, Measurements, Row
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


# --- figures


def test_the_strip_is_measured_first_and_then_its_takes(folder: Path) -> None:
    look = add_look(folder)
    painting, hashes = {"strength": 0.45, "seed": 7}, {"source_fingerprint": "0a1b", "shots": [{"stamp": "2c3d"}]}
    add_take(folder, "true", inverted(CLIP), way="tuned", prompt="upside down", painting=painting, **hashes)
    add_take(folder, "plain 0.45", flickering(milder(CLIP), 20), way="plain", painting={"strength": 0.45})
    answer = run(folder)
    assert [each.name for each in answer.rows] == ["source", "plain 0.45", "true"]
    found = known(folder)
    assert found.numbers == tuple(range(1, 7))
    assert (found.looks, found.shots) == ((look,), (1,))
    assert found.source.kind is Kind.SOURCE
    assert dict(row(folder, "true").made) == {"way": "tuned", "prompt": "upside down", "strength": "0.45", "seed": "7"}
    for each in found.rows:
        assert each.series.warp_error[0] is None
        assert len(each.series.warp_error) == len(each.series.composition) == len(each.series.look_fidelity) == 6
        assert (folder / each.folder).is_dir()
    assert all(share is None or share > 0.5 for share in found.compared)
    true, plain = row(folder, "true").figures, row(folder, "plain 0.45").figures
    assert true.look_fidelity is not None
    assert plain.look_fidelity is not None
    assert true.look_fidelity < 0.5 * plain.look_fidelity
    assert answer.judgement == found.judgement
    assert answer.judgement.startswith("“true” is steadier than plain by ")
    assert "nearer to the look" in answer.judgement
    assert Path(answer.report).is_file()
    assert answer.warning == ""


def test_a_clip_that_only_changes_its_colours_scores_the_floor(folder: Path) -> None:
    add_take(folder, "inverted", inverted(CLIP))
    run(folder)
    floor, figures = known(folder).source.figures, row(folder, "inverted").figures
    assert figures.warp_error == pytest.approx(floor.warp_error, rel=1e-3)
    assert figures.warp_error_first == pytest.approx(floor.warp_error_first, rel=1e-3)
    assert figures.composition > 0.97


def test_white_flicker_of_a_known_amplitude_has_its_known_value(tmp_path: Path) -> None:
    """√2·σ where every frame is brighter or darker by chance: here by what a normal distribution draws, σ = 12."""
    clip = [CLIP[0]] * 24
    folder, dice = made(tmp_path, clip), np.random.default_rng(26)
    shifts = dice.normal(0, 12, len(clip))
    add_take(folder, "flicker", [np.asarray(np.rint(90 + CLIP[0] / 4 + shift), np.uint8) for shift in shifts])
    run(folder)
    assert known(folder).source.figures.warp_error == 0
    figures = row(folder, "flicker").figures
    assert figures.warp_error == pytest.approx(np.sqrt(np.mean(np.diff(shifts) ** 2)), rel=0.02)
    assert figures.warp_error == pytest.approx(np.sqrt(2) * 12, rel=0.1)


def test_drift_is_seen_against_the_first_frame_and_not_against_the_one_before(tmp_path: Path) -> None:
    clip = [CLIP[0]] * 12
    folder = made(tmp_path, clip)
    add_take(folder, "drift", [np.asarray(p // 2 + 4 * i, np.uint8) for i, p in enumerate(clip)])
    run(folder)
    series = row(folder, "drift").series
    assert series.warp_error[1:] == (4.0,) * 11
    assert series.warp_error_first[1:] == tuple(4.0 * i for i in range(1, 12))


def test_blur_lowers_the_warp_error_and_the_fidelity(folder: Path) -> None:
    add_look(folder)
    dice = np.random.default_rng(3)
    rough = [np.clip(p + dice.normal(0, 25, p.shape), 0, 255).astype(np.uint8) for p in inverted(CLIP)]
    add_take(folder, "sharp", inverted(CLIP))
    add_take(folder, "rough", rough, way="plain")
    add_take(folder, "blurred", [np.asarray(cv2.GaussianBlur(p, (0, 0), 3), np.uint8) for p in rough], source="rough")
    run(folder)
    sharp, rough_, blurred = (row(folder, name).figures for name in ("sharp", "rough", "blurred"))
    assert blurred.warp_error < 0.5 * rough_.warp_error
    assert (blurred.look_fidelity or 0) > 2 * (sharp.look_fidelity or 1)
    assert row(folder, "blurred").judgement.startswith("Steadier than plain by ")


def test_two_swapped_frames_are_found_among_the_worst(folder: Path) -> None:
    swapped = inverted(CLIP)
    swapped[2], swapped[3] = swapped[3], swapped[2]
    add_take(folder, "swapped", swapped)
    run(folder)
    assert row(folder, "swapped").worst[0] in (3, 4, 5)
    assert len(set(row(folder, "swapped").worst)) == len(row(folder, "swapped").worst) > 1


def test_nothing_is_compared_across_a_cut(tmp_path: Path) -> None:
    before, after = drive(1, 8), drive(2, 8)
    folder = made(tmp_path, before + after)
    add_take(folder, "painted", [*inverted(before), *milder(after)])
    run(folder)
    found = known(folder)
    assert found.shots == (1, 9)
    for each in found.rows:
        assert each.series.warp_error[8] is None
        assert each.series.warp_error_first[8] is None
    assert found.compared[8] is None
    assert row(folder, "painted").figures.warp_error_first < 1.5 * found.source.figures.warp_error_first


@pytest.mark.parametrize("count", [1, 2])
def test_one_frame_and_two_have_figures_too(tmp_path: Path, count: int) -> None:
    folder = made(tmp_path, CLIP[:count])
    add_look(folder, 1)
    add_take(folder, "inverted", inverted(CLIP[:count]), way="tuned")
    add_take(folder, "plain", milder(CLIP[:count]), way="plain")
    answer = run(folder)
    assert answer.warning == ("A single frame has nothing to be steady against." if count == 1 else "")
    figures = row(folder, "inverted").figures
    assert figures.look_fidelity == pytest.approx(0, abs=0.3)
    assert (figures.warp_error == 0) == (count == 1)
    assert all_finite(folder)
    assert "nearer to the look by" in answer.judgement


def test_a_still_clip_and_a_grey_one_have_figures_too(tmp_path: Path) -> None:
    grey = np.full((HEIGHT, WIDTH, 3), 128, np.uint8)
    for name, picture in {"still": CLIP[0], "grey": grey}.items():
        folder = made(tmp_path / name, [picture] * 4)
        add_look(folder)
        add_take(folder, "inverted", inverted([picture] * 4))
        answer = run(folder)
        assert [each.warp_error for each in answer.rows] == [0, 0]
        assert answer.judgement.startswith("“inverted” is as steady as the strip itself")
        assert all_finite(folder)


def all_finite(folder: Path) -> bool:
    text = Study.open(folder).measures_path.read_text("utf-8")
    return not any(word in text for word in ("NaN", "Infinity"))


def test_what_is_transparent_is_not_compared(tmp_path: Path) -> None:
    folder = tmp_path / "Car-0a1b2c3d"
    alpha = np.zeros((HEIGHT, WIDTH), np.uint8)
    alpha[:, :48] = 255
    begin(folder, source(1, 4, framing=Framing((WIDTH, HEIGHT), Box(0, 0, WIDTH, HEIGHT), (WIDTH, HEIGHT))))
    for number in range(1, 5):
        put(folder, number, CLIP[0], alpha)
    release(folder)
    hidden = [np.where(alpha[..., None] > 0, CLIP[0], noise(i, WIDTH, HEIGHT)) for i in range(4)]
    add_take(folder, "same", [np.dstack([picture, alpha]) for picture in hidden])
    run(folder)
    assert row(folder, "same").figures.warp_error == 0
    assert row(folder, "same").figures.composition == 1


def test_a_take_that_looks_were_spread_over_is_held_against_those(folder: Path) -> None:
    night, as_it_is = add_look(folder, prompt="a night"), folder / "frames" / "000003.png"
    other = looks.bring(BringLook(str(folder), 3, "a day", str(as_it_is)), [], quiet_job()).looks[0].name
    looks.choose(ChooseLooks(str(folder), (night, other)), [], quiet_job())
    add_take(folder, "spread", CLIP, method="propagate", keys=[{"look": night, "frame": 3}])
    add_take(folder, "spread smooth", CLIP, method="smooth", source="spread")
    add_take(folder, "by hand", CLIP)
    run(folder)
    names = ("spread", "spread smooth", "by hand")
    spread, smooth, by_hand = (row(folder, name).series.look_fidelity for name in names)
    assert by_hand[2] == 0, "which is held against all looks"
    assert spread == smooth
    assert (spread[2] or 0) > 0.1


def test_without_a_look_and_without_a_take_there_are_the_strips_own_figures(folder: Path) -> None:
    answer = run(folder)
    (only,) = answer.rows
    assert (only.name, only.look_fidelity) == ("source", None)
    assert only.warp_error > 0
    assert only.composition == 1
    assert "no take to judge yet" in answer.judgement
    assert Path(answer.report).is_file()


def test_the_figures_are_noted_in_take_json_beside_what_is_there(folder: Path) -> None:
    take = add_take(folder, "inverted", inverted(CLIP), method="render", warning="keep me")
    figures = run(folder).rows[1]
    note = take.note()
    assert (note["method"], note["warning"], note["name"]) == ("render", "keep me", "inverted")
    assert note["measures"]["warp_error"] == figures.warp_error
    assert "look_fidelity" not in note["measures"]
    assert note["measures"]["judgement"] == row(folder, "inverted").judgement


def test_the_key_figures_are_the_figures() -> None:
    assert {"name", *(field.name for field in fields(Figures))} == {field.name for field in fields(KeyFigures)}


# --- what stands


def frames_measured(folder: Path, *takes: str) -> int:
    """How many frames were measured by a further run."""
    said: list[str] = []
    run(folder, *takes, job=Job(1, lambda event, blobs: said.append(getattr(event, "text", ""))))
    return len({text for text in said if text.startswith("Measuring frame")})


@pytest.fixture
def measured(folder: Path) -> Path:
    add_look(folder)
    add_take(folder, "one", inverted(CLIP))
    add_take(folder, "two", milder(CLIP))
    run(folder)
    return folder


def test_what_stands_is_not_measured_again(measured: Path) -> None:
    before = known(measured)
    stamps = {path: path.stat().st_mtime_ns for path in measured.rglob("*") if path.is_file()}
    assert frames_measured(measured) == 0
    assert known(measured) == before
    assert stamps == {path: path.stat().st_mtime_ns for path in measured.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: add_take(folder, "one", milder(CLIP)[::-1]),
        lambda folder: add_take(folder, "three", inverted(CLIP)[::-1]),
        lambda folder: add_look(folder, 5),
        lambda folder: looks.choose(ChooseLooks(str(folder), ()), [], quiet_job()),
        lambda folder: sample_again(folder, CLIP[::-1]),
    ],
    ids=["a take shows something else", "another take", "another look", "no look", "other frames"],
)
def test_what_has_changed_is_measured_again(measured: Path, change: Callable[[Path], Any]) -> None:
    change(measured)
    assert frames_measured(measured) > 0
    assert frames_measured(measured) == 0


def sample_again(folder: Path, clip: list[Pixels]) -> None:
    framing = Study.open(folder).source.framing
    begin(folder, source(1, len(clip), framing=framing, fingerprint="other settings"))
    for number, picture in enumerate(clip, 1):
        put(folder, number, picture)
    release(folder)


def test_a_deleted_report_and_a_damaged_measures_json_are_written_again(measured: Path) -> None:
    before, study = known(measured), Study.open(measured)
    study.report_path.unlink()
    assert frames_measured(measured) == 0
    assert study.report_path.is_file()
    study.measures_path.write_text("{", "utf-8")
    run(measured)
    assert known(measured) == before


def test_only_the_takes_that_are_asked_for_are_measured_and_what_stands_stays_in_the_report(measured: Path) -> None:
    add_take(measured, "three", flickering(milder(CLIP), 9))
    add_take(measured, "two", inverted(milder(CLIP)))
    assert [each.name for each in run(measured, "three").rows] == ["source", "one", "three"]
    study = Study.open(measured)
    then = glance.read(study)
    assert then is not None and glance.changed(then, study, study.takes()) == "“two” was not measured yet."


def test_a_take_that_is_gone_is_gone_from_the_report(measured: Path) -> None:
    Study.open(measured).take("one").folder.rename(measured / "aside")
    assert [each.name for each in run(measured).rows] == ["source", "two"]


def test_a_cancelled_measuring_leaves_no_lock_and_what_was_there(measured: Path) -> None:
    before = known(measured)
    add_take(measured, "three", inverted(CLIP)[::-1])
    job = Job(1, lambda event, blobs: job.cancel() if "frame 3" in getattr(event, "text", "") else None)
    with pytest.raises(Failure) as caught:
        run(measured, job=job)
    assert caught.value.code is ErrorCode.CANCELLED
    assert known(measured) == before
    assert "three" in [each.name for each in run(measured).rows]


# --- what is refused or left out


def refusal(folder: Path, *takes: str) -> Failure:
    with pytest.raises(Failure) as caught:
        run(folder, *takes)
    assert caught.value.hint
    return caught.value


def test_a_take_that_lacks_a_frame_is_refused_by_name_and_otherwise_left_out(folder: Path) -> None:
    add_take(folder, "whole", inverted(CLIP))
    add_take(folder, "half", inverted(CLIP)[:3])
    assert refusal(folder, "half").message == "The take “half” lacks frame 4 and 2 more."
    answer = run(folder)
    assert [each.name for each in answer.rows] == ["source", "whole"]
    assert answer.warning == "“half” is left out: The take “half” lacks frame 4 and 2 more."


def test_a_take_with_a_frame_of_another_size_is_refused_by_name_and_otherwise_left_out(folder: Path) -> None:
    take = add_take(folder, "odd", inverted(CLIP))
    pictures.write(take.picture_path(4), noise(1, 90, 64))
    assert refusal(folder, "odd").message == "Frame 4 of the take “odd” is 90×64, and the strip's frames are 96×64."
    assert "“odd” is left out" in run(folder).warning


def test_a_frame_that_is_no_picture_is_named(folder: Path) -> None:
    take = add_take(folder, "torn", inverted(CLIP))
    png = bytearray(take.picture_path(2).read_bytes())
    png[60:-12] = bytes(len(png) - 72)
    take.picture_path(2).write_bytes(png)
    assert refusal(folder).message == "Frame 2 of the take “torn” cannot be read."


def test_a_take_whose_note_is_damaged_is_left_out_and_said(folder: Path) -> None:
    add_take(folder, "whole", inverted(CLIP))
    torn = add_take(folder, "torn", inverted(CLIP))
    (torn.folder / "take.json").write_text("{")
    answer = run(folder)
    assert [each.name for each in answer.rows] == ["source", "whole"]
    assert answer.warning == f"“torn” is left out: “{torn.folder / 'take.json'}” is damaged: it is not JSON."
    assert refusal(folder, "torn").message == f"“{torn.folder / 'take.json'}” is damaged: it is not JSON."
    assert [each.name for each in run(folder, "whole").rows] == ["source", "whole"]


def test_a_take_that_is_not_there_is_refused(folder: Path) -> None:
    assert refusal(folder, "neon").message == "There is no take “neon”."
    add_take(folder, "oil", inverted(CLIP))
    assert refusal(folder, "neon").hint == "Choose among “oil”."


def test_a_folder_that_is_no_study_is_refused_and_left_alone(tmp_path: Path) -> None:
    assert refusal(tmp_path).code is ErrorCode.BAD_STUDY
    assert not list(tmp_path.iterdir())


def test_a_strip_whose_frames_are_not_all_there_is_refused(folder: Path) -> None:
    Study.open(folder).frame_path(5).unlink()
    assert "frame 5" in refusal(folder).message


def test_a_look_whose_frame_has_changed_is_left_out_and_said(measured: Path) -> None:
    sample_again(measured, CLIP[::-1])
    answer = run(measured)
    assert "is left out: frame 3 is another one by now" in answer.warning
    assert all(each.look_fidelity is None for each in answer.rows)
