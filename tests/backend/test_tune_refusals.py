"""What the tune stage refuses, each in a sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import tuning_studies
from studies import pan, place, quiet_job, release, sample
from tuning_studies import PAINTING, SHORT, add_look, refusal, run

from backend import study
from backend.api import (
    ChooseReference,
    ErrorCode,
    Failure,
    Tune,
)
from backend.seeds import MOST_SEED
from backend.stages import frames
from backend.study import Study

sampled, folder = tuning_studies.sampled, tuning_studies.folder
small_model, ask = tuning_studies.small_model, tuning_studies.ask


@pytest.mark.parametrize(
    ("recipe", "said"),
    [
        ({"iterations": 0}, "0 iterations are too few."),
        ({"rate": -1.0}, "The learning rate is -1."),
        ({"rate": float("nan")}, "The learning rate is nan."),
        ({"rank": 0}, "The rank is 0."),
        ({"batch": 0}, "A batch of 0 holds nothing."),
        ({"late": 0}, "Late steps below 0 are none."),
        ({"late": 1001}, "Late steps below 1001 are none."),
        ({"looks": 0.0}, "The share of looks is 0."),
        ({"at_start": 1.5}, "The share at the start is 1.5."),
        ({"astray": -0.5}, "The share astray is -0.5."),
        ({"angle": 91.0}, "The angle of the noise is 91°."),
        ({"crops": 0}, "0 encodings are too few."),
        ({"spread": -1}, "A look cannot be spread over -1 frames."),
        ({"seed": -1}, "The seed is -1."),
        ({"seed": 10**20}, "The seed is 100000000000000000000."),
    ],
)
def test_a_recipe_that_makes_no_sense_is_refused(ask: Callable[..., Tune], recipe: dict[str, Any], said: str):
    assert refusal(ask(replace(SHORT, **recipe))) == said


@pytest.mark.parametrize(
    ("painting", "said"),
    [
        ({"guidance": float("nan")}, "The guidance is nan."),
        ({"guidance": float("inf")}, "The guidance is inf."),
        ({"seed": -1}, "The seed is -1."),
        ({"noise": 1.5}, "The share of the noise is 1.5."),
        ({"attend": 11.0}, "The attention to the look is 11."),
        ({"seed": 2**63}, "The seed is 9223372036854775808."),
    ],
)
def test_a_painting_that_makes_no_sense_is_refused(ask: Callable[..., Tune], painting: dict[str, Any], said: str):
    assert refusal(ask(painting=replace(PAINTING, **painting))) == said


def test_the_largest_seeds_are_taken(ask: Callable[..., Tune]):
    most = MOST_SEED
    recipe = replace(SHORT, seed=most, iterations=1)
    assert run(ask(recipe, painting=replace(PAINTING, seed=most))).steps == 1


@pytest.mark.parametrize("strength", [0.0, 1.0])
def test_a_strength_that_makes_no_sense_is_refused(ask: Callable[..., Tune], strength: float):
    assert refusal(ask(painting=replace(PAINTING, strength=strength))) == f"The strength is {strength:g}."


def test_without_a_chosen_look_there_is_nothing_to_teach(ask: Callable[..., Tune], folder: Path):
    Study.open(folder).gallery.choose([])
    assert refusal(ask()) == "No look is chosen."


def test_without_reference_frames_there_is_nothing_to_keep_to(ask: Callable[..., Tune], folder: Path):
    (folder / "reference.json").unlink()
    assert refusal(ask()) == "The strip's reference frames are not chosen yet."


def test_a_reference_frame_that_is_gone_is_said(ask: Callable[..., Tune], folder: Path):
    kept = Study.open(folder)
    reference = kept.reference()
    assert reference is not None
    kept.frame_path(reference.numbers[0]).unlink()
    assert refusal(ask()) == f"The study lacks its reference frame {reference.numbers[0]}."


def test_a_look_of_a_frame_that_is_gone_is_said(ask: Callable[..., Tune], folder: Path):
    add_look(folder, "099-1", 3, "neon city")
    kept = Study.open(folder)
    look = next(look for look in kept.gallery.looks() if look.name == "099-1")
    kept.gallery.add(replace(look, frame=99))
    assert refusal(ask()) == "The look “099-1” is of frame 99, which the study does not hold."


def test_a_look_of_another_size_is_refused(ask: Callable[..., Tune], folder: Path):
    add_look(folder, "004-1", 4, "neon city", size=(64, 48))
    assert refusal(ask()) == "The look “004-1” is 64×48, and its frame 64×64."


def test_a_look_without_a_prompt_is_refused(ask: Callable[..., Tune], folder: Path):
    add_look(folder, "004-1", 4, " ")
    assert refusal(ask()) == "The look “004-1” has no prompt."


def test_a_prompt_that_the_model_cannot_hold_is_refused(ask: Callable[..., Tune], folder: Path):
    add_look(folder, "004-1", 4, "neon " * 90)
    assert refusal(ask()).startswith("The prompt has 90 tokens and the model reads 75: it would not see “neon")


def test_a_folder_that_is_no_study_is_refused_and_left_alone(ask: Callable[..., Tune], tmp_path: Path):
    with pytest.raises(Failure, match="holds no study"):
        run(replace(ask(), folder=str(tmp_path)))
    assert not (tmp_path / study.LOCK).exists()


def test_a_study_that_is_written_by_another_waits(ask: Callable[..., Tune], folder: Path):
    with study.locked(folder), pytest.raises(Failure) as caught:
        run(ask())
    assert caught.value.code is ErrorCode.STUDY_LOCKED


def test_a_clip_of_one_frame_can_be_tuned(ask: Callable[..., Tune], tmp_path: Path):
    folder = tmp_path / "still-0a1b2c3d"
    sample(folder, pan(place(3, 120, 64), [0.0], width=64))
    frames.choose(ChooseReference(str(folder), 1, 1, 1), [], quiet_job())
    release(folder)
    add_look(folder, "001-1", 1, "a red car")
    assert run(replace(ask(replace(SHORT, spread=2)), folder=str(folder))).steps == 8
