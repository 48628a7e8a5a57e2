"""What a tuning takes of a card, and how it goes on where that is too much."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
import tuning_studies
from torch import Tensor
from tuning_studies import METHODS, SHELF, SHORT, Watched, run, same, weights

from backend.api import Engine, Failure, Log, Method, Tune
from backend.batching import SPARE
from backend.models import Model
from backend.sparing import needed

small_model, sampled = tuning_studies.small_model, tuning_studies.sampled
folder, ask = tuning_studies.folder, tuning_studies.ask

GIB = 1 << 30
LATENTS, CHANNELS = 4 * 64 * 64, 320  # of a batch of Stable Diffusion 1.5 at 512²


@contextmanager
def short_of_memory(model: Model, after: int, whatever: bool = False) -> Iterator[None]:
    """A device that runs out on the way back, when some gradients are there already: while all is kept, or always."""
    unet: Any = model.unet
    steps = 0

    def fail(gradient: Tensor) -> None:
        torch.empty(1 << 60)  # more than any machine has: torch says so in its own words

    def watch(block: Any, given: Any, output: Tensor) -> None:
        nonlocal steps
        if output.requires_grad:
            steps += 1
            if steps > after and (whatever or not unet.is_gradient_checkpointing):
                output.register_hook(fail)

    hook = unet.down_blocks[0].resnets[0].register_forward_hook(watch)
    try:
        yield
    finally:
        hook.remove()


def said(job: Watched) -> list[str]:
    return [event.text for event, _ in job.events if isinstance(event, Log)]


# --- what it takes


def test_a_lora_fits_into_a_large_card_and_is_spared_on_a_small_one() -> None:
    """Beside the weights, which are 1.6 GiB."""
    lora = needed(16_000_000, LATENTS, CHANNELS, half=True, eight_bits=False)
    assert SPARE * 6 * GIB < lora < SPARE * 10 * GIB
    assert needed(16_000_000, LATENTS // 4, CHANNELS, half=True, eight_bits=False) < 2 * GIB, "one picture at a time"
    assert lora < needed(16_000_000, LATENTS, CHANNELS, half=False, eight_bits=False) < SPARE * 10 * GIB


def test_of_a_whole_unet_its_numbers_count_too() -> None:
    """A gradient of 4 bytes, AdamW's two means of 4, and a copy of 2 to compute with."""
    several = 860_000_000
    kept = needed(0, LATENTS, CHANNELS, half=True, eight_bits=False)
    assert needed(several, LATENTS, CHANNELS, half=True, eight_bits=False) == kept + several * 14
    assert needed(several, LATENTS, CHANNELS, half=True, eight_bits=True) == kept + several * 8
    assert needed(several, 0, CHANNELS, half=False, eight_bits=False) == several * 12


# --- where it is too much


@pytest.mark.parametrize("method", METHODS)
def test_where_memory_runs_out_it_goes_on_with_less_to_the_same_result(
    ask: Callable[..., Tune], folder: Path, small_model: Path, method: Method
) -> None:
    request = ask(replace(SHORT, method=method, rate=1e-3))
    whole = run(request)
    expected = weights(folder, method)
    shutil.rmtree(folder / "tune")
    model, job = SHELF.take(Engine(str(small_model))), Watched()
    with short_of_memory(model, after=3):
        tuned = run(request, job)
    assert (tuned.steps, tuned.loss) == (whole.steps, whole.loss)
    assert same(weights(folder, method), expected)
    (sentence,) = said(job)
    assert sentence.startswith("The device's memory is short: layers are computed twice")
    assert not model.unet.is_gradient_checkpointing, "and the next job keeps what it can"


@pytest.mark.parametrize("method", METHODS)
def test_where_that_is_too_much_too_it_is_said_what_to_do(
    ask: Callable[..., Tune], small_model: Path, method: Method
) -> None:
    request = ask(replace(SHORT, method=method))
    with (
        short_of_memory(SHELF.take(Engine(str(small_model))), after=3, whatever=True),
        pytest.raises(Failure) as caught,
    ):
        run(request)
    assert caught.value.message == "The device has too little memory to tune with 2 pictures at once."
    assert "a smaller short side" in caught.value.hint
    assert ("Tune a LoRA" in caught.value.hint) == (method is Method.WHOLE)
    assert run(request).steps == SHORT.iterations, "and where there is more of it by then, it goes on"


def test_a_preview_that_does_not_fit_ends_no_tuning(ask: Callable[..., Tune], small_model: Path) -> None:
    model, job = SHELF.take(Engine(str(small_model))), Watched()
    hook: Any = model.vae.decoder.register_forward_pre_hook(lambda part, given: torch.empty(1 << 60))
    try:
        assert run(ask(preview_every=4), job).steps == SHORT.iterations
    finally:
        hook.remove()
    assert said(job) == ["The device's memory holds no preview beside the tuning."] * 2
