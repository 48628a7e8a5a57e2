"""`python -m tests.benchmarks.smooth` prints what smoothing takes out of takes whose truth is known; where it loses.

`--takes 700-neon 701-mosaic` does it with takes of a tuned model, which are made once, and kept."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from backend import levels, pictures
from backend.api import (
    BeginFrames,
    Box,
    Crop,
    Engine,
    Framing,
    Owner,
    Prior,
    Propagate,
    PutFrame,
    ReleaseFrames,
    Smooth,
    Source,
)
from backend.fidelity import Likeness
from backend.jobs import Job
from backend.pictures import Pixels
from backend.pocket.captions import Style
from backend.shelf import Shelf
from backend.stages import frames, propagate, smooth
from backend.study import Study
from backend.take import Take
from tests.benchmarks.quality.task import LOOK

from . import rivals, tuned
from .judged import KNOWING, Row, as_steady, losses, row, table
from .spoilt import CASES, Truth, truth, undone

USUAL = Prior()
SPOILT = "spoilt"
REACHES = (1, 2, 4, 8)  # frames on either side that a filter sees


def main() -> int:
    given = _arguments()
    torch.set_num_threads(given.threads)
    wide, high = (int(side) for side in given.size.split("x"))
    for case in given.cases if not given.takes else []:
        known = truth(given.clip, given.frames, (wide, high), Style[given.style.upper()])
        with tempfile.TemporaryDirectory() as folder:
            take = CASES[case](known)
            rows = compared(_study(Path(folder), known, take), SPOILT, known, given, undone(case, take))
        _print(f"{case}: {given.frames} frames of {given.size}, {given.style}, clip {given.clip}", rows)
    for name in given.takes:
        task = tuned.named(name, given.frames)
        study = tuned.painted(task, given.cache, given.device)
        rows = compared(study, tuned.TAKE, task.known, given, like=Likeness(task.source[LOOK], task.true_look))
        _print(f"{name}: {given.frames} frames of a tuned take", rows)
    return 0


def _print(title: str, rows: Sequence[Row]) -> None:
    print("\n".join(["", title, "", table(rows), "", *losses(rows)]), flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.smooth", description=__doc__)
    parser.add_argument("--cases", nargs="+", choices=list(CASES), default=list(CASES))
    parser.add_argument("--takes", nargs="+", default=[], metavar="CLIP-STYLE", help="tuned ones instead: 700-neon")
    parser.add_argument("--cache", type=Path, default=Path("build/smooth"), help="where their studies are kept")
    parser.add_argument("--frames", type=int, default=48)
    parser.add_argument("--size", default="112x64", metavar="WxH")
    parser.add_argument("--style", default="neon")
    parser.add_argument("--clip", type=int, default=900, help="its seed")
    parser.add_argument("--width", type=int, default=USUAL.width)
    parser.add_argument("--rate", type=float, default=USUAL.rate)
    parser.add_argument("--steps", type=int, default=USUAL.steps)
    parser.add_argument("--features", type=float, default=USUAL.features)
    parser.add_argument("--always", action="store_true", help="learn also where evening the colours was enough")
    parser.add_argument("--heads", nargs="*", type=int, default=[1, 2], help="none: only the filters")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def compared(
    study: Study,
    name: str,
    known: Truth,
    given: argparse.Namespace,
    knowing: Sequence[Pixels] = (),
    like: Likeness | None = None,
) -> list[Row]:
    take = _pictures(study.take(name), len(known.source))
    drift = levels.correction(len(take), lambda i: (known.source[i], take[i]), lambda: None)
    levelled = [drift.of(i, picture) for i, picture in enumerate(take)]
    rows = [row("the take itself", known, take, like), row("without its drift of colours", known, levelled, like)]
    rows += [row(KNOWING, known, knowing)] if knowing else []
    smoothed = [_smoothed(study, name, known, heads, given, like) for heads in given.heads]
    rows += [made for made, _ in smoothed]
    rows += [_propagated(study, known, given, like)] if like else []
    for reach in REACHES:
        wide = 2 * reach + 1
        rows.append(row(f"median of {wide} frames", known, rivals.median(take, reach), like))
        averaged = rivals.moving_average(known.source, take, reach)
        rows.append(row(f"moving average of {wide} along the flow", known, averaged, like))
    for made, painted in smoothed:
        between = [each for each in rows if "moving" in each.name and made.excess < each.excess < rows[0].excess]
        rows += [as_steady(each, known, take, painted, like) for each in between]
    return rows


def _smoothed(
    study: Study, name: str, known: Truth, heads: int, given: argparse.Namespace, like: Likeness | None
) -> tuple[Row, list[Pixels]]:
    usual = Prior(given.width, given.rate, given.steps, features=given.features, always=given.always)
    engine, made = Engine(device=given.device), replace(usual, heads=heads)
    request = Smooth(str(study.folder), name, f"smooth {heads}", engine, made, preview_every=0)
    found = smooth.smooth(request, [], _job(), Shelf())
    painted = _pictures(study.take(found.take), len(known.source))
    words = f"smoothed, {heads} head{'s' if heads > 1 else ''}"
    stop = "by itself" if found.stopped else "at the last step" if found.steps else "not needed"
    return row(words, known, painted, like, found.steps, stop), painted


def _propagated(study: Study, known: Truth, given: argparse.Namespace, like: Likeness | None) -> Row:
    engine = Engine(device=given.device)
    found = propagate.propagate(Propagate(str(study.folder), engine=engine, preview_every=0), [], _job(), Shelf())
    return row("propagated, without a model", known, _pictures(study.take(found.take), len(known.source)), like)


def _study(folder: Path, known: Truth, take: Sequence[Pixels]) -> Study:
    height, width = take[0].shape[:2]
    framing = Framing((width, height), Box(0, 0, width, height), (width, height))
    source = Source(24.0, 1, len(take), "benchmark", (), framing, height, Crop.BOX)
    owner = Owner("", "", "benchmark")
    frames.begin(BeginFrames(str(folder), "0a1b2c3d", "", owner, source), [], _job())
    for number, frame in enumerate(known.source, start=1):
        frames.put(PutFrame(str(folder), number, width, height, False), [frame.tobytes()], _job())
    frames.release(ReleaseFrames(str(folder)), [], _job())
    study = Study.open(folder)
    made = study.take(SPOILT)
    for number, frame in enumerate(take, start=1):
        pictures.write(made.picture_path(number), frame, SPOILT)
    made.set_note({"method": "render", "complete": True})
    return study


def _pictures(take: Take, count: int) -> list[Pixels]:
    return [pictures.read(take.picture_path(number)) for number in range(1, count + 1)]


def _job() -> Job:
    return Job(0, lambda event, blobs: None)


if __name__ == "__main__":
    sys.exit(main())
