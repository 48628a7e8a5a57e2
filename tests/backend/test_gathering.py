"""What a study gives to learn from: a look is carried through its shot as surely as the flow says, and no farther."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from studies import pan, place, quiet_job, release, sample

from backend import flow, gathering, pictures
from backend.api import ChooseReference, Failure, Look
from backend.pairs import Pair
from backend.pictures import Pixels
from backend.stages import frames
from backend.study import Study


def negative(picture: Pixels) -> Pixels:
    return 255 - picture


def a_study(folder: Path, clip: list[Pixels], frame: int = 3) -> Study:
    sample(folder, clip)
    release(folder)
    kept = Study.open(folder)
    pictures.write(kept.gallery.picture_path("a"), negative(clip[frame - 1]))
    kept.gallery.add(Look("a", frame, "a red car", "", None, "/a.png", 1.0, False, chosen=True))
    return kept


def looks_of(kept: Study, carried: int) -> list[Pair]:
    return gathering.of_looks(kept, kept.gallery.chosen(), carried, lambda: None)


def numbers_of(found: list[Pair], clip: list[Pixels]) -> list[int]:
    """The frames that the pairs are of."""
    return [next(n for n, frame in enumerate(clip, 1) if np.array_equal(frame, pair.frame)) for pair in found]


def test_a_look_is_carried_along_the_flow(tmp_path: Path):
    clip = pan(place(3, 200, 64), np.arange(7) * 3.0, width=64)
    found = looks_of(a_study(tmp_path / "car-0a1b2c3d", clip), 7)
    assert numbers_of(found, clip) == [3, 4, 5, 6, 7, 2, 1], "itself, and outward from it"
    assert found[0].sure is None
    for pair, number in zip(found[1:], (4, 5, 6, 7, 2, 1), strict=True):
        assert pair.sure is not None
        error, sure = np.abs(pair.look.astype(float) - negative(clip[number - 1])), pair.sure > 128
        assert 0.4 < sure.mean() < 1
        assert np.median(error[sure]) < 12
        assert error[sure].mean() < 0.7 * np.abs(found[0].look.astype(float) - negative(clip[number - 1])).mean()


def test_of_many_frames_some_are_taken_evenly(tmp_path: Path):
    clip = pan(place(3, 200, 64), np.arange(9) * 1.0, width=64)
    kept = a_study(tmp_path / "car-0a1b2c3d", clip, frame=5)
    assert numbers_of(looks_of(kept, 5), clip) == [5, 7, 9, 3, 1]
    assert numbers_of(looks_of(kept, 0), clip) == [5]


def test_a_look_is_carried_no_farther_than_it_can_be_believed(tmp_path: Path):
    """Nothing is left of it after 60 of its 64 pixels."""
    clip = pan(place(3, 300, 64), np.arange(13) * 10.0, width=64)
    found = looks_of(a_study(tmp_path / "car-0a1b2c3d", clip, frame=1), 13)
    assert 2 <= max(numbers_of(found, clip)) <= 7


def test_a_look_is_not_carried_over_a_cut(tmp_path: Path):
    """It ends with its shot, however far it could be believed."""
    clip = pan(place(3, 200, 64), np.arange(4) * 2.0, width=64) + pan(place(8, 200, 64), np.arange(3) * 2.0, width=64)
    kept = a_study(tmp_path / "car-0a1b2c3d", clip, frame=4)
    frames.choose(ChooseReference(str(kept.folder), 2, 1, 7), [], quiet_job())
    assert gathering.shot_around(kept, 4) == range(1, 5)
    assert gathering.shot_around(kept, 6) == range(5, 8)
    assert set(numbers_of(looks_of(kept, 7), clip)) == {1, 2, 3, 4}


def test_a_frame_that_the_study_does_not_hold_is_a_border_too(tmp_path: Path):
    kept = a_study(tmp_path / "car-0a1b2c3d", pan(place(3, 200, 64), np.arange(7) * 2.0, width=64))
    kept.frame_path(5).unlink()
    assert gathering.shot_around(kept, 3) == range(1, 5)


def test_a_look_of_another_size_is_refused(tmp_path: Path):
    kept = a_study(tmp_path / "car-0a1b2c3d", pan(place(3, 120, 64), np.arange(3) * 2.0, width=64))
    pictures.write(kept.gallery.picture_path("a"), place(3, 120, 64)[:, :32])
    with pytest.raises(Failure, match="The look “a” is 32×64, and its frame 64×64"):
        looks_of(kept, 0)


def test_the_flow_says_what_was_hidden():
    """The frame's new edge, which the look never showed, is not taught."""
    clip = pan(place(3, 200, 64), [0.0, 8.0], width=64)
    _, seen = flow.comparable(clip[1], clip[0])
    assert seen[:, -6:].mean() < 0.1
    assert seen[:, :-16].mean() > 0.7
