"""What a tuning learns by: AdamW, in 8 bits where a whole UNet's means would fill a card, and what it remembers."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from .api import Method, Recipe
from .tuning import rate_of


def optimiser_of(recipe: Recipe, learned: Mapping[str, Tensor], device: torch.device) -> Optimizer:
    if in_eight_bits(recipe, device):
        kind: Any = importlib.import_module("bitsandbytes").optim.AdamW8bit
        return kind(learned.values(), lr=rate_of(recipe))
    return torch.optim.AdamW(learned.values(), lr=rate_of(recipe), fused=device.type in ("cpu", "cuda"))


def in_eight_bits(recipe: Recipe, device: torch.device) -> bool:
    """A whole UNet's AdamW takes twice its own size: in 8 bits on a card, where there is one that can."""
    whole = recipe.method is Method.WHOLE and device.type == "cuda"
    return whole and importlib.util.find_spec("bitsandbytes") is not None


# --- to go on later


def remembered(optimiser: Optimizer) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Tensors and numbers, by the number of their weight. Not of `state_dict`, where bitsandbytes hides its tensors."""
    tensors: dict[str, Tensor] = {}
    numbers: dict[str, Any] = {}
    for i, weight in enumerate(_weights(optimiser)):
        for key, value in optimiser.state.get(weight, {}).items():
            if isinstance(value, Tensor):
                tensors[f"{i}.{key}"] = value.to("cpu", copy=True)  # a copy: 8-bit ones share some among them
            else:
                numbers[f"{i}.{key}"] = value
    return tensors, numbers


def remind(optimiser: Optimizer, tensors: Mapping[str, Tensor], numbers: Mapping[str, Any]) -> None:
    state: dict[int, dict[str, Any]] = {}
    for name, value in {**tensors, **numbers}.items():
        i, _, key = name.partition(".")
        state.setdefault(int(i), {})[key] = value
    optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})


def _weights(optimiser: Optimizer) -> list[Tensor]:
    return [weight for group in optimiser.param_groups for weight in group["params"]]
