"""What the looks stage refuses to paint, each in a sentence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import looking
import pytest
from looking import PAINTING, bring, choose, gallery, refusal
from studies import begin, quiet_job, release

from backend.api import Engine, ErrorCode, MakeLooks
from backend.shelf import Shelf
from backend.stages import looks

shelf, folder, model = looking.shelf, looking.folder, looking.model
make = looking.make


@pytest.mark.parametrize("prompts", [("",), ("neon", "  ")])
def test_an_empty_prompt_is_refused(make, prompts: tuple[str, ...]):
    assert refusal(make, *prompts).message == "A look needs a prompt."


def test_no_prompt_at_all_is_refused(folder: Path, shelf: Shelf):
    assert "needs a prompt" in refusal(looks.make, MakeLooks(str(folder), 1, (), 2), [], quiet_job(), shelf).message


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"strength": 0.0}, "The strength is 0."),
        ({"strength": 1.0}, "The strength is 1."),
        ({"steps": 0}, "The number of steps is 0."),
        ({"strength": 0.1}, "A strength of 0.1 is less than one of 4 steps."),
        ({"guidance": float("nan")}, "The guidance is nan."),
        ({"noise": float("nan")}, "The share of the noise is nan."),
        ({"noise": 5.0}, "The share of the noise is 5."),
        ({"seed": -1}, "The seed is -1."),
        ({"seed": 2**63 - 2, "count": 3}, "The seed is 9223372036854775808."),
        ({"count": 0}, "0 candidates are too few."),
        ({"count": 65}, "65 candidates are too many for one request."),
        ({"frame": 4}, "The study does not hold frame 4."),
        ({"frame": 0}, "The study does not hold frame 0."),
    ],
)
def test_what_cannot_be_painted_is_refused_before_a_model_is_loaded(folder: Path, wrong: dict[str, Any], said: str):
    painting = replace(PAINTING, **{k: v for k, v in wrong.items() if k not in ("frame", "count")})
    request = MakeLooks(str(folder), wrong.get("frame", 1), ("neon",), wrong.get("count", 1), Engine("none"), painting)
    failure = refusal(looks.make, request, [], quiet_job(), Shelf())
    assert (failure.code, failure.message) == (ErrorCode.BAD_INPUT, said)
    assert failure.hint


def test_a_model_that_is_none_is_refused(folder: Path, shelf: Shelf):
    request = MakeLooks(str(folder), 1, ("neon",), 1, Engine(str(folder / "none")))
    assert "There is no model" in refusal(looks.make, request, [], quiet_job(), Shelf()).message


def test_a_prompt_that_is_too_long_is_refused_with_what_would_be_lost(folder: Path, make):
    failure = refusal(make, "neon", "neon " * 75 + "red car")
    assert "The prompt has 77 tokens and the model reads 75" in failure.message
    assert "red car" in failure.message
    assert gallery(folder) == []


def test_without_sampled_frames_it_is_said_what_to_do_first(tmp_path: Path, shelf: Shelf):
    begin(tmp_path / "empty")
    release(tmp_path / "empty")
    request = MakeLooks(str(tmp_path / "empty"), 1, ("neon",), 1)
    assert refusal(looks.make, request, [], quiet_job(), shelf).message == "The study holds no frames yet."


def test_a_folder_that_is_no_study_is_refused_and_left_alone(tmp_path: Path, shelf: Shelf):
    for action in (
        lambda: looks.make(MakeLooks(str(tmp_path), 1, ("neon",), 1), [], quiet_job(), shelf),
        lambda: bring(tmp_path, tmp_path / "a.png"),
        lambda: choose(tmp_path),
    ):
        assert "holds no study" in refusal(action).message
    assert list(tmp_path.iterdir()) == []
