"""A small decoder in place of the VAE's, distilled on one clip: the network, and how it learns. No stage, no study."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional

from .frozen import frozen

BLOCKS = 3  # residual blocks where it is cheapest, at the size of the latents
SIDE = 32  # of the crops that are learned from, in latents
MARGIN = 4  # latents of a crop that do not see what the VAE saw beyond it
BATCH = 4
RATE = 2e-3
AT_ONCE = 8

Watch = Callable[[int], None]


class SmallDecoder(nn.Module):
    """Latents, as the UNet has them, to pictures from 0 to 1. Half as many channels at twice the size: each level costs
    the same, and all of it less than one of the VAE's own blocks."""

    def __init__(self, channels: int, factor: int, width: int) -> None:
        super().__init__()
        widths = [max(width >> level, 8) for level in range(int(math.log2(factor)) + 1)]
        parts: list[nn.Module] = [_conv(channels, widths[0]), *(_Block(widths[0]) for _ in range(BLOCKS))]
        for wide, narrow in itertools.pairwise(widths):
            parts += [_conv(wide, 4 * narrow), nn.PixelShuffle(2), _Block(narrow)]
        self.detail = nn.Sequential(*parts, nn.SiLU(), _zeroed(_conv(widths[-1], 3)))
        self.colour = _zeroed(nn.Conv2d(channels, 3, 1))  # a latent is nearly a colour: what remains is detail
        self.factor = factor

    def forward(self, latents: Tensor) -> Tensor:
        size = [self.factor * side for side in latents.shape[2:]]
        colour = functional.interpolate(self.colour(latents), size=size, mode="bilinear", align_corners=False)
        return colour + self.detail(latents) + 0.5

    @torch.no_grad()
    def decode(self, latents: Tensor) -> Tensor:
        """As a model decodes."""
        return self(latents.to(self.colour.weight)).clamp(0, 1)


class _Block(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.way = nn.Sequential(nn.SiLU(), _conv(width, width), nn.SiLU(), _zeroed(_conv(width, width)))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.way(x)


def _conv(given: int, made: int) -> nn.Conv2d:
    """What goes in comes out as large: torch's own beginning lets it shrink from layer to layer."""
    conv = nn.Conv2d(given, made, 3, padding=1)
    nn.init.kaiming_normal_(conv.weight, nonlinearity="linear")
    return conv


def _zeroed(conv: nn.Conv2d) -> nn.Conv2d:
    """It begins as nothing, so that the rest begins as it is."""
    nn.init.zeros_(conv.weight)
    assert conv.bias is not None
    nn.init.zeros_(conv.bias)
    return conv


# --- learning


@frozen
class Examples:
    """Latents and what is to be made of them, of one size."""

    latents: Tensor
    pictures: Tensor  # from 0 to 1, in half precision: they are many

    def __len__(self) -> int:
        return len(self.latents)


def learn(decoder: SmallDecoder, examples: Examples, steps: int, seed: int, watch: Watch) -> None:
    """Every draw comes from the seed and the number of the step. It learns in full precision."""
    _mix(decoder.colour, examples, decoder.factor)
    optimiser = torch.optim.AdamW(decoder.parameters(), lr=RATE, weight_decay=1e-4)
    pace = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=RATE, total_steps=steps + 1, pct_start=0.05)
    dice = Generator().manual_seed(seed)
    for step in range(steps):
        watch(step)
        latents, pictures, counts = crops(examples, decoder.factor, dice)
        error = (decoder(latents) - pictures).square() * counts
        (error.sum() / (3 * counts.sum() * len(latents))).backward()
        torch.nn.utils.clip_grad_norm_(decoder.parameters(), 1.0)
        optimiser.step()
        pace.step()
        optimiser.zero_grad()


@torch.no_grad()
def _mix(colour: nn.Conv2d, examples: Examples, factor: int) -> None:
    """The mixture of the latents' channels that is nearest to the colours, by least squares: all else is detail."""
    latents = examples.latents.permute(0, 2, 3, 1).flatten(0, 2).cpu().double()  # in this order: mps knows no double
    known = torch.cat([latents, torch.ones(len(latents), 1, dtype=latents.dtype)], 1)
    means = torch.cat([functional.avg_pool2d(some.float(), factor) for some in examples.pictures.split(AT_ONCE)])
    wanted = means.permute(0, 2, 3, 1).flatten(0, 2).cpu().double() - 0.5
    found = torch.linalg.lstsq(known, wanted, driver="gelsd").solution.T.to(colour.weight)
    colour.weight.copy_(found[:, :-1, None, None])
    assert colour.bias is not None
    colour.bias.copy_(found[:, -1])


def crops(examples: Examples, factor: int, dice: Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Some latents, their pictures, and where they count: not at an edge beyond which there is more."""
    height, width = examples.latents.shape[2:]
    high, wide = min(SIDE, height), min(SIDE, width)
    top, left = (int(torch.randint(n + 1, (1,), generator=dice)) for n in (height - high, width - wide))
    which = torch.randint(len(examples), (BATCH,), generator=dice).to(examples.latents.device)
    latents = examples.latents[which, :, top : top + high, left : left + wide]
    big = [factor * n for n in (top, left, high, wide)]
    pictures = examples.pictures[which, :, big[0] : big[0] + big[2], big[1] : big[1] + big[3]].float()
    counts = torch.ones(1, 1, high, wide)
    if top:
        counts[:, :, :MARGIN] = 0
    if left:
        counts[..., :MARGIN] = 0
    if top + high < height:
        counts[:, :, -MARGIN:] = 0
    if left + wide < width:
        counts[..., -MARGIN:] = 0
    return latents, pictures, functional.interpolate(counts, scale_factor=factor).to(latents.device)
