"""Look fidelity on the pocket world: a true take is near its look, and what only resembles it is not."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest
from studies import noise

from backend.fidelity import distance
from backend.pictures import Pixels, resize
from backend.pocket.captions import NON_LOCAL, Style
from backend.pocket.world import Clip

CLIPS = (7400, 7401)
LOOK, LATER = 4, 60


@cache
def clip(seed: int) -> Clip:
    return Clip(seed, 64, (112, 64))


@cache
def painted(seed: int, frame: int, style: Style) -> Pixels:
    return clip(seed).painted(frame, style)


def recoloured(source: Pixels, look: Pixels) -> Pixels:
    """With the look's histogram in every channel."""
    made = np.empty_like(source)
    for channel in range(3):
        order = np.argsort(source[..., channel], axis=None, kind="stable")
        made[..., channel].flat[order] = np.sort(look[..., channel], axis=None)
    return made


def shuffled(picture: Pixels, side: int = 16) -> Pixels:
    high, wide = picture.shape[0] // side, picture.shape[1] // side
    tiles = picture.reshape(high, side, wide, side, 3).swapaxes(1, 2).reshape(high * wide, side, side, 3)
    mixed = tiles[np.random.default_rng(3).permutation(len(tiles))]
    return mixed.reshape(high, wide, side, side, 3).swapaxes(1, 2).reshape(picture.shape)


@pytest.mark.parametrize("style", [*NON_LOCAL, Style.POSTER], ids=lambda style: style.name.lower())
@pytest.mark.parametrize("seed", CLIPS)
def test_a_true_take_is_nearer_to_the_look_than_what_only_resembles_it(seed: int, style: Style):
    look, true, source = (painted(seed, *what) for what in ((LOOK, style), (LATER, style), (LATER, Style.PHOTO)))
    near = distance(true, [look])
    assert near < 0.2
    assert distance(source, [look]) > 1.6 * near
    assert distance(recoloured(source, look), [look]) > 1.3 * near
    assert distance(np.asarray(cv2.GaussianBlur(true, (0, 0), 1), np.uint8), [look]) > 1.3 * near
    assert distance(shuffled(true), [look]) > 1.15 * near


def test_the_more_it_is_blurred_the_farther_it_is():
    look, true = painted(CLIPS[0], LOOK, Style.OIL), painted(CLIPS[0], LATER, Style.OIL)
    far = [distance(np.asarray(cv2.GaussianBlur(true, (0, 0), s), np.uint8), [look]) for s in (0.5, 0.8, 1.2, 2)]
    assert far == sorted(far)


def test_the_look_itself_is_at_no_distance_and_the_nearest_look_counts():
    looks = [painted(CLIPS[0], LOOK, style) for style in (Style.NEON, Style.OIL)]
    assert distance(looks[1], looks) == 0
    true = painted(CLIPS[0], LATER, Style.NEON)
    assert distance(true, looks) == distance(true, looks[::-1]) == distance(true, looks[:1])
    assert distance(true, looks[1:]) > 2 * distance(true, looks[:1])
    assert distance(noise(1, 112, 64), looks) > 0.5


def test_it_is_the_same_every_time():
    look, true = painted(CLIPS[0], LOOK, Style.OIL), painted(CLIPS[0], LATER, Style.OIL)
    assert distance(true, [look]) == distance(true.copy(), [look.copy()])


def test_a_picture_of_another_size_is_brought_to_the_looks():
    look, true = painted(CLIPS[0], LOOK, Style.OIL), painted(CLIPS[0], LATER, Style.OIL)
    assert distance(resize(true, (224, 128)), [look]) == pytest.approx(distance(true, [look]), abs=0.05)


def test_large_and_narrow_pictures_have_a_distance_too():
    large = [resize(painted(CLIPS[0], frame, Style.OIL), (1920, 1080)) for frame in (LOOK, LATER)]
    narrow = [picture[:16] for picture in (painted(CLIPS[0], LOOK, Style.OIL), painted(CLIPS[0], LATER, Style.OIL))]
    for look, true in (large, narrow):
        assert 0 < distance(true, [look]) < 1


def test_without_a_look_there_is_nothing_to_measure():
    with pytest.raises(ValueError, match="no look"):
        distance(noise(1), [])
