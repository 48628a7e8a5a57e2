"""A few looks spread over a clip of the pocket world, next to simpler painters that know the same looks, and the truth.

`python -m tests.benchmarks.propagate [--frames 24] [--size 64 40] [--clips 940 941] [--keys 1 3] [--styles neon oil
poster]` prints rows for docs/method.md: dB to the truth of all frames but the keys, excess, and where it loses.

`--tuned` also tunes pocket on the same looks, as the preset for it does, and renders the clip."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from backend import flow, measures
from backend.api import Engine, Propagate
from backend.pictures import Pixels
from backend.pocket import judges
from backend.pocket.captions import Style
from backend.pocket.world import Clip
from backend.presets import PRESETS, Preset
from backend.propagating import Propagation
from backend.shelf import Shelf
from tests.benchmarks.flow_error import hidden
from tests.benchmarks.quality.options import changed
from tests.benchmarks.quality.ours import Bench, Variant

OURS, TUNED = "**propagated**", "tuned"
USUAL = Propagate("").prior


@dataclass(frozen=True)
class Task:
    clip: Clip
    style: Style
    keys: tuple[int, ...]
    source: tuple[Pixels, ...]
    truth: tuple[Pixels, ...]

    @classmethod
    def of(cls, clip: Clip, style: Style, count: int) -> Task:
        """Keys in the middles of as many equal parts."""
        keys = tuple(int((i + 0.5) * clip.frames / count) for i in range(count))
        source = tuple(clip.photo(i) for i in range(clip.frames))
        return cls(clip, style, keys, source, tuple(clip.painted(i, style) for i in range(clip.frames)))

    def nearest(self, index: int) -> int:
        return min(self.keys, key=lambda key: abs(key - index))


@dataclass(frozen=True)
class Score:
    psnr: float
    excess: float
    seconds: float


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=24)
    parser.add_argument("--size", type=int, nargs=2, default=(64, 40))
    parser.add_argument("--clips", type=int, nargs="+", default=(940, 941), help="seeds")
    parser.add_argument("--keys", type=int, nargs="+", default=(1, 3))
    parser.add_argument("--styles", nargs="+", default=("neon", "oil", "poster"))
    parser.add_argument("--steps", type=int, default=USUAL.steps, help="of both networks")
    parser.add_argument("--tuned", action="store_true", help="the take of a model tuned on the same looks, too")
    parser.add_argument("--set", nargs="+", default=[], metavar="NAME=VALUE", help="of its Recipe or Painting")
    given = parser.parse_args(words)
    usual = PRESETS[Preset.POCKET]
    variant = changed(Variant(usual.recipe, usual.painting), given.set) if given.tuned else None
    torch.set_num_threads(1)
    for count in given.keys:
        found: dict[str, dict[str, Score]] = {}
        for name in given.styles:
            clips = [Clip(seed, frames=given.frames, size=tuple(given.size)) for seed in given.clips]
            made = [scores(Task.of(clip, Style[name.upper()], count), given.steps, variant) for clip in clips]
            found[name] = {painter: _mean([each[painter] for each in made]) for painter in made[0]}
        table(found, count)


def table(found: dict[str, dict[str, Score]], count: int) -> None:
    names = list(found)
    print(f"\n| {count} key{'s' * (count > 1)} | {' | '.join(f'{name}: dB | excess' for name in names)} | CPU s |")
    print(f"|{'---|' * (2 * len(names) + 2)}")
    for painter in found[names[0]]:
        each = [found[name][painter] for name in names]
        figures = " | ".join(f"{score.psnr:.1f} | {score.excess:.1f}" for score in each)
        print(f"| {painter} | {figures} | {mean(score.seconds for score in each):.0f} |", flush=True)
    for name, painters in found.items():
        ours = painters[OURS]
        rivals = {painter: score for painter, score in painters.items() if painter != OURS}
        nearer = [f"{p} by {s.psnr - ours.psnr:.1f} dB" for p, s in rivals.items() if s.psnr > ours.psnr]
        steadier = [f"{p} ({s.excess:.1f})" for p, s in rivals.items() if s.excess < ours.excess]
        print(f"{name}: nearer to the truth: {', '.join(nearer) or 'none'}; steadier: {', '.join(steadier) or 'none'}")


def scores(task: Task, steps: int, variant: Variant | None = None) -> dict[str, Score]:
    frames, wanted = _tensor(task.source), _tensor([task.truth[key] for key in task.keys])
    known = frames[list(task.keys)]
    painters = {
        "source": lambda: list(task.source),
        "colours": lambda: _pictures(judges.fitted_colours(known, wanted)(frames)),
        "patch network": lambda: _pictures(judges.fitted_patch_net(known, wanted, steps)(frames)),
        "warped look, estimated flow": lambda: warped(task, true=False),
        "warped look, true flow": lambda: warped(task, true=True),
        OURS: lambda: propagated(task, steps),
    }
    if variant is not None:
        painters[TUNED] = lambda: tuned(task, variant)
    found = {}
    for name, paint in painters.items():
        begun = time.process_time()
        made = paint()
        found[name] = _score(task, made, time.process_time() - begun)
    return found


def propagated(task: Task, steps: int) -> list[Pixels]:
    looks = {key: task.truth[key] for key in task.keys}
    prior, cpu = replace(USUAL, steps=steps), torch.device("cpu")
    with tempfile.TemporaryDirectory() as folder, Propagation(task.source, looks, prior, cpu) as ours:
        ours.carry(lambda done: None)
        ours.learn(Path(folder) / "state", "benchmark", lambda: None)
        return list(ours.pictures())


def tuned(task: Task, variant: Variant) -> list[Pixels]:
    """All looks have the words of the one in the middle, which the take is painted by."""
    prompt = task.clip.caption(task.keys[len(task.keys) // 2], task.style)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), task.source, range(len(task.source)), prompt, Engine(), Shelf())
        for key in task.keys:
            bench.hang(key, "1", task.truth[key], prompt)
        return bench.tuned(variant).made


def warped(task: Task, true: bool) -> list[Pixels]:
    """The nearest look, and the source where that does not show what is there."""
    made = []
    for index, source in enumerate(task.source):
        key = task.nearest(index)
        if true:
            way = task.clip.flow(index, key, task.style)
            lost = hidden(way, task.clip.flow(key, index, task.style))
        else:
            way = flow.flow(source, task.source[key])
            lost = ~flow.visible(way, flow.flow(task.source[key], source))
        made.append(np.where(lost[..., None], source, np.rint(flow.warp(task.truth[key], way))).astype(np.uint8))
    return made


def _score(task: Task, made: Sequence[Pixels], seconds: float) -> Score:
    others = [i for i in range(len(made)) if i not in task.keys]
    pairs = [(i + 1, i) for i in range(len(made) - 1)]
    jumps = [
        measures.excess(
            (made[now], made[before]),
            (task.truth[now], task.truth[before]),
            task.clip.flow(now, before, task.style),
            task.clip.visible(now, before, task.style),
        )
        for now, before in pairs
    ]
    psnr = mean(measures.psnr(made[i], task.truth[i]) for i in others)
    return Score(psnr, float(np.sqrt(np.mean(np.square(jumps)))), seconds)


def _mean(each: Sequence[Score]) -> Score:
    return Score(*(mean(getattr(score, field) for score in each) for field in ("psnr", "excess", "seconds")))


def _tensor(frames: Sequence[Pixels]) -> Tensor:
    return torch.from_numpy(np.stack(frames)).permute(0, 3, 1, 2).float() / 127.5 - 1


def _pictures(frames: Tensor) -> list[NDArray[np.uint8]]:
    bytes_of = (frames.detach().clamp(-1, 1) * 127.5 + 127.5).round().to(torch.uint8)
    return list(bytes_of.permute(0, 2, 3, 1).numpy())


if __name__ == "__main__":
    main()
