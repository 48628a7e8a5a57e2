"""A tuning that goes astray is said, and the last good state is kept."""

from __future__ import annotations

import gc
import math
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import tuning_studies
from safetensors.torch import load_file, save_file
from studies import place
from tuning_studies import PAINTING, SHORT, Watched, refusal, run, same, weights, worked

from backend import schooling, tuning
from backend.api import (
    Engine,
    ErrorCode,
    Failure,
    Precision,
    Tune,
)
from backend.painter import Painter
from backend.shelf import Shelf

small_model, sampled = tuning_studies.small_model, tuning_studies.sampled
folder, ask = tuning_studies.folder, tuning_studies.ask


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


@pytest.fixture
def overflowing(small_model: Path, tmp_path: Path) -> Path:
    """A model whose network does its work in full precision, and not in half."""
    made = shutil.copytree(small_model, tmp_path / "overflowing")
    weights = made / "unet" / "diffusion_pytorch_model.safetensors"
    save_file({n: w * 1e6 if n == "conv_out.weight" else w for n, w in load_file(weights).items()}, weights)
    return made


def test_a_model_that_does_not_bear_half_precision_is_not_laid_to_the_rate(
    ask: Callable[..., Tune], folder: Path, overflowing: Path
):
    with pytest.raises(Failure, match="is no number") as caught:
        run(ask(SHORT, engine=Engine(str(overflowing), precision=Precision.HALF)))
    assert caught.value.hint == "Choose full precision."
    assert tuning.read(folder / "tune") is None
    run(ask(replace(SHORT, iterations=1, rate=1e-9), engine=Engine(str(overflowing))))


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
    """A smaller batch helps a step, and nothing else."""
    with pytest.raises(Failure) as caught:
        run(ask(), Crammed())
    assert caught.value.message == "The device has too little memory to tune."
    assert "smaller short side" in caught.value.hint and "batch" not in caught.value.hint
