"""The key frames of a strip: chosen looks that are spread from their own frames over the shots in which they lie."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from . import pictures
from .api import ErrorCode, Failure, Look
from .frozen import frozen
from .images import TOLERANCE
from .pictures import Pixels
from .study import Study

MOST = 5  # in one shot: with more of them there is little left to spread


@frozen
class Key:
    """A frame whose look is known, at the working size."""

    name: str
    number: int
    look: Pixels


def keys_of(kept: Study, names: Sequence[str], shots: Sequence[range]) -> list[list[Key]]:
    """Those of every shot, in order. Refused where a shot has none."""
    looks = _asked(kept, names)
    keys = [
        [Key(look.name, look.frame, _picture(kept, look)) for look in looks if look.frame in shot] for shot in shots
    ]
    for shot, found in zip(shots, keys, strict=True):
        if len(found) > MOST:
            message = (
                f"{_frames(shot).capitalize()} have {len(found)} looks, and at most {MOST} are spread over a shot."
            )
            raise Failure(ErrorCode.BAD_INPUT, message, "Choose fewer of them.")
    if bare := [shot for shot, found in zip(shots, keys, strict=True) if not found]:
        which = ", ".join([*(_frames(shot) for shot in bare[:3]), *(["and others"] if len(bare) > 3 else [])])
        message = f"A look is not carried across a cut, and none is of {which}."
        raise Failure(ErrorCode.BAD_INPUT, message, "Choose a look of a frame in each of them.")
    return keys


def _asked(kept: Study, names: Sequence[str]) -> list[Look]:
    """By frame, one a frame."""
    known = {look.name: look for look in kept.gallery.looks()}
    if unknown := [name for name in names if name not in known]:
        message = f"There is no look “{unknown[0]}”."
        raise Failure(ErrorCode.BAD_INPUT, message, "Choose among those that were made or brought.")
    chosen = [
        look for look in known.values() if look.chosen and _is_shown(kept, look)
    ]  # the strip may be shorter by now
    looks = [known[name] for name in dict.fromkeys(names)] if names else chosen
    if not looks:
        hint = "Paint looks of a frame, or bring an image file, and choose at least one."
        raise Failure(ErrorCode.BAD_INPUT, "No look is chosen.", hint)
    looks.sort(key=lambda look: look.frame)
    for one, other in pairwise(looks):
        if one.frame == other.frame:
            message = f"Frame {one.frame} has two looks, {one.name} and {other.name}."
            raise Failure(ErrorCode.BAD_INPUT, message, "Choose one of them: a take shows one.")
    if astray := [look for look in looks if not _is_shown(kept, look)]:
        message = f"The look “{astray[0].name}” is of frame {astray[0].frame}, which the strip does not show."
        raise Failure(ErrorCode.BAD_INPUT, message, "Choose a look of a frame that it shows.")
    return looks


def _is_shown(kept: Study, look: Look) -> bool:
    return kept.source.first <= look.frame <= kept.source.last


def _picture(kept: Study, look: Look) -> Pixels:
    """Painted at another working size it still fits, as long as it has the same shape."""
    picture, (wide, high) = pictures.read(kept.gallery.picture_path(look.name)), kept.source.framing.size
    if abs(math.log(picture.shape[1] / picture.shape[0] * high / wide)) > TOLERANCE:
        message = f"The look “{look.name}” is {picture.shape[1]}×{picture.shape[0]}, and its frame {wide}×{high}."
        raise Failure(ErrorCode.BAD_INPUT, message, "Choose another look, or bring this one again as an image file.")
    return pictures.resize(picture, (wide, high))


def _frames(shot: range) -> str:
    return f"frame {shot[0]}" if len(shot) == 1 else f"frames {shot[0]} to {shot[-1]}"
