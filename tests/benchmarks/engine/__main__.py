"""`python -m tests.benchmarks.engine [--size pocket sd15] [--only …]` prints the table and writes bench.json."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch

from backend.api import Method, Painting, Recipe

from . import arithmetic, cases, memory, quality_kept, rendering, starting, to_quality, tuning, whole
from .figures import Figure, table, write

PARTS = ("starting", "rendering", "quick", "tuning", "quality", "memory", "whole", "limits")


@dataclass
class Found:
    """Of all parts: each is written as soon as it is measured, and one that fails ends none of those after it."""

    file: Path
    figures: list[Figure] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def add(self, part: str, work: Callable[[], list[Figure]]) -> None:
        try:
            self.figures += work()
        except Exception:
            traceback.print_exc()
            self.failed.append(part)
        write(self.file, self.figures)

    def end(self) -> int:
        print(table(self.figures))
        if self.failed:
            print(f"Failed: {', '.join(self.failed)}")
        return 1 if self.failed or any(made.met is False for made in self.figures) else 0


def main() -> int:
    asked = _parser().parse_args()
    torch.set_num_threads(asked.threads)
    painting = Painting(strength=0.45, steps=asked.steps, guidance=asked.guidance, seed=rendering.SEED)
    taught = replace(painting, guidance=1.0)
    job = Recipe(iterations=asked.job_steps, crops=asked.job_crops, spread=asked.spread)
    recipes = [  # crops are encoded before the first step
        Recipe(method=method, iterations=asked.tuning_steps, crops=1, spread=asked.spread) for method in asked.methods
    ]
    found = Found(asked.json)
    if "starting" in asked.only:
        found.add("starting", lambda: starting.hello(asked.rounds))
    if "memory" in asked.only and asked.size[0] == "pocket":
        found.add("memory", memory.of_the_computer)
    for size in asked.size:
        with cases.case(size, asked.frames, asked.cache, asked.side) as case:
            work: dict[str, Callable[[], list[Figure]]] = {
                "starting": lambda case=case: starting.second_render(case, painting),
                "rendering": lambda case=case: rendering.measured(case, painting, asked.batch, asked.rounds),
                "quick": lambda case=case: quality_kept.measured(case, painting, asked.rounds),
                "tuning": lambda case=case: [
                    made for recipe in recipes for made in tuning.measured(case, taught, recipe, asked.rounds)
                ],
                "memory": lambda case=case: memory.on_the_card(case, painting),
                "whole": lambda case=case: whole.measured(case, taught, asked.job_frames, job),
                "limits": lambda case=case: arithmetic.measured(case, painting, asked.rounds),
            }
            for part in (part for part in asked.only if part in work):
                found.add(f"{part} of {case.name}", work[part])
    if "quality" in asked.only and "pocket" in asked.size:  # there alone the truth is known
        found.add("quality", to_quality.measured)
    return found.end()


def _parser() -> argparse.ArgumentParser:
    card = torch.cuda.is_available()
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.engine", description=__doc__)
    parser.add_argument("--size", nargs="+", choices=list(cases.SIZES), default=["pocket"])
    parser.add_argument("--side", type=int, default=0, help="of the frames, where it is not the size's own")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--frames", type=int, default=16)
    parser.add_argument("--batch", type=int, default=8, help="of stock diffusers")
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--guidance", type=float, default=7.5)
    parser.add_argument("--methods", nargs="+", type=Method, default=list(Method), help="of tuning: lora, whole")
    parser.add_argument("--tuning-steps", type=int, default=20)
    parser.add_argument("--job-frames", type=int, default=300 if card else 48)
    parser.add_argument("--job-steps", type=int, default=1000 if card else 100)
    parser.add_argument("--job-crops", type=int, default=Recipe().crops)
    parser.add_argument("--spread", type=int, default=Recipe().spread, help="of looks, before tuning")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=int(os.environ.get("OMP_NUM_THREADS", "2")))
    parser.add_argument("--cache", type=Path, default=Path("build/bench"))
    parser.add_argument("--json", type=Path, default=Path("build/bench/bench.json"))
    return parser


if __name__ == "__main__":
    sys.exit(main())
