"""The pairs of a study: its reference frames, its looks, and every look carried to other frames of its shot."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

import numpy as np

from . import carrying, pictures
from .api import ErrorCode, Failure, Look
from .pairs import Pair
from .pictures import Pixels
from .study import Study

LEAST_SURE = 0.1  # of a frame: where less of a look can be believed, it teaches little, and farther on still less
HELD = 4  # frames at once: a shot may be long


def of_references(kept: Study, numbers: Sequence[int]) -> list[Pair]:
    frames = [pictures.read(kept.frame_path(n)) for n in numbers]
    return [Pair(frame, frame, 0) for frame in frames]


def of_looks(kept: Study, looks: Sequence[Look], carried: int, tell: Callable[[], None]) -> list[Pair]:
    """Each look, and the same look carried to so many frames of its shot. Prompts count from 1. `tell` is called at
    every frame that one is carried to."""
    held, pairs = kept.frame_numbers(), []
    for prompt, look in enumerate(looks, start=1):
        pair = Pair(_frame_of(kept, look, held), pictures.read(kept.gallery.picture_path(look.name)), prompt)
        if pair.look.shape != pair.frame.shape:
            hint = "Choose another look, or bring this one again as an image file."
            message = f"The look “{look.name}” is {_size(pair.look)}, and its frame {_size(pair.frame)}."
            raise Failure(ErrorCode.BAD_INPUT, message, hint)
        pairs.append(pair)
        if carried:
            pairs += _carried(kept, look.frame, pair, carried, tell)
    return pairs


def shot_around(kept: Study, number: int) -> range:
    """The frames around it up to the next cut, or to one that the study does not hold."""
    held, reference = set(kept.frame_numbers()), kept.reference()
    cuts = set(reference.shots) if reference else set()
    first = last = number
    while first not in cuts and first - 1 in held:
        first -= 1
    while last + 1 in held and last + 1 not in cuts:
        last += 1
    return range(first, last + 1)


def _frame_of(kept: Study, look: Look, held: Sequence[int]) -> Pixels:
    if look.frame not in held:
        hint = "Sample the strip's frames again, or choose a look of a frame that the strip still shows."
        message = f"The look “{look.name}” is of frame {look.frame}, which the study does not hold."
        raise Failure(ErrorCode.BAD_INPUT, message, hint)
    return pictures.read(kept.frame_path(look.frame))


def _carried(kept: Study, number: int, pair: Pair, count: int, tell: Callable[[], None]) -> Iterator[Pair]:
    shot = shot_around(kept, number)
    wanted = {shot[round(i)] for i in np.linspace(0, len(shot) - 1, count)}
    frames = lru_cache(HELD)(lambda n: pictures.read(kept.frame_path(n)))
    for way in (range(number + 1, shot.stop), range(number - 1, shot.start - 1, -1)):
        for there, carried in zip(way, carrying.outward(frames, number, pair.look, way), strict=False):
            tell()
            if carried.share.mean() < LEAST_SURE:  # what is lost of it does not come again
                break
            if there in wanted:
                yield Pair(frames(there), carried.look, pair.prompt, carried.sure)


def _size(picture: Pixels) -> str:
    return f"{picture.shape[1]}×{picture.shape[0]}"
