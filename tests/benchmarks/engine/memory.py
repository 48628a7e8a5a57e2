"""What tuning and rendering take: of a card at their peak, and of the computer as the clip grows."""

from __future__ import annotations

import gc
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch

from backend.api import ChooseReference, Engine, Failure, Measure, Method, Painting, Recipe, Render, Tune, Way
from backend.shelf import Shelf
from backend.stages import frames, measure, render, tune
from tests.backend.studies import noise, quiet_job, release, sample

from .cases import Case
from .figures import Figure, figure, on_card

GIB = 2**30
MOST = {Method.LORA: 6.0, Method.WHOLE: 12.0}
CLIP, SIDES = (300, 3000), (48, 32)
PEAK_AGAIN = "5"  # what tells Linux to count the peak of a process anew


def on_the_card(case: Case, painting: Painting) -> list[Figure]:
    """Peaks of what torch has taken, where no more is free than the goal. Nothing where there is no card."""
    if not on_card():
        return []
    figures = []
    for method, most in MOST.items():
        shutil.rmtree(case.study / "tune", ignore_errors=True)
        recipe = Recipe(method=method, iterations=3)
        wanted = Tune(str(case.study), case.engine, recipe, painting, preview_every=0)
        name = f"{case.name}: {method.value}, peak of the card"
        figures.append(peak(name, most, lambda wanted=wanted: tune.tune(wanted, [], quiet_job(), Shelf())))
    plain = Render(str(case.study), "peak", Way.PLAIN, case.prompt, case.engine, painting, batch=1)
    name = f"{case.name}: rendering, peak of the card"
    return [*figures, peak(name, 4.0, lambda: render.render(plain, [], quiet_job(), Shelf()))]


def peak(name: str, most: float, work: Callable[[], object]) -> Figure:
    """In GiB, on a card that is filled but for so many: of a large one a tuning would take what it can have. Where that
    is too little, on the whole card: by how much tells the figure, and the goal is missed whatever it says."""
    filling = _filled_but_for(most)
    try:
        return figure(name, [_peak(work)], "GiB", most=most)
    except Failure:
        del filling
    # not in the except: the error's traceback holds on to what has to go
    return replace(figure(name, [_peak(work)], "GiB", most=most), met=False)


def _filled_but_for(most: float) -> torch.Tensor:
    _clear()
    return torch.empty(max(0, torch.cuda.mem_get_info()[0] - int(most * GIB)), dtype=torch.uint8, device="cuda")


def _peak(work: Callable[[], object]) -> float:
    """Beyond what is held before."""
    _clear()
    held = torch.cuda.memory_allocated()
    torch.cuda.reset_peak_memory_stats()
    work()
    return (torch.cuda.max_memory_allocated() - held) / GIB


def _clear() -> None:
    gc.collect()
    torch.cuda.empty_cache()


def of_the_computer() -> list[Figure]:
    """300 and 3,000 small frames taken in, rendered and measured, each in a process of its own."""
    few, many = (_peaks(count) for count in CLIP)
    text = f"peak memory of {CLIP[1]} frames beyond that of {CLIP[0]}"
    return [
        figure(f"{text}: {stage}", [(many[stage] - few[stage]) / 2**20], "MiB", most=64, device="cpu") for stage in few
    ]


def _peaks(count: int) -> dict[str, int]:
    command = [sys.executable, "-m", "tests.benchmarks.engine.memory", str(count)]
    ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(ran.stdout.splitlines()[-1])


def _small_job(count: int) -> dict[str, int]:
    """The most memory of this process in each stage, in bytes."""
    found: dict[str, int] = {}

    def peak(stage: str, work: Callable[[], object]) -> None:
        Path("/proc/self/clear_refs").write_text(PEAK_AGAIN)
        work()
        status = Path("/proc/self/status").read_text()
        found[stage] = int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) * 1024

    with TemporaryDirectory(prefix="steady-bench-") as folder:
        study = Path(folder) / "clip-0a1b2c3d"
        peak("taking frames in", lambda: (sample(study, _Drawn(count)), release(study)))
        peak("choosing reference frames", lambda: frames.choose(_thirty(study, count), [], quiet_job()))
        painting = Painting(strength=0.1, steps=10, guidance=1.0, seed=0)
        plain = Render(str(study), "", Way.PLAIN, "a red car", Engine(), painting)
        peak("rendering", lambda: render.render(plain, [], quiet_job(), Shelf()))
        peak("measuring", lambda: measure.measure(Measure(str(study)), [], quiet_job()))
    return found


class _Drawn(Sequence[Any]):
    """Unlike frames, drawn when they are asked for: held, they would be what grows."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, i: Any) -> Any:
        return noise(i, *SIDES)


def _thirty(study: Path, count: int) -> ChooseReference:
    return ChooseReference(str(study), 30, 1, count)


if __name__ == "__main__":
    torch.set_num_threads(1)
    print(json.dumps(_small_job(int(sys.argv[1]))))
