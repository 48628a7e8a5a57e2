"""Measuring where the truth is known: the example's world, in the style that the look's prompt names."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from studies import begin, put, quiet_job, release, source

from backend import measurements, pictures, truths
from backend.api import Box, Framing, Measure, Measured
from backend.measurements import Kind, Measurements
from backend.pictures import Pixels
from backend.pocket.captions import Colour, Style, Time, Vehicle, Weather
from backend.stages import measure
from backend.study import Study
from backend.truths import World

PROMPT = "a cartoon for children of a red car in a day city"
WORLD = World(604, 5, (96, 48), Time.DAY, Weather.CLEAR, Vehicle.CAR, Colour.RED)
CLIP = WORLD.clip()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    truths.write_note(tmp_path / "example.mkv", WORLD)
    folder = tmp_path / "Car-0a1b2c3d"
    framing = Framing(WORLD.size, Box(0, 0, *WORLD.size), WORLD.size)
    begin(folder, source(1, WORLD.frames, framing=framing, media=(str(tmp_path / "example.mkv"),)))
    for number in range(1, WORLD.frames + 1):
        put(folder, number, np.asarray(CLIP.photo(number - 1)))
    release(folder)
    return folder


def painted(style: Style) -> list[Pixels]:
    return [np.asarray(CLIP.painted(i, style)) for i in range(WORLD.frames)]


def add_take(folder: Path, name: str, clip: list[Pixels], **note: str) -> None:
    take = Study.open(folder).take(name)
    for number, picture in enumerate(clip, 1):
        pictures.write(take.picture_path(number), picture)
    take.set_note(note)


def run(folder: Path) -> tuple[Measured, Measurements]:
    answer = measure.measure(Measure(str(folder)), [], quiet_job())
    found = measurements.read(Study.open(folder).measures_path)
    assert found is not None
    return answer, found


def test_a_true_take_has_no_excess_and_flicker_has_what_was_put_in(folder: Path) -> None:
    true, darker = painted(Style.TOON), (0, 12, 20, 4, 16)
    add_take(folder, "true", true, prompt=PROMPT)
    add_take(folder, "flicker", [p - np.uint8(d) for p, d in zip(true, darker, strict=True)], source="true")
    answer, found = run(folder)
    assert [row.kind for row in found.rows] == [Kind.SOURCE, Kind.TAKE, Kind.TAKE, Kind.TRUTH]
    assert [row.name for row in answer.rows] == ["source", "flicker", "true", "truth"]
    source, flicker, perfect, truth = found.rows
    assert flicker.series.excess == (None, 12, 8, 16, 12)
    assert flicker.figures.excess == pytest.approx(np.sqrt(np.mean(np.square([12, 8, 16, 12]))), abs=1e-3)
    assert flicker.series.psnr_truth[1] == pytest.approx(20 * np.log10(255 / 12), abs=1e-3)
    assert perfect.figures.excess == 0
    assert perfect.figures.ssim_truth == pytest.approx(1, abs=1e-3)
    psnrs = [row.figures.psnr_truth or 0 for row in (source, flicker, perfect)]
    assert 5 < psnrs[0] < 22 < psnrs[1] < 40 < psnrs[2]
    assert truth.figures.psnr_truth is truth.figures.excess is None
    assert truth.figures.warp_error == perfect.figures.warp_error
    assert "farther from the truth by " in flicker.judgement


def test_a_take_in_another_style_is_not_judged_by_this_truth(folder: Path) -> None:
    add_take(folder, "a toon", painted(Style.TOON), prompt=PROMPT)
    add_take(folder, "oil", painted(Style.OIL), prompt=CLIP.caption(0, Style.OIL))
    _, found = run(folder)
    toon, oil = found.takes
    assert toon.figures.excess == 0
    assert oil.figures.excess is None
    assert oil.series.psnr_truth == ()


def test_the_truths_pictures_lie_where_the_report_finds_them(folder: Path) -> None:
    add_take(folder, "true", painted(Style.TOON), prompt=PROMPT)
    _, found = run(folder)
    assert found.truth is not None
    assert (pictures.read(folder / found.truth.folder / "000003.png") == CLIP.painted(2, Style.TOON)).all()


def test_a_truth_that_was_deleted_by_hand_is_drawn_again_for_the_report(folder: Path) -> None:
    add_take(folder, "true", painted(Style.TOON), prompt=PROMPT)
    add_take(folder, "other", painted(Style.TOON)[::-1], prompt=PROMPT)
    run(folder)
    kept = Study.open(folder)
    shutil.rmtree(kept.truth_folder)
    shutil.rmtree(kept.take("other").folder)
    answer, _ = run(folder)
    assert [row.name for row in answer.rows] == ["source", "true", "truth"]
    assert kept.report_path.is_file() and (kept.truth_folder / "000003.png").is_file()
