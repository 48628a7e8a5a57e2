"""`tune`: teach the model one clip and its looks."""

from __future__ import annotations

import argparse
from typing import Any

from ..api import Tune
from ..jobs import Job
from ..plain import to_json
from ..study import Study
from .fetch import engine_at_hand
from .words import (
    Answer,
    add_engine,
    add_painting,
    add_preset,
    add_recipe,
    add_small_decoder,
    painting,
    recipe,
    stage,
    tell_if_unshared,
)

USUAL = Tune("")


def add(commands: Any) -> None:
    tune = stage(commands, "tune", "teach the model this clip and its chosen looks; goes on where it stopped")
    add_preset(tune)
    tune.add_argument(
        "--fast", type=int, default=USUAL.fast, metavar="N", help="tune for a rendering in so few steps (default: all)"
    )
    add_small_decoder(tune, "also distil a small decoder on the clip, which takes can be painted with faster")
    add_recipe(tune)
    add_painting(tune)
    add_engine(tune)
    tune.set_defaults(run=_tune)


def _tune(asked: argparse.Namespace, job: Job) -> Answer:
    from ..shelf import Shelf
    from ..stages import tune

    tell_if_unshared(job)
    painted, small = painting(asked), asked.small_decoder
    request = Tune(str(asked.study), engine_at_hand(asked, job), recipe(asked), painted, asked.fast, 0, small)
    tuned = tune.tune(request, [], job, Shelf())
    folder = Study.open(asked.study).tuning_folder
    text = f"{tuned.steps} steps, loss {tuned.loss:.4f}, {tuned.seconds:.0f} s: {folder}"
    return Answer(to_json(tuned) | {"folder": str(folder)}, "\n".join(filter(None, [text, tuned.warning])))
