"""`python -m tests.benchmarks.quality` prints what tuning achieves, and writes bench-quality.json.

What was done is kept in a folder, so that a run goes on where it stopped and can be split by --clips or --styles."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

import torch

from backend.api import Engine
from backend.pocket.captions import Style

from . import table
from .options import add, variant_of
from .ours import Variant
from .runner import Runner
from .table import SPREAD, Entry
from .task import Setting, Task

SEEDS = range(700, 706)  # of nobody else: not of training, tests, or the ablation
STYLES = ("neon", "mosaic", "poster")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.quality", description=__doc__)
    parser.add_argument("--clips", type=int, nargs="+", default=list(SEEDS), help="seeds")
    parser.add_argument("--styles", nargs="+", default=STYLES)
    parser.add_argument("--settings", nargs="+", default=["A"], help="A: the look is the truth; B: a painted look")
    parser.add_argument("--json", type=Path, default=Path("build/bench-quality.json"))
    add(parser)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    variant, runner = variant_of(given), Runner(Engine(model=given.model), given.cache)
    entries = []
    for task in tasks(given):
        began = time.monotonic()
        beside = runner.rivals(task) | {SPREAD: runner.propagated(task)}
        entries.append(Entry(task, beside, runner.tuned(task, variant)))
        own, (name, best) = entries[-1].tuned.scores, entries[-1].best
        line = f"tuned {own.psnr:.2f} dB, plain {entries[-1].plain:.2f}, {name} {best:.2f}"
        print(f"{task.name}: {line} ({time.monotonic() - began:.0f} s)", file=sys.stderr, flush=True)
    return report(entries, variant, given.json)


def tasks(given: argparse.Namespace) -> list[Task]:
    return [
        Task(Setting(setting), seed, Style[style.upper()], given.every)
        for setting in given.settings
        for seed in given.clips
        for style in given.styles
    ]


def report(entries: list[Entry], variant: Variant, file: Path) -> int:
    """0 where every bar is met."""
    missed = 0
    for setting in Setting:
        if some := table.of_setting(entries, setting):
            clips = len({e.task.seed for e in some})
            print(f"\nSetting {setting.value}: {setting.name.lower()}, {clips} clips, medians over them")
            print("\n".join(table.rows(some)))
            known = setting is Setting.TRUTH
            bars = table.bars(some) if known else table.bars_of_looks(some)
            missed += sum(not bar.met for bar in bars)
            lost = [*table.losses(some), *([] if known else table.losses_of_looks(some))]
            print("\n".join(["", *map(str, bars), *lost]))
    plain = [{"task": e.task.name, "tuned": asdict(e.tuned), "rivals": _plain(e)} for e in entries]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"variant": repr(variant), "results": plain}, indent=1), "utf-8")
    return int(missed > 0)


def _plain(entry: Entry) -> dict[str, object]:
    return {name: asdict(scores) for name, scores in entry.rivals.items()}


if __name__ == "__main__":
    sys.exit(main())
