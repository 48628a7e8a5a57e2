"""What the render stage refuses, each in a sentence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import takes
from takes import PAINTING, Rendering, refusal

from backend.api import Engine, ErrorCode, Way
from backend.study import Study

folder, model, shelf = takes.folder, takes.model, takes.shelf
render = takes.render


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"painting": replace(PAINTING, strength=0)}, "The strength is 0."),
        ({"painting": replace(PAINTING, strength=1)}, "The strength is 1."),
        ({"painting": replace(PAINTING, noise=1.5)}, "The share of the noise is 1.5."),
        ({"painting": replace(PAINTING, steps=0)}, "The number of steps is 0."),
        ({"painting": replace(PAINTING, guidance=float("nan"))}, "The guidance is nan."),
        ({"painting": replace(PAINTING, guidance=float("inf"))}, "The guidance is inf."),
        ({"painting": replace(PAINTING, seed=-1)}, "The seed is -1."),
        ({"painting": replace(PAINTING, seed=2**63)}, "The seed is 9223372036854775808."),
        ({"way": Way.FAST, "fast": 0}, "0 steps do not fit below timestep 301."),
        ({"batch": -1}, "-1 frames at once are too few."),
        ({"engine": Engine("no such model")}, "There is no model “no such model”."),
        ({"prompt": "neon " * 90}, "The prompt has 90 tokens and the model reads 75"),
    ],
)
def test_what_makes_no_sense_is_refused(folder: Path, render: Rendering, asked: dict[str, Any], said: str) -> None:
    failure = refusal(render, **asked)
    assert failure.code is ErrorCode.BAD_INPUT
    assert failure.message.startswith(said)
    assert list(folder.glob("takes/*/*.png")) == []


def test_missing_frames_are_said(folder: Path, render: Rendering) -> None:
    Study.open(folder).frame_path(3).unlink()
    assert "lacks 1 of 6 frames, the first is frame 3" in refusal(render).message


def test_a_folder_that_is_no_study_is_left_as_it_is(tmp_path: Path, render: Rendering) -> None:
    (tmp_path / "empty").mkdir()
    assert "holds no study" in refusal(render, folder=str(tmp_path / "empty")).message
    assert list((tmp_path / "empty").iterdir()) == []
