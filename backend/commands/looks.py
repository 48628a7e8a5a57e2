"""`looks`, `bring-look` and `choose-looks`: stylised versions of one frame, and which of them count."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..api import BringLook, ChooseLooks, Engine, ErrorCode, Failure, Look, Looks, MakeLooks
from ..jobs import Job
from ..picking import frame_for_look
from ..plain import to_json
from ..study import Study
from .fetch import engine_at_hand
from .words import ENGINE, LOOKS, Answer, add_engine, add_options, chosen, on_disk, stage

WHICH = {name: ENGINE[name] for name in ("model", "models")}
USUAL = MakeLooks("", 1, (), 4)


def add(commands: Any) -> None:
    looks = stage(commands, "looks", "paint candidates for the look of one frame")
    looks.add_argument(
        "--prompt", action="append", required=True, metavar="TEXT", help="what to paint; may be repeated"
    )
    looks.add_argument(
        "--frame", type=int, metavar="N", help="which (default: the reference frame that stands for most)"
    )
    looks.add_argument(
        "--count", type=int, default=USUAL.count, metavar="N", help="candidates for each prompt (default: %(default)s)"
    )
    add_options(looks, "how looks are painted", USUAL.painting, LOOKS)
    add_engine(looks)
    looks.set_defaults(run=_make)

    bring = stage(commands, "bring-look", "take over an image that was painted elsewhere as a look")
    bring.add_argument("file", type=Path, metavar="FILE", help="the image; it has the frame's proportions")
    bring.add_argument("--frame", type=int, required=True, metavar="N", help="the frame that it is a version of")
    bring.add_argument("--prompt", required=True, metavar="TEXT", help="what the model shall know it by")
    add_options(
        bring, "what is to be tuned: a prompt that is too long for it is refused", Engine(), WHICH, say_usual=False
    )
    bring.set_defaults(run=_bring)

    choose = stage(commands, "choose-looks", "choose exactly these looks for tuning")
    choose.add_argument("names", nargs="+", metavar="NAME", help="such as 003-2: frame 3, its second candidate")
    choose.set_defaults(run=_choose)


def _make(asked: argparse.Namespace, job: Job) -> Answer:
    from ..shelf import Shelf
    from ..stages import looks

    frame = usual_frame(asked.study) if asked.frame is None else asked.frame
    painting = chosen(asked, USUAL.painting, LOOKS)
    request = MakeLooks(str(asked.study), frame, tuple(asked.prompt), asked.count, engine_at_hand(asked, job), painting)
    return _answer(asked.study, looks.make(request, [], job, Shelf()))


def _bring(asked: argparse.Namespace, job: Job) -> Answer:
    from ..stages import looks

    known = on_disk(chosen(asked, Engine(), WHICH)) if asked.model is not None else None
    request = BringLook(str(asked.study), asked.frame, asked.prompt, str(asked.file.resolve()), known)
    return _answer(asked.study, looks.bring(request, [], job))


def _choose(asked: argparse.Namespace, job: Job) -> Answer:
    from ..stages import looks

    return _answer(asked.study, looks.choose(ChooseLooks(str(asked.study), tuple(asked.names)), [], job))


def usual_frame(folder: Path) -> int:
    kept = Study.open(folder)
    reference = kept.reference()
    if reference is None:
        message = "The study has no reference frames yet, so none of them can stand for the strip."
        raise Failure(ErrorCode.BAD_INPUT, message, "Name a frame with --frame, or run “frames” first.")
    return frame_for_look(reference, kept.source.first, kept.source.last)


def _answer(folder: Path, found: Looks) -> Answer:
    gallery = Study.open(folder).gallery
    pictures = {look.name: str(gallery.picture_path(look.name)) for look in found.looks}
    lines = [_line(look, pictures[look.name]) for look in found.looks]
    return Answer(to_json(found) | {"pictures": pictures}, "\n".join(filter(None, [*lines, found.warning])))


def _line(look: Look, picture: str) -> str:
    said = f"{look.name}  composition {look.composition:.2f}"
    return f"{said}{'  chosen' * look.chosen}{'  the subject has moved' * look.moved}  {picture}"
