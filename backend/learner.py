"""A network of Deep Video Prior that learns, step by step, and goes on bit by bit where it was saved."""

from __future__ import annotations

import copy
from collections.abc import Mapping

import torch
from torch import Tensor

from .api import Prior
from .prior import Network

HORIZON = 50  # steps that the mean of its weights looks back: single ones tell which frame was taught last
RAMP = 10


class Learner:
    """What it paints is painted with the mean of its weights over its last steps."""

    def __init__(self, prior: Prior, device: torch.device) -> None:
        made = Network(prior.width, prior.heads, prior.seed).to(device)
        self.network: Network = made.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
        self.average = copy.deepcopy(self.network).requires_grad_(False)
        fused = device.type in ("cpu", "cuda")
        self.optimiser = torch.optim.Adam(self.network.parameters(), prior.rate, fused=fused)
        self.device, self.step = device, 0

    def learn(self, loss: Tensor) -> None:
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        share = max(1 / HORIZON, RAMP / (RAMP + self.step))
        with torch.no_grad():
            for mean, newest in zip(self.average.parameters(), self.network.parameters(), strict=True):
                mean.lerp_(newest, share)
        self.step += 1

    @torch.no_grad()
    def paint(self, frames: Tensor) -> tuple[Tensor, ...]:
        """A picture a head."""
        return tuple(picture.clamp(0, 1) for picture in self.average(frames))

    # --- to go on later

    def tensors(self) -> dict[str, Tensor]:
        found = {f"network.{name}": value for name, value in self.network.state_dict().items()}
        found |= {f"average.{name}": value for name, value in self.average.state_dict().items()}
        for i, state in self.optimiser.state_dict()["state"].items():
            found |= {f"optimiser.{i}.{key}": value for key, value in state.items()}
        return found | {"step": torch.tensor(self.step)}

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        self.network.load_state_dict(part(tensors, "network"))
        self.average.load_state_dict(part(tensors, "average"))
        state: dict[int, dict[str, Tensor]] = {}
        weights = list(self.network.parameters())
        for name, value in part(tensors, "optimiser").items():
            i, _, key = name.partition(".")
            like = weights[int(i)]  # in its layout, which a file does not keep
            state.setdefault(int(i), {})[key] = value if key == "step" else torch.empty_like(like).detach().copy_(value)
        groups = self.optimiser.state_dict()["param_groups"]
        self.optimiser.load_state_dict({"state": state, "param_groups": groups})
        self.step = int(tensors["step"])


def part(tensors: Mapping[str, Tensor], name: str) -> dict[str, Tensor]:
    """Those that were put away under a name."""
    return {k.removeprefix(f"{name}."): v for k, v in tensors.items() if k.startswith(f"{name}.")}
