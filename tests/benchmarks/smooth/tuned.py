"""Real takes: the model tuned on one look of a benchmark's clip, and what it paints of a stretch of neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from backend import pictures
from backend.api import Engine, Look
from backend.pocket.captions import Style
from backend.presets import PRESETS, Preset
from backend.shelf import Shelf
from backend.study import Study
from tests.benchmarks.quality.ours import Variant, Workshop
from tests.benchmarks.quality.task import LOOK, Setting, Task

from .spoilt import Truth

TAKE = "tuned 0.45"


@dataclass(frozen=True)
class Stretch(Task):
    """As in the quality benchmark, but frames that follow each other are painted: that is what is smoothed."""

    count: int = 32

    @property
    def frames(self) -> tuple[int, ...]:  # pyright: ignore[reportIncompatibleVariableOverride]
        return tuple(range(LOOK - self.count // 2, LOOK + self.count - self.count // 2))

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        return tuple((i + 1, i) for i in range(self.count - 1))

    @property
    def known(self) -> Truth:
        source = [self.source[i] for i in self.frames]
        return Truth(source, list(self.truth), [], self.ways(self.style), self.ways(Style.PHOTO))


def named(name: str, count: int) -> Stretch:
    """Of a clip and a style, such as 700-neon."""
    seed, _, style = name.partition("-")
    return Stretch(Setting.TRUTH, int(seed), Style[style.upper()], count=count)


def painted(task: Stretch, cache: Path, device: str) -> Study:
    """The study that has the take, and the look that it was tuned on. It is made once."""
    folder = cache / f"{task.name}-{task.count}"
    workshop = Workshop(folder, task, Engine(device=device), Shelf())
    study = Study.open(workshop.judged)
    if not any(take.name == TAKE for take in study.readable_takes()):
        preset = PRESETS[Preset.POCKET]
        workshop.look()
        workshop.tuned(Variant(preset.recipe, preset.painting))
    number = task.frames.index(LOOK) + 1
    pictures.write(study.gallery.picture_path("look"), task.true_look)
    study.gallery.add(Look("look", number, task.prompt, "", None, "/truth.png", 1.0, False, chosen=True))
    return study
