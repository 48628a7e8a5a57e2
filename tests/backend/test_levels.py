"""A drift of a take's colours, and what is none."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from studies import pan, place

from backend import levels
from backend.levels import Correction
from backend.pictures import Pixels

COUNT = 16


@pytest.fixture(scope="module")
def source() -> list[Pixels]:
    """A camera that moves two pixels a frame."""
    return pan(place(1, height=64), np.arange(COUNT) * 2.0, width=96)


def painted(source: list[Pixels]) -> list[Pixels]:
    """Another picture of the same."""
    return [(40 + 0.6 * frame[..., ::-1]).astype(np.uint8) for frame in source]


def drifting(take: list[Pixels], gain: Callable[[float], float], offset: Callable[[float], float]) -> list[Pixels]:
    """`gain` and `offset` of the red channel and, turned round, of the blue one; from −1 to 1 over the shot."""
    made = []
    for t, frame in zip(np.linspace(-1, 1, len(take)), take, strict=True):
        scale, shift = np.array([gain(t), 1.0, gain(-t)]), np.array([offset(t), 0.0, offset(-t)])
        made.append(np.clip(frame * scale + shift, 0, 255).astype(np.uint8))
    return made


def correction(source: list[Pixels], take: list[Pixels]) -> Correction:
    return levels.correction(len(source), lambda i: (source[i], take[i]), lambda: None)


def off(correction: Correction, take: list[Pixels], truth: list[Pixels]) -> float:
    """RMS of what is left of a drift, from frame to frame: which level the whole shot has is another question."""
    left = [(correction.of(i, take[i]).astype(float) - truth[i]).mean((0, 1)) for i in range(len(take))]
    return float(np.std(left, axis=0).max())


def nothing(count: int = COUNT) -> Correction:
    return Correction(np.ones((count, 3)), np.zeros((count, 3)))


@pytest.mark.parametrize(
    ("gain", "offset"),
    [
        (lambda t: 1 + 0.15 * t, lambda t: 0.0),
        (lambda t: 1.0, lambda t: 15 * t),
        (lambda t: 1 - 0.1 * np.cos(np.pi * t), lambda t: 8 * t),
    ],
)
def test_a_drift_is_taken_out(source: list[Pixels], gain: Callable, offset: Callable) -> None:
    truth = painted(source)
    take = drifting(truth, gain, offset)
    before, after = off(nothing(), take, truth), off(correction(source, take), take, truth)
    assert before > 5
    assert after < 0.25 * before


def test_what_does_not_drift_stays(source: list[Pixels]) -> None:
    truth = painted(source)
    found = correction(source, truth)
    assert max(abs(found.of(i, truth[i]).astype(int) - truth[i]).max() for i in range(COUNT)) <= 3
    rng = np.random.default_rng(0)
    flicker = [np.clip(frame + rng.normal(0, 20, frame.shape), 0, 255).astype(np.uint8) for frame in truth]
    assert off(correction(source, flicker), flicker, flicker) < 1.5


def test_light_that_changes_in_the_source_stays(source: list[Pixels]) -> None:
    """A fade is no flaw of the take."""
    fade = np.linspace(0.5, 1, COUNT)
    dark = [(frame * f).astype(np.uint8) for frame, f in zip(source, fade, strict=True)]
    take = [(frame * f).astype(np.uint8) for frame, f in zip(painted(source), fade, strict=True)]
    found = correction(dark, take)
    kept = np.array([found.of(i, take[i]).mean() for i in range(COUNT)])
    truly = np.array([frame.mean() for frame in take])
    assert abs(kept / truly - 1).max() < 0.1
    assert kept[-1] / kept[0] > 1.8


@pytest.mark.parametrize("last", [0.8, 0.5])
def test_a_take_does_not_drift_where_its_source_loses_contrast(source: list[Pixels], last: float) -> None:
    """Nor where that is more than a drift may be."""
    contrast = np.linspace(1.2, last, COUNT)
    means = [frame.mean((0, 1)) for frame in source]
    shown = zip(contrast, means, source, strict=True)
    greyer = [np.clip(m + c * (frame - m), 0, 255).astype(np.uint8) for c, m, frame in shown]
    take = painted(source)
    found = correction(greyer, take)
    assert off(found, take, take) < 2


def test_a_drift_beside_a_fade_is_taken_out(source: list[Pixels]) -> None:
    fade = np.linspace(1, 0.4, COUNT)
    dark = [(frame * f).astype(np.uint8) for frame, f in zip(source, fade, strict=True)]
    truth = [(frame * f).astype(np.uint8) for frame, f in zip(painted(source), fade, strict=True)]
    take = drifting(truth, lambda t: 1.0, lambda t: 8 * t)
    assert off(correction(dark, take), take, truth) < 0.5 * off(nothing(), take, truth)


def test_a_few_frames_that_are_quite_other_do_not_count(source: list[Pixels]) -> None:
    truth = painted(source)
    take = drifting(truth, lambda t: 1 + 0.15 * t, lambda t: 0.0)
    before = off(nothing(), take, truth)
    for i in (3, 9):
        take[i] = 255 - take[i]
    found = correction(source, take)
    rest = [i for i in range(COUNT) if i not in (3, 9)]
    left = [(found.of(i, take[i]).astype(float) - truth[i]).mean((0, 1)) for i in rest]
    assert float(np.std(left, axis=0).max()) < 0.5 * before


def test_a_single_frame_has_no_drift(source: list[Pixels]) -> None:
    found = correction(source[:1], painted(source)[:1])
    assert (found.gain == 1).all() and (found.offset == 0).all()


@pytest.mark.parametrize("count", [2, 3])
def test_a_few_frames_come_to_one_colour(source: list[Pixels], count: int) -> None:
    truth = painted(source)[:count]
    take = drifting(truth, lambda t: 1 + 0.1 * t, lambda t: 0.0)
    assert off(correction(source[:count], take), take, truth) < 0.25 * off(nothing(count), take, truth)


def test_colours_that_wander_from_frame_to_frame_are_brought_back(source: list[Pixels]) -> None:
    truth, rng = painted(source), np.random.default_rng(4)
    gains = np.exp(np.cumsum(rng.normal(0, 0.04, (COUNT, 3)), axis=0))
    take = [np.clip(frame * gain, 0, 255).astype(np.uint8) for frame, gain in zip(truth, gains, strict=True)]
    found = correction(source, take)
    steps = [
        np.diff([made.mean((0, 1)) for made in some], axis=0)
        for some in (take, [found.of(i, frame) for i, frame in enumerate(take)], truth)
    ]
    before, after = (abs(some - steps[2]).mean() for some in steps[:2])
    assert after < 0.25 * before


def test_contrasts_that_wander_are_brought_back_under_noise(source: list[Pixels]) -> None:
    """Least squares would take the noise for contrast, and lower every gain."""
    truth, rng = painted(source), np.random.default_rng(5)
    gains = np.exp(rng.normal(0, 0.1, (COUNT, 3)))
    noisy = [frame + rng.normal(0, 12, frame.shape) for frame in truth]
    take = [np.clip(f * g + 128 * (1 - g), 0, 255).astype(np.uint8) for f, g in zip(noisy, gains, strict=True)]
    left = np.log(correction(source, take).gain * gains)
    left -= left.mean(axis=0)  # which contrast the whole shot has is another question
    assert np.sqrt((left**2).mean()) < 0.25 * np.log(gains).std()


def test_frames_that_show_something_else_are_not_driven_out_of_all_bounds(source: list[Pixels]) -> None:
    take = [255 - frame if i % 3 == 1 else frame for i, frame in enumerate(painted(source))]
    found = correction(source, take)
    assert abs(found.offset).max() <= levels.MOST_OFFSET
    assert found.gain.max() <= levels.MOST_GAIN and found.gain.min() >= 1 / levels.MOST_GAIN


def test_frames_without_anything_in_common(source: list[Pixels]) -> None:
    rng = np.random.default_rng(0)
    noise = [rng.integers(0, 256, (64, 96, 3), dtype=np.uint8) for _ in range(8)]
    found = correction(noise, noise)
    assert np.isfinite(found.gain).all() and np.isfinite(found.offset).all()
    assert found.of(0, noise[0]).shape == (64, 96, 3)


def test_a_take_that_is_the_other_way_round_in_every_frame(source: list[Pixels]) -> None:
    """No pair says anything of a contrast."""
    take = [255 - frame if i % 2 else frame for i, frame in enumerate(source[:2])]
    found = correction(source[:2], take)
    assert np.isfinite(found.gain).all() and np.isfinite(found.offset).all()


def test_long_shots_are_compared_in_places() -> None:
    chosen = levels.pairs(500)
    assert len(chosen) <= len(levels.SPANS) * levels.PAIRS
    assert {now - before for now, before in chosen} == set(levels.SPANS)
    assert min(before for _, before in chosen) == 0 and max(now for now, _ in chosen) == 499


def test_in_a_long_shot_no_frame_that_was_not_compared_jumps(source: list[Pixels]) -> None:
    count, scene = 300, source[0][:32, :48]
    drift = np.linspace(-8, 8, count)
    fading = [(scene * fade).astype(np.uint8) for fade in np.linspace(1, 0.4, count)]
    drifts = zip(drift, fading, strict=True)
    take = [np.clip(40 + 0.6 * frame[..., ::-1] + shift, 0, 255).astype(np.uint8) for shift, frame in drifts]
    compared = {number for pair in levels.pairs(count) for number in pair}
    assert len(compared) < count
    found = correction(fading, take)
    means = np.array([found.of(i, frame).mean((0, 1)) for i, frame in enumerate(take)])
    assert abs(np.diff(means, axis=0)).max() < 2
