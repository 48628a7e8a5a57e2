"""The tune stage as it is asked for: it learns."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import miniature
import pytest
import torch
import tuning_studies
from tuning_studies import METHODS, PAINTING, SHELF, SHORT, Watched, add_look, log, run, weights

from backend import adapters, tuning
from backend.api import (
    Engine,
    Method,
    Pairing,
    Precision,
    Progress,
    Recipe,
    Sampler,
    Tune,
)
from backend.shelf import Shelf
from backend.stages.tune import tune

small_model, sampled = tuning_studies.small_model, tuning_studies.sampled
folder, ask = tuning_studies.folder, tuning_studies.ask


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction"])
def test_the_loss_falls(ask: Callable[..., Tune], folder: Path, tmp_path: Path, prediction: str, method: Method):
    rate = 1e-2 if method is Method.LORA else 2e-3
    recipe = replace(SHORT, method=method, rate=rate, iterations=60, batch=4)
    model = miniature.save(tmp_path / "model", prediction)
    tuned = run(ask(recipe, engine=Engine(str(model))))
    lines = log(folder)
    assert (tuned.steps, tuned.warning) == (60, "")
    assert [line["step"] for line in lines] == [10, 20, 30, 40, 50, 60]
    assert lines[-1]["looks"] < 0.7 * lines[0]["looks"]
    assert lines[-1]["loss"] < 0.8 * lines[0]["loss"]


def test_pocket_is_tuned_and_what_is_kept_says_for_what(folder: Path):
    recipe = Recipe(rank=4, iterations=2, batch=2, crops=2)
    job = Watched()
    tuned = tune(Tune(str(folder), recipe=recipe, painting=PAINTING, preview_every=1), [], job, Shelf())
    known = tuning.needed(folder / "tune")
    assert (known.model, known.recipe, known.painting, known.fast) == ("pocket", recipe, PAINTING, 0)
    assert (known.prompts, known.steps, known.loss) == (("a red car",), 2, tuned.loss)
    assert len(known.walked) == 4
    assert tuning.halfway(folder / "tune") == tuning.Halfway(known.fingerprint, 2, 2)
    shown = [blobs for event, blobs in job.events if event.method == "preview"]
    assert [len(blob) for (blob,) in shown] == [64 * 64 * 3] * 2
    assert shown[0] != shown[1]
    told = [event for event, _ in job.events if isinstance(event, Progress)]
    assert (told[-1].done, told[-1].total) == (2, 2)
    assert re.fullmatch(r"Tuning, loss \d\.\d{4}, \d+ (s|min) left", told[-1].text)
    assert {"Encoding", "Loading the model"} <= {event.text for event in told}


@pytest.mark.parametrize(
    ("recipe", "others"),
    [
        ({"pairing": Pairing.LITERAL}, {}),
        ({"pairing": Pairing.ORDINARY, "angle": 20.0}, {}),
        ({"astray": 0.5, "looks": 1.0}, {}),
        ({"spread": 2, "crops": 1}, {}),
        ({"batch": 1, "looks": 0.3}, {}),
        ({}, {"painting": replace(PAINTING, guidance=3.0)}),
        ({}, {"painting": replace(PAINTING, sampler=Sampler.EULER)}),
        ({}, {"fast": 3}),
        ({}, {"precision": Precision.HALF}),
        ({"method": Method.WHOLE, "rate": 1e-4}, {"precision": Precision.HALF}),
    ],
)
def test_every_way_of_teaching_works(
    ask: Callable[..., Tune], folder: Path, small_model: Path, recipe: dict[str, Any], others: dict[str, Any]
):
    precision = others.pop("precision", Precision.AUTO)
    wanted = replace(SHORT, iterations=3, **recipe)
    job = Watched()
    tuned = run(ask(wanted, engine=Engine(str(small_model), precision=precision), preview_every=3, **others), job)
    assert 0 < tuned.loss < 10
    assert [event for event, _ in job.events if event.method == "preview"]
    assert all(torch.isfinite(w).all() for w in weights(folder, wanted.method).values())


def test_the_rendering_that_is_meant_decides_what_is_walked(ask: Callable[..., Tune], folder: Path):
    run(ask(replace(SHORT, iterations=1), fast=3))
    assert tuning.needed(folder / "tune").walked == (301, 201, 100)


def test_several_looks_are_told_apart_by_their_prompts(ask: Callable[..., Tune], folder: Path):
    add_look(folder, "005-1", 5, "neon city")
    run(ask())
    assert tuning.needed(folder / "tune").prompts == ("a red car", "neon city")


def test_pictures_and_prompts_are_encoded_once_however_many_steps_follow(
    ask: Callable[..., Tune], folder: Path, small_model: Path
):
    model, asked = SHELF.take(Engine(str(small_model))), []
    parts = (model.vae.encoder, model.text_encoder)
    hooks = [part.register_forward_pre_hook(lambda part, given: asked.append(part)) for part in parts]
    counts = []
    for iterations in (2, 12):
        run(ask(replace(SHORT, iterations=iterations, seed=iterations)))
        counts.append([asked.count(part) for part in parts])
        asked.clear()
    for hook in hooks:
        hook.remove()
    assert counts[0] == counts[1]
    assert all(counts[0])


def test_a_model_on_the_shelf_is_not_changed(ask: Callable[..., Tune], small_model: Path):
    for method in METHODS:
        base = adapters.base_of(SHELF.take(Engine(str(small_model))).unet)
        run(ask(replace(SHORT, method=method, iterations=2)))
        again = SHELF.take(Engine(str(small_model))).unet
        assert adapters.base_of(again) == base
        assert not any(p.requires_grad for p in again.parameters())


def test_a_preview_of_a_start_below_eight_timesteps_takes_as_many_steps_as_there_are(ask: Callable[..., Tune]) -> None:
    job = Watched()
    run(ask(replace(SHORT, iterations=2), painting=replace(PAINTING, strength=0.02, steps=50), preview_every=1), job)
    assert [event for event, _ in job.events if event.method == "preview"]
