"""The pocket world: its flow is exact, its styles hold still on their objects, and it says what it cannot draw."""

from collections.abc import Callable

import numpy as np
import pytest

from backend.pocket.captions import NON_LOCAL, PAINTED, Style, Time, Weather, caption, vocabulary, word
from backend.pocket.motion import warped
from backend.pocket.world import MASKS, Clip

FRAMES = ((10, 11), (20, 18), (30, 33))


def difference(clip: Clip, style: Style, source: int, target: int) -> tuple[float, float]:
    """RMS on visible pixels of one frame less the other: fetched along the flow, and as they are."""
    here, there = (clip.painted(i, style).astype(np.float32) for i in (source, target))
    seen = clip.visible(source, target, style)
    along = here - warped(there, clip.flow(source, target, style))
    return float(np.sqrt((along[seen] ** 2).mean())), float(np.sqrt(((here - there)[seen] ** 2).mean()))


@pytest.mark.parametrize("style", list(Style))
def test_a_frame_fetched_along_the_flow_is_the_other_frame(style: Style) -> None:
    pairs = [difference(Clip(seed, size=(128, 128)), style, i, j) for seed, (i, j) in enumerate(FRAMES)]
    along, still = np.mean(pairs, axis=0)
    # What is left is the blur of fetching between pixels: hard outlines feel it most.
    assert along < 0.36 * still
    assert along < 13


def test_most_of_the_picture_can_be_followed() -> None:
    assert np.mean([Clip(seed, size=(128, 128)).visible(40, 41).mean() for seed in range(4)]) > 0.6


def test_forward_and_backward_flow_are_each_others_inverse() -> None:
    clip = Clip(5, size=(160, 96))
    there, back, seen = clip.flow(12, 15), clip.flow(15, 12), clip.visible(12, 15)
    gone_round = there + warped(back, there)
    assert np.abs(gone_round[seen]).max() < 0.05


def test_near_things_pass_faster_than_far_ones() -> None:
    clip = Clip(3, size=(128, 128))
    masks, speed = clip.masks(20), np.abs(clip.flow(20, 21)[..., 0])
    assert speed[masks["ground"]].mean() > speed[masks["buildings"]].mean() > speed[masks["sky"]].mean()
    assert speed[masks["vehicle"]].mean() < speed[masks["ground"]].mean()


def test_a_seed_is_a_clip() -> None:
    a, b = Clip(7, frames=12, size=(96, 64)), Clip(7, frames=500, size=(96, 64))
    b.painted(499, Style.OIL)
    for style in (Style.PHOTO, Style.MOSAIC):
        assert np.array_equal(a.painted(9, style), b.painted(9, style))
    assert not np.array_equal(a.photo(9), Clip(8, frames=12, size=(96, 64)).photo(9))
    assert a.photo(0).shape == (64, 96, 3)
    assert a.photo(0).dtype == np.uint8


def test_every_pixel_belongs_to_one_kind_of_object() -> None:
    masks = Clip(2, size=(96, 96)).masks(30)
    assert set(masks) == set(MASKS)
    assert (np.sum(list(masks.values()), axis=0) == 1).all()
    assert 0.05 < masks["vehicle"].mean() < 0.4


def test_nothing_is_followed_across_a_cut() -> None:
    clip = Clip(4, frames=20, size=(64, 64), cut_at=10)
    assert not clip.visible(9, 10).any()
    assert clip.visible(10, 11).any()


def test_a_swapped_vehicle_leaves_the_street_as_it_was() -> None:
    clip = Clip(4, frames=20, size=(128, 128), vehicle="car", colour="red", swap_at=10)
    seen, masks = clip.visible(9, 10), clip.masks(9)
    assert not seen[masks["vehicle"]].any()
    assert seen[masks["buildings"]].mean() > 0.3
    assert clip.caption(9) != clip.caption(10)


def test_some_styles_redraw_shapes() -> None:
    clip = Clip(6, size=(96, 96), vehicle="bus")
    photo, toon = clip.masks(30)["vehicle"], clip.masks(30, Style.TOON)["vehicle"]
    assert (photo & toon).sum() / (photo | toon).sum() < 0.93


def test_neon_is_always_night() -> None:
    day = Clip(6, size=(64, 64), time="day")
    sky = day.masks(0)["sky"]
    assert day.painted(0, "neon")[sky].mean() < 0.5 * day.photo(0)[sky].mean()
    assert "night" in day.caption(0, "neon")


def test_at_least_eight_styles_and_half_of_them_no_filters() -> None:
    assert len(PAINTED) >= 8
    assert len(NON_LOCAL) >= max(4, len(PAINTED) / 2)


def test_captions_say_what_is_seen() -> None:
    assert caption("neon", "night") == "a neon tron painting of a red car in a night city"
    said = caption(Style.OIL, Time.DUSK, "blue", "bus", Weather.SNOW)
    assert said == "an oil painting of a blue bus in a dusk city with snow"
    assert set(said.split()) <= set(vocabulary())


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda: Clip(0, size=(65, 64)), "multiples of 8"),
        (lambda: Clip(0, size=(16, 16)), "32 or more"),
        (lambda: Clip(0, frames=0), "at least one frame"),
        (lambda: Clip(0, frames=10, cut_at=10), "from 1 to 9"),
        (lambda: Clip(0, frames=10, size=(64, 64)).photo(10), "frames 0 to 9"),
        (lambda: Clip(0, size=(64, 64)).painted(0, "cubist"), "choose one of photo, neon"),
        (lambda: caption("oil", "noon"), "choose one of day, dusk, night"),
        (lambda: word(Weather, "hail"), "choose one of clear, fog"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(wrong: Callable[[], object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence) as refusal:
        wrong()
    assert "\n" not in str(refusal.value)
