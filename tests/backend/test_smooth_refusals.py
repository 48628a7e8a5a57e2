"""What the smooth stage refuses, each in a sentence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import smoothed_takes
from smoothed_takes import COUNT, HEIGHT, NAME, QUICK, refusal, smooth
from studies import begin, release
from studies import noise as picture

from backend import pictures
from backend.api import ErrorCode
from backend.plain import to_json
from backend.study import Study

clip, folder = smoothed_takes.clip, smoothed_takes.folder


def test_a_take_that_is_not_there(folder: Path) -> None:
    assert refusal(smooth, folder, source="neon").message == "The study has no take “neon”."


def test_a_take_that_is_not_whole(folder: Path) -> None:
    take = Study.open(folder).take(NAME)
    take.picture_path(4).unlink()
    take.picture_path(6).write_bytes(b"half a picture")
    message = f"The take “{NAME}” lacks 2 of {COUNT} frames, the first is frame 4."
    assert refusal(smooth, folder).message == message
    assert not Study.open(folder).take(f"{NAME} smooth").folder.exists()


def test_a_frame_of_another_size(folder: Path) -> None:
    pictures.write(Study.open(folder).take(NAME).picture_path(3), picture(0, 40, HEIGHT), "rendered")
    message = f"Frame 3 of the take “{NAME}” is 40×32, and the strip's frames are 48×32."
    assert refusal(smooth, folder).message == message


def test_a_take_of_another_part_of_the_canvas(folder: Path) -> None:
    kept = Study.open(folder)
    framing = kept.source.framing
    kept.take(NAME).add_to_note({"framing": to_json(replace(framing, canvas=(192, 108)))})
    assert refusal(smooth, folder).message == (
        f"The take “{NAME}” shows another part of the canvas than the strip's frames do now."
    )
    kept.take(NAME).add_to_note({"framing": to_json(framing)})
    smooth(folder)


def test_a_strip_whose_frames_are_not_all_there(folder: Path) -> None:
    begin(folder, replace(Study.open(folder).source, last=COUNT + 2))
    release(folder)
    assert refusal(smooth, folder).code is ErrorCode.BAD_STUDY


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"width": 0}, "A network of width 0 holds nothing."),
        ({"rate": 0.0}, "The learning rate is 0."),
        ({"rate": float("nan")}, "The learning rate is nan."),
        ({"steps": -1}, "-1 steps are too few."),
        ({"steps": 0, "level": False}, "With 0 steps the take would stay as it is."),
        ({"steps": 0, "heads": 2, "level": True}, "With 0 steps the take would stay as it is."),
        ({"heads": 3}, "A network with 3 heads is not known."),
        ({"features": -0.5}, "The features' weight is -0.5."),
        ({"seed": -1}, "The seed is -1."),
    ],
)
def test_a_prior_that_makes_no_sense(folder: Path, changes: dict[str, Any], message: str) -> None:
    assert refusal(smooth, folder, replace(QUICK, **changes)).message == message
    assert not (folder / "lock.json").exists()


def test_a_rate_at_which_nothing_is_learned(folder: Path) -> None:
    failure = refusal(smooth, folder, replace(QUICK, rate=1e12))
    assert failure.message.startswith("Smoothing went astray at step ") and "1e+12" in failure.hint


def test_a_study_that_is_none(tmp_path: Path) -> None:
    assert refusal(smooth, tmp_path).code is ErrorCode.BAD_STUDY
    assert not list(tmp_path.iterdir())
