"""Measures against cases whose figures are known: flicker, warped and blurred clips, swapped frames."""

from __future__ import annotations

import itertools

import cv2
import numpy as np
import pytest
from studies import pan, place

from backend import flow, measures
from backend.flow import Flow, Mask
from backend.pocket.world import Clip

SIZE = (112, 64)


@pytest.fixture(scope="module")
def clip() -> Clip:
    return Clip(601, frames=24, size=SIZE)


def steps(frames: list[np.ndarray]) -> list[tuple[Flow, Mask]]:
    """The flow from every frame but the first to the one before."""
    return [flow.comparable(now, before) for before, now in itertools.pairwise(frames)]


def warp_errors(frames: list[np.ndarray], ways: list[tuple[Flow, Mask]]) -> list[float]:
    return [measures.warp_error(frames[i + 1], frames[i], *way) for i, way in enumerate(ways)]


def flickering(frames: list[np.ndarray], amount: float) -> list[np.ndarray]:
    """Every frame brighter or darker as a whole, by `amount` in the root mean square."""
    dice = np.random.default_rng(1).choice([-1.0, 1.0], len(frames))
    return [frame + amount * sign for frame, sign in zip(frames, dice, strict=True)]


def test_psnr_of_a_known_error_is_known() -> None:
    grey = np.full((8, 8, 3), 100, np.uint8)
    assert measures.psnr(grey + 10, grey) == pytest.approx(20 * np.log10(25.5))
    assert measures.psnr(grey, grey) > 100


def test_ssim_is_one_for_the_same_and_falls_with_blur_and_noise(clip: Clip) -> None:
    true = clip.painted(5, "oil")
    noisy = true + np.random.default_rng(1).normal(0, 30, true.shape)
    assert measures.ssim(true, true) == pytest.approx(1, abs=1e-4)
    assert measures.ssim(cv2.GaussianBlur(true, (0, 0), 2), true) < 0.9
    assert measures.ssim(noisy, true) < 0.8


@pytest.mark.parametrize("amount", [2.0, 8.0])
def test_white_flicker_has_the_excess_that_was_put_in(clip: Clip, amount: float) -> None:
    true = [clip.painted(i, "neon") for i in range(3, 15)]
    made = flickering(true, amount)
    found = [
        measures.excess((made[i + 1], made[i]), (true[i + 1], true[i]), clip.flow(i + 4, i + 3, "neon"),
                        clip.visible(i + 4, i + 3, "neon"))
        for i in range(len(true) - 1)
    ]  # fmt: skip
    jumps = np.abs(np.diff([m.mean() - t.mean() for m, t in zip(made, true, strict=True)]))
    assert np.allclose(found, jumps, atol=1e-2)
    assert set(np.round(found)) == {0, 2 * amount}


def test_the_truth_has_no_excess_though_its_light_changes(clip: Clip) -> None:
    pair = clip.painted(8, "toon"), clip.painted(7, "toon")
    assert measures.excess(pair, pair, clip.flow(8, 7), clip.visible(8, 7)) == 0


def test_a_clip_warped_from_one_picture_scores_the_floor() -> None:
    source = pan(place(2, 400, 96), [20.0 + 3 * i for i in range(6)], width=160)
    painting = 255 - place(9, 400, 96)
    take = [painting[:, 20 + 3 * i : 180 + 3 * i] for i in range(6)]
    ways = steps(source)
    still, floor = warp_errors(take, ways), warp_errors(list(source), ways)
    assert np.median(still) < 1.5 * np.median(floor)
    assert max(warp_errors(flickering(take, 8), ways)) > 15  # ±8 and then ∓8


def test_blur_lowers_the_warp_error(clip: Clip) -> None:
    source = [clip.photo(i) for i in range(6)]
    noisy = [frame + np.random.default_rng(i).normal(0, 20, frame.shape) for i, frame in enumerate(source)]
    ways = steps(source)
    assert max(warp_errors([cv2.GaussianBlur(f, (0, 0), 3) for f in noisy], ways)) < min(warp_errors(noisy, ways))


def test_two_swapped_frames_are_the_worst(clip: Clip) -> None:
    source = [clip.photo(2 * i) for i in range(10)]
    ways, swapped = steps(source), list(source)
    swapped[4], swapped[5] = swapped[5], swapped[4]
    before, after = warp_errors(source, ways), warp_errors(swapped, ways)
    assert set(np.argsort([a - b for a, b in zip(before, after, strict=True)])[:3]) == {3, 4, 5}
    assert set(np.argsort(after)[-3:]) == {3, 4, 5}
