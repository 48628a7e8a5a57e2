"""All that a click asks of the stages, fixed at that moment: later changes of the settings are for the next click."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..backend.api import Engine, Method, Painting, Pairing, Prior, Recipe, Sampler, Way
from ..backend.frozen import frozen
from ..backend.presets import untaught
from ..preferences import engine, preferences
from .smooth import SPREADING


@frozen
class Order:
    engine: Engine
    prompt: str
    look_frame: int  # 0 is the one that stands for most of the strip
    candidates: int
    look: Painting
    recipe: Recipe
    painting: Painting
    way: Way
    fast: int
    small_decoder: bool  # of fast takes only
    render_prompt: str
    batch: int
    tuning_from: str
    smoothing: Prior
    spreading: Prior

    @property
    def tuned_for(self) -> int:
        """The number of steps to tune for; 0 is all that the sampler walks."""
        return self.fast if self.way is Way.FAST else 0

    @property
    def painted(self) -> Painting:
        """What the take is painted with."""
        return untaught(self.painting, self.look.guidance) if self.way is Way.PLAIN else self.painting


def order_of(settings: Any) -> Order:
    return Order(
        engine=engine(preferences(), settings.model.strip()),
        prompt=settings.prompt.strip(),
        look_frame=settings.look_frame,
        candidates=settings.candidates,
        look=Painting(
            strength=_plain(settings.look_strength),
            steps=settings.look_steps,
            guidance=_plain(settings.look_guidance),
            seed=settings.look_seed,
            sampler=Sampler[settings.sampler],
        ),
        recipe=_recipe(settings),
        painting=Painting(
            strength=_plain(settings.strength),
            steps=settings.steps,
            guidance=_plain(settings.guidance),
            seed=settings.seed,
            sampler=Sampler[settings.sampler],
            noise=_plain(settings.noise),
            attend=_plain(settings.attend),
        ),
        way=Way[settings.way],
        fast=settings.fast_steps,
        small_decoder=settings.small_decoder and settings.way == Way.FAST.name,
        render_prompt=settings.render_prompt.strip(),
        batch=settings.render_batch,
        tuning_from=settings.tuning_from.strip(),
        smoothing=Prior(
            width=settings.smooth_width,
            rate=_plain(settings.smooth_rate),
            steps=settings.smooth_steps,
            heads=2 if settings.smooth_two_styles else 1,
            level=settings.smooth_level,
            always=settings.smooth_always,
            features=_plain(settings.smooth_features),
            seed=settings.smooth_seed,
        ),
        spreading=replace(SPREADING, steps=settings.spread_steps, seed=settings.smooth_seed),
    )


def _recipe(settings: Any) -> Recipe:
    return Recipe(
        method=Method[settings.method],
        rate=_plain(settings.rate),
        rank=settings.rank,
        iterations=settings.iterations,
        batch=settings.batch,
        late=settings.late,
        looks=_plain(settings.looks_share),
        pairing=Pairing[settings.pairing],
        at_start=_plain(settings.at_start),
        astray=_plain(settings.astray),
        angle=_plain(settings.angle),
        unguided=settings.unguided,
        crops=settings.crops,
        spread=settings.spread,
        seed=settings.tune_seed,
    )


def _plain(number: float) -> float:
    """What was typed: Blender keeps 0.45 as 0.449999988, which would be another fingerprint than the command line's."""
    return float(f"{number:.6g}")
