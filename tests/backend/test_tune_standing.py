"""The tune stage skips what stands, and teaches anew what is taught otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import miniature
import pytest
import tuning_studies
from studies import quiet_job
from tuning_studies import PAINTING, SHELF, SHORT, Watched, run, same, weights, worked

from backend import adapters, pictures, tuning
from backend.api import (
    ChooseReference,
    Engine,
    Precision,
    Tune,
)
from backend.shelf import Shelf
from backend.stages import frames
from backend.stages.tune import tune
from backend.study import Study

small_model, sampled = tuning_studies.small_model, tuning_studies.sampled
folder, ask = tuning_studies.folder, tuning_studies.ask


def test_what_stands_is_not_done_again(ask: Callable[..., Tune], folder: Path):
    first = run(ask())
    shelf = Shelf()
    assert tune(ask(), [], quiet_job(), shelf) == first
    assert not worked(ask())
    assert not worked(ask(painting=replace(PAINTING, seed=5))), "any noise is taught: the seed does not count"
    assert not worked(ask(replace(SHORT, rate=1e-2)))
    assert not worked(ask(painting=replace(PAINTING, attend=0.5))), "only rendering attends"


def test_a_guidance_that_is_not_taught_tunes_nothing(ask: Callable[..., Tune]):
    unguided = replace(SHORT, unguided=True, iterations=1)
    run(ask(unguided))
    assert not worked(ask(unguided, painting=replace(PAINTING, guidance=2.0)))


def test_a_lower_strength_tunes_nothing_and_a_higher_one_anew(ask: Callable[..., Tune], folder: Path):
    once = replace(SHORT, iterations=1)
    run(ask(once))
    before = tuning.needed(folder / "tune")
    assert not worked(ask(once, painting=replace(PAINTING, strength=0.3)))
    assert not worked(ask(once, painting=replace(PAINTING, strength=0.48))), "it starts at the same timestep"
    assert tuning.needed(folder / "tune") == before
    assert worked(ask(once, painting=replace(PAINTING, strength=0.3, guidance=2.0)))
    assert worked(ask(once, painting=replace(PAINTING, strength=0.45, guidance=2.0)))
    assert tuning.needed(folder / "tune").walked == before.walked


def test_explicit_steps_from_another_start_are_others_and_are_taught_anew(ask: Callable[..., Tune], folder: Path):
    once = replace(SHORT, iterations=1)
    run(ask(once, fast=2))
    assert not worked(ask(once, fast=2, painting=replace(PAINTING, strength=0.4))), "it starts at the same timestep"
    assert worked(ask(once, fast=2, painting=replace(PAINTING, strength=0.3)))
    assert tuning.needed(folder / "tune").walked == (201, 100)
    assert worked(ask(once, fast=2))
    assert tuning.needed(folder / "tune").walked == (301, 150)


@pytest.mark.parametrize(
    "change",
    [
        {"painting": replace(PAINTING, strength=0.6)},
        {"painting": replace(PAINTING, steps=20)},
        {"painting": replace(PAINTING, guidance=2.0)},
        {"fast": 2},
        *({"recipe": replace(SHORT, **{name: value})} for name, value in {"rank": 2, "seed": 3, "late": 400}.items()),
    ],
)
def test_what_is_taught_otherwise_is_taught_anew(ask: Callable[..., Tune], change: dict[str, Any]):
    run(ask(replace(SHORT, iterations=1)))
    changed = {"recipe": SHORT, **change}
    assert worked(ask(**{**changed, "recipe": replace(changed["recipe"], iterations=1)}))


def test_other_looks_prompts_and_frames_are_taught_anew(ask: Callable[..., Tune], folder: Path):
    once = ask(replace(SHORT, iterations=1))
    kept = Study.open(folder)
    run(once)
    look = kept.gallery.chosen()[0]
    kept.gallery.add(replace(look, prompt="neon city"))
    assert worked(once)
    pictures.write(kept.gallery.picture_path(look.name), pictures.read(kept.frame_path(3)))
    assert worked(once)
    pictures.write(kept.frame_path(3), pictures.read(kept.frame_path(2)), kept.stamp())
    assert worked(once)
    frames.choose(ChooseReference(str(folder), 1, 1, 6), [], quiet_job())
    assert worked(once)
    assert not worked(once)


def test_a_model_of_the_same_name_that_was_trained_further_is_tuned_anew(
    ask: Callable[..., Tune], folder: Path, tmp_path: Path
):
    once = ask(replace(SHORT, iterations=1), engine=Engine(str(miniature.save(tmp_path / "model"))))
    run(once)
    miniature.save(tmp_path / "model", seed=1)
    job = Watched()
    tune(once, [], job, Shelf())
    assert job.events


def test_a_tuning_in_another_precision_is_made_anew(ask: Callable[..., Tune], small_model: Path):
    def once(precision: Precision) -> Tune:
        return ask(replace(SHORT, iterations=1), engine=Engine(str(small_model), precision=precision))

    run(once(Precision.AUTO))
    assert not worked(once(Precision.FULL)), "as a processor computes by itself"
    assert worked(once(Precision.HALF))
    assert worked(once(Precision.AUTO))


def test_a_tuning_whose_weights_are_gone_is_made_anew(ask: Callable[..., Tune], folder: Path):
    run(ask())
    expected = weights(folder)
    (folder / "tune" / "adapter.safetensors").unlink()
    assert worked(ask())
    assert same(weights(folder), expected)


@pytest.mark.parametrize("damage", ["short", "foreign"])
def test_a_tuning_whose_weights_are_damaged_is_made_anew(
    ask: Callable[..., Tune], folder: Path, damage: str, small_model: Path
):
    run(ask())
    expected = {name: weight.clone() for name, weight in weights(folder).items()}  # not what lies in the file
    adapter = folder / "tune" / "adapter.safetensors"
    if damage == "short":
        adapter.write_bytes(adapter.read_bytes()[:-100])
    else:
        adapters.write_tensors(adapter, expected, {"base": "another"})
    job = Watched()
    assert run(ask(), job).steps == 8
    assert same(weights(folder), expected)
    assert [event.done for event, _ in job.events if getattr(event, "text", "").startswith("Tuning")] == []
    with adapters.applied(SHELF.take(Engine(str(small_model))), folder / "tune"):
        pass
