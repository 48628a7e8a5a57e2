"""Why a stage is out of date, in a sentence: what was made, and what is wanted now."""

from __future__ import annotations

from typing import Any

from ..backend.api import Failure, Painting
from ..operators.snapshot import wanted_numbers
from ..sequencer.fingerprint import VERSION
from ..sequencer.noticing import is_changed
from ..translations import say
from .overview import Overview, TakeNote

PAINTED = {
    "strength": "rendered at strength {value:g}",
    "steps": "rendered in {value} steps",
    "guidance": "rendered with guidance {value:g}",
    "seed": "rendered with seed {value}",
    "noise": "rendered with noise {value:g}",
}


def of_frames(strip: Any, found: Overview) -> str:
    source, reference, settings = found.source, found.reference, strip.steady
    if source is None or reference is None:
        return ""
    try:
        numbers = wanted_numbers(strip)
    except Failure as failure:
        return str(failure)
    if source.short_side != settings.short_side:
        return say("It was read with a short side of {side} pixels.", side=source.short_side)
    if source.crop.value != settings.crop:
        return "It was read with another crop."
    if (source.first, source.last) != (numbers.start, numbers.stop - 1):
        read, shown = f"{source.first}–{source.last}", f"{numbers.start}–{numbers.stop - 1}"
        return say("Its frames {read} were read, and {shown} are wanted.", read=read, shown=shown)
    if is_changed(strip, source.fingerprint):
        by_us = source.fingerprint.startswith(f"{VERSION}-")
        return "What the strip shows was changed since." if by_us else "An older version of Steady Diffusion read it."
    there, wanted = len(reference.numbers), min(settings.reference_count, len(numbers))
    return say("{there} reference frames were chosen, and {wanted} are wanted.", there=there, wanted=wanted)


def of_takes(found: Overview, wanted: TakeNote | None) -> str:
    """Compared with the take that is most like the wanted one."""
    if wanted is None:
        return ""
    takes = [take.work for take in found.takes]
    nearest = min(reversed(takes), key=lambda take: len(differences(take, wanted)))
    first = next(iter(differences(nearest, wanted)), "")
    return say("The last take was {how}.", how=first) if first else ""


def differences(take: TakeNote, wanted: TakeNote) -> list[str]:
    """What is said of a take, wherever that is otherwise than wanted."""
    said = {
        "complete": say("not finished"),
        "shown": say("of other frames"),
        "framing": say("of another size or another crop"),
        "way": say("rendered the way “{way}”", way=take.way),
        "model": say("painted by the model “{model}”", model=take.model),
        "prompt": say("of the prompt “{prompt}”", prompt=take.prompt),
        "fast": say("rendered in {value} steps", value=take.fast),
        "taught": say("rendered before the last tuning"),
        "decoder": say("painted with another decoder"),
    }
    found = [words for name, words in said.items() if getattr(take, name) != getattr(wanted, name)]
    return found + _painted(take.painting, wanted.painting)


def _painted(then: Painting | None, now: Painting | None) -> list[str]:
    if then == now or then is None or now is None:
        return []
    words = [say(text, value=getattr(then, name)) for name, text in PAINTED.items() if _other(then, now, name)]
    return words or [say("rendered with other settings")]


def _other(then: Painting, now: Painting, name: str) -> bool:
    return getattr(then, name) != getattr(now, name)
