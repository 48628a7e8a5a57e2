"""A strip as its reader finds it: which frames it shows, what decides how they look, and whether that still holds."""

from pathlib import Path
from typing import Any

from ..backend.api import Crop, ErrorCode, Failure, Framing
from ..backend.frozen import frozen
from ..backend.study import Study, is_study
from ..sequencer import fingerprint, strips
from .claims import Claim, present


@frozen
class Snapshot:
    """A strip as its reader found it. It may change while it is read: nothing is then taken from it again."""

    numbers: range  # the frames that are wanted
    count: int  # of reference frames
    shown: tuple[int, int]
    fingerprint: str
    media: tuple[str, ...]
    short_side: int
    crop: Crop
    fps: float
    losses: str


@frozen
class Framed:
    """A framing, and the first and the last frame number that it was found over."""

    framing: Framing
    shown: tuple[int, int]


def wanted_numbers(strip: Any) -> range:
    """The numbers of the frames to read: those that show, or those of the chosen part of the timeline."""
    shown, settings = strips.numbers(strip), strip.steady
    if not settings.use_range:
        return shown
    zero = strips.content_start(strip) - 1
    first = max(shown.start, settings.range_start - zero)
    last = min(shown.stop - 1, settings.range_end - zero)
    if last < first:
        left, right = strips.handles(strip)
        raise Failure(
            ErrorCode.BAD_INPUT,
            f"Nothing of “{strip.name}” lies between the frames {settings.range_start} and {settings.range_end}.",
            f"It shows from {left} to {right - 1}: choose a part of that.",
        )
    return range(first, last + 1)


def snapshot(claim: Claim) -> Snapshot:
    scene, strip = present(claim)
    numbers, (now, short_side, crop, shown) = wanted_numbers(strip), _look(scene, strip)
    media, losses = fingerprint.media_files(strip), fingerprint.losses(scene, strip)
    fps = scene.render.fps / scene.render.fps_base
    return Snapshot(numbers, strip.steady.reference_count, shown, now, media, short_side, crop, fps, losses)


def _look(scene: Any, strip: Any) -> tuple[str, int, Crop, tuple[int, int]]:
    """What decides how the frames look, and which there are."""
    now, shown = fingerprint.settings_fingerprint(scene, strip), strips.numbers(strip)
    return now, strip.steady.short_side, Crop(strip.steady.crop), (shown.start, shown.stop - 1)


def is_still(claim: Claim, taken: Snapshot) -> bool:
    return _look(*present(claim)) == (taken.fingerprint, taken.short_side, taken.crop, taken.shown)


def changed_since(claim: Claim, taken: Snapshot) -> str:
    """'' also where it cannot be known, because the strip's fingerprint never equals itself."""
    found = claim.address.find()
    if found is None:
        return ""
    now, again = _look(*found)[:3], _look(*found)[:3]
    if now != again or now == (taken.fingerprint, taken.short_side, taken.crop):
        return ""
    return f"“{found[1].name}” was changed while it was read: press the button again."


def known_framing(folder: Path, taken: Snapshot) -> Framed | None:
    """The study's own framing while the strip has the settings that it was found with, and shows no more than then."""
    if not is_study(folder):
        return None
    source = Study.open(folder).source
    now = (taken.fingerprint, taken.short_side, taken.crop)
    if (source.fingerprint, source.short_side, source.crop) != now:
        return None
    if taken.shown[0] < source.shown[0] or taken.shown[1] > source.shown[1]:
        return None
    return Framed(source.framing, source.shown)
