"""Clips whose truth is known, and takes of them that flicker, drift or jump."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from backend.flow import Flow, Mask
from backend.pictures import Pixels
from backend.pocket.captions import Style
from backend.pocket.world import Clip

FLICKER = 20.0  # of 255, at every pixel by itself
DRIFT = 0.15  # of the gain, up and down over the clip, and 15 levels of offset
GAIN, OFFSET = 0.08, 8.0  # by how much, of 1 and of 255, each channel wanders from one frame to the next (sigma)
PULL = 0.1  # of the way, in each frame back to where it belongs: it is not to wander off
SWITCHED = 0.35  # of the frames are in the other style
OTHER = Style.OIL

Colours = tuple[np.ndarray, np.ndarray]  # each frame's gains and offsets


@dataclass(frozen=True)
class Truth:
    source: list[Pixels]
    truth: list[Pixels]
    other: list[Pixels]  # the same in another style
    ways: list[tuple[Flow, Mask]]  # from each frame but the first to the one before it
    own_ways: list[tuple[Flow, Mask]]  # the source's own


def truth(seed: int, count: int, size: tuple[int, int], style: Style) -> Truth:
    clip = Clip(seed, frames=max(count, 2), size=size)
    numbers = range(count)
    ways, own_ways = (
        [(clip.flow(i, i - 1, s), clip.visible(i, i - 1, s)) for i in numbers[1:]] for s in (style, Style.PHOTO)
    )
    source, drawn, other = ([clip.painted(i, s) for i in numbers] for s in (Style.PHOTO, style, OTHER))
    return Truth(source, drawn, other, ways, own_ways)


def white_flicker(known: Truth) -> list[Pixels]:
    dice = np.random.default_rng(0)
    return [_bytes(frame + dice.normal(0, FLICKER, frame.shape)) for frame in known.truth]


def slow_drift(known: Truth) -> list[Pixels]:
    return [_bytes(f * gain + offset) for f, gain, offset in zip(known.truth, *_drift(len(known.truth)), strict=True)]


def wandering_colours(known: Truth) -> list[Pixels]:
    return [_bytes(f * gain + offset) for f, gain, offset in zip(known.truth, *_walk(len(known.truth)), strict=True)]


def undone(case: str, take: Sequence[Pixels]) -> list[Pixels]:
    """By one who knows what was done: no correction of colours can do better. What was cut off at black stays so."""
    done = {"drift": _drift, "wander": _walk}.get(case)
    return [_bytes((f - offset) / gain) for f, gain, offset in zip(take, *done(len(take)), strict=True)] if done else []


def _drift(count: int) -> Colours:
    """Red rises while blue falls, once over the clip."""
    times = np.linspace(-1, 1, count)[:, None] * np.array([1.0, 0.0, -1.0])
    return 1 + DRIFT * times, 15 * times


def _walk(count: int) -> Colours:
    """The gain and the offset of each channel take a random walk."""
    dice, gains, offsets = np.random.default_rng(0), np.zeros((count, 3)), np.zeros((count, 3))
    for i in range(1, count):
        gains[i] = (1 - PULL) * gains[i - 1] + dice.normal(0, GAIN, 3)
        offsets[i] = (1 - PULL) * offsets[i - 1] + dice.normal(0, OFFSET, 3)
    return np.exp(gains), offsets


def switching(known: Truth) -> list[Pixels]:
    dice = np.random.default_rng(0)
    which = dice.random(len(known.truth)) < SWITCHED
    return [b if other else a for a, b, other in zip(known.truth, known.other, which, strict=True)]


CASES: dict[str, Callable[[Truth], list[Pixels]]] = {
    "white": white_flicker,
    "drift": slow_drift,
    "wander": wandering_colours,
    "switch": switching,
}


def _bytes(values: np.ndarray) -> Pixels:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
