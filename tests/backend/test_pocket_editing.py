"""How img2img is judged over strength: where the vehicle stands in what is edited, and what counts as flicker."""

import numpy as np
import pytest

from backend.pocket import data, judges
from backend.pocket.editing import FRAMES, cases, overlap, vehicle_in
from backend.pocket.world import Clip


def test_aside_the_whole_vehicle_is_seen_and_other_clips_have_theirs_elsewhere() -> None:
    """In the middle any two of a kind overlap, so that an overlap there says little of what became of this one."""
    for case in cases(6, aside=True):
        whole = case.clip.masks(FRAMES[0])["vehicle"]
        assert case.cut(whole).sum() == whole.sum()
        assert case.pictures(case.style).shape == (2, data.SIDE, data.SIDE, 3)
    assert with_others(aside=False) > 0.65
    assert with_others(aside=True) < 0.5


def with_others(*, aside: bool) -> float:
    found = []
    for case in cases(6, aside=aside):
        mask, kind = case.cut(case.clip.masks(FRAMES[0])["vehicle"]), case.clip.shot(FRAMES[0]).vehicle
        for seed in range(400, 403):
            other = Clip(seed, size=(data.SIDE, data.SIDE), vehicle=kind)
            found.append(overlap(other.masks(FRAMES[0])["vehicle"], mask))
    return float(np.mean(found))


@pytest.mark.parametrize("aside", [False, True])
def test_the_truth_has_no_excess_and_another_noise_for_each_frame_has_much(aside: bool) -> None:
    case = cases(3, aside=aside)[2]
    truth = case.pictures(case.style)
    noise = np.random.default_rng(0).integers(-40, 40, truth.shape)
    assert case.excess(truth, truth) == 0
    shaken = np.clip(truth.astype(int) + noise, 0, 255).astype(np.uint8)
    assert 15 < case.excess(shaken, truth) < 40


def test_a_finder_finds_the_vehicle_wherever_it_stands() -> None:
    """A few photos and steps show that it learns; the evaluation's own is fitted on all styles."""
    clips = [Clip(data.FIRST_TRAINING_SEED * 2 + i, size=data.WIDE, time="day") for i in range(60)]
    pixels = np.stack([clip.photo(20) for clip in clips])
    masks = np.stack([clip.masks(20)["vehicle"] for clip in clips])
    judge = judges.fitted_finder(pixels, masks, data.SIDE, steps=150, batch=8)
    cut = [
        (pixels[i][:, left : left + data.SIDE], masks[i][:, left : left + data.SIDE])
        for i in range(8)
        for left in (12, 36)
    ]
    found = [overlap(vehicle_in(judge, picture), mask[::2, ::2]) for picture, mask in cut]
    assert np.mean(found) > 0.4
