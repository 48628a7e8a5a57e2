"""`frames` and `lay-back`: the reference frames of a study, and its own frames as a take."""

from __future__ import annotations

import argparse
from typing import Any

from ..api import ChooseReference
from ..jobs import Job
from ..plain import to_json
from ..study import Study
from .words import Answer, stage


def add(commands: Any) -> None:
    frames = stage(commands, "frames", "choose the reference frames of a study again")
    frames.add_argument("--count", type=int, default=30, metavar="N", help="how many (default: %(default)s)")
    frames.add_argument("--first", type=int, metavar="N", help="only from this frame (default: all)")
    frames.add_argument("--last", type=int, metavar="N", help="only up to this frame (default: all)")
    frames.set_defaults(run=_frames)

    lay_back = stage(commands, "lay-back", "lay a strip's own frames in as a take")
    lay_back.add_argument("--take", default="lay-back", metavar="NAME", help="the take's name (default: %(default)s)")
    lay_back.set_defaults(run=_lay_back)


def _frames(asked: argparse.Namespace, job: Job) -> Answer:
    from ..stages import frames

    source = Study.open(asked.study).source
    first = source.first if asked.first is None else asked.first
    last = source.last if asked.last is None else asked.last
    reference = frames.choose(ChooseReference(str(asked.study), asked.count, first, last), [], job)
    lines = [
        f"Reference frames: {' '.join(map(str, reference.numbers))}",
        f"Shots begin at: {' '.join(map(str, reference.shots))}",
        f"Distance to the nearest reference frame: {reference.mean:.2f} on average, {reference.worst:.2f} at most "
        "(1 is a hard cut)",
        reference.warning,
    ]
    return Answer(to_json(reference), "\n".join(filter(None, lines)))


def _lay_back(asked: argparse.Namespace, job: Job) -> Answer:
    from ..stages import frames

    take = frames.lay_back(asked.study, asked.take, job)
    count = len(take.numbers())
    return Answer({"folder": str(take.folder), "frames": count}, f"{count} frames in {take.folder}")
