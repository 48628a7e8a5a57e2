"""The product at work on a task: a study, its look, tuning and rendering, by the same stages that Blender asks."""

from __future__ import annotations

import time
from collections.abc import Sequence
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


class Bench:
    """A folder with two studies of a clip: the whole, which is learned from, and the frames that are judged."""

    def __init__(
        self,
        folder: Path,
        source: Sequence[Pixels],
        judged: Sequence[int],
        prompt: str,
        engine: Engine,
        shelf: Shelf,
    ) -> None:
        self.source, self.frames, self.prompt, self.engine, self.shelf = source, judged, prompt, engine, shelf
        self.whole, self.judged = folder / "whole-0a1b2c3d", folder / "judged-0a1b2c3d"
        sample(self.whole, list(source))
        sample(self.judged, [source[i] for i in judged])
        release(self.whole)
        release(self.judged)

    def hang(self, number: int, place: str, picture: Pixels, prompt: str) -> Pixels:
        """A look of that frame, counted from 0, chosen in the study."""
        gallery, name = Study.open(self.whole).gallery, f"{number + 1:03}-{place}"
        pictures.write(gallery.picture_path(name), picture)
        gallery.add(Look(name, number + 1, prompt, "", None, "/truth.png", 1.0, False, chosen=True))
        return picture

    def tuned(self, variant: Variant) -> Result:
        """From the looks that hang there."""
        count = len(self.source)
        wanted = ChooseReference(str(self.whole), min(variant.references, count), 1, count)
        frames.choose(wanted, [], quiet_job())
        learning = Tune(str(self.whole), self.engine, variant.recipe, variant.painting, preview_every=0)
        began = time.process_time()
        loss = tune.tune(learning, [], quiet_job(), self.shelf).loss
        learned = time.process_time()
        made = self.rendered(Way.TUNED, variant.painting)
        return Result(made, learned - began, time.process_time() - learned, loss)

    def rendered(self, way: Way, painting: Painting) -> list[Pixels]:
        wanted = Render(
            folder=str(self.judged),
            take="",
            way=way,
            prompt=self.prompt,
            engine=self.engine,
            painting=painting,
            tuning=str(self.whole),
        )
        take = Path(render.render(wanted, [], quiet_job(), self.shelf).folder)
        return [pictures.read(take / f"{i:06}.png") for i in range(1, len(self.frames) + 1)]


class Workshop(Bench):
    """That of a task."""

    def __init__(self, folder: Path, task: Task, engine: Engine, shelf: Shelf) -> None:
        super().__init__(folder, task.source, task.frames, task.prompt, engine, shelf)
        self.task = task

    def look(self) -> Pixels:
        """The one that is learned, chosen in the study."""
        if self.task.setting is Setting.TRUTH:
            return self.hang(LOOK, "1", self.task.true_look, self.task.prompt)
        painting = replace(MakeLooks("", 0, (), 0).painting, guidance=GUIDANCE)
        wanted = MakeLooks(str(self.whole), LOOK + 1, (self.task.prompt,), CANDIDATES, self.engine, painting)
        best = looks.make(wanted, [], quiet_job(), self.shelf).looks[0]
        looks.choose(ChooseLooks(str(self.whole), (best.name,)), [], quiet_job())
        return pictures.read(Study.open(self.whole).gallery.picture_path(best.name))

    def plain(self, strength: float) -> list[Pixels]:
        painting = replace(PAINTING, strength=strength, guidance=GUIDANCE)
        return self.rendered(Way.PLAIN, painting)

    def tuned(self, variant: Variant) -> Result:
        if variant.prompts > 1:
            other = PAINTED[(PAINTED.index(self.task.style) + 1) % len(PAINTED)]
            clip = self.task.clip
            self.hang(LOOK, "2", clip.painted(LOOK, other), clip.caption(LOOK, other))
        if variant.keys > 1:
            free = [i for i in range(len(self.task.source)) if i not in self.task.frames and i != LOOK]
            for i in np.linspace(0, len(free) - 1, variant.keys - 1).round().astype(int):
                self.hang(free[i], "1", np.asarray(self.task.clip.painted(free[i], self.task.style)), self.task.prompt)
        return super().tuned(variant)

    def propagated(self) -> list[Pixels]:
        """The look spread over the whole clip, without any model."""
        made = propagate.propagate(Propagate(str(self.whole), preview_every=0), [], quiet_job(), self.shelf)
        return [pictures.read(Path(made.folder) / f"{i + 1:06}.png") for i in self.task.frames]
