"""A tuning that was cancelled or killed goes on bit by bit, and more iterations go on from the old ones."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import tuning_studies
from launching import PATHS, launched
from tuning_studies import METHODS, SHELF, SHORT, Watched, log, run, same, weights, worked

from backend import adapters, tuning
from backend.api import (
    Engine,
    ErrorCode,
    Failure,
    Method,
    Progress,
    Tune,
)
from backend.plain import to_json

small_model, sampled = tuning_studies.small_model, tuning_studies.sampled
folder, ask = tuning_studies.folder, tuning_studies.ask


KILLED_AT_STEP_4 = """
import json, os, signal, sys
from backend import schooling
from backend.api import Tune
from backend.jobs import Job
from backend.plain import from_json
from backend.shelf import Shelf
from backend.stages.tune import tune
schooling.SECONDS_TO_LOSE, schooling.SHARE_OF_SAVING = 0.0, 1e9  # a state after every step
Job.SECONDS_BETWEEN = 0.0  # each of which is told, however fast they are
def hear(event, blobs):
    if getattr(event, "text", "").startswith("Tuning") and event.done == 4:
        os.kill(os.getpid(), signal.SIGKILL)
tune(from_json(Tune, json.loads(sys.argv[1])), [], Job(1, hear), Shelf())
"""


KILLED_BEFORE_IT_IS_KEPT = """
import json, os, signal, sys
from backend import adapters
from backend.api import Tune
from backend.jobs import Job
from backend.plain import from_json
from backend.shelf import Shelf
from backend.stages.tune import tune
write = adapters.save_file
def half(tensors, path, metadata):
    write(tensors, path, metadata)
    if not path.name.startswith("state"):
        os.kill(os.getpid(), signal.SIGKILL)
adapters.save_file = half
tune(from_json(Tune, json.loads(sys.argv[1])), [], Job(1, lambda event, blobs: None), Shelf())
"""


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
    assert subprocess.run(command, env=PATHS, check=False).returncode == -signal.SIGKILL
    reached = tuning.halfway(folder / "tune")
    assert reached is not None
    assert reached.step in (3, 4)
    assert tuning.read(folder / "tune") is None
    run(request)
    assert same(weights(folder, method), expected)
    assert list((folder / "tune").glob("*.tmp")) == []


@pytest.mark.parametrize("method", METHODS)
def test_killed_while_it_writes_what_was_learned_the_tuning_before_stays(
    ask: Callable[..., Tune], folder: Path, method: Method
):
    once = replace(SHORT, method=method, iterations=1)
    run(ask(once))
    before, known = weights(folder, method), tuning.needed(folder / "tune")
    request = ask(replace(once, seed=1))
    command = [sys.executable, "-c", KILLED_BEFORE_IT_IS_KEPT, json.dumps(to_json(request))]
    assert subprocess.run(command, env=PATHS, check=False).returncode == -signal.SIGKILL
    assert tuning.needed(folder / "tune") == known
    assert same(weights(folder, method), before)
    assert not worked(ask(once))
    run(request)
    assert tuning.needed(folder / "tune").recipe == request.recipe
    assert list((folder / "tune").rglob("*.tmp")) == []


@pytest.mark.parametrize("method", METHODS)
def test_two_processes_learn_what_one_learns(ask: Callable[..., Tune], folder: Path, small_model: Path, method: Method):
    """Three pairs a batch: one process has two of them. Sums in another order are all the difference."""
    recipe = replace(SHORT, method=method, rate=1e-3, batch=3)
    alone = run(ask(recipe))
    expected = weights(folder, method)
    shutil.rmtree(folder / "tune")
    learning = f"--method {method.value} --rate 0.001 --rank 4 --iterations 8 --tuning-batch 3 --crops 4 --spread 0"
    said = launched("tune", folder, *f"--model {small_model} --device cpu --steps 10 {learning}".split())
    assert said.returncode == 0, said.stderr
    assert said.stdout.count(str(folder / "tune")) == 1
    found = weights(folder, method)
    assert found.keys() == expected.keys()
    assert all(torch.allclose(found[name], expected[name], atol=1e-4) for name in found)
    assert tuning.needed(folder / "tune").loss == pytest.approx(alone.loss, rel=1e-3)
    assert not worked(ask(recipe))


def test_a_process_without_a_part_of_the_batch_goes_on_with_the_others(folder: Path, small_model: Path):
    """In half precision, where losses are scaled, and whoever scaled none would not know by how much."""
    learning = "--method lora --rank 4 --iterations 2 --tuning-batch 1 --crops 1 --spread 0 --precision half"
    said = launched("tune", folder, *f"--model {small_model} --device cpu --steps 10 {learning}".split())
    assert said.returncode == 0, said.stderr
    assert tuning.needed(folder / "tune").steps == 2


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


def test_a_tuning_stands_wherever_its_model_lies(
    ask: Callable[..., Tune], folder: Path, small_model: Path, tmp_path: Path
):
    run(ask())
    moved = shutil.copytree(small_model, tmp_path / "models" / "mine")
    assert not worked(replace(ask(), engine=Engine(str(moved))))


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
