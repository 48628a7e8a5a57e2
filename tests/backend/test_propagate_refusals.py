"""What the propagate stage refuses, each in a sentence, before anything is done."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import spreads
from spreads import SHORT, STYLE, Propagating, add_look, add_looks, refusal

from backend import study
from backend.api import ErrorCode, Prior
from backend.pocket.captions import Style
from backend.pocket.world import Clip
from backend.study import Study

clip, sampled, folder, run = spreads.clip, spreads.sampled, spreads.folder, spreads.run


def test_every_shot_needs_a_look(folder: Path, run: Propagating, clip: Clip) -> None:
    assert refusal(run).message == "No look is chosen."
    add_looks(folder, clip, 3)
    assert refusal(run).message == "A look is not carried across a cut, and none is of frames 7 to 12."
    assert not (folder / "takes").exists()


def test_looks_that_cannot_be_spread(folder: Path, run: Propagating, clip: Clip) -> None:
    add_looks(folder, clip, 3, 9)
    assert refusal(run, looks=("004-1",)).message == "There is no look “004-1”."
    add_look(folder, 3, clip.painted(2, Style.NEON), copy=2)
    assert refusal(run).message == "Frame 3 has two looks, 003-1 and 003-2."
    assert run(looks=("003-2", "009-1")).steps, "those that are named count, and no others"
    add_look(folder, 4, clip.painted(3, STYLE)[:, :40])
    said = refusal(run, looks=("004-1", "009-1")).message
    assert said == "The look “004-1” is 40×40, and its frame 64×40."
    add_look(folder, 13, clip.painted(3, STYLE))
    assert "frame 13, which the strip does not show" in refusal(run, looks=("013-1",)).message


def test_a_chosen_look_of_a_frame_that_was_trimmed_away_is_left_out(folder: Path, run: Propagating, clip: Clip) -> None:
    add_looks(folder, clip, 3, 9)
    add_look(folder, 13, clip.painted(3, STYLE))
    run()
    assert [key["frame"] for key in Study.open(folder).take("propagated").note()["keys"]] == [3, 9]


def test_at_most_five_looks_a_shot(folder: Path, run: Propagating, clip: Clip) -> None:
    add_looks(folder, clip, 1, 2, 3, 4, 5, 6, 9)
    said = refusal(run).message
    assert said == "Frames 1 to 6 have 6 looks, and at most 5 are spread over a shot."
    assert run(looks=("001-1", "002-1", "003-1", "004-1", "005-1", "009-1")).last == 12


@pytest.mark.parametrize(
    ("prior", "said"),
    [
        (replace(SHORT, steps=0), "0 steps are too few."),
        (replace(SHORT, width=0), "0 channels are too few."),
        (replace(SHORT, rate=0.0), "The learning rate is 0."),
        (replace(SHORT, seed=-1), "The seed is -1."),
        (replace(SHORT, rate=1e30, steps=30), "went astray"),
    ],
)
def test_numbers_that_make_no_sense(folder: Path, run: Propagating, clip: Clip, prior: Prior, said: str) -> None:
    add_looks(folder, clip, 3, 9)
    assert said in refusal(run, prior=prior).message


def test_while_another_writes_nothing_is_done(folder: Path, run: Propagating, clip: Clip) -> None:
    add_looks(folder, clip, 3, 9)
    with study.locked(folder):
        assert refusal(run).code is ErrorCode.STUDY_LOCKED
