"""All that a network in training goes on from, bit by bit, as tensors by name: weights, optimiser and step."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import Module
from torch.optim import Optimizer


def state_of(step: int, optimiser: Optimizer, **networks: Module) -> dict[str, Tensor]:
    found = {"step": torch.tensor(step)}
    for name, network in networks.items():
        found |= under(name, network.state_dict())
    for i, remembered in optimiser.state_dict()["state"].items():
        found |= under(f"optimiser.{i}", remembered)
    return found


def restore(tensors: Mapping[str, Tensor], optimiser: Optimizer, **networks: Module) -> int:
    """The step that it was at."""
    for name, network in networks.items():
        network.load_state_dict(part(tensors, name))
    weights = [weight for group in optimiser.param_groups for weight in group["params"]]
    state: dict[int, dict[str, Tensor]] = {}
    for name, value in part(tensors, "optimiser").items():
        i, _, key = name.partition(".")
        like = weights[int(i)]  # in its layout, which a file does not keep
        state.setdefault(int(i), {})[key] = value if key == "step" else torch.empty_like(like).detach().copy_(value)
    groups = optimiser.state_dict()["param_groups"]
    optimiser.load_state_dict({"state": state, "param_groups": groups})
    return int(tensors["step"])


def under(name: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {f"{name}.{key}": value for key, value in tensors.items()}


def part(tensors: Mapping[str, Tensor], name: str) -> dict[str, Tensor]:
    """Those that were put away under a name."""
    return {k.removeprefix(f"{name}."): v for k, v in tensors.items() if k.startswith(f"{name}.")}
