"""`restyle`: all stages on a study, in one call."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..api import MakeLooks
from ..jobs import Job
from ..model_names import POCKET
from ..plain import to_json
from ..presets import Preset
from .fetch import engine_at_hand
from .words import (
    LOOKS_ASIDE,
    Answer,
    add_engine,
    add_options,
    add_painting,
    add_preset,
    add_recipe,
    add_small_decoder,
    engine,
    given,
    painting,
    recipe,
    stage,
)

USUAL_LOOKS = MakeLooks("", 1, (), 4)


def add(commands: Any) -> None:
    restyle = stage(
        commands, "restyle", "looks, tuning and rendering in one call; what is up to date is not done again"
    )
    restyle.add_argument(
        "--reference", type=int, metavar="N", help="choose so many reference frames (default: as they are, or 30)"
    )
    restyle.add_argument(
        "--tuning", type=Path, metavar="STUDY", help="use the tuning of another study, and tune nothing"
    )
    add_wishes(restyle)
    restyle.set_defaults(run=_restyle)


def add_wishes(parser: argparse.ArgumentParser) -> None:
    """Those that restyling a strip in Blender has too."""
    parser.add_argument(
        "--prompt", action="append", required=True, metavar="TEXT", help="what to paint; the first is rendered by"
    )
    parser.add_argument("--take", default="", metavar="NAME", help="the take's name (default: from how it is painted)")
    parser.add_argument(
        "--fast", type=int, default=0, metavar="N", help="render in so few steps, tuned for exactly them"
    )
    add_small_decoder(parser, "decode with a small decoder, distilled on the clip while tuning")
    add_preset(parser)
    looks = parser.add_argument_group("the look")
    looks.add_argument(
        "--frame",
        type=int,
        metavar="N",
        help="the frame that gets it (default: the one that stands for most of the strip)",
    )
    looks.add_argument("--look", type=Path, metavar="FILE", help="an image painted elsewhere, instead of making looks")
    looks.add_argument(
        "--candidates",
        type=int,
        default=USUAL_LOOKS.count,
        metavar="N",
        help="of which the best composition is chosen, for each prompt (default: %(default)s)",
    )
    add_options(parser, "how looks are painted", USUAL_LOOKS.painting, LOOKS_ASIDE)
    add_recipe(parser)
    add_painting(parser)
    add_engine(parser)


def _restyle(asked: argparse.Namespace, job: Job) -> Answer:
    from ..shelf import Shelf
    from ..stages import restyle

    job.log(_what_paints(asked))
    wishes = given(asked, USUAL_LOOKS.painting, LOOKS_ASIDE)
    request = restyle.Restyle(
        folder=str(asked.study),
        prompts=tuple(asked.prompt),
        frame=asked.frame,
        look=str(asked.look.resolve()) if asked.look else "",
        candidates=asked.candidates,
        reference=asked.reference,
        looks=replace(USUAL_LOOKS.painting, **wishes) if wishes else None,
        recipe=recipe(asked),
        painting=painting(asked),
        fast=asked.fast,
        small_decoder=asked.small_decoder,
        engine=engine_at_hand(asked, job),
        take=asked.take,
        tuning=str(asked.tuning.resolve()) if asked.tuning else "",
    )
    done = restyle.restyle(request, job, Shelf())
    lines = [
        f"{done.take}: {done.folder}",
        f"done: {', '.join(done.done) or 'nothing'}; up to date: {', '.join(done.skipped) or 'nothing'}",
        *done.warnings,
    ]
    return Answer(to_json(done), "\n".join(lines))


def _what_paints(asked: argparse.Namespace) -> str:
    """Said first: a strip's settings are not in its study, and what is not said may not be what it has in Blender."""
    model = engine(asked).model
    usual = "" if asked.model else ", since --model names no other"
    better = "; --preset pocket suits it better" if model == POCKET and asked.preset != Preset.POCKET.value else ""
    return f"Painted by “{model}”{usual}, with the preset “{asked.preset}”{better}."
