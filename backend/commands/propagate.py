"""`propagate`: a few looks spread over the whole strip, with no model tuned."""

from __future__ import annotations

import argparse
from typing import Any

from ..api import Propagate
from ..jobs import Job
from ..plain import to_json
from .words import Answer, Options, add_options, chosen, stage

USUAL = Propagate("")

LEARNED: Options = {
    "steps": ("--steps", "of learning, for each shot"),
    "width": ("--width", "channels of the network"),
    "rate": ("--rate", "of learning"),
    "seed": ("--seed", "of all that is random"),
}
DEVICE: Options = {"device": ("--device", "as torch names it, such as cuda:1, instead of the best there is")}


def add(commands: Any) -> None:
    propagate = stage(commands, "propagate", "spread one to five looks a shot over the whole strip; tunes no model")
    propagate.add_argument(
        "--look",
        action="append",
        default=[],
        metavar="NAME",
        help="such as 003-2; may be repeated (default: those chosen)",
    )
    propagate.add_argument("--take", default="", metavar="NAME", help="the take's name (default: propagated)")
    add_options(propagate, "how the looks are learned", USUAL.prior, LEARNED)
    add_options(propagate, "on what", USUAL.engine, DEVICE)
    propagate.set_defaults(run=_propagate)


def _propagate(asked: argparse.Namespace, job: Job) -> Answer:
    from ..shelf import Shelf
    from ..stages import propagate

    request = Propagate(
        folder=str(asked.study),
        looks=tuple(asked.look),
        take=asked.take,
        engine=chosen(asked, USUAL.engine, DEVICE),
        prior=chosen(asked, USUAL.prior, LEARNED),
        preview_every=0,
    )
    made = propagate.propagate(request, [], job, Shelf())
    text = f"{made.last - made.first + 1} frames in {made.seconds:.0f} s: {made.folder}"
    return Answer(to_json(made), "\n".join(filter(None, [text, made.warning])))
