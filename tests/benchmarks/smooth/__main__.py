"""`python -m tests.benchmarks.smooth` prints what smoothing takes out of takes whose truth is known; where it loses."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from backend import levels, measures, pictures
from backend.api import BeginFrames, Box, Crop, Engine, Framing, Owner, Prior, PutFrame, ReleaseFrames, Smooth, Source
from backend.jobs import Job
from backend.pictures import Pixels
from backend.pocket.captions import Style
from backend.shelf import Shelf
from backend.stages import frames, smooth
from backend.study import Study
from backend.take import Take

from . import rivals
from .spoilt import CASES, Truth, truth, undone

USUAL = Prior()
KNOWING = "undone by one who knows what was done"
REACHES = (1, 2, 4, 8)  # frames on either side that a filter sees


@dataclass(frozen=True)
class Row:
    name: str
    excess: float
    psnr: float
    steps: int = 0
    stop: str = ""

    def __str__(self) -> str:
        return f"| {self.name} | {self.excess:.2f} | {self.psnr:.2f} | {self.steps or ''} | {self.stop} |"


def main() -> int:
    given = _arguments()
    torch.set_num_threads(given.threads)
    wide, high = (int(side) for side in given.size.split("x"))
    known = truth(given.clip, given.frames, (wide, high), Style[given.style.upper()])
    prior = replace(USUAL, width=given.width, rate=given.rate, steps=given.steps, features=given.features)
    for case in given.cases:
        rows = measured(known, case, prior, given)
        print(f"\n{case}: {given.frames} frames of {given.size}, {given.style}, clip {given.clip}\n")
        print("| | excess | PSNR, dB | steps | stopped |\n|---|---|---|---|---|")
        print("\n".join(map(str, rows)))
        print("\n".join(["", *losses(rows)]), flush=True)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.smooth", description=__doc__)
    parser.add_argument("--cases", nargs="+", choices=list(CASES), default=list(CASES))
    parser.add_argument("--frames", type=int, default=48)
    parser.add_argument("--size", default="112x64", metavar="WxH")
    parser.add_argument("--style", default="neon")
    parser.add_argument("--clip", type=int, default=900, help="its seed")
    parser.add_argument("--width", type=int, default=USUAL.width)
    parser.add_argument("--rate", type=float, default=USUAL.rate)
    parser.add_argument("--steps", type=int, default=USUAL.steps)
    parser.add_argument("--features", type=float, default=USUAL.features)
    parser.add_argument("--heads", nargs="*", type=int, default=[1, 2], help="none: only the filters")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def measured(known: Truth, case: str, prior: Prior, given: argparse.Namespace) -> list[Row]:
    take = CASES[case](known)
    drift = levels.correction(len(take), lambda i: (known.source[i], take[i]), lambda: None)
    levelled = [drift.of(i, picture) for i, picture in enumerate(take)]
    rows = [_row("the take itself", known, take), _row("without its drift of colours", known, levelled)]
    rows += [_row(KNOWING, known, made) for made in [undone(case, take)] if made]
    with tempfile.TemporaryDirectory() as folder:
        study = _study(Path(folder), known, take)
        for heads in given.heads:
            engine, made = Engine(device=given.device), replace(prior, heads=heads)
            request = Smooth(str(study.folder), "spoilt", f"{heads}", engine, made, preview_every=0)
            found = smooth.smooth(request, [], _job(), Shelf())
            painted = _pictures(study.take(found.take), len(take))
            words = f"smoothed, {heads} head{'s' if heads > 1 else ''}"
            rows.append(_row(words, known, painted, found.steps, "by itself" if found.stopped else "at the last step"))
    for reach in REACHES:
        wide = 2 * reach + 1
        rows.append(_row(f"median of {wide} frames", known, rivals.median(take, reach)))
        averaged = rivals.moving_average(known.source, take, reach)
        rows.append(_row(f"moving average of {wide} along the flow", known, averaged))
    return rows


def losses(rows: Sequence[Row]) -> list[str]:
    """What it comes to, and where the nearer of ours to the truth is no better than the take, or than a filter that has
    as little excess."""
    take, others = rows[0], [row for row in rows[1:] if not row.steps and row.name != KNOWING]
    made = [row for row in rows if row.steps]
    if not made:
        return []
    ours = max(made, key=lambda row: row.psnr)
    said = [f"Excess falls by {1 - row.excess / take.excess:.0%} with {row.name}." for row in made]
    said += [f"{ours.psnr - take.psnr:+.2f} dB to the truth with {ours.name}."]
    steady = [row for row in others if row.excess <= ours.excess]
    said += [f"Loses {row.psnr - ours.psnr:.2f} dB to {row.name}." for row in steady if row.psnr >= ours.psnr]
    best = min(others, key=lambda row: row.excess)
    said += [f"The steadiest filter, the {best.name}, has {best.excess - ours.excess:+.2f} excess beside it."]
    return said


def _row(name: str, known: Truth, made: Sequence[Pixels], steps: int = 0, stop: str = "") -> Row:
    pairs = [
        measures.excess((made[i], made[i - 1]), (known.truth[i], known.truth[i - 1]), *known.ways[i - 1])
        for i in range(1, len(made))
    ]
    psnr = measures.psnr(np.stack(made), np.stack(known.truth))
    return Row(name, float(np.sqrt(np.mean(np.square(pairs)))), psnr, steps, stop)


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
    made = study.take("spoilt")
    for number, frame in enumerate(take, start=1):
        pictures.write(made.picture_path(number), frame, "spoilt")
    made.set_note({"method": "render", "complete": True})
    return study


def _pictures(take: Take, count: int) -> list[Pixels]:
    return [pictures.read(take.picture_path(number)) for number in range(1, count + 1)]


def _job() -> Job:
    return Job(0, lambda event, blobs: None)


if __name__ == "__main__":
    sys.exit(main())
