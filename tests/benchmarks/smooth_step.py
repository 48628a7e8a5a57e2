"""One step of smoothing against a straightforward PyTorch loop of the same network and loss, A B A B in one run.

`python -m tests.benchmarks.smooth_step` adds the ratios to bench.json, without the model's features and with those of a
VAE of Stable Diffusion's size: above 1 ours is faster. Goal: at least 1."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from torch import nn
from torch.nn import functional

from backend import prior
from backend.api import Prior
from backend.smoothing import Shot, Smoothing

from .engine.cases import VAE
from .engine.figures import Figure, figure, in_turn, ratios, table, write

FRAMES = 8
DEVICE = "cpu"
WINDOW = 128  # pixels a side of what the features see in a step


class Block(nn.Module):
    def __init__(self, into: int, out: int) -> None:
        super().__init__()
        self.a, self.b = nn.Conv2d(into, out, 3, padding=1), nn.Conv2d(out, out, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return functional.leaky_relu(self.b(functional.leaky_relu(self.a(x), 0.2)), 0.2)


class UNet(nn.Module):
    """As anybody would write it."""

    def __init__(self, width: int) -> None:
        super().__init__()
        w = [width, 2 * width, 4 * width, 8 * width, 16 * width]
        self.d1, self.d2, self.d3 = Block(3, w[0]), Block(w[0], w[1]), Block(w[1], w[2])
        self.d4, self.d5 = Block(w[2], w[3]), Block(w[3], w[4])
        self.u4, self.u3 = Block(w[4] + w[3], w[3]), Block(w[3] + w[2], w[2])
        self.u2, self.u1 = Block(w[2] + w[1], w[1]), Block(w[1] + w[0], w[0])
        self.out = nn.Conv2d(w[0], 3, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        def up(x: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
            x = functional.interpolate(x, size=skip.shape[-2:], mode="bilinear", align_corners=False)
            return torch.cat([x, skip], dim=1)

        height, width = x.shape[-2:]
        d1 = self.d1(functional.pad(x, (0, -width % 32, 0, -height % 32), mode="replicate"))
        d2 = self.d2(functional.max_pool2d(d1, 2))
        d3 = self.d3(functional.max_pool2d(d2, 2))
        d4 = self.d4(functional.max_pool2d(d3, 2))
        x = self.d5(functional.max_pool2d(d4, 2))
        x = self.u1(up(self.u2(up(self.u3(up(self.u4(up(x, d4)), d3)), d2)), d1))
        return self.out(x)[..., :height, :width]


def loss_of(made: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    total = functional.l1_loss(made, wanted)
    for scale in range(3):
        if scale:
            made, wanted = functional.avg_pool2d(made, 2), functional.avg_pool2d(wanted, 2)
        for dim in (2, 3):
            total = total + functional.l1_loss(made.diff(dim=dim), wanted.diff(dim=dim))
    return total


def features_apart(made: torch.Tensor, wanted: torch.Tensor, encoder: Any) -> torch.Tensor:
    """Of the first two blocks, in a window that lies elsewhere each time."""
    y, x = (int(torch.randint(max(side - WINDOW, 0) + 1, (1,))) for side in made.shape[2:])
    a, b = (encoder.conv_in(2 * part[..., y : y + WINDOW, x : x + WINDOW] - 1) for part in (made, wanted))
    total = torch.zeros(())
    for block in encoder.down_blocks[:2]:
        a, b = block(a), block(b)
        total = total + functional.l1_loss(a, b) / b.abs().mean() / 2
    return total


def straightforward(frames: torch.Tensor, takes: torch.Tensor, made: Prior, vae: Any) -> Callable[[], None]:
    network = UNet(made.width)
    optimiser = torch.optim.Adam(network.parameters(), lr=made.rate)
    vae.requires_grad_(False)

    def step() -> None:
        i = int(torch.randint(len(frames), (1,)))
        picture, wanted = network(frames[i : i + 1].float() / 255), takes[i : i + 1].float() / 255
        loss = loss_of(picture, wanted)
        if made.features:
            loss = loss + made.features * features_apart(picture, wanted, vae.encoder)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        float(loss.detach())

    return step


def ours(frames: torch.Tensor, takes: torch.Tensor, made: Prior, vae: Any) -> Callable[[], None]:
    """A step of the second half, at the whole size."""
    shot = Shot(*([picture.permute(1, 2, 0).numpy() for picture in some] for some in (frames, takes)))
    features = prior.features_of(vae) if made.features else None
    smoothing = Smoothing(shot, made, features, torch.device(DEVICE))
    smoothing.learner.step = made.steps // 2
    return smoothing.learn_one


def measured(size: int, made: Prior, rounds: int) -> list[Figure]:
    dice = np.random.default_rng(0)
    shape = (FRAMES, 3, size, size)
    frames, takes = (torch.from_numpy(dice.integers(0, 256, shape, dtype=np.uint8)) for _ in range(2))
    vae = AutoencoderKL.from_config(VAE)
    theirs, own = in_turn(
        rounds, straightforward(frames, takes, made, vae), ours(frames, takes, made, vae), device=DEVICE
    )
    named = f"smoothing, a step at {size}×{size}, width {made.width}, {'with' if made.features else 'no'} features:"
    return [
        figure(f"{named} straightforward", [1000 * each for each in theirs], "ms", device=DEVICE),
        figure(f"{named} ours", [1000 * each for each in own], "ms", device=DEVICE),
        figure(f"{named} ours against that", ratios(theirs, own), "×", least=1, device=DEVICE),
    ]


def main() -> int:
    usual = Prior()
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.smooth_step", description=__doc__)
    parser.add_argument("--size", type=int, default=512, help="both sides")
    parser.add_argument("--width", type=int, default=usual.width)
    parser.add_argument("--features", type=float, nargs="+", default=[0.0, usual.features], help="how much they count")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=int(os.environ.get("OMP_NUM_THREADS", "2")))
    parser.add_argument("--json", type=Path, default=Path("build/bench/bench.json"))
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    made = replace(usual, width=given.width, steps=1_000_000)
    found = [f for weight in given.features for f in measured(given.size, replace(made, features=weight), given.rounds)]
    write(given.json, found)
    print(table(found))
    return int(any(each.met is False for each in found))


if __name__ == "__main__":
    sys.exit(main())
