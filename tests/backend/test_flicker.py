"""Whether a take flickers: what comes and goes does, and what drifts, moves or stays does not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from studies import pan, place

from backend import flicker
from backend.pictures import Pixels

COUNT = 12


@pytest.fixture(scope="module")
def source() -> list[Pixels]:
    """A camera that moves two pixels a frame, with a film's grain."""
    return pan(place(1, height=64), np.arange(COUNT) * 2.0, width=96)


def painted(source: list[Pixels]) -> list[Pixels]:
    return [np.ascontiguousarray(255 - frame[..., ::-1]) for frame in source]


def changed(take: list[Pixels], how: Callable[[int, np.ndarray], np.ndarray]) -> list[Pixels]:
    return [np.clip(how(i, frame.astype(float)), 0, 255).astype(np.uint8) for i, frame in enumerate(take)]


def noisy(take: list[Pixels], sigma: float) -> list[Pixels]:
    dice = np.random.default_rng(7)  # other than those of the source's grain
    return changed(take, lambda i, frame: frame + dice.normal(0, sigma, frame.shape))


def flickers(source: list[Pixels], take: list[Pixels]) -> bool:
    return flicker.flickers(source, take, lambda: None)


@pytest.mark.parametrize("sigma", [6.0, 10.0, 15.0])
def test_the_sigma_of_noise_is_found(source: list[Pixels], sigma: float) -> None:
    """Some of it is lost where pixels lie between others, and where black or white cuts it off."""
    found = flicker.flicker(source, noisy(painted(source), sigma), lambda: None)
    assert 0.6 * sigma < found < 1.05 * sigma
    assert flickers(source, noisy(painted(source), sigma))


@pytest.mark.parametrize(
    "how",
    [
        lambda i, frame: frame,
        lambda i, frame: frame * (0.7 + 0.03 * i) + [i, 0, -i],
        lambda i, frame: frame + 3 * i,
    ],
    ids=["as it is", "drifting", "fading in"],
)
def test_a_take_with_its_source_s_grain_does_not_flicker_nor_does_a_drift(
    source: list[Pixels], how: Callable[[int, np.ndarray], np.ndarray]
) -> None:
    assert not flickers(source, changed(painted(source), how))


def test_grain_of_the_source_hides_no_flicker_of_a_take_that_has_none_of_it() -> None:
    view = place(3, height=64)
    clean = pan(view, np.arange(COUNT) * 2.0, width=96)
    grainy, take = noisy(clean, 12.0), [np.asarray(64 + frame // 2, np.uint8) for frame in clean]
    dice = np.random.default_rng(8)
    flickering = changed(take, lambda i, frame: frame + dice.normal(0, 6, frame.shape))
    assert flicker.flicker(grainy, flickering, lambda: None) > 0.6 * 6
    assert not flickers(grainy, take)


def test_a_take_that_jumps_between_two_styles_flickers(source: list[Pixels]) -> None:
    jumping = [
        other if i in (2, 3, 7) else frame for i, (frame, other) in enumerate(zip(painted(source), source, strict=True))
    ]
    assert flickers(source, jumping)


def test_frames_that_have_nothing_in_common_tell_of_no_flicker() -> None:
    dice = np.random.default_rng(0)
    some = [dice.integers(0, 256, (64, 96, 3), dtype=np.uint8) for _ in range(4)]
    assert not flickers(some, some)


def test_of_two_frames_nobody_can_tell_so_a_network_tries(source: list[Pixels]) -> None:
    assert flickers(source[:2], painted(source)[:2])


def test_it_can_be_cancelled_meanwhile(source: list[Pixels]) -> None:
    with pytest.raises(KeyboardInterrupt):
        flicker.flicker(source, painted(source), lambda: (_ for _ in ()).throw(KeyboardInterrupt))


@pytest.mark.parametrize("most", [255, 90], ids=["opaque", "like glass"])
def test_in_a_cut_out_strip_only_what_is_seen_counts(source: list[Pixels], most: int) -> None:
    """A figure that walks through the picture; what is around it is black, and painted as nothing."""
    opacity = [np.zeros((64, 96), np.uint8) for _ in source]
    for index, alpha in enumerate(opacity):
        alpha[14:50, 50 - 2 * index : 74 - 2 * index] = most
    frames, take = (
        [frame * (alpha > 0)[..., None] for frame, alpha in zip(some, opacity, strict=True)]
        for some in (source, painted(source))
    )
    seen = [frame * (alpha > 0)[..., None] for frame, alpha in zip(noisy(painted(source), 4.0), opacity, strict=True)]
    assert flicker.flicker(frames, seen, lambda: None) < flicker.LITTLE, "where all of it counts"
    assert 0.6 * 4 < flicker.flicker(frames, seen, lambda: None, opacity=opacity) < 1.05 * 4
    assert flicker.flickers(frames, seen, lambda: None, opacity)
    assert not flicker.flickers(frames, take, lambda: None, opacity)
    nothing = [np.zeros_like(alpha) for alpha in opacity]
    assert not flicker.flickers(frames, seen, lambda: None, nothing)


@pytest.mark.parametrize("held", [2, 3, 4])
def test_footage_on_twos_or_more_flickers_as_that_on_ones(source: list[Pixels], held: int) -> None:
    """Of two changes on end one is nothing there."""

    def on(some: list[Pixels]) -> list[Pixels]:
        return [frame for frame in some[:6] for _ in range(held)]

    assert flickers(on(source), on(noisy(painted(source), 10.0)))
    assert not flickers(on(source), on(painted(source)))
    assert not flickers(on(source), on(changed(painted(source), lambda i, frame: frame + 3 * i)))
