"""The truth of the pocket world: known by the note beside its movie, believed only where the strip shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from studies import FRAMING, begin, noise, put, quiet_job, release, source

from backend import measures, pictures, truths
from backend.api import Box, DrawExample, Framing
from backend.pictures import Pixels
from backend.pocket.captions import Colour, Style, Time, Vehicle, Weather
from backend.stages import example
from backend.study import Study
from backend.truths import Truth, World

PROMPT = "a neon tron painting of a red car in a night city"
WORLD = World(602, 8, (128, 64), Time.NIGHT, Weather.CLEAR, Vehicle.CAR, Colour.RED)


def study_of(folder: Path, movie: Path, show: Callable[[int], Pixels], first: int = 1, last: int = 6) -> Study:
    size = (64, 32)
    framing = Framing((128, 64), Box(0, 0, 128, 64), size)
    begin(folder, source(first, last, framing=framing, media=(str(movie),)))
    for number in range(first, last + 1):
        put(folder, number, show(number))
    release(folder)
    return Study.open(folder)


@pytest.fixture
def movie(tmp_path: Path) -> Path:
    truths.write_note(tmp_path / "example.mkv", WORLD)
    return tmp_path / "example.mkv"


def photo(number: int) -> Pixels:
    return np.asarray(WORLD.clip().photo(number - 1))


def test_the_example_says_how_it_was_drawn_and_a_strip_of_it_has_a_truth(tmp_path: Path) -> None:
    made = example.draw(DrawExample(str(tmp_path), 8, 128, 64, 24), [], quiet_job())
    world = replace(WORLD, seed=example.SEED, time=Time.DAY)
    kept = study_of(tmp_path / "Car-0a1b2c3d", Path(made.movie), lambda n: np.asarray(world.clip().photo(n - 1)))
    truth = truths.known(kept, ["", made.caption])
    assert truth is not None
    assert truth.style is example.STYLE
    assert truth.world == world
    painted = np.asarray(world.clip().painted(3, example.STYLE))
    assert (truth.picture(4) == pictures.resize(painted, (64, 32))).all()


def test_a_trimmed_strip_has_a_truth_too(tmp_path: Path, movie: Path) -> None:
    assert truths.known(study_of(tmp_path / "Car-0a1b2c3d", movie, photo, 3, 5), [PROMPT])


@pytest.mark.parametrize(
    "show",
    [
        lambda n: photo(n)[:, ::-1],
        lambda n: photo(max(1, n - 1)),
        lambda n: np.asarray(photo(n) // 2, np.uint8),
        lambda n: noise(n, 128, 64),
    ],
    ids=["mirrored", "late by a frame", "darkened", "something else"],
)
def test_a_strip_that_shows_something_else_has_none(tmp_path: Path, movie: Path, show: Callable[[int], Pixels]) -> None:
    assert truths.known(study_of(tmp_path / "Car-0a1b2c3d", movie, show), [PROMPT]) is None


def test_a_prompt_of_no_style_of_that_world_has_none(tmp_path: Path, movie: Path) -> None:
    assert truths.known(study_of(tmp_path / "Car-0a1b2c3d", movie, photo), ["a charcoal drawing", ""]) is None


@pytest.mark.parametrize("note", ["{", "[]", '{"schema": 1, "seed": 3}', '{"schema": 1, "seed": "x"}', None])
def test_without_a_note_that_can_be_read_there_is_none(tmp_path: Path, movie: Path, note: str | None) -> None:
    path = truths.note_path(movie)
    path.unlink() if note is None else path.write_text(note, "utf-8")
    assert truths.known(study_of(tmp_path / "Car-0a1b2c3d", movie, photo), [PROMPT]) is None


def test_a_strip_that_is_longer_than_the_clip_has_none(tmp_path: Path, movie: Path) -> None:
    kept = study_of(tmp_path / "Car-0a1b2c3d", movie, lambda n: photo(min(n, 8)), 1, 9)
    assert truths.known(kept, [PROMPT]) is None


def test_the_true_flow_leads_from_truth_to_truth_at_the_working_size() -> None:
    truth = Truth(replace(WORLD, size=(256, 128)), Style.TOON, (128, 64))
    flow, sure = truth.way(5, 4)
    assert flow.shape == (64, 128, 2)
    assert sure.mean() > 0.3
    now, before = truth.picture(5), truth.picture(4)
    assert measures.warp_error(now, before, flow, sure) < 0.5 * measures.warp_error(now, before, 0 * flow, sure)
    assert measures.excess((now, before), (now, before), flow, sure) == 0


def test_the_truth_is_drawn_once(tmp_path: Path) -> None:
    truth = Truth(WORLD, Style.TOON, FRAMING.size)
    take = truth.draw(tmp_path, range(1, 4), quiet_job())
    assert (pictures.read(take.picture_path(2)) == truth.picture(2)).all()
    pictures.write(take.picture_path(1), noise(1), truth.fingerprint)
    pictures.write(take.picture_path(3), noise(3), "another truth")
    truth.draw(tmp_path, range(1, 4), quiet_job())
    assert (pictures.read(take.picture_path(1)) == noise(1)).all()
    assert (pictures.read(take.picture_path(3)) == truth.picture(3)).all()
