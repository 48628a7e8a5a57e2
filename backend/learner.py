"""A network of Deep Video Prior that learns, step by step, and goes on bit by bit where it was saved."""

from __future__ import annotations

import copy
from collections.abc import Mapping

import torch
from torch import Tensor

from . import states
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
        return states.state_of(self.step, self.optimiser, network=self.network, average=self.average)

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        self.step = states.restore(tensors, self.optimiser, network=self.network, average=self.average)
