"""What a click on Restyle will cost, below its button: time, disk and memory, as earlier jobs here had it."""

from __future__ import annotations

import contextlib
import shutil
from typing import Any

from ..backend.api import Failure
from ..backend.space import in_words as size_in_words
from ..operators.foreseeing import Missing, foresee, pixels_of
from ..operators.frames import wanted_numbers
from ..preferences import preferences, studies_folder
from ..sequencer import places
from ..settings.order import order_of
from ..translations import say
from .drawing import DONE, in_words, sentences
from .frames import STEADY_PT_frames
from .overview import Overview
from .render import STEADY_PT_render
from .tune import STEADY_PT_tune

SPARE = 1.1  # of what is free; a disk that is full to its last byte is full


def draw(layout: Any, scene: Any, strip: Any, found: Overview | None) -> None:
    try:
        lacking = missing(strip, found)
    except Failure:  # there is nothing to read; the click says it
        return
    if lacking.nothing:
        sentences(layout, "Everything is up to date.", DONE)
        return
    canvas = scene.render.resolution_x, scene.render.resolution_y
    known = found.source.framing.size if found and found.source and not lacking.frames else None
    cost = foresee(order_of(strip.steady), lacking, pixels_of(strip.steady, canvas, known))
    if cost is None:
        sentences(layout, "How long it takes is known after the first run.", "TIME")
        return
    time, disk = in_words(cost.seconds), size_in_words(max(int(1e6), int(cost.disk)))
    words = say("About {time}, {size} on the disk", time=time, size=disk)
    words += say(", {size} of memory.", size=size_in_words(int(cost.memory))) if cost.memory else "."
    sentences(layout, words, "TIME")
    if (free := free_bytes()) is not None and cost.disk * SPARE > free:
        text = say("Only {size} are free where the study lies.", size=size_in_words(free))
        sentences(layout, text, "ERROR")


def missing(strip: Any, found: Overview | None) -> Missing:
    """What was changed in one stage is done again in those after it."""
    settings, total = strip.steady, len(wanted_numbers(strip))
    own = settings.way != "PLAIN" and not settings.tuning_from
    read = STEADY_PT_frames.standing(None, strip, found)[1] == DONE  # pyright: ignore[reportArgumentType]
    looks = own and not _has_look(settings.prompt.strip(), found)
    tuned = STEADY_PT_tune.standing(None, strip, found)[1] == DONE  # pyright: ignore[reportArgumentType]
    tune = own and not (read and tuned and not looks)
    rendered = STEADY_PT_render.standing(None, strip, found)[1] == DONE  # pyright: ignore[reportArgumentType]
    return Missing(
        frames=0 if read else total,
        looks=looks,
        iterations=_iterations(settings.iterations, found, read and not looks) if tune else 0,
        takes=0 if read and rendered and not tune else total,
    )


def _has_look(prompt: str, found: Overview | None) -> bool:
    if found is None:
        return False
    return bool(found.chosen) if not prompt else prompt in {look.prompt for look in found.looks}


def _iterations(wanted: int, found: Overview | None, same: bool) -> int:
    halfway = found.broken_off if found and same else None
    return max(1, wanted - halfway.step) if halfway else wanted


def free_bytes() -> int | None:
    root = places.usual_root() or studies_folder(preferences())
    while not root.exists() and root != root.parent:
        root = root.parent
    with contextlib.suppress(OSError):
        return shutil.disk_usage(root).free
    return None
