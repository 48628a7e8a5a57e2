"""The choice of reference frames: it covers a clip better than even spacing or its start, and says what it misses."""

from __future__ import annotations

import time

import cv2
import numpy as np
import pytest
from patience import promise
from studies import noise, pan, place, still

from backend import coverage
from backend.coverage import Features
from backend.pictures import Pixels
from backend.pocket.world import Clip


def seen(clip: list[Pixels]) -> Features:
    return np.stack([coverage.features(frame) for frame in clip])


def pixel_distance(clip: list[Pixels], chosen: list[int]) -> np.ndarray:
    """A judge that knows nothing of our features: the colours of 16×16 cells."""
    small = np.stack([cv2.resize(f, (16, 16), interpolation=cv2.INTER_AREA).astype(float).ravel() for f in clip])
    apart = np.linalg.norm(small[:, None] - small[None, chosen], axis=2) / np.sqrt(small.shape[1])
    return apart.min(axis=1)


def long_and_short() -> list[Pixels]:
    """160 quiet frames, a cut, 8 frames elsewhere, a cut, and a camera that whips through a third place in 12."""
    return (
        pan(place(1), np.linspace(0, 40, 160))
        + still(place(2), 8)
        + pan(place(3), np.linspace(0, 320, 12))
        + pan(place(3), np.linspace(320, 310, 20))
    )


# --- distances


def test_a_distance_of_one_is_the_size_of_a_hard_cut():
    places = seen([place(seed, width=160) for seed in range(24)])
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)[np.triu_indices(24, 1)]
    assert 0.7 < np.median(apart) < 1.2
    assert np.percentile(apart, 5) > 0.5


def test_grain_is_no_distance_and_a_slow_camera_is_a_small_one():
    clip = pan(place(5), [0, 0, 2, 40])
    grain, slow, far = np.linalg.norm(seen(clip) - seen(clip[:1]), axis=1)[1:]
    assert grain < 0.03
    assert slow < 0.12
    assert slow < far < 0.9


@pytest.mark.parametrize("size", [(16, 16), (96, 64), (64, 200), (512, 512)])
def test_frames_of_every_size_have_features_of_one_length(size: tuple[int, int]):
    assert coverage.features(noise(1, *size)).shape == coverage.features(noise(1)).shape


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_plain_frame_has_features_too(level: int):
    plain = coverage.features(np.full((64, 96, 3), level, np.uint8))
    assert np.isfinite(plain).all()


# --- shots


def test_a_shot_begins_at_every_cut():
    clip = still(place(1), 20) + pan(place(2), np.linspace(0, 60, 15)) + still(place(3), 3) + still(place(4), 10)
    assert coverage.shots(seen(clip)) == [0, 20, 35, 38]


def test_a_flash_and_a_fast_camera_are_no_cuts():
    flash = still(place(1), 12)
    flash[6] = np.full_like(flash[6], 250)
    assert coverage.shots(seen(flash)) == [0]
    assert coverage.shots(seen(pan(place(2), np.linspace(0, 320, 24)))) == [0]


def test_a_dissolve_is_a_change_of_shot():
    a, b = still(place(1), 50), still(place(2), 50, grain=1)
    mix = [
        (x * (1 - t) + y * t).astype(np.uint8) for x, y, t in zip(a[:10], b[:10], np.linspace(0, 1, 10), strict=True)
    ]
    starts = coverage.shots(seen(a[:40] + mix + b[:40]))
    assert len(starts) == 2
    assert 40 <= starts[1] <= 50


def test_a_subject_that_comes_in_quickly_begins_something_new():
    clip = still(place(1), 60)
    for number in range(30, 60):
        width = min(110, 22 * (number - 29))
        clip[number][20:, :width] = (200, 40, 30)
    starts = coverage.shots(seen(clip))
    assert len(starts) == 2
    assert 26 <= starts[1] <= 36


@pytest.mark.parametrize(("before", "after"), [(1, 1), (2, 1), (1, 2), (2, 2), (40, 1), (1, 40)])
def test_a_cut_is_found_near_the_ends(before: int, after: int):
    assert coverage.shots(seen(still(place(1), before) + still(place(2), after))) == [0, before]


def test_an_animation_on_twos_is_one_shot():
    assert coverage.shots(seen([frame for frame in pan(place(2), np.linspace(0, 200, 20)) for _ in range(2)])) == [0]


@pytest.mark.parametrize("seed", [3, 4, 5])
@pytest.mark.parametrize(("change", "starts"), [({}, [0]), ({"cut_at": 30}, [0, 30]), ({"swap_at": 30}, [0, 30])])
def test_in_the_pocket_world_another_street_or_car_begins_something_new(seed: int, change: dict, starts: list[int]):
    drive = Clip(seed, 40, (96, 96), **change)
    features = seen([drive.photo(number) for number in range(40)])
    assert coverage.shots(features) == starts
    chosen = coverage.choose(features, 2).chosen
    assert len(starts) == 1 or chosen[0] < 30 <= chosen[1]


# --- the choice


@pytest.fixture(scope="module")
def clip() -> list[Pixels]:
    return long_and_short()


@pytest.fixture(scope="module")
def features(clip: list[Pixels]) -> Features:
    return seen(clip)


@pytest.mark.parametrize("count", [4, 6, 10, 30])
def test_it_covers_a_clip_with_cuts_and_a_fast_change_better(clip: list[Pixels], features: Features, count: int):
    ours = pixel_distance(clip, list(coverage.choose(features, count).chosen))
    evenly = pixel_distance(clip, [round(i) for i in np.linspace(0, len(clip) - 1, count)])
    first = pixel_distance(clip, list(range(count)))
    assert ours.max() < 0.9 * min(evenly.max(), first.max())
    assert ours.mean() < 0.7 * first.mean()
    if count >= 10:  # fewer go to what is farthest, and leave the long quiet part to one or two
        assert ours.mean() < evenly.mean()


def test_thirty_frames_are_far_better_than_the_first_thirty(features: Features):
    ours = coverage.choose(features, 30).distance
    first = coverage.nearest(features, list(range(30)))[0]
    assert ours.max() < 0.3 * first.max()
    assert ours.mean() < 0.3 * first.mean()


def test_every_shot_has_a_frame_of_its_own():
    clip = still(place(1), 90) + still(place(2), 2) + still(place(1), 40, grain=1) + still(place(3), 3)
    choice = coverage.choose(seen(clip), 4)
    assert choice.shots == (0, 90, 92, 132)
    begins = np.searchsorted(choice.shots, choice.chosen, side="right")
    assert sorted(begins) == [1, 2, 3, 4]


def test_with_fewer_frames_than_shots_it_still_takes_what_is_farthest():
    clip = still(place(1), 30) + still(place(2), 30) + still(place(3), 30)
    choice = coverage.choose(seen(clip), 2)
    assert len(choice.chosen) == 2
    assert len({index // 30 for index in choice.chosen}) == 2


def test_a_still_clip_is_spread_over_its_length():
    chosen = coverage.choose(seen([place(1, width=160)] * 60), 4).chosen
    assert len(set(chosen)) == 4
    assert max(np.diff([0, *chosen, 59])) <= 25


@pytest.mark.parametrize(("frames", "count"), [(1, 1), (1, 30), (2, 1), (2, 2), (2, 30), (5, 5), (5, 6)])
def test_short_clips(frames: int, count: int):
    choice = coverage.choose(seen(pan(place(1), np.linspace(0, 50, frames))), count)
    assert len(choice.chosen) == min(frames, count)
    assert len(choice.distance) == frames
    if count >= frames:
        assert choice.distance.max() == 0


def test_the_same_clip_gives_the_same_choice(features: Features):
    assert coverage.choose(features, 12).chosen == coverage.choose(seen(long_and_short()), 12).chosen


def test_more_frames_never_cover_worse(features: Features):
    worst = [coverage.choose(features, count).distance.max() for count in (3, 6, 12, 24, 48)]
    assert worst == sorted(worst, reverse=True)


def test_of_a_very_long_clip_more_than_are_asked_can_be_chosen(features: Features, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(coverage, "MOST_ASKED", len(features) // 2)
    for count in (len(features) * 3 // 4, len(features)):
        assert len(set(coverage.choose(features, count).chosen)) == count


def test_a_clip_of_minutes_takes_seconds(features: Features):
    started = time.monotonic()
    assert len(coverage.choose(np.tile(features, (25, 1)), 30).chosen) == 30
    assert time.monotonic() - started < promise(30)


# --- what is missed


def test_far_frames_are_told_as_runs():
    distance = np.array([0, 0.5, 0.6, 0.1, 0.45, 0, 0.39, 0, 0, 0.7])
    assert coverage.runs(distance) == [(1, 4, 0.6), (9, 9, 0.7)]
    assert coverage.runs(np.zeros(5, np.float32)) == []
