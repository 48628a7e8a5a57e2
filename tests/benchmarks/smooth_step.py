"""One step of smoothing against a straightforward PyTorch loop of the same network and loss, A B A B in one run.

`python tests/benchmarks/smooth_step.py` prints the ratio of the medians: above 1 ours is faster. Goal: at least 1."""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from backend.api import Prior
from backend.smoothing import Shot, Smoothing

FRAMES = 8


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


def straightforward(frames: torch.Tensor, takes: torch.Tensor, prior: Prior) -> Callable[[], None]:
    network = UNet(prior.width)
    optimiser = torch.optim.Adam(network.parameters(), lr=prior.rate)

    def step() -> None:
        i = int(torch.randint(len(frames), (1,)))
        loss = loss_of(network(frames[i : i + 1].float() / 255), takes[i : i + 1].float() / 255)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        float(loss.detach())

    return step


def ours(frames: torch.Tensor, takes: torch.Tensor, prior: Prior) -> Callable[[], None]:
    """A step of the second half, at the whole size."""
    shot = Shot(*([picture.permute(1, 2, 0).numpy() for picture in some] for some in (frames, takes)))
    smoothing = Smoothing(shot, prior, None, torch.device("cpu"))
    smoothing.learner.step = prior.steps // 2
    return smoothing.learn_one


def seconds(step: Callable[[], None]) -> float:
    began = time.perf_counter()
    step()
    return time.perf_counter() - began


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=512, help="both sides")
    parser.add_argument("--width", type=int, default=Prior().width)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    dice = np.random.default_rng(0)
    shape = (FRAMES, 3, given.size, given.size)
    frames, takes = (torch.from_numpy(dice.integers(0, 256, shape, dtype=np.uint8)) for _ in range(2))
    prior = Prior(width=given.width, features=0.0, steps=1_000_000)
    steps = {"straightforward": straightforward(frames, takes, prior), "ours": ours(frames, takes, prior)}
    for step in steps.values():
        seconds(step)
    taken: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(given.rounds):
        for name, step in steps.items():
            taken[name].append(seconds(step))
    medians = {name: statistics.median(times) for name, times in taken.items()}
    print(f"{given.size}×{given.size}, width {given.width}, {given.threads} threads, {given.rounds} rounds")
    for name, median in medians.items():
        print(f"{name}: {1000 * median:.1f} ms a step")
    print(f"ratio: {medians['straightforward'] / medians['ours']:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
