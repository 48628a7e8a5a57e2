"""What is learned again, and what is not; what was broken off goes on and ends in the same pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import smoothed_takes
from smoothed_takes import (
    COUNT,
    HEIGHT,
    NAME,
    QUICK,
    WIDTH,
    cancelled_at,
    flickering,
    painted,
    refusal,
    shown,
    smooth,
    study,
    written,
)
from studies import begin, pan, place, put, release
from studies import noise as picture

from backend import pictures
from backend.api import ErrorCode
from backend.jobs import Job
from backend.pictures import Pixels
from backend.study import Study

clip, folder = smoothed_takes.clip, smoothed_takes.folder


def test_again_nothing_is_done(folder: Path) -> None:
    first = smooth(folder)
    before = written(first)
    assert first.steps == 40 and not first.stopped
    assert smooth(folder) == first and written(first) == before
    note = Study.open(folder).take(first.take).note()
    assert (note["method"], note["source"], note["complete"]) == ("smooth", NAME, True)
    assert (note["prior"]["width"], note["first"], note["last"]) == (4, 1, COUNT)
    assert not (folder / "lock.json").exists()
    assert {path.suffix for path in Path(first.folder).iterdir()} == {".png", ".json"}, "no state is left"


def test_what_was_cancelled_goes_on_and_ends_the_same_to_the_bit(folder: Path, tmp_path: Path, clip: Any) -> None:
    prior = replace(QUICK, heads=2, level=True)
    whole = smooth(study(tmp_path / "whole", clip, flickering(painted(clip))), prior)
    for step in (3, 17, 31):
        assert refusal(smooth, folder, prior, cancelled_at(step)).code is ErrorCode.CANCELLED
        note = Study.open(folder).take(f"{NAME} smooth").note()
        assert not note["complete"]
    assert (shown(smooth(folder, prior)) == shown(whole)).all()


def test_what_was_cancelled_while_it_painted_is_not_learned_again(folder: Path, tmp_path: Path, clip: Any) -> None:
    whole = smooth(study(tmp_path / "whole", clip, flickering(painted(clip))))
    assert refusal(smooth, folder, job=cancelled_at(QUICK.steps + 1, "Painting the frames")).code is ErrorCode.CANCELLED
    take = Study.open(folder).take(f"{NAME} smooth")
    assert take.numbers() == [1] and not take.note()["complete"]
    told: list[str] = []
    done = smooth(folder, job=Job(1, lambda event, blobs: told.append(getattr(event, "text", ""))))
    assert (shown(done) == shown(whole)).all() and done.steps == 40
    assert not any(", loss " in text for text in told)


def test_another_prior_is_another_take_and_a_new_frame_only_another_picture(folder: Path) -> None:
    first = smooth(folder, replace(QUICK, steps=5))
    other = smooth(folder, replace(QUICK, steps=6))
    assert (first.take, other.take) == (f"{NAME} smooth", f"{NAME} smooth 2")
    assert (smooth(folder, replace(QUICK, steps=5)).take) == first.take
    before = shown(first)
    take = Study.open(folder).take(NAME)
    pictures.write(take.picture_path(2), picture(9, WIDTH, HEIGHT), "rendered again")
    again = smooth(folder, replace(QUICK, steps=5))
    assert again.take == first.take and (shown(again) != before).any()


def test_a_finished_shot_is_not_learned_again_after_a_cancel(tmp_path: Path, clip: list[Pixels]) -> None:
    other = pan(place(8, height=HEIGHT), np.arange(6) * 3.0, width=WIDTH)
    both = study(tmp_path / "both", [*clip, *other], flickering(painted([*clip, *other])))
    refusal(smooth, both, job=cancelled_at(55))
    take = Study.open(both).take(f"{NAME} smooth")
    assert take.numbers() == list(range(1, COUNT + 1))
    times = [take.picture_path(n).stat().st_mtime_ns for n in take.numbers()]
    done = smooth(both)
    assert written(done)[:COUNT] == times and done.steps == 80


def test_frames_that_changed_are_learned_again(folder: Path) -> None:
    before = shown(smooth(folder, replace(QUICK, steps=5)))
    begin(folder, Study.open(folder).source)
    put(folder, 4, picture(99, WIDTH, HEIGHT))
    release(folder)
    assert (shown(smooth(folder, replace(QUICK, steps=5))) != before).any()
