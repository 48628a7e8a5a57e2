"""The measure stage: the figures that are found."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import cv2
import measuring_studies
import numpy as np
import pytest
from measuring_studies import (
    CLIP,
    HEIGHT,
    WIDTH,
    add_look,
    add_take,
    drive,
    flickering,
    inverted,
    known,
    made,
    milder,
    row,
    run,
)
from studies import begin, noise, put, quiet_job, release, source

from backend.api import Box, BringLook, ChooseLooks, Framing, KeyFigures
from backend.measurements import Figures, Kind, Series
from backend.measuring import relied, worst
from backend.stages import looks
from backend.study import Study

folder = measuring_studies.folder


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


def test_blur_lowers_the_warp_error_of_a_take_and_its_fidelity(folder: Path) -> None:
    add_look(folder)
    sharp = inverted(CLIP)
    add_take(folder, "sharp", sharp)
    for sigma in (1, 3):
        blurred = [np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.uint8) for picture in sharp]
        add_take(folder, f"blurred {sigma}", blurred, source="sharp")
    run(folder)
    before, little, much = (row(folder, name).figures for name in ("sharp", "blurred 1", "blurred 3"))
    assert flicker(before) > 1.5 * flicker(little) > 2 * flicker(much)
    assert 2 * (before.look_fidelity or 1) < (little.look_fidelity or 0) < (much.look_fidelity or 0)
    for name in ("blurred 1", "blurred 3"):
        assert row(folder, name).judgement.startswith("Steadier than “sharp” by ")
        assert "but farther from the look by " in row(folder, name).judgement


@pytest.mark.parametrize("first", [3, 5, 7])
def test_two_swapped_frames_are_found_and_no_others(tmp_path: Path, first: int) -> None:
    """The step from the one to the other goes back as far as it should go on, and those beside it go twice as far."""
    clip = drive(1, 9)
    folder, swapped = made(tmp_path, clip), inverted(clip)
    swapped[first - 1 : first + 1] = swapped[first], swapped[first - 1]
    add_take(folder, "whole", inverted(clip))
    add_take(folder, "swapped", swapped)
    run(folder)
    found, whole = (row(folder, name).series.warp_error for name in ("swapped", "whole"))
    beyond = {i + 1: (a or 0) - (b or 0) for i, (a, b) in enumerate(zip(found, whole, strict=True)) if a != b}
    assert list(beyond) == [first, first + 1, first + 2]
    assert min(beyond.values()) > 2 * max(value or 0 for value in whole)
    assert max(beyond, key=lambda n: beyond[n]) == first + 1
    assert row(folder, "swapped").worst[0] == first + 1
    assert not {first, first + 2} & set(row(folder, "swapped").worst), "of neighbours only the worst"


def test_the_worst_frames_are_those_that_depart_from_the_source_and_not_those_where_it_flickers_itself() -> None:
    numbers, nothing = range(10, 17), (None,) * 7
    take = Series((None, 9.0, 2.0, 8.0, 3.0, 3.0, 6.0), nothing, nothing)
    floor = Series((None, 8.5, 2.0, 2.0, 1.0, 2.5, None), nothing, nothing)
    assert worst(numbers, take, floor) == (13, 16, 11)
    assert worst(numbers, take, None) == (11, 13, 16)


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
    drift, floor = (each.figures.warp_error_first or 0 for each in (row(folder, "painted"), found.source))
    assert 0 < drift < 1.5 * floor


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
    assert (figures.warp_error is None) == (figures.warp_error_first is None) == (count == 1)
    assert all_finite(folder)
    assert "nearer to the look by" in answer.judgement
    assert ("stead" in answer.judgement) == (count == 2)


def test_frames_that_are_unlike_each_other_are_not_called_steady(tmp_path: Path) -> None:
    """However alike a take's own frames are: nothing says what moves where."""
    unlike = [CLIP[0], *inverted(CLIP[:1])]
    folder = made(tmp_path, unlike)
    add_take(folder, "grey", [np.full((HEIGHT, WIDTH, 3), 128, np.uint8)] * 2)
    add_take(folder, "painted", inverted(unlike))
    answer = run(folder)
    assert answer.warning == (
        "No frame can be compared with the one before: what moves is lost between them, or every frame is a shot."
    )
    assert [(each.warp_error, each.warp_error_first) for each in answer.rows] == [(None, None)] * 3
    assert row(folder, "painted").judgement == "Not to be judged: there is nothing to compare."
    assert row(folder, "grey").judgement == "Laid out otherwise than the strip."
    assert run(folder) == answer, "as measures.json keeps it"
    assert all_finite(folder)
    add_look(folder, 1)
    judged = run(folder).judgement
    assert "the look" in judged and "stead" not in judged
    page = Path(answer.report).read_text("utf-8")
    assert "<td>–</td>" in page and "Steady and true" not in page


def test_figures_that_stand_on_few_pixels_say_so(tmp_path: Path) -> None:
    """Of pure noise nothing can be told, and by chance some pixels agree there and back."""
    snow = [noise(i, WIDTH, HEIGHT) for i in range(6)]
    folder = made(tmp_path, snow)
    add_take(folder, "inverted", inverted(snow))
    answer = run(folder)
    share = known(folder).relied
    assert share is not None
    assert 0.02 < share < 0.25
    assert answer.warning == (
        f"The strip's motion could be told in {share:.0%} of the pixels only. Flicker and drift say little then: judge "
        "steadiness by eye."
    )
    page = Path(answer.report).read_text("utf-8")
    assert f"{share:.0%} of the pixels only. Flicker and drift say little" in page
    assert f"<dt>Compared</dt><dd>{share:.0%} of the pixels</dd>" in page
    assert json.loads(Study.open(folder).measures_path.read_text("utf-8"))["relied"] == share
    assert run(folder) == answer


def test_figures_that_stand_on_most_pixels_need_no_warning(folder: Path) -> None:
    add_take(folder, "inverted", inverted(CLIP))
    assert run(folder).warning == ""
    shares = [share for share in known(folder).compared if share is not None]
    assert known(folder).relied == pytest.approx(np.mean(shares), abs=1e-4)
    assert min(shares) > 0.7


def test_a_frame_that_has_no_figure_stands_on_nothing() -> None:
    assert relied((None, 0.8, 0.019, None, 0.4)) == 0.4
    assert relied((None, None)) is None


def flicker(figures: Figures | KeyFigures) -> float:
    assert figures.warp_error is not None
    return figures.warp_error


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
    assert flicker(only) > 0
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
