"""What a study gives to learn from: a look is spread over its shot, carried as surely as the flow says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from studies import begin, pan, place, quiet_job, release, sample

from backend import flow, gathering, pictures, spreading
from backend.api import ChooseReference, ErrorCode, Failure, Look
from backend.pairs import Pair
from backend.pictures import Pixels
from backend.shots import shot_of, shots_of
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


def looks_of(kept: Study, count: int) -> list[Pair]:
    return spread(kept, count, lambda done, total: None)


def spread(kept: Study, count: int, tell: Callable[[int, int], None]) -> list[Pair]:
    shots = shots_of(kept, quiet_job())
    return gathering.of_looks(kept, kept.gallery.chosen(), count, shots, torch.device("cpu"), tell)


def shot_around(kept: Study, number: int) -> range:
    return shot_of(shots_of(kept, quiet_job()), number)


def numbers_of(found: list[Pair], clip: list[Pixels]) -> list[int]:
    """The frames that the pairs are of."""
    return [next(n for n, frame in enumerate(clip, 1) if np.array_equal(frame, pair.frame)) for pair in found]


def test_a_look_is_carried_along_the_flow(tmp_path: Path):
    clip = pan(place(3, 200, 64), np.arange(7) * 3.0, width=64)
    found = looks_of(a_study(tmp_path / "car-0a1b2c3d", clip), 7)
    assert numbers_of(found, clip) == [3, 1, 2, 4, 5, 6, 7], "itself first"
    assert found[0].sure is None
    for pair, number in zip(found[1:], (1, 2, 4, 5, 6, 7), strict=True):
        assert pair.sure is not None
        error, sure = np.abs(pair.look.astype(float) - negative(clip[number - 1])), pair.sure > 250
        assert 0.2 < sure.mean() < 1
        assert np.median(error[sure]) < 12
        assert error.mean() < 0.7 * np.abs(found[0].look.astype(float) - negative(clip[number - 1])).mean()


def test_of_many_frames_some_are_taken_evenly(tmp_path: Path):
    clip = pan(place(3, 200, 64), np.arange(9) * 1.0, width=64)
    kept = a_study(tmp_path / "car-0a1b2c3d", clip, frame=5)
    assert numbers_of(looks_of(kept, 5), clip) == [5, 1, 3, 7, 9]
    assert numbers_of(looks_of(kept, 0), clip) == [5]


def test_of_one_frame_the_middle_of_the_shot_is_taken(tmp_path: Path):
    """An end may be all that the look is not: the middle is nearer to most of the shot."""
    clip = pan(place(3, 200, 64), np.arange(9) * 1.0, width=64)
    assert numbers_of(looks_of(a_study(tmp_path / "car-0a1b2c3d", clip, frame=2), 1), clip) == [2, 5]


def test_what_nothing_is_carried_to_is_painted_and_counts_half(tmp_path: Path):
    """Nothing of the look's own 64 pixels is left at the end. That bright is dark there, it tells all the same."""
    clip = pan(place(3, 300, 64), np.arange(13) * 10.0, width=64)
    last = looks_of(a_study(tmp_path / "car-0a1b2c3d", clip, frame=1), 13)[-1]
    assert last.sure is not None
    assert set(np.unique(last.sure)) == {128}
    truth = negative(clip[12]).astype(float)
    assert np.abs(last.look - truth).mean() < 0.5 * np.abs(clip[12] - truth).mean()


def test_of_two_looks_of_one_prompt_each_is_spread_over_its_own_part(tmp_path: Path):
    clip = pan(place(3, 200, 64), np.arange(7) * 1.0, width=64)
    kept = a_study(tmp_path / "car-0a1b2c3d", clip, frame=2)
    pictures.write(kept.gallery.picture_path("b"), negative(clip[5]))
    kept.gallery.add(Look("b", 6, "a red car", "", None, "/b.png", 1.0, False, chosen=True))
    assert numbers_of(looks_of(kept, 7), clip) == [2, 1, 3, 4, 6, 4, 5, 7]


def test_it_is_spread_alike_every_time(tmp_path: Path):
    """Or a tuning could not go on bit by bit."""
    kept = a_study(tmp_path / "car-0a1b2c3d", pan(place(3, 200, 64), np.arange(4) * 3.0, width=64))
    assert all(np.array_equal(a.look, b.look) for a, b in zip(looks_of(kept, 3), looks_of(kept, 3), strict=True))


def test_spreading_is_cancelled_at_once(tmp_path: Path):
    kept = a_study(tmp_path / "car-0a1b2c3d", pan(place(3, 200, 64), np.arange(4) * 3.0, width=64))
    job = quiet_job()
    job.cancel()
    with pytest.raises(Failure) as caught:
        spread(kept, 3, job.progress)
    assert caught.value.code is ErrorCode.CANCELLED


def test_a_look_is_not_carried_over_a_cut(tmp_path: Path):
    """It ends with its shot, however far it could be believed."""
    clip = pan(place(3, 200, 64), np.arange(4) * 2.0, width=64) + pan(place(8, 200, 64), np.arange(3) * 2.0, width=64)
    kept = a_study(tmp_path / "car-0a1b2c3d", clip, frame=4)
    frames.choose(ChooseReference(str(kept.folder), 2, 1, 7), [], quiet_job())
    assert shot_around(kept, 4) == range(1, 5)
    assert shot_around(kept, 6) == range(5, 8)
    assert set(numbers_of(looks_of(kept, 7), clip)) == {1, 2, 3, 4}


def test_nor_over_a_cut_outside_of_the_part_that_references_were_chosen_from(tmp_path: Path):
    """It is looked for: what was chosen last speaks of that part alone."""
    clip = pan(place(3, 200, 64), np.arange(6) * 2.0, width=64) + pan(place(8, 200, 64), np.arange(6) * 2.0, width=64)
    kept = a_study(tmp_path / "car-0a1b2c3d", clip, frame=4)
    frames.choose(ChooseReference(str(kept.folder), 2, 2, 5), [], quiet_job())
    assert set(numbers_of(looks_of(Study.open(kept.folder), 12), clip)) == {1, 2, 3, 4, 5, 6}


def test_how_far_it_is_can_be_seen(tmp_path: Path):
    """A calm shot is walked from end to end, which takes minutes."""
    clip = pan(place(3, 200, 64), np.arange(7) * 1.0, width=64)
    kept = a_study(tmp_path / "car-0a1b2c3d", clip, frame=2)
    pictures.write(kept.gallery.picture_path("b"), negative(clip[5]))
    kept.gallery.add(Look("b", 6, "oil", "", None, "/b.png", 1.0, False, chosen=True))
    heard: list[float] = []
    spread(kept, 7, lambda done, total: heard.append(done / total))
    assert heard == sorted(heard) and heard[-1] < 1
    assert sum(share < 0.5 for share in heard) == sum(share >= 0.5 for share in heard) == len(heard) / 2
    assert len(heard) == 2 * (6 + spreading.PRIOR.steps + 6)


def test_a_frame_that_the_study_does_not_hold_is_a_border_too(tmp_path: Path):
    kept = a_study(tmp_path / "car-0a1b2c3d", pan(place(3, 200, 64), np.arange(7) * 2.0, width=64))
    kept.frame_path(5).unlink()
    assert shot_around(kept, 3) == range(1, 5)


def test_what_a_trimmed_strip_shows_no_more_is_not_taught(tmp_path: Path):
    """Nor is it known where the cuts are there."""
    clip = pan(place(3, 200, 64), np.arange(4) * 2.0, width=64) + pan(place(8, 200, 64), np.arange(3) * 2.0, width=64)
    kept = a_study(tmp_path / "car-0a1b2c3d", clip)
    assert not begin(kept.folder, replace(kept.source, first=2, last=4)).numbers, "all of them are there"
    release(kept.folder)
    frames.choose(ChooseReference(str(kept.folder), 2, 2, 4), [], quiet_job())
    kept = Study.open(kept.folder)
    assert shot_around(kept, 3) == range(2, 5)
    assert set(numbers_of(looks_of(kept, 7), clip)) == {2, 3, 4}
    assert shot_around(kept, 1) == range(1, 2)
    assert shot_around(kept, 5) == range(5, 6)


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
