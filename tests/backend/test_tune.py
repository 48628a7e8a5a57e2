"""The tune stage as it is asked for: it learns, goes on bit by bit, skips what stands, and says what is wrong."""

from __future__ import annotations

import gc
import json
import math
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import miniature
import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from studies import pan, place, quiet_job, release, sample

from backend import adapters, pictures, schooling, study, tuning
from backend.api import (
    ChooseReference,
    Engine,
    ErrorCode,
    Failure,
    Look,
    Method,
    Painting,
    Pairing,
    Precision,
    Progress,
    Recipe,
    Sampler,
    Tune,
    Tuned,
)
from backend.jobs import Job
from backend.painter import Painter
from backend.plain import to_json
from backend.shelf import Shelf
from backend.stages import frames
from backend.stages import tune as stage
from backend.stages.tune import tune
from backend.study import Study

ROOT = Path(__file__).parents[2]
PATHS = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests/backend")]), "OMP_NUM_THREADS": "1"}
METHODS = list(Method)
SHORT = Recipe(rate=1e-2, rank=4, iterations=8, batch=2, crops=4)
PAINTING = Painting(strength=0.45, steps=10, guidance=1.0, seed=0)
KILLED_AT_STEP_4 = """
import json, os, signal, sys
from backend import schooling
from backend.api import Tune
from backend.jobs import Job
from backend.plain import from_json
from backend.shelf import Shelf
from backend.stages.tune import tune
schooling.SECONDS_TO_LOSE, schooling.SHARE_OF_SAVING = 0.0, 1e9  # a state after every step
def hear(event, blobs):
    if getattr(event, "text", "").startswith("Tuning") and event.done == 4:
        os.kill(os.getpid(), signal.SIGKILL)
tune(from_json(Tune, json.loads(sys.argv[1])), [], Job(1, hear), Shelf())
"""
SHELF = Shelf()  # the model is loaded once for most of these tests, as it is for a user


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return miniature.save(tmp_path_factory.mktemp("epsilon"))


@pytest.fixture(scope="session")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six frames of a pan, three of them for reference, and a look of the third."""
    folder = tmp_path_factory.mktemp("steady") / "car-0a1b2c3d"
    sample(folder, pan(place(3, 120, 64), np.arange(6) * 4.0, width=64))
    frames.choose(ChooseReference(str(folder), 3, 1, 6), [], quiet_job())
    release(folder)
    add_look(folder, "003-1", 3, "a red car")
    return folder


def add_look(folder: Path, name: str, frame: int, prompt: str, size: tuple[int, int] = (64, 64)) -> None:
    kept = Study.open(folder)
    picture = pictures.resize(pictures.read(kept.frame_path(frame))[..., ::-1] // 2, size)
    pictures.write(kept.gallery.picture_path(name), picture)
    kept.gallery.add(Look(name, frame, prompt, "", None, "/painted.png", 1.0, False, chosen=True))


@pytest.fixture
def folder(sampled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sampled, tmp_path / sampled.name))


@pytest.fixture
def ask(folder: Path, small_model: Path) -> Callable[..., Tune]:
    def wanted(recipe: Recipe = SHORT, **others: Any) -> Tune:
        more = {"engine": Engine(str(small_model)), "painting": PAINTING, "preview_every": 0, **others}
        return Tune(str(folder), recipe=recipe, **more)

    return wanted


def run(request: Tune, job: Job | None = None) -> Tuned:
    return tune(request, [], job or quiet_job(), SHELF)


def weights(folder: Path, method: Method = Method.LORA) -> dict[str, torch.Tensor]:
    return load_file(tuning.weights_path(Study.open(folder).tuning_folder, method))


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def log(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "tune" / "log.jsonl").read_text().splitlines()]


class Watched(Job):
    """Keeps what it is told, and cancels itself at a step."""

    def __init__(self, cancel_at: int = -1) -> None:
        self.events: list[Any] = []
        super().__init__(1, self._keep)
        self._cancel_at = cancel_at

    def _keep(self, event: Any, blobs: list[bytes]) -> None:
        self.events.append((event, blobs))

    def progress(self, done: int, total: int, text: str = "") -> None:
        super().progress(done, total, text)
        if text.startswith("Tuning") and done == self._cancel_at:
            self.cancel()


def refusal(request: Tune) -> str:
    with pytest.raises(Failure) as caught:
        run(request)
    assert caught.value.hint
    with study.locked(Path(request.folder)):  # and the study is free
        return caught.value.message


# --- it learns


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


@pytest.mark.parametrize(("seconds", "said"), [(0.2, "0 s"), (42, "42 s"), (130, "2 min"), (5400, "1.5 h")])
def test_the_time_that_is_left_is_said_roughly(seconds: float, said: str):
    assert schooling.words_for(seconds) == said


@pytest.mark.parametrize(
    ("recipe", "others"),
    [
        ({"pairing": Pairing.LITERAL}, {}),
        ({"pairing": Pairing.ORDINARY, "angle": 20.0}, {}),
        ({"astray": 0.5, "looks": 1.0}, {}),
        ({"warped": 2, "crops": 1}, {}),
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


def test_a_model_on_the_shelf_is_not_changed(ask: Callable[..., Tune], small_model: Path):
    for method in METHODS:
        base = adapters.base_of(SHELF.take(Engine(str(small_model))).unet)
        run(ask(replace(SHORT, method=method, iterations=2)))
        again = SHELF.take(Engine(str(small_model))).unet
        assert adapters.base_of(again) == base
        assert not any(p.requires_grad for p in again.parameters())


# --- it goes on


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("at", [1, 5])
def test_cancelled_and_resumed_it_ends_as_if_it_never_was(
    ask: Callable[..., Tune], folder: Path, method: Method, at: int
):
    recipe = replace(SHORT, method=method, rate=1e-3)
    whole = run(ask(recipe))
    expected = weights(folder, method)
    lines = log(folder)
    shutil.rmtree(folder / "tune")
    with pytest.raises(Failure) as caught:
        run(ask(recipe), Watched(cancel_at=at))
    assert caught.value.code is ErrorCode.CANCELLED
    reached = tuning.halfway(folder / "tune")
    assert reached is not None
    assert reached.step == at
    tuned = run(ask(recipe))
    assert (tuned.steps, tuned.loss) == (whole.steps, whole.loss)
    assert same(weights(folder, method), expected)
    assert [line["loss"] for line in log(folder)] == [line["loss"] for line in lines]


@pytest.mark.parametrize("method", METHODS)
def test_killed_and_resumed_it_ends_as_if_it_never_was(ask: Callable[..., Tune], folder: Path, method: Method):
    request = ask(replace(SHORT, method=method, rate=1e-3))
    run(request)
    expected = weights(folder, method)
    shutil.rmtree(folder / "tune")
    command = [sys.executable, "-c", KILLED_AT_STEP_4, json.dumps(to_json(request))]
    as_many = {**PATHS, "OMP_NUM_THREADS": str(torch.get_num_threads())}  # another number adds up in another order
    assert subprocess.run(command, env=as_many, check=False).returncode == -signal.SIGKILL
    reached = tuning.halfway(folder / "tune")
    assert reached is not None
    assert reached.step in (3, 4)
    assert tuning.read(folder / "tune") is None
    run(request)
    assert same(weights(folder, method), expected)
    assert list((folder / "tune").glob("*.tmp")) == []


@pytest.mark.parametrize("method", METHODS)
def test_two_processes_learn_what_one_learns(ask: Callable[..., Tune], folder: Path, small_model: Path, method: Method):
    """Three pairs a batch: one process has two of them. Sums in another order are all the difference."""
    recipe = replace(SHORT, method=method, rate=1e-3, batch=3)
    alone = run(ask(recipe))
    expected = weights(folder, method)
    shutil.rmtree(folder / "tune")
    learning = f"--method {method.value} --rate 0.001 --rank 4 --iterations 8 --tuning-batch 3 --crops 4"
    said = launched(folder, *f"--model {small_model} --device cpu --steps 10 {learning}".split())
    assert said.returncode == 0, said.stderr
    assert said.stdout.count(str(folder / "tune")) == 1
    found = weights(folder, method)
    assert found.keys() == expected.keys()
    assert all(torch.allclose(found[name], expected[name], atol=1e-4) for name in found)
    assert tuning.needed(folder / "tune").loss == pytest.approx(alone.loss, rel=1e-3)
    assert not worked(ask(recipe))


def launched(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """With two processors: accelerate starts more than one process without a card only where it is told `multi`."""
    launch = [sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", "2"]
    launch += ["--num_machines", "1", "--mixed_precision", "no", "--dynamo_backend", "no", "--main_process_port", "0"]
    return subprocess.run(
        [*launch, "-m", "backend", "tune", str(folder), *words],
        env=PATHS,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_what_was_cancelled_can_be_rendered_with(ask: Callable[..., Tune], folder: Path, small_model: Path):
    with pytest.raises(Failure):
        run(ask(), Watched(cancel_at=4))
    with adapters.applied(SHELF.take(Engine(str(small_model))), folder / "tune") as known:
        assert (known.steps, known.recipe.iterations) == (4, 8)


def test_a_tuning_that_had_hardly_begun_leaves_the_one_before(ask: Callable[..., Tune], folder: Path):
    run(ask())
    before = weights(folder)
    with pytest.raises(Failure):
        run(ask(replace(SHORT, seed=1, iterations=100)), Watched(cancel_at=1))
    assert same(weights(folder), before)
    assert tuning.needed(folder / "tune").recipe == SHORT


def test_a_whole_tuning_stays_until_the_next_is_whole(ask: Callable[..., Tune], folder: Path):
    run(ask())
    before = weights(folder)
    for other in (replace(SHORT, seed=1), replace(SHORT, iterations=7)):
        with pytest.raises(Failure):
            run(ask(other), Watched(cancel_at=6))
        assert same(weights(folder), before)
        assert not worked(ask())
    run(ask(replace(SHORT, seed=1)))
    assert not same(weights(folder), before)


@pytest.mark.parametrize("method", METHODS)
def test_more_iterations_go_on_from_the_old_ones(ask: Callable[..., Tune], folder: Path, method: Method):
    recipe = replace(SHORT, method=method, rate=1e-3)
    run(ask(recipe))
    straight = weights(folder, method)
    shutil.rmtree(folder / "tune")
    run(ask(replace(recipe, iterations=5)))
    job = Watched()
    assert run(ask(recipe), job).steps == 8
    assert same(weights(folder, method), straight)
    steps = [e.done for e, _ in job.events if isinstance(e, Progress) and e.text.startswith("Tuning")]
    assert min(steps) == 6


def test_fewer_iterations_are_done_anew(ask: Callable[..., Tune], folder: Path):
    run(ask(replace(SHORT, iterations=3)))
    three = weights(folder)
    run(ask())
    assert run(ask(replace(SHORT, iterations=3))).steps == 3
    assert same(weights(folder), three)


def test_a_damaged_state_is_not_read(ask: Callable[..., Tune], folder: Path):
    run(ask())
    expected = weights(folder)
    (folder / "tune" / "tuned.json").unlink()
    state = folder / "tune" / "state.safetensors"
    state.write_bytes(state.read_bytes()[:-100])
    assert run(ask()).steps == 8
    assert same(weights(folder), expected)


def test_the_state_of_another_optimiser_is_not_read(ask: Callable[..., Tune], folder: Path):
    run(ask())
    expected, state = weights(folder), folder / "tune" / "state.safetensors"
    note = adapters.read_metadata(state, "note") | {"optimiser": "AdamW8bit"}
    eight_bits = {n.replace("exp_avg", "state1"): t.clone() for n, t in adapters.read_tensors(state).items()}
    adapters.write_tensors(state, eight_bits, {"note": json.dumps(note)})
    (folder / "tune" / "tuned.json").unlink()
    assert run(ask()).steps == 8
    assert same(weights(folder), expected)


# --- it skips what stands


def worked(request: Tune) -> bool:
    """Whether anything was done at all."""
    job = Watched()
    run(request, job)
    return bool(job.events)


def test_what_stands_is_not_done_again(ask: Callable[..., Tune], folder: Path):
    first = run(ask())
    shelf = Shelf()
    assert tune(ask(), [], quiet_job(), shelf) == first
    assert not worked(ask())
    assert not worked(ask(painting=replace(PAINTING, seed=5))), "any noise is taught: the seed does not count"
    assert not worked(ask(replace(SHORT, rate=1e-2)))


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


# --- it goes astray


def test_a_rate_that_is_too_high_is_said(ask: Callable[..., Tune], folder: Path):
    said = refusal(ask(replace(SHORT, rate=1e4, iterations=200)))
    assert said.startswith("Tuning went astray at step ")
    assert tuning.read(folder / "tune") is None


def test_the_last_good_state_is_kept(ask: Callable[..., Tune], folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(schooling, "SECONDS_TO_LOSE", 0.0)
    monkeypatch.setattr(schooling, "SHARE_OF_SAVING", 1e9)
    wanted = ask(replace(SHORT, rate=0.5, iterations=300))
    tuned = run(wanted)
    assert 0 < tuned.steps < 300
    assert f"What it had learned by step {tuned.steps} is kept: lower the learning rate of 0.5." in tuned.warning
    assert all(torch.isfinite(w).all() for w in weights(folder).values())
    assert tuning.needed(folder / "tune").warning == tuned.warning
    assert not worked(wanted), "it would go astray again"


def test_weights_that_come_apart_in_the_only_update_are_not_kept(ask: Callable[..., Tune], folder: Path):
    said = refusal(ask(replace(SHORT, rate=1e9, iterations=1)))
    assert said.startswith("Tuning went astray at step 1: ")
    assert tuning.read(folder / "tune") is None
    assert tuning.halfway(folder / "tune") is None


class Torn(Watched):
    """Cancels itself, or not, after it has torn the weights apart by a rate that is far too high."""

    def __init__(self, at: int, cancel_at: int) -> None:
        super().__init__(cancel_at)
        self._at = at

    def progress(self, done: int, total: int, text: str = "") -> None:
        if text.startswith("Tuning") and done == self._at:
            (found,) = [thing for thing in gc.get_objects() if type(thing) is torch.optim.AdamW]
            for group in found.param_groups:
                group["lr"] = 1e9
        super().progress(done, total, text)


@pytest.mark.parametrize("end", ["cancelled", "finished"])
def test_the_last_update_does_not_replace_the_last_good_state(
    ask: Callable[..., Tune], folder: Path, monkeypatch: pytest.MonkeyPatch, end: str
):
    monkeypatch.setattr(schooling, "SECONDS_TO_LOSE", 1e9)
    recipe = replace(SHORT, rate=1e-3)
    run(ask(replace(recipe, iterations=5)))
    five = weights(folder)
    gc.collect()
    if end == "cancelled":
        with pytest.raises(Failure) as caught:
            run(ask(recipe), Torn(6, cancel_at=7))
        assert caught.value.code is ErrorCode.CANCELLED
    else:
        tuned = run(ask(replace(recipe, iterations=7)), Torn(6, cancel_at=-1))
        assert tuned.steps == 5
        assert tuned.warning.startswith("Tuning went astray at step 7: ")
    reached = tuning.halfway(folder / "tune")
    assert reached is not None
    assert reached.step == 5
    assert same(weights(folder), five)


def test_what_is_no_picture_is_not_painted_as_black(small_model: Path):
    model = Shelf().take(Engine(str(small_model)))
    with torch.no_grad():
        next(model.unet.parameters()).fill_(math.nan)
    painter = Painter(model, PAINTING, "a red car")
    with pytest.raises(Failure, match="no picture any more") as caught:
        painter.paint([place(3, 64, 64)], lambda step, of: None)
    assert "tune again with a lower learning rate" in caught.value.hint


class Crammed(Watched):
    """While it encodes, more is asked for than any machine has."""

    def progress(self, done: int, total: int, text: str = "") -> None:
        super().progress(done, total, text)
        if text == "Encoding":
            torch.empty(1 << 60)


def test_too_little_memory_is_said_wherever_it_shows(ask: Callable[..., Tune]):
    with pytest.raises(Failure, match="too little memory to tune with 2 pictures at once"):
        run(ask(), Crammed())


# --- what is refused


@pytest.mark.parametrize(
    ("recipe", "said"),
    [
        ({"iterations": 0}, "0 iterations are too few."),
        ({"rate": -1.0}, "The learning rate is -1."),
        ({"rate": float("nan")}, "The learning rate is nan."),
        ({"rank": 0}, "The rank is 0."),
        ({"batch": 0}, "A batch of 0 holds nothing."),
        ({"late": 0}, "Late steps below 0 are none."),
        ({"late": 1001}, "Late steps below 1001 are none."),
        ({"looks": 0.0}, "The share of looks is 0."),
        ({"at_start": 1.5}, "The share at the start is 1.5."),
        ({"astray": -0.5}, "The share astray is -0.5."),
        ({"angle": 91.0}, "The angle of the noise is 91°."),
        ({"crops": 0}, "0 encodings are too few."),
        ({"warped": -1}, "A look cannot be carried to -1 frames."),
        ({"seed": -1}, "The seed is -1."),
        ({"seed": 10**20}, "The seed is 100000000000000000000."),
    ],
)
def test_a_recipe_that_makes_no_sense_is_refused(ask: Callable[..., Tune], recipe: dict[str, Any], said: str):
    assert refusal(ask(replace(SHORT, **recipe))) == said


@pytest.mark.parametrize(
    ("painting", "said"),
    [
        ({"guidance": float("nan")}, "The guidance is nan."),
        ({"guidance": float("inf")}, "The guidance is inf."),
        ({"seed": -1}, "The seed is -1."),
        ({"seed": 2**63}, "The seed is 9223372036854775808."),
    ],
)
def test_a_painting_that_makes_no_sense_is_refused(ask: Callable[..., Tune], painting: dict[str, Any], said: str):
    assert refusal(ask(painting=replace(PAINTING, **painting))) == said


def test_the_largest_seeds_are_taken(ask: Callable[..., Tune]):
    most = stage.MOST_SEED
    recipe = replace(SHORT, seed=most, iterations=1)
    assert run(ask(recipe, painting=replace(PAINTING, seed=most))).steps == 1


@pytest.mark.parametrize("strength", [0.0, 1.0])
def test_a_strength_that_makes_no_sense_is_refused(ask: Callable[..., Tune], strength: float):
    assert refusal(ask(painting=replace(PAINTING, strength=strength))) == f"The strength is {strength:g}."


def test_without_a_chosen_look_there_is_nothing_to_teach(ask: Callable[..., Tune], folder: Path):
    Study.open(folder).gallery.choose([])
    assert refusal(ask()) == "No look is chosen."


def test_without_reference_frames_there_is_nothing_to_keep_to(ask: Callable[..., Tune], folder: Path):
    (folder / "reference.json").unlink()
    assert refusal(ask()) == "The strip's reference frames are not chosen yet."


def test_a_reference_frame_that_is_gone_is_said(ask: Callable[..., Tune], folder: Path):
    kept = Study.open(folder)
    reference = kept.reference()
    assert reference is not None
    kept.frame_path(reference.numbers[0]).unlink()
    assert refusal(ask()) == f"The study lacks its reference frame {reference.numbers[0]}."


def test_a_look_of_a_frame_that_is_gone_is_said(ask: Callable[..., Tune], folder: Path):
    add_look(folder, "099-1", 3, "neon city")
    kept = Study.open(folder)
    look = next(look for look in kept.gallery.looks() if look.name == "099-1")
    kept.gallery.add(replace(look, frame=99))
    assert refusal(ask()) == "The look “099-1” is of frame 99, which the study does not hold."


def test_a_look_of_another_size_is_refused(ask: Callable[..., Tune], folder: Path):
    add_look(folder, "004-1", 4, "neon city", size=(64, 48))
    assert refusal(ask()) == "The look “004-1” is 64×48, and its frame 64×64."


def test_a_look_without_a_prompt_is_refused(ask: Callable[..., Tune], folder: Path):
    add_look(folder, "004-1", 4, " ")
    assert refusal(ask()) == "The look “004-1” has no prompt."


def test_a_prompt_that_the_model_cannot_hold_is_refused(ask: Callable[..., Tune], folder: Path):
    add_look(folder, "004-1", 4, "neon " * 90)
    assert refusal(ask()).startswith("The prompt has 90 tokens and the model reads 75: it would not see “neon")


def test_a_folder_that_is_no_study_is_refused_and_left_alone(ask: Callable[..., Tune], tmp_path: Path):
    with pytest.raises(Failure, match="holds no study"):
        run(replace(ask(), folder=str(tmp_path)))
    assert not (tmp_path / study.LOCK).exists()


def test_a_study_that_is_written_by_another_waits(ask: Callable[..., Tune], folder: Path):
    with study.locked(folder), pytest.raises(Failure) as caught:
        run(ask())
    assert caught.value.code is ErrorCode.STUDY_LOCKED


def test_a_clip_of_one_frame_can_be_tuned(ask: Callable[..., Tune], tmp_path: Path):
    folder = tmp_path / "still-0a1b2c3d"
    sample(folder, pan(place(3, 120, 64), [0.0], width=64))
    frames.choose(ChooseReference(str(folder), 1, 1, 1), [], quiet_job())
    release(folder)
    add_look(folder, "001-1", 1, "a red car")
    assert run(replace(ask(replace(SHORT, warped=2)), folder=str(folder))).steps == 8
