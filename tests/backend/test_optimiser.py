"""AdamW of a tuning: in 8 bits where it should be, and to go on from bit by bit."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn import Linear, Module, ReLU, Sequential
from torch.optim import AdamW, Optimizer

from backend.api import Method, Recipe
from backend.optimiser import in_eight_bits, optimiser_of, remembered, remind

CPU, CARD = torch.device("cpu"), torch.device("cuda")
WHOLE, LORA = Recipe(method=Method.WHOLE), Recipe(method=Method.LORA)


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """bitsandbytes; where it is not installed, what stands in for it."""
    if importlib.util.find_spec("bitsandbytes") is not None:
        yield
        return
    monkeypatch.syspath_prepend(Path(__file__).with_name("stand_ins"))
    yield
    sys.modules.pop("bitsandbytes", None)


def net() -> Module:
    torch.manual_seed(0)
    return Sequential(Linear(64, 128), ReLU(), Linear(128, 64), ReLU(), Linear(64, 1))


def optimiser(net: Module, recipe: Recipe, device: torch.device) -> Optimizer:
    return optimiser_of(recipe, dict(net.named_parameters()), device)


def taught(net: Module, optimiser: Optimizer, steps: range) -> list[Tensor]:
    for step in steps:
        optimiser.zero_grad()
        net(torch.randn(8, 64, generator=torch.Generator().manual_seed(step))).square().mean().backward()
        optimiser.step()
    return [weight.detach().clone() for weight in net.parameters()]


def same(one: list[Tensor], other: list[Tensor]) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


# --- which one


@pytest.mark.parametrize(
    ("recipe", "device", "eight_bits"),
    [
        (WHOLE, "cuda", True),
        (WHOLE, "cuda:1", True),
        (LORA, "cuda", False),
        (WHOLE, "cpu", False),
        (WHOLE, "mps", False),
    ],
)
def test_a_whole_unet_on_a_card_is_learned_in_eight_bits(
    library: None, recipe: Recipe, device: str, eight_bits: bool
) -> None:
    assert in_eight_bits(recipe, torch.device(device)) is eight_bits
    made = optimiser(net(), recipe, torch.device(device))
    assert type(made).__name__ == ("AdamW8bit" if eight_bits else "AdamW")


def test_where_the_library_is_missing_a_card_learns_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bitsandbytes", None)  # as Python marks what cannot be imported
    assert not in_eight_bits(WHOLE, CARD)
    assert isinstance(optimiser(net(), WHOLE, CARD), AdamW)


@pytest.mark.parametrize("device", ["cpu", "cuda"])
@pytest.mark.parametrize("method", list(Method))
def test_whichever_it_is_it_learns_at_the_rate_of_the_recipe(library: None, device: str, method: Method) -> None:
    recipe = Recipe(method=method, rate=3e-3)
    (group,) = optimiser(net(), recipe, torch.device(device)).param_groups
    assert (group["lr"], group["weight_decay"]) == (3e-3, 1e-2)


def test_only_where_torch_can_a_step_is_one_kernel() -> None:
    fused = {name: optimiser(net(), LORA, torch.device(name)).defaults["fused"] for name in ("cpu", "cuda", "mps")}
    assert fused == {"cpu": True, "cuda": True, "mps": False}


# --- to go on later


@pytest.mark.parametrize("device", [CPU, CARD], ids=["in full", "in eight bits"])
def test_it_goes_on_bit_by_bit_from_what_it_remembers(library: None, device: torch.device) -> None:
    """What is kept crosses a file: tensors of their own, and numbers as JSON."""
    whole, other = net(), net()
    expected = taught(whole, optimiser(whole, WHOLE, device), range(6))

    before = optimiser(other, WHOLE, device)
    taught(other, before, range(3))
    tensors, numbers = remembered(before)
    assert len({tensor.data_ptr() for tensor in tensors.values()}) == len(tensors)
    after = optimiser(other, WHOLE, device)
    remind(after, tensors, json.loads(json.dumps(numbers)))
    assert same(taught(other, after, range(3, 6)), expected)


def test_who_forgets_ends_elsewhere(library: None) -> None:
    """Or the test before would say nothing."""
    for device in (CPU, CARD):
        whole, other = net(), net()
        expected = taught(whole, optimiser(whole, WHOLE, device), range(6))
        taught(other, optimiser(other, WHOLE, device), range(3))
        assert not same(taught(other, optimiser(other, WHOLE, device), range(3, 6)), expected)


def test_in_eight_bits_it_remembers_a_quarter(library: None) -> None:
    size = {}
    for device in (CPU, CARD):
        net = Linear(256, 256, bias=False)
        made = optimiser(net, WHOLE, device)
        made.zero_grad()
        net(torch.ones(1, 256)).sum().backward()
        made.step()
        size[device] = sum(tensor.nbytes for tensor in remembered(made)[0].values())
    assert size[CARD] < 0.3 * size[CPU]


def test_before_the_first_step_there_is_nothing_to_remember(library: None) -> None:
    for device in (CPU, CARD):
        assert remembered(optimiser(net(), WHOLE, device)) == ({}, {})
