"""What a tuning takes of a card, and how it goes on where that is too much."""

from __future__ import annotations

import math
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
import tuning_studies
from torch import Tensor
from tuning_studies import METHODS, SHELF, SHORT, Watched, run, same, weights

from backend import models, sparing, teaching
from backend.api import Engine, Failure, Log, Method, Recipe, Tune
from backend.batching import SPARE
from backend.models import Model
from backend.several import Team
from backend.sparing import needed
from backend.trainer import Material

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


# --- on a card


class Part:
    """A network of diffusers as far as it is moved: on a card that this computer may lack."""

    def __init__(self, device: str) -> None:
        self.device = torch.device(device)

    def to(self, device: torch.device) -> None:
        self.device = device


@pytest.fixture
def on(small_model: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Model]:
    """The small model as one that lies on a device, whatever this computer has."""

    def placed(device: str) -> Model:
        model = models.load(str(small_model))
        kind = type("Placed", (type(model.unet),), {"device": torch.device(device)})
        monkeypatch.setattr(model.unet, "__class__", kind)
        parts: dict[str, Any] = {"vae": Part(device), "text_encoder": Part(device)}
        return replace(model, **parts)

    return placed


def card_with(free: Callable[[], int], monkeypatch: pytest.MonkeyPatch, unused: int = 0) -> None:
    """What torch tells of a card."""
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (free(), 1 << 40))
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda device: 7)
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda device: 7 + unused)


def places(model: Model) -> list[str]:
    return [part.device.type for part in (model.vae, model.text_encoder, model.unet)]


def learned_in(model: Model, method: Method, job: Watched, batch: int = 4) -> tuple[list[str], bool, int]:
    """Where the parts are while the UNet learns, whether layers are computed twice, and how many numbers it learns."""
    nothing: Any = None
    recipe = Recipe(method=method, rank=4, batch=batch)
    material = Material(nothing, nothing, nothing, n_0=torch.zeros(1, 4, 64, 64))
    with teaching.room(model, Tune("", recipe=recipe), material, Team(), job) as learned:
        found = places(model), model.unet.is_gradient_checkpointing, sum(p.numel() for p in learned.values())
    assert not model.unet.is_gradient_checkpointing, "and no longer than that"
    return found


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("device", "during"), [("cuda", "cpu cpu cuda"), ("mps", "mps mps mps"), ("cpu", "cpu cpu cpu")]
)
def test_what_has_said_all_it_knows_leaves_a_card_and_comes_back(
    on: Callable[[str], Model], monkeypatch: pytest.MonkeyPatch, device: str, during: str, method: Method
) -> None:
    """Other devices have no memory of their own."""
    card_with(lambda: 100 * GIB, monkeypatch)
    model = on(device)
    before = places(model)
    assert learned_in(model, method, Watched())[0] == during.split()
    assert places(model) == before


def test_it_comes_back_from_a_tuning_that_broke_off(on: Callable[[str], Model]) -> None:
    model = on("cuda")
    with pytest.raises(KeyboardInterrupt), sparing.aside(model):
        assert places(model) == ["cpu", "cpu", "cuda"]
        raise KeyboardInterrupt
    assert places(model) == ["cuda", "cuda", "cuda"]
    with pytest.raises(MemoryError), sparing.staying(model.vae, torch.device("cpu")):
        raise MemoryError
    assert places(model)[0] == "cuda"


@pytest.mark.parametrize(("method", "eight_bits"), [(Method.LORA, False), (Method.WHOLE, False), (Method.WHOLE, True)])
def test_layers_are_computed_twice_where_not_enough_is_free_once_the_others_have_left(
    on: Callable[[str], Model], monkeypatch: pytest.MonkeyPatch, method: Method, eight_bits: bool
) -> None:
    """A fifth of what is free is left to others, and what torch holds unused is free."""
    library = ModuleType("bitsandbytes")
    library.__spec__ = ModuleSpec("bitsandbytes", None)
    monkeypatch.setitem(sys.modules, "bitsandbytes", library if eight_bits else None)
    model, unused = on("cuda"), 1000

    def twice(free: int) -> tuple[bool, int, list[str]]:
        job = Watched()
        card_with(lambda: free if places(model)[:2] == ["cpu", "cpu"] else 0, monkeypatch, unused)
        _, found, count = learned_in(model, method, job)
        return found, count, said(job)

    count = twice(100 * GIB)[1]
    wanted = needed(count, LATENTS, 32, half=False, eight_bits=eight_bits)
    least = math.ceil(wanted / SPARE) - unused
    assert twice(least)[0] is False and twice(least)[2] == []
    found, _, (sentence,) = twice(least - 2)
    assert found and sentence.startswith("The device's memory is short: layers are computed twice")


@pytest.mark.parametrize("device", ["cpu", "mps"])
def test_of_a_device_without_memory_of_its_own_nothing_is_foreseen(on: Callable[[str], Model], device: str) -> None:
    assert sparing.free_of(torch.device(device)) is None
    assert learned_in(on(device), Method.LORA, Watched(), batch=1_000_000)[1] is False


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
