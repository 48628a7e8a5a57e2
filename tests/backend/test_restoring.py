"""What smoothing gives back: detail that the frames agree on, and nothing of what they do not."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from backend import restoring
from backend.pictures import Pixels
from backend.pocket.captions import Style
from backend.pocket.world import Clip

COUNT, NOISE = 9, 20.0


@pytest.fixture(scope="module")
def clip() -> Clip:
    return Clip(31, frames=COUNT, size=(96, 64))


@pytest.fixture(scope="module")
def frames(clip: Clip) -> list[Pixels]:
    return [clip.painted(i, Style.PHOTO) for i in range(COUNT)]


@pytest.fixture(scope="module")
def truth(clip: Clip) -> list[Pixels]:
    return [clip.painted(i, Style.OIL) for i in range(COUNT)]


@pytest.fixture(scope="module")
def blurred(truth: list[Pixels]) -> list[NDArray]:
    return [cv2.GaussianBlur(picture, (0, 0), 1.5).astype(np.float32) for picture in truth]


def given_back(painted: list[NDArray], wanted: list[Pixels], frames: list[Pixels]) -> list[NDArray]:
    return list(restoring.restored(iter(painted), wanted, frames))


def off(made: list[NDArray], truth: list[Pixels]) -> float:
    return float(np.sqrt(np.mean((np.stack(made) - np.stack(truth)) ** 2)))


def noisy(truth: list[Pixels]) -> list[Pixels]:
    dice = np.random.default_rng(3)
    return [np.clip(np.rint(p + dice.normal(0, NOISE, p.shape)), 0, 255).astype(np.uint8) for p in truth]


def test_detail_that_moves_with_the_frames_is_given_back(
    truth: list[Pixels], blurred: list[NDArray], frames: list[Pixels]
) -> None:
    assert off(given_back(blurred, truth, frames), truth) < 0.5 * off(blurred, truth)


def test_of_noise_little_is_given_back(truth: list[Pixels], frames: list[Pixels]) -> None:
    perfect = [picture.astype(np.float32) for picture in truth]
    as_pictures = [picture.astype(np.float32) for picture in noisy(truth)]
    assert off(as_pictures, truth) > 17  # some of it is cut off at black and white
    assert off(given_back(perfect, noisy(truth), frames), truth) < 3.5


def test_detail_comes_out_of_the_noise(truth: list[Pixels], blurred: list[NDArray], frames: list[Pixels]) -> None:
    made = given_back(blurred, noisy(truth), frames)
    assert off(made, truth) < 0.75 * min(off(blurred, truth), NOISE)


def test_what_a_single_frame_shows_stays_out(truth: list[Pixels], frames: list[Pixels]) -> None:
    flash = [picture.copy() for picture in truth]
    flash[4] = np.full_like(flash[4], 255)
    perfect = [picture.astype(np.float32) for picture in truth]
    made = given_back(perfect, flash, frames)
    assert off([made[4]], [truth[4]]) < 0.1 * off([flash[4].astype(np.float32)], [truth[4]])


def test_two_frames_and_one_are_enough(truth: list[Pixels], blurred: list[NDArray], frames: list[Pixels]) -> None:
    (alone,) = given_back(blurred[:1], truth[:1], frames[:1])
    np.testing.assert_array_equal(alone, blurred[0])
    assert off(given_back(blurred[:2], truth[:2], frames[:2]), truth[:2]) < off(blurred[:2], truth[:2])


def test_pictures_are_taken_in_order_and_no_farther_than_it_reaches(
    truth: list[Pixels], blurred: list[NDArray], frames: list[Pixels]
) -> None:
    taken: list[int] = []

    def painted() -> Iterator[NDArray]:
        for index, picture in enumerate(blurred):
            taken.append(index)
            yield picture

    made = restoring.restored(painted(), truth, frames)
    next(made)
    assert taken == list(range(restoring.REACH + 1))
    assert len(list(made)) == COUNT - 1
