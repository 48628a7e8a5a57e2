"""A network that paints a pixel from the patch around it and from how high it lies; it learns from a few looks."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional

from . import states
from .api import Prior

SIDE = 7  # of a patch
WINDOW = 128  # pixels a side of what is learned from at a time
ZOOM = 1.25  # of what is learned from, at most
WARM_UP = 0.3  # the share of the steps in which the rate rises
AT_ONCE = 4  # frames painted


class Patches(nn.Module):
    """More than a patch it must not see: one look is a single picture, and would be learned by heart."""

    def __init__(self, width: int, seed: int) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.layers = nn.Sequential(
                nn.Conv2d(4, width, SIDE, padding=SIDE // 2, padding_mode="replicate"),
                nn.ReLU(),
                nn.Conv2d(width, width, 1),
                nn.ReLU(),
                nn.Conv2d(width, 3, 1),
            )

    def forward(self, frames: Tensor) -> Tensor:
        return self.layers(frames)


def shown(frames: Tensor) -> Tensor:
    """From (n, 3, height, width) of 0 to 255: colours from -1 to 1, and how high each pixel lies."""
    n, _, height, width = frames.shape
    down = torch.linspace(-1, 1, height, device=frames.device).view(1, 1, height, 1).expand(n, 1, height, width)
    return torch.cat([frames.float() / 127.5 - 1, down], dim=1)


class Learner:
    """Patches that learn step by step, and go on bit by bit where they were saved."""

    def __init__(self, prior: Prior, device: torch.device) -> None:
        self.prior, self.device, self.step = prior, device, 0
        self.network = Patches(prior.width, prior.seed).to(device)
        self.optimiser = torch.optim.Adam(self.network.parameters(), prior.rate)

    def learn(self, frames: Tensor, looks: Tensor, sure: Tensor, dice: Generator) -> float:
        """One step on (n, ·, height, width) of 0 to 255, of which a part is cut out. `sure` is from 0 to 1."""
        both = torch.cat([shown(frames), looks.float() / 127.5 - 1, sure], dim=1)
        part = cut(both, dice).to(self.device)
        frame, look, weight = part[:, :4], part[:, 4:7], part[:, 7:]
        loss = (weight * (self.network(frame) - look) ** 2).mean()
        for group in self.optimiser.param_groups:
            group["lr"] = self.prior.rate * rate_at(self.step, self.prior.steps)
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        self.step += 1
        return float(loss.detach())

    @torch.no_grad()
    def paint(self, frames: Tensor) -> Tensor:
        """From and to (n, 3, height, width) of 0 to 255, unrounded."""
        parts = [self.network(shown(some.to(self.device))) for some in frames.split(AT_ONCE)]
        return (torch.cat(parts).clamp(-1, 1) * 127.5 + 127.5).cpu()

    # --- to go on later

    def tensors(self) -> dict[str, Tensor]:
        return states.state_of(self.step, self.optimiser, network=self.network)

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        self.step = states.restore(tensors, self.optimiser, network=self.network)


def rate_at(step: int, steps: int) -> float:
    """Up and down again along a cosine (Smith and Topin 2018): it ends where it no longer jumps about."""
    done = (step + 1) / (steps + 1)
    if done < WARM_UP:
        return (1 - math.cos(math.pi * done / WARM_UP)) / 2
    return (1 + math.cos(math.pi * (done - WARM_UP) / (1 - WARM_UP))) / 2


def cut(pictures: Tensor, dice: Generator) -> Tensor:
    """The same part of all, enlarged a little, as it is or its mirror image: what is learned must not be by heart."""
    height, width = pictures.shape[-2:]
    chance = torch.rand(4, generator=dice).tolist()
    zoom = 1 + chance[0] * (ZOOM - 1)
    out = min(height, WINDOW), min(width, WINDOW)
    high, wide = (max(1, round(side / zoom)) for side in out)
    y, x = round(chance[1] * (height - high)), round(chance[2] * (width - wide))
    part = pictures[..., y : y + high, x : x + wide]
    part = functional.interpolate(part, out, mode="bilinear", align_corners=False)
    return part.flip(-1) if chance[3] < 0.5 else part
