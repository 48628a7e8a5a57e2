"""The product at work on a task: a study, its look, tuning and rendering, by the same stages that Blender asks."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from backend import pictures
from backend.api import (
    ChooseLooks,
    ChooseReference,
    Engine,
    Look,
    MakeLooks,
    Painting,
    Propagate,
    Recipe,
    Render,
    Tune,
    Way,
)
from backend.pictures import Pixels
from backend.pocket.captions import PAINTED
from backend.shelf import Shelf
from backend.stages import frames, looks, propagate, render, tune
from backend.study import Study
from tests.backend.studies import quiet_job, release, sample

from .task import LOOK, Setting, Task

GUIDANCE = 4.0  # of what is painted by the model as it came: pocket's own figures were made with it
CANDIDATES = 4
RECIPE, PAINTING = Tune("").recipe, Tune("").painting


@dataclass(frozen=True)
class Variant:
    """One way to tune."""

    recipe: Recipe = RECIPE
    painting: Painting = PAINTING
    references: int = 30
    prompts: int = 1  # on the one frame that has looks; a second one is of another style
    keys: int = (
        1  # frames that have a look; more than the one have their truths, spread over the clip, none of them judged
    )


@dataclass(frozen=True)
class Result:
    made: list[Pixels]
    tuning_s: float
    rendering_s: float
    loss: float


class Workshop:
    """A folder with two studies of a clip: the whole, which is learned from, and the frames that are judged."""

    def __init__(self, folder: Path, task: Task, engine: Engine, shelf: Shelf) -> None:
        self.task, self.engine, self.shelf = task, engine, shelf
        self.whole, self.judged = folder / "whole-0a1b2c3d", folder / "judged-0a1b2c3d"
        sample(self.whole, list(task.source))
        sample(self.judged, [task.source[i] for i in task.frames])
        release(self.whole)
        release(self.judged)

    def look(self) -> Pixels:
        """The one that is learned, chosen in the study."""
        if self.task.setting is Setting.TRUTH:
            return self._hang(LOOK, "1", self.task.true_look, self.task.prompt)
        painting = replace(MakeLooks("", 0, (), 0).painting, guidance=GUIDANCE)
        wanted = MakeLooks(str(self.whole), LOOK + 1, (self.task.prompt,), CANDIDATES, self.engine, painting)
        best = looks.make(wanted, [], quiet_job(), self.shelf).looks[0]
        looks.choose(ChooseLooks(str(self.whole), (best.name,)), [], quiet_job())
        return pictures.read(Study.open(self.whole).gallery.picture_path(best.name))

    def _hang(self, number: int, place: str, picture: Pixels, prompt: str) -> Pixels:
        gallery, name = Study.open(self.whole).gallery, f"{number + 1:03}-{place}"
        pictures.write(gallery.picture_path(name), picture)
        gallery.add(Look(name, number + 1, prompt, "", None, "/truth.png", 1.0, False, chosen=True))
        return picture

    def plain(self, strength: float) -> list[Pixels]:
        painting = replace(PAINTING, strength=strength, guidance=GUIDANCE)
        return self._rendered(Way.PLAIN, painting)

    def tuned(self, variant: Variant) -> Result:
        if variant.prompts > 1:
            other = PAINTED[(PAINTED.index(self.task.style) + 1) % len(PAINTED)]
            clip = self.task.clip
            self._hang(LOOK, "2", clip.painted(LOOK, other), clip.caption(LOOK, other))
        if variant.keys > 1:
            free = [i for i in range(len(self.task.source)) if i not in self.task.frames and i != LOOK]
            for i in np.linspace(0, len(free) - 1, variant.keys - 1).round().astype(int):
                self._hang(free[i], "1", np.asarray(self.task.clip.painted(free[i], self.task.style)), self.task.prompt)
        frames.choose(ChooseReference(str(self.whole), variant.references, 1, len(self.task.source)), [], quiet_job())
        wanted = Tune(str(self.whole), self.engine, variant.recipe, variant.painting, preview_every=0)
        began = time.process_time()
        loss = tune.tune(wanted, [], quiet_job(), self.shelf).loss
        learned = time.process_time()
        made = self._rendered(Way.TUNED, variant.painting)
        return Result(made, learned - began, time.process_time() - learned, loss)

    def propagated(self) -> list[Pixels]:
        """The look spread over the whole clip, without any model."""
        made = propagate.propagate(Propagate(str(self.whole), preview_every=0), [], quiet_job(), self.shelf)
        return [pictures.read(Path(made.folder) / f"{i + 1:06}.png") for i in self.task.frames]

    def _rendered(self, way: Way, painting: Painting) -> list[Pixels]:
        wanted = Render(
            folder=str(self.judged),
            take="",
            way=way,
            prompt=self.task.prompt,
            engine=self.engine,
            painting=painting,
            tuning=str(self.whole),
        )
        take = Path(render.render(wanted, [], quiet_job(), self.shelf).folder)
        return [pictures.read(take / f"{i:06}.png") for i in range(1, len(self.task.frames) + 1)]
