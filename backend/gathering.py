"""The pairs of a study: its reference frames, its looks, and every look spread over other frames of its shot."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

import numpy as np
import torch

from . import pictures, spreading
from .api import ErrorCode, Failure, Look
from .pairs import Pair
from .pictures import Pixels
from .study import Study

HELD = 32  # frames at once: a shot may be long


def of_references(kept: Study, numbers: Sequence[int]) -> list[Pair]:
    frames = [pictures.read(kept.frame_path(n)) for n in numbers]
    return [Pair(frame, frame, 0) for frame in frames]


def of_looks(
    kept: Study, looks: Sequence[Look], count: int, device: torch.device, tell: Callable[[], None]
) -> list[Pair]:
    """Each look, and the same look spread over so many frames of its shot. Prompts count from 1. `tell` is called
    often, and may say that it is cancelled."""
    held, pairs = kept.frame_numbers(), []
    for prompt, look in enumerate(looks, start=1):
        pair = Pair(_frame_of(kept, look, held), pictures.read(kept.gallery.picture_path(look.name)), prompt)
        if pair.look.shape != pair.frame.shape:
            hint = "Choose another look, or bring this one again as an image file."
            message = f"The look “{look.name}” is {_size(pair.look)}, and its frame {_size(pair.frame)}."
            raise Failure(ErrorCode.BAD_INPUT, message, hint)
        pairs.append(pair)
        if count:
            rivals = [other.frame for other in looks if other.prompt == look.prompt and other.frame != look.frame]
            pairs += _spread(kept, look.frame, pair, count, rivals, device, tell)
    return pairs


def shot_around(kept: Study, number: int) -> range:
    """The frames around it up to the next cut, or to one that the study does not hold. Where the strip does not show
    the frame itself any more it stands alone: only between those that it shows are the cuts known."""
    source, reference = kept.source, kept.reference()
    shown = {n for n in kept.frame_numbers() if source.first <= n <= source.last}
    cuts = set(reference.shots) if reference else set()
    first = last = number
    while number in shown and first not in cuts and first - 1 in shown:
        first -= 1
    while number in shown and last + 1 in shown and last + 1 not in cuts:
        last += 1
    return range(first, last + 1)


def _frame_of(kept: Study, look: Look, held: Sequence[int]) -> Pixels:
    if look.frame not in held:
        hint = "Sample the strip's frames again, or choose a look of a frame that the strip still shows."
        message = f"The look “{look.name}” is of frame {look.frame}, which the study does not hold."
        raise Failure(ErrorCode.BAD_INPUT, message, hint)
    return pictures.read(kept.frame_path(look.frame))


def _spread(
    kept: Study,
    number: int,
    pair: Pair,
    count: int,
    rivals: Sequence[int],
    device: torch.device,
    tell: Callable[[], None],
) -> Iterator[Pair]:
    """Not to where another look of the same prompt is nearer: one frame is not taught two answers."""
    shot = shot_around(kept, number)
    places = np.linspace(0, len(shot) - 1, count) if count > 1 else [(len(shot) - 1) / 2]
    some = sorted({shot[round(i)] for i in places})
    wanted = [n for n in some if all(abs(n - number) <= abs(n - rival) for rival in rivals if rival in shot)]
    frames = lru_cache(HELD)(lambda n: pictures.read(kept.frame_path(n)))
    for there, spread in spreading.spread(frames, number, pair.look, wanted, device, tell):
        yield Pair(frames(there), spread.look, pair.prompt, spread.sure)


def _size(picture: Pixels) -> str:
    return f"{picture.shape[1]}×{picture.shape[0]}"
