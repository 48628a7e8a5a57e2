"""`python -m tests.benchmarks.quality.fewer` prints what fewer steps and the small decoder cost in quality.

The same clip and look, tuned for all steps, for 8 and for 4, each rendered with the VAE's decoder and with the small
one that was distilled with it. The studies are kept, so that a run goes on where it stopped."""

from __future__ import annotations

import argparse
import dataclasses
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from backend import pictures, small_decoder, tuning
from backend.api import ChooseReference, Engine, Render, Tune, Way
from backend.pocket.captions import Style
from backend.presets import PRESETS, Preset
from backend.shelf import Shelf
from backend.stages import frames, render, tune
from backend.study import Study
from tests.backend.studies import quiet_job

from .ours import Workshop
from .scores import Scores, judge
from .task import Setting, Task

HEAD = "| clip | style | steps | decoder | PSNR, dB | lost, dB | excess | it says, dB | tuning and distilling, CPU s |"
SETTINGS = PRESETS[Preset.POCKET]


@dataclass(frozen=True)
class Row:
    task: Task
    steps: int
    small: bool
    scores: Scores
    said: float | None  # by the small decoder itself
    seconds: float

    def beside(self, vae: Scores) -> str:
        lost = f"{vae.psnr - self.scores.psnr:.2f}" if self.small else ""
        said = "" if self.said is None else f"{self.said:.2f}"
        name, decoder = self.task.style.name.lower(), "small" if self.small else "VAE"
        figures = f"{self.scores.psnr:.2f} | {lost} | {self.scores.excess:.2f} | {said} | {self.seconds:.0f}"
        return f"| {self.task.seed} | {name} | {self.steps or 'all'} | {decoder} | {figures} |"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.quality.fewer", description=__doc__)
    parser.add_argument("--clips", type=int, nargs="+", default=[820, 821], help="seeds")
    parser.add_argument("--styles", nargs="+", default=["oil", "neon"])
    parser.add_argument("--steps", type=int, nargs="+", default=[0, 8, 4], help="0 is all that the sampler walks")
    parser.add_argument("--iterations", type=int, default=SETTINGS.recipe.iterations)
    parser.add_argument("--every", type=int, choices=(4, 8, 16), default=8)
    parser.add_argument("--folder", type=Path, default=Path("build/fewer"))
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    print(f"{HEAD}\n|{'---|' * (HEAD.count('|') - 1)}", flush=True)
    for seed in given.clips:
        for style in given.styles:
            task = Task(Setting.TRUTH, seed, Style[style.upper()], given.every)
            for steps in given.steps:
                vae, small = rows(task, steps, given.iterations, given.folder.absolute() / f"{seed}-{style}-{steps}")
                print(f"{vae.beside(vae.scores)}\n{small.beside(vae.scores)}", flush=True)
    return 0


def rows(task: Task, steps: int, iterations: int, folder: Path) -> Iterator[Row]:
    shelf = Shelf()
    workshop = Workshop(folder, task, Engine(), shelf)
    look = workshop.look()
    frames.choose(ChooseReference(str(workshop.whole), 30, 1, len(task.source)), [], quiet_job())
    recipe = dataclasses.replace(SETTINGS.recipe, iterations=iterations)
    for small in (False, True):
        begun = time.process_time()
        wanted = Tune(str(workshop.whole), Engine(), recipe, SETTINGS.painting, steps, 0, small)
        tune.tune(wanted, [], quiet_job(), shelf)
        seconds = time.process_time() - begun
        place = Study.open(workshop.whole).tuning_folder
        note = small_decoder.needed(place, tuning.needed(place).mark) if small else None
        yield Row(
            task, steps, small, judge(task, _painted(workshop, steps, small, shelf), look), note and note.lost, seconds
        )


def _painted(workshop: Workshop, steps: int, small: bool, shelf: Shelf) -> list[pictures.Pixels]:
    wanted = Render(
        folder=str(workshop.judged),
        take="",
        way=Way.FAST if steps else Way.TUNED,
        prompt=workshop.task.prompt,
        painting=SETTINGS.painting,
        fast=steps or Render.fast,
        tuning=str(workshop.whole),
        small_decoder=small,
    )
    take = Path(render.render(wanted, [], quiet_job(), shelf).folder)
    return [pictures.read(take / f"{i:06}.png") for i in range(1, len(workshop.task.frames) + 1)]


if __name__ == "__main__":
    sys.exit(main())
