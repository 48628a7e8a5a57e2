"""The pairs of a study: its reference frames, its looks, and every look spread over other frames of its shot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache, partial

import numpy as np
import torch

from . import pictures, spreading
from .api import ErrorCode, Failure, Look
from .pairs import Pair
from .pictures import Pixels
from .shots import shot_of
from .spreading import Tell
from .study import Study

HELD = 32  # frames at once: a shot may be long


def of_references(kept: Study, numbers: Sequence[int]) -> list[Pair]:
    frames = [pictures.read(kept.frame_path(n)) for n in numbers]
    return [Pair(frame, frame, 0) for frame in frames]


def of_looks(
    kept: Study, looks: Sequence[Look], count: int, parts: Sequence[range], device: torch.device, tell: Tell
) -> list[Pair]:
    """Each look, and the same look spread over so many frames of its shot, which is one of `parts`. Prompts count from
    1. `tell` hears how far it is, and may say that it is cancelled."""
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
            within = partial(_tell_of, tell, prompt - 1, len(looks))
            pairs += _spread(kept, look.frame, pair, count, rivals, shot_of(parts, look.frame), device, within)
    return pairs


def _tell_of(tell: Tell, place: int, count: int, done: int, total: int) -> None:
    """Of one of so many looks."""
    tell(place * total + done, count * total)


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
    shot: range,
    device: torch.device,
    tell: Tell,
) -> Iterator[Pair]:
    """Not to where another look of the same prompt is nearer: one frame is not taught two answers."""
    places = np.linspace(0, len(shot) - 1, count) if count > 1 else [(len(shot) - 1) / 2]
    some = sorted({shot[round(i)] for i in places})
    wanted = [n for n in some if all(abs(n - number) <= abs(n - rival) for rival in rivals if rival in shot)]
    frames = lru_cache(HELD)(lambda n: pictures.read(kept.frame_path(n)))
    for there, spread in spreading.spread(frames, number, pair.look, wanted, device, tell):
        yield Pair(frames(there), spread.look, pair.prompt, spread.sure)


def _size(picture: Pixels) -> str:
    return f"{picture.shape[1]}×{picture.shape[0]}"
