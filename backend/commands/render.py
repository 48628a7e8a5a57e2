"""`render`: every frame painted from one noise, as a take."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..api import Render, Way
from ..jobs import Job
from ..plain import to_json
from ..presets import untaught
from .fetch import engine_at_hand
from .words import (
    Answer,
    add_engine,
    add_painting,
    add_preset,
    add_small_decoder,
    painting,
    stage,
    tell_if_unshared,
    way_of,
)

USUAL = Render("", "", Way.TUNED, "")


def add(commands: Any) -> None:
    render = stage(commands, "render", "paint every frame of a strip; goes on at the first frame that is missing")
    render.add_argument(
        "--way",
        choices=[way.value for way in Way],
        help="by the tuned model, in a few steps of it, or plainly by the model as it came, with the guidance of looks "
        f"where none above 1 is asked for (default: {USUAL.way.value})",
    )
    render.add_argument("--prompt", default="", metavar="TEXT", help="what to paint (default: the first chosen look's)")
    render.add_argument("--take", default="", metavar="NAME", help="the take's name (default: from how it is painted)")
    render.add_argument(
        "--fast", type=int, metavar="N", help=f"in so few steps: alone it is --way fast (default: {USUAL.fast})"
    )
    render.add_argument("--tuning", type=Path, metavar="STUDY", help="use the tuning of another study")
    render.add_argument(
        "--batch", type=int, default=USUAL.batch, metavar="N", help="frames at once (default: what the device holds)"
    )
    add_small_decoder(render, "decode with the small decoder of the tuning, which is faster than the model's own")
    add_preset(render)
    add_painting(render)
    add_engine(render)
    render.set_defaults(run=_render)


def _render(asked: argparse.Namespace, job: Job) -> Answer:
    from ..shelf import Shelf
    from ..stages import render

    tell_if_unshared(job)
    way, painted = way_of(asked) or USUAL.way, painting(asked)
    request = Render(
        folder=str(asked.study),
        take=asked.take,
        way=way,
        prompt=asked.prompt,
        engine=engine_at_hand(asked, job),
        painting=untaught(painted) if way is Way.PLAIN else painted,
        fast=USUAL.fast if asked.fast is None else asked.fast,
        tuning=str(asked.tuning.resolve()) if asked.tuning else "",
        batch=asked.batch,
        small_decoder=asked.small_decoder,
    )
    rendered = render.render(request, [], job, Shelf())
    count = rendered.last - rendered.first + 1
    text = f"{count} frames, {rendered.rendered} of them rendered now: {rendered.folder}"
    return Answer(to_json(rendered), "\n".join(filter(None, [text, rendered.warning])))
