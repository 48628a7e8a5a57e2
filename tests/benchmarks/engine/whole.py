"""The whole job on a study: frames in, tuned, rendered and measured, stage by stage, and how it grows."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from backend import pictures
from backend.api import ChooseReference, Engine, Look, Measure, Painting, Recipe, Render, Tune, Tuned, Way
from backend.pocket.world import Clip
from backend.shelf import Shelf
from backend.stages import frames, measure, render, tune
from backend.study import Study
from tests.backend.studies import quiet_job, release, sample

from .cases import SEED, STYLE, Case
from .figures import Figure, clock, figure, on_card
from .watched import LOADING, Watched

GOAL = 120.0  # seconds, of 300 frames of 512² tuned with 1000 steps, on an H200


@dataclass(frozen=True)
class Amount:
    frames: int
    size: tuple[int, int]

    @property
    def words(self) -> str:
        return f"{self.frames} frames of {self.size[0]}×{self.size[1]}"


def measured(case: Case, painting: Painting, count: int, recipe: Recipe) -> list[Figure]:
    """Each stage of the largest, then the whole of it against a quarter of the frames and half of the pixels."""
    height, width = case.shape
    fewer = Amount(count // 4, (width, height))
    smaller = Amount(count, _halved(width, height))
    large = Amount(count, (width, height))
    found = {amount: _stages(case.engine, painting, recipe, amount) for amount in (fewer, smaller, large)}
    name = f"{case.size.name}: {large.words}"
    goal = GOAL if on_card() and large.size == (512, 512) and (count, recipe.iterations) == (300, 1000) else None
    whole = sum(found[large].values())
    figures = [figure(f"{name}, {recipe.iterations} steps of tuning: the whole job", [whole], "s", most=goal)]
    figures += [figure(f"{name}: {stage}", [seconds], "s") for stage, seconds in found[large].items()]
    for other, ratio in ((fewer, "times the frames"), (smaller, "times the pixels")):
        more = count / other.frames if other is fewer else width * height / math.prod(other.size)
        grown = {stage: found[large][stage] / max(s, 1e-9) for stage, s in found[other].items()}
        for stage in ("sampling", "rendering", "measuring"):
            figures.append(figure(f"{case.size.name}: {stage}, at {more:.2g} {ratio}", [grown[stage]], "×"))
    return figures


def _halved(width: int, height: int) -> tuple[int, int]:
    """About half of the pixels, in sides that the model can hold."""
    return tuple(8 * round(side / math.sqrt(2) / 8) for side in (width, height))  # type: ignore[return-value]


def _stages(engine: Engine, painting: Painting, recipe: Recipe, amount: Amount) -> dict[str, float]:
    """Seconds by stage. The clip is drawn before, for that is not ours."""
    clip = Clip(SEED, frames=amount.frames, size=amount.size)
    photos, prompt = [clip.photo(i) for i in range(amount.frames)], clip.caption(0, STYLE)
    spent: dict[str, float] = {}

    def take(stage: str, work: Callable[[], object]) -> None:
        begun = clock()
        work()
        spent[stage] = clock() - begun

    with TemporaryDirectory(prefix="steady-bench-") as folder:
        study, shelf = Path(folder) / "clip-0a1b2c3d", Shelf()
        take("sampling", lambda: (sample(study, photos), release(study)))
        take("choosing reference frames", lambda: frames.choose(_thirty(study, amount), [], quiet_job()))
        gallery = Study.open(study).gallery
        pictures.write(gallery.picture_path("001-1"), clip.painted(0, STYLE))
        gallery.add(Look("001-1", 1, prompt, "", None, "/truth.png", 1.0, False, chosen=True))
        tuning = Watched()
        request = Tune(str(study), engine, recipe, painting, preview_every=0)
        take("tuning", lambda: _whole(tune.tune(request, [], tuning, shelf), recipe))
        spent["loading the model"] = tuning.seconds[LOADING]
        spent["encoding"] = tuning.seconds["Encoding"]
        spent["tuning"] -= spent["loading the model"] + spent["encoding"]
        wanted = Render(str(study), "take", Way.TUNED, prompt, engine, painting)
        take("rendering", lambda: render.render(wanted, [], quiet_job(), shelf))
        take("measuring", lambda: measure.measure(Measure(str(study)), [], quiet_job()))
    return spent


def _whole(tuned: Tuned, recipe: Recipe) -> None:
    assert tuned.steps == recipe.iterations, tuned.warning


def _thirty(study: Path, amount: Amount) -> ChooseReference:
    return ChooseReference(str(study), 30, 1, amount.frames)
