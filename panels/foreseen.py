"""What a click will cost, below its button: time, disk and memory, as earlier jobs on this computer had it."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable
from typing import Any

import bpy

from ..backend.api import Failure
from ..backend.estimates import Cost
from ..backend.lasting import in_words
from ..backend.space import in_words as size_in_words
from ..operators import example
from ..operators.foreseeing import EXAMPLE, EXPORTED, Missing, foresee, foresee_movie, pixels_of
from ..preferences import preferences, studies_folder
from ..sequencer import places, strips
from ..settings.order import order_of
from ..translations import say
from . import missing
from .drawing import DONE, jobs_of, sentences
from .overview import Overview

SPARE = 1.1  # of what is free; a disk that is full to its last byte is full
Missed = Callable[[Any, Overview | None], Missing]  # what a click of a stage has to do


def draw(layout: Any, scene: Any, strip: Any, found: Overview | None) -> None:
    """Below Restyle."""
    try:
        lacking = missing.of_all(strip, found)
    except Failure:  # there is nothing to read; the click says it
        return
    if lacking.nothing:
        sentences(layout, "Everything is up to date.", DONE)
        return
    told(layout, foresee(order_of(strip.steady), lacking, pixels(scene, strip, found, lacking)))


def below(layout: Any, strip: Any, found: Overview | None, missed: Missed) -> None:
    """Below the button of one stage: nothing where the click would do nothing, where a job is at work, or where nothing
    is known: Restyle says so for all of them."""
    if any(not job.finished for job in jobs_of(strip)):
        return
    scene = strips.sequencer_scene(bpy.context)
    with contextlib.suppress(Failure):
        lacking = missed(strip, found)
        if not lacking.nothing:
            quietly(layout, foresee(order_of(strip.steady), lacking, pixels(scene, strip, found, lacking)))


def told(layout: Any, cost: Cost | None) -> None:
    if cost is None:
        sentences(layout, "How long it takes is known after the first run.", "TIME")
        return
    words = say("About {time}", time=in_words(cost.seconds))
    if cost.disk:
        words += say(", {size} on the disk", size=size_in_words(max(int(1e6), int(cost.disk))))
    words += say(", {size} of memory.", size=size_in_words(int(cost.memory))) if cost.memory else "."
    sentences(layout, words, "TIME")
    if (free := free_bytes()) is not None and cost.disk * SPARE > free:
        text = say("Only {size} are free where the study lies.", size=size_in_words(free))
        sentences(layout, text, "ERROR")


def below_export(layout: Any, scene: Any, size: int) -> None:
    """`size` is that of a frame of the movie, in pixels."""
    quietly(layout, foresee_movie(EXPORTED, scene.frame_end - scene.frame_start + 1, size))


def below_example(layout: Any) -> None:
    quietly(layout, foresee_movie(EXAMPLE, example.FRAMES, example.WIDTH * example.HEIGHT))


def quietly(layout: Any, cost: Cost | None) -> None:
    """Grey: one reads it before a click, and otherwise not."""
    if cost is not None:
        column = layout.column()
        column.active = False
        told(column, cost)


def pixels(scene: Any, strip: Any, found: Overview | None, lacking: Missing) -> int:
    canvas = scene.render.resolution_x, scene.render.resolution_y
    known = found.source.framing.size if found and found.source and not lacking.frames else None
    return pixels_of(strip.steady, canvas, known)


def free_bytes() -> int | None:
    root = places.usual_root() or studies_folder(preferences())
    while not root.exists() and root != root.parent:
        root = root.parent
    with contextlib.suppress(OSError):
        return shutil.disk_usage(root).free
    return None
