"""`smooth`: a take without its flicker, as another take."""

from __future__ import annotations

import argparse
from typing import Any

from ..api import Prior, Smooth, Smoothed
from ..jobs import Job
from ..plain import to_json
from .fetch import engine_at_hand
from .words import Answer, Options, add_engine, add_options, engine, given, stage

PRIOR: Options = {
    "width": ("--width", "channels of the network's first level; every further one has twice as many"),
    "rate": ("--rate", "of learning"),
    "steps": (
        "--steps",
        "at most, for each shot: it stops by itself when its pictures flicker; 0 only evens the colours",
    ),
    "heads": ("--heads", "2 for a take that jumps between two styles"),
    "features": ("--features", "how much the features of the model's VAE count; 0 loads no model"),
    "seed": ("--seed", "of all that is random in learning"),
}


def add(commands: Any) -> None:
    smooth = stage(commands, "smooth", "take the flicker out of a take, as another take; goes on where it stopped")
    smooth.add_argument("--take", required=True, metavar="NAME", help="the take that is smoothed")
    smooth.add_argument("--name", default="", metavar="NAME", help="the new take's name (default: its and “smooth”)")
    add_prior(smooth)
    add_engine(smooth)
    smooth.set_defaults(run=_smooth)


def add_prior(parser: Any) -> None:
    add_options(parser, "how the network learns", Prior(), PRIOR)
    parser.add_argument("--keep-drift", action="store_true", help="leave the colours as they drift")
    parser.add_argument("--always", action="store_true", help="learn also where evening the colours was enough")


def prior(asked: argparse.Namespace) -> Prior:
    return Prior(**given(asked, Prior(), PRIOR), level=not asked.keep_drift, always=asked.always)


def answer(smoothed: Smoothed) -> Answer:
    count = smoothed.last - smoothed.first + 1
    how = "stopped by itself" if smoothed.stopped else "all steps" if smoothed.steps else "nothing to learn"
    text = f"{count} frames, {smoothed.steps} steps ({how}), {smoothed.seconds:.0f} s: {smoothed.folder}"
    return Answer(to_json(smoothed), "\n".join(filter(None, [text, smoothed.warning])))


def _smooth(asked: argparse.Namespace, job: Job) -> Answer:
    from ..shelf import Shelf
    from ..stages import smooth

    learned = prior(asked)
    looked_at_by = engine_at_hand(asked, job) if learned.features else engine(asked)
    request = Smooth(str(asked.study), asked.take, asked.name, looked_at_by, learned, preview_every=0)
    return answer(smooth.smooth(request, [], job, Shelf()))
