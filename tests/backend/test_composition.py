"""The composition score on the pocket world, where true paintings are known: what is kept, and what has moved."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from studies import noise

from backend import composition, pictures
from backend.pictures import Pixels
from backend.pocket.captions import PAINTED, Style
from backend.pocket.world import Clip

CLIPS = 5
SIZE = (112, 64)


@cache
def clip(number: int) -> Clip:
    return Clip(7300 + number, 40, SIZE)


@cache
def painted(number: int, style: Style) -> Pixels:
    return clip(number).painted(30, style)


def photo(number: int) -> Pixels:
    return painted(number, Style.PHOTO)


def moved_by(pixels: Pixels, share: int) -> Pixels:
    """The camera elsewhere: what comes in at the side is the mirrored picture."""
    width = pixels.shape[1] // share
    return np.concatenate([pixels[:, width:], pixels[:, -1 : -width - 1 : -1]], axis=1)


def scores(style: Style) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of true paintings, of paintings of other scenes, and of true ones moved by an eighth of the width."""
    numbers = range(CLIPS)
    true = [composition.score(photo(n), painted(n, style)) for n in numbers]
    other = [composition.score(photo(n), painted(m, style)) for n in numbers for m in numbers if n != m]
    moved = [composition.score(photo(n), moved_by(painted(n, style), 8)) for n in numbers]
    return np.array(true), np.array(other), np.array(moved)


@pytest.mark.parametrize("style", PAINTED, ids=lambda style: style.name.lower())
def test_a_true_painting_scores_above_another_scene_and_above_one_that_moved(style: Style):
    true, other, moved = scores(style)
    margin = 0.15 if style is Style.MOSAIC else 0.3
    assert np.median(true) > np.median(other) + margin
    assert np.median(true) > np.median(moved) + margin
    assert (true > moved + 0.1).all()
    assert np.mean(other > true.min()) < 0.1


def test_the_threshold_lies_between():
    found = [scores(style) for style in PAINTED if style is not Style.MOSAIC]
    true, other, moved = (np.concatenate(part) for part in zip(*found, strict=True))
    assert np.mean(true < composition.MOVED) <= 0.02
    assert np.mean(other < composition.MOVED) >= 0.93
    assert np.mean(moved < composition.MOVED) >= 0.93
    assert composition.has_moved(composition.MOVED - 0.01)
    assert not composition.has_moved(composition.MOVED)


@pytest.mark.parametrize("number", range(CLIPS))
def test_colour_and_inversion_do_not_count(number: int):
    frame = photo(number)
    assert composition.score(frame, frame) == 1
    assert composition.score(frame, 255 - frame) > 0.95
    assert composition.score(frame, frame[..., ::-1].copy()) > 0.9
    assert composition.score(frame, np.repeat(frame.mean(axis=2, keepdims=True), 3, axis=2).astype(np.uint8)) > 0.8
    assert composition.score(frame, (frame * 0.4 + 60).astype(np.uint8)) > 0.9


def test_the_farther_it_moves_the_less_it_scores():
    far = [
        np.median([composition.score(photo(n), moved_by(photo(n), share)) for n in range(CLIPS)])
        for share in (56, 28, 14, 7)
    ]
    assert far == sorted(far, reverse=True)
    assert far[0] > 0.7
    assert far[-1] < composition.MOVED


def test_noise_and_a_plain_picture_have_no_composition():
    plain = np.full((64, 112, 3), 90, np.uint8)
    grain = (plain + np.random.default_rng(0).integers(0, 2, plain.shape)).astype(np.uint8)
    for number in range(CLIPS):
        assert composition.score(photo(number), noise(number, 112, 64)) < 0.15
        assert composition.score(photo(number), plain) == 0
        assert composition.score(plain, photo(number)) == 0
    assert composition.score(plain, plain) == 1
    assert composition.score(plain, plain // 2) == 1
    assert composition.score(grain, plain // 2) == 0


@pytest.mark.parametrize("size", [(64, 64), (912, 512), (1920, 1080), (512, 912)])
def test_size_hardly_counts(size: tuple[int, int]):
    for number in range(2):
        frame, true, other = photo(number), painted(number, Style.OIL), painted(number + 1, Style.OIL)
        large = [pictures.resize(pixels, size) for pixels in (frame, true, other)]
        assert composition.score(large[0], large[0]) == 1
        assert composition.score(large[0], large[1]) == pytest.approx(composition.score(frame, true), abs=0.12)
        assert composition.score(large[0], large[2]) == pytest.approx(composition.score(frame, other), abs=0.12)


def test_a_scene_that_is_drawn_larger_scores_the_same():
    small, large = clip(0), Clip(7300, 40, (448, 256))
    for style in (Style.NEON, Style.OIL):
        at = [composition.score(c.photo(30), c.painted(30, style)) for c in (small, large)]
        assert at[0] == pytest.approx(at[1], abs=0.12)
