"""Why a stage is out of date, in a sentence: what was made, and what is wanted now."""

from __future__ import annotations

from typing import Any

from ..backend.api import Failure, Painting
from ..operators.frames import wanted_numbers
from .overview import Overview, TakeNote

PAINTED = {
    "strength": "at strength {:g}",
    "steps": "in {} steps",
    "guidance": "with guidance {:g}",
    "seed": "with seed {}",
    "noise": "with noise {:g}",
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
        return f"It was read with a short side of {source.short_side} pixels."
    if source.crop.value != settings.crop:
        return "It was read with another crop."
    if (source.first, source.last) != (numbers.start, numbers.stop - 1):
        return f"{source.last - source.first + 1} frames were read; the strip shows {len(numbers)} now, or others."
    return f"{len(reference.numbers)} reference frames were chosen, and {settings.reference_count} are wanted."


def of_takes(found: Overview, wanted: TakeNote | None) -> str:
    """Compared with the take that is most like the wanted one."""
    if wanted is None:
        return "What it was rendered with is not there any more."
    takes = [take.work for take in found.takes]
    nearest = min(reversed(takes), key=lambda take: len(differences(take, wanted)))
    first = next(iter(differences(nearest, wanted)), "")
    return f"The last take was {first}." if first else ""


def differences(take: TakeNote, wanted: TakeNote) -> list[str]:
    """What is said of a take, wherever that is otherwise than wanted."""
    said = {
        "complete": "not finished",
        "shown": "of other frames",
        "way": f"rendered the way “{take.way}”",
        "model": f"painted by the model “{take.model}”",
        "prompt": f"of the prompt “{take.prompt}”",
        "fast": f"rendered in {take.fast} steps",
        "taught": "rendered before the last tuning",
    }
    found = [words for name, words in said.items() if getattr(take, name) != getattr(wanted, name)]
    return found + _painted(take.painting, wanted.painting)


def _painted(then: Painting | None, now: Painting | None) -> list[str]:
    if then == now or then is None or now is None:
        return []
    words = [text.format(getattr(then, name)) for name, text in PAINTED.items() if _other(then, now, name)]
    return [f"rendered {text}" for text in words] or ["rendered with other settings"]


def _other(then: Painting, now: Painting, name: str) -> bool:
    return getattr(then, name) != getattr(now, name)
