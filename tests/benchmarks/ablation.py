"""Each ingredient of tuning left out in turn, on other clips than those of the quality benchmark; a table row each.

`python tests/benchmarks/ablation.py [ROW ...]` prints rows for docs/method.md; `--list` says which there are. Results
are kept, so that rows can be made one by one. `--preset` and `--set` change what all rows start from."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, median, stdev

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from backend.api import Engine
from backend.pocket.captions import Style
from tests.benchmarks.quality import options
from tests.benchmarks.quality.runner import Runner
from tests.benchmarks.quality.scores import Scores
from tests.benchmarks.quality.table import CEILING
from tests.benchmarks.quality.task import Setting, Task

SEEDS = range(800, 806)
STYLES = ("toon", "oil", "blueprint")
ROWS: dict[str, tuple[str, ...]] = {
    "default": (),
    "ordinary": ("pairing=ordinary",),
    "literal": ("pairing=literal",),
    "at-start-0": ("at_start=0",),
    "at-start-0.3": ("at_start=0.3",),
    "at-start-1": ("at_start=1",),
    "astray-0.3": ("astray=0.3",),
    "angle-0": ("angle=0",),
    "angle-30": ("angle=30",),
    "angle-60": ("angle=60",),
    "angle-90": ("angle=90",),
    "guidance-1.5": ("guidance=1.5",),
    "guidance-3": ("guidance=3",),
    "looks-0.25": ("looks=0.25",),
    "looks-0.5": ("looks=0.5",),
    "looks-1": ("looks=1",),
    "two-prompts": ("prompts=2",),
    "keys-4": ("keys=4",),
    "keys-30": ("keys=30", "spread=0"),
    "crops-1": ("crops=1",),
    "crops-256": ("crops=256",),
    "spread-0": ("spread=0",),
    "spread-8": ("spread=8",),
    "spread-96": ("spread=96",),
    "rank-4": ("method=lora", "rank=4"),
    "rank-16": ("method=lora", "rank=16"),
    "rank-64": ("method=lora", "rank=64"),
    "lora-3e-4": ("method=lora", "rate=3e-4"),
    "lora-1e-3": ("method=lora", "rate=1e-3"),
    "whole-1e-5": ("method=whole", "rate=1e-5"),
    "whole-1e-4": ("method=whole", "rate=1e-4"),
    "whole-3e-4": ("method=whole", "rate=3e-4"),
    "references-10": ("references=10",),
    "references-all": ("references=96",),
    "iterations-100": ("iterations=100",),
    "iterations-400": ("iterations=400",),
    "iterations-1000": ("iterations=1000",),
    "iterations-2000": ("iterations=2000",),
    "strength-0.6": ("strength=0.6",),
    "noise-0.3": ("noise=0.3",),
    "noise-1": ("noise=1",),
    "attend-1": ("attend=1",),
}
HEAD = "| | PSNR, dB | spread | worst | over the best rival | far | excess | car | look | loss | CPU s |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help="all but --list says otherwise")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--clips", type=int, nargs="+", default=list(SEEDS), help="seeds")
    parser.add_argument("--styles", nargs="+", default=STYLES)
    options.add(parser)
    given = parser.parse_args()
    if given.list:
        print("\n".join(f"{name:18} {' '.join(words)}" for name, words in ROWS.items()))
        return
    if unknown := sorted(set(given.rows) - set(ROWS)):
        raise SystemExit(f"There is no row “{unknown[0]}”: --list says which there are.")
    torch.set_num_threads(given.threads)
    runner = Runner(Engine(model=given.model), given.cache)
    tasks = [Task(Setting.TRUTH, seed, Style[s.upper()], given.every) for seed in given.clips for s in given.styles]
    print(f"{HEAD}\n|{'---|' * (HEAD.count('|') - 1)}", flush=True)
    rivals = [runner.rivals(task) for task in tasks]
    best = [max(s.psnr for name, s in found.items() if name != CEILING) for found in rivals]
    for name in rivals[0]:
        print(row(f"*{name}*", [found[name] for found in rivals], best, "", ""), flush=True)
    base = options.variant_of(given)
    for name in given.rows or ROWS:
        variant = options.changed(base, ROWS[name])
        made = [runner.tuned(task, variant) for task in tasks]
        loss, seconds = mean(m.loss for m in made), mean(m.tuning_s for m in made)
        print(row(name, [m.scores for m in made], best, f"{loss:.4f}", f"{seconds:.0f}"), flush=True)


def row(name: str, scores: Sequence[Scores], best: Sequence[float], loss: str, seconds: str) -> str:
    """Means over clips and styles, and how much they scatter."""
    psnr = [s.psnr for s in scores]
    over = [p - b for p, b in zip(psnr, best, strict=True)]
    spread = stdev(psnr) if len(psnr) > 1 else 0.0
    figures = f"{mean(psnr):.2f} | {spread:.2f} | {min(psnr):.2f} | {mean(over):+.2f} ({min(over):+.2f})"
    rest = f"{mean(s.far for s in scores):.2f} | {mean(s.excess for s in scores):.2f}"
    kept = f"{median(s.car for s in scores):.2f} | {mean(s.fidelity for s in scores):.3f}"
    return f"| {name} | {figures} | {rest} | {kept} | {loss} | {seconds} |"


if __name__ == "__main__":
    main()
