"""Small networks that judge pictures: which style, which time, where the vehicle is, and the straw painters to beat."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from .captions import Style, Time
from .data import Pictures
from .train import to_tensor

Network = TypeVar("Network", bound=nn.Module)


def grey(pictures: Tensor) -> Tensor:
    """Pictures in [-1, 1] without their colour, which alone would give most styles away."""
    weights = torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)
    return (pictures * weights).sum(1, keepdim=True)


class Classifier(nn.Module):
    """Names the style and the time of a grey picture."""

    def __init__(self) -> None:
        super().__init__()
        widths = (1, 24, 48, 64)
        self.body = nn.Sequential(
            *(
                nn.Sequential(
                    nn.Conv2d(a, b, 5, 2, 2), nn.GroupNorm(8, b), nn.GELU(), nn.Conv2d(b, b, 3, 1, 1), nn.GELU()
                )
                for a, b in pairwise(widths)
            )
        )
        self.head = nn.Linear(2 * widths[-1], len(Style) + len(Time))

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        found = self.body(pictures)
        scores = self.head(torch.cat([found.mean((2, 3)), found.amax((2, 3))], 1))
        return scores[:, : len(Style)], scores[:, len(Style) :]


def fitted_classifier(pictures: Pictures, steps: int = 500, batch: int = 48) -> Classifier:
    """Trained on true grey pictures, the first nine tenths of them."""
    torch.manual_seed(1)
    judge, rng = Classifier(), np.random.default_rng(1)
    count = len(pictures.pixels) * 9 // 10
    labels = torch.from_numpy(pictures.labels)

    def loss(_: int) -> Tensor:
        chosen = np.sort(rng.choice(count, batch, replace=False))
        style, time = judge(grey(to_tensor(pictures.pixels[chosen])))
        return functional.cross_entropy(style, labels[chosen, 0]) + functional.cross_entropy(time, labels[chosen, 1])

    return fit(judge, loss, steps, 2e-3)


class Finder(nn.Module):
    """Finds the followed vehicle in a picture of any style: one logit a pixel, at half the size."""

    def __init__(self) -> None:
        super().__init__()
        self.fine = nn.Sequential(nn.Conv2d(3, 16, 5, 2, 2), nn.GELU(), nn.Conv2d(16, 24, 3, 1, 1), nn.GELU())
        self.coarse = nn.Sequential(
            nn.Conv2d(24, 48, 3, 2, 1), nn.GELU(), nn.Conv2d(48, 64, 3, 2, 1), nn.GELU(), nn.Conv2d(64, 64, 3, 1, 2, 2),
            nn.GELU(), nn.Conv2d(64, 24, 3, 1, 1),
        )  # fmt: skip
        self.head = nn.Sequential(nn.GELU(), nn.Conv2d(24, 16, 3, 1, 1), nn.GELU(), nn.Conv2d(16, 1, 1))

    def forward(self, pictures: Tensor) -> Tensor:
        fine = self.fine(pictures)
        coarse = functional.interpolate(self.coarse(fine), size=fine.shape[2:], mode="bilinear", align_corners=False)
        return self.head(fine + coarse)[:, 0]


def fitted_finder(pixels: np.ndarray, masks: np.ndarray, side: int, steps: int = 1500, batch: int = 24) -> Finder:
    """Trained on windows of pictures, so that a vehicle may be anywhere, and whole or not."""
    torch.manual_seed(2)
    judge, rng = Finder(), np.random.default_rng(2)

    def loss(_: int) -> Tensor:
        chosen = rng.choice(len(pixels), batch, replace=False)
        lefts = rng.integers(0, pixels.shape[2] - side + 1, batch)
        cut = [(pixels[i, :, x : x + side], masks[i, :, x : x + side]) for i, x in zip(chosen, lefts, strict=True)]
        shown, true = (np.stack(some) for some in zip(*cut, strict=True))
        half = functional.avg_pool2d(torch.from_numpy(true).float()[:, None], 2)[:, 0]
        return functional.binary_cross_entropy_with_logits(judge(to_tensor(shown)), half)

    return fit(judge, loss, steps, 2e-3)


def patch_net() -> nn.Module:
    """Sees 7 by 7 pixels; two hidden layers."""
    return nn.Sequential(
        nn.Conv2d(3, 64, 7, 1, 3, padding_mode="replicate"),
        nn.ReLU(),
        nn.Conv2d(64, 64, 1),
        nn.ReLU(),
        nn.Conv2d(64, 3, 1),
    )


def fitted_patch_net(source: Tensor, truth: Tensor, steps: int = 500) -> nn.Module:
    """The straw painter: fitted on one pair, it knows the style if the style is a local filter."""
    torch.manual_seed(3)
    straw = patch_net()
    return fit(straw, lambda _: functional.mse_loss(straw(source), truth), steps, 3e-3)


def fitted_colours(source: Tensor, truth: Tensor) -> Callable[[Tensor], Tensor]:
    """The best affine map from source colours to true colours."""

    def table(x: Tensor) -> Tensor:
        flat = x.permute(0, 2, 3, 1).reshape(-1, 3)
        return torch.cat([flat, torch.ones(len(flat), 1)], 1)

    solved = torch.linalg.lstsq(table(source), truth.permute(0, 2, 3, 1).reshape(-1, 3)).solution

    def apply(x: Tensor) -> Tensor:
        n, _, h, w = x.shape
        return (table(x) @ solved).reshape(n, h, w, 3).permute(0, 3, 1, 2)

    return apply


def fit(network: Network, loss: Callable[[int], Tensor], steps: int, rate: float) -> Network:
    optimiser = torch.optim.Adam(network.parameters(), rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps)
    for step in range(steps):
        optimiser.zero_grad()
        loss(step).backward()
        optimiser.step()
        schedule.step()
    return network.eval()


def recalled(judge: nn.Module, path: Path) -> bool:
    """Whether a judge could be read back instead of being fitted again."""
    if path.is_file():
        judge.load_state_dict(torch.load(path, weights_only=True))
        judge.eval()
    return path.is_file()
