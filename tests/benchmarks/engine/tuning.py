"""Steps of tuning a second against a plain loop of diffusers: same batch, precision and trainable parameters."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from backend import adapters, schooling
from backend.api import Painting, Recipe, Tune
from backend.shelf import Shelf
from backend.stages import tune

from .cases import Case
from .figures import Figure, clock, figure, ratios
from .plain_loop import Example, PlainLoop
from .watched import Watched


def measured(case: Case, painting: Painting, recipe: Recipe, rounds: int) -> list[Figure]:
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(_ours(case, painting, recipe))
        theirs.append(_theirs(case, recipe))
    name = f"{case.name}: {recipe.method.value}"
    return [
        figure(f"{name}, steps a second", [1 / s for s in ours], "/s"),
        figure(f"{name}, against the plain loop", ratios(theirs, ours), "×", least=1.5),
    ]


def _ours(case: Case, painting: Painting, recipe: Recipe) -> float:
    """Seconds a step, of the stage itself, after a first one."""
    shutil.rmtree(case.study / "tune", ignore_errors=True)
    watched = Watched()
    with _unsaved():
        tune.tune(Tune(str(case.study), case.engine, recipe, painting, preview_every=0), [], watched, Shelf())
    return sum(watched.steps) / len(watched.steps)


@contextmanager
def _unsaved() -> Iterator[None]:
    """Saving goes by the clock on the wall, which also runs while other programs have the processor."""
    usual, schooling.SECONDS_TO_LOSE = schooling.SECONDS_TO_LOSE, 3600.0
    try:
        yield
    finally:
        schooling.SECONDS_TO_LOSE = usual


def _theirs(case: Case, recipe: Recipe) -> float:
    model = Shelf().take(case.engine)
    examples = [Example(file, file, case.prompt) for file in case.frames]
    with adapters.learning(model.unet, recipe.method, recipe.rank, 0) as learned:
        loop = PlainLoop(model, list(learned.values()), recipe, examples, literal=False)
        loop.step()
        begun = clock()
        for _ in range(recipe.iterations - 1):
            loop.step()
        return (clock() - begun) / (recipe.iterations - 1)
