"""What tuning and rendering take: of a card at their peak, and of the computer as the clip grows."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from backend.api import Engine, Method, Painting, Recipe, Render, Tune, Way
from backend.shelf import Shelf
from backend.stages import render, tune
from tests.backend.studies import noise, quiet_job, release, sample

from .cases import Case
from .figures import Figure, figure

GIB = 2**30
MOST = {Method.LORA: 6.0, Method.WHOLE: 12.0}
CLIP, SIDES = (300, 3000), (48, 32)


def on_card(case: Case, painting: Painting) -> list[Figure]:
    """Peaks of what torch has taken. Nothing where there is no card."""
    if not torch.cuda.is_available():
        return []
    figures = []
    for method, most in MOST.items():
        shutil.rmtree(case.study / "tune", ignore_errors=True)
        recipe = Recipe(method=method, iterations=3)
        wanted = Tune(str(case.study), case.engine, recipe, painting, preview_every=0)
        peak = _peak(lambda wanted=wanted: tune.tune(wanted, [], quiet_job(), Shelf()))
        figures.append(figure(f"{case.size.name}: {method.value}, peak of the card", [peak], "GiB", most=most))
    plain = Render(str(case.study), "peak", Way.PLAIN, case.prompt, case.engine, painting, batch=1)
    peak = _peak(lambda: render.render(plain, [], quiet_job(), Shelf()))
    return [*figures, figure(f"{case.size.name}: rendering, peak of the card", [peak], "GiB", most=4.0)]


def _peak(work: object) -> float:
    assert callable(work)
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    work()
    return torch.cuda.max_memory_allocated() / GIB


def of_the_computer() -> list[Figure]:
    """Rendering 300 and 3,000 small frames, each in a process of its own."""
    few, many = (_resident(count) for count in CLIP)
    text = f"memory that rendering {CLIP[1]} frames takes beyond that of {CLIP[0]}"
    return [figure(text, [(many - few) / 2**20], "MiB", most=64)]


def _resident(count: int) -> int:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.engine.memory", str(count)], capture_output=True, text=True, check=True
    )
    return int(ran.stdout.split()[-1])


def _render_small(count: int) -> int:
    """The most memory that this process has had, in bytes."""
    with TemporaryDirectory(prefix="steady-bench-") as folder:
        study = Path(folder) / "clip-0a1b2c3d"
        sample(study, [noise(i % 7, *SIDES) for i in range(count)])
        release(study)
        painting = Painting(strength=0.1, steps=10, guidance=1.0, seed=0)
        render.render(Render(str(study), "", Way.PLAIN, "a red car", Engine(), painting), [], quiet_job(), Shelf())
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) * 1024


if __name__ == "__main__":
    print(_render_small(int(sys.argv[1])))
