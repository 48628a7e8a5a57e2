"""Deep Video Prior (Lei, Xing, Chen 2020): the network that learns what frames share, and its loss.

Taught frame to picture over a whole clip, it takes up what is the same everywhere first, and flicker last. Pictures are
(n, 3, height, width) from 0 to 1."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Sequence
from typing import Any, cast

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional

LEVELS = 5  # 32-64-128-256-512 channels where the first has 32
MULTIPLE = 32  # of pixels that a side is padded to
SLOPE = 0.2
FAINT = 0.1  # how much of a picture a head shows before it has learned
SCALES = 3  # whole, half and quarter size, at which gradients are compared
BLOCKS = 2  # of the VAE's encoder that say what a picture looks like: further on there are things, and no strokes
WINDOW = 128  # pixels a side of what is shown to them at a time: they cost more than the network
SURE = 0.02  # IRT: a main picture that is this near is right, whatever the minor one says
DARK = 0.1  # IRT: or a difference would count without end where the frame is black
MINOR = 0.9  # IRT: both heads see the first frame, and the main one is to know it better
LEAST_SIDE = 64  # pixels: below that half a size shows nothing
HALF_UNTIL, WHOLE_FROM = 0.3, 0.5  # shares of the steps

Features = Callable[[Tensor], Sequence[Tensor]]


# --- the network


class Network(nn.Module):
    """A U-Net with two convolutions a level and no norm. It gives a picture a head: the main one, then the minor."""

    def __init__(self, width: int = 32, heads: int = 1, seed: int = 0) -> None:
        super().__init__()
        widths = [width * 2**level for level in range(LEVELS)]
        with torch.random.fork_rng(devices=[]):  # torch draws weights that are drawn again below
            self.down = nn.ModuleList(_Level(a, b) for a, b in zip([3, *widths], widths, strict=False))
            self.up = nn.ModuleList(_Level(a + b, b) for a, b in zip(widths[:0:-1], widths[-2::-1], strict=True))
            self.heads = nn.ModuleList(nn.Conv2d(width, 3, 1) for _ in range(heads))
        self._draw(Generator().manual_seed(seed))

    def _draw(self, dice: Generator) -> None:
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, SLOPE, generator=dice)
                nn.init.zeros_(cast(Tensor, module.bias))
        for head in cast("list[nn.Conv2d]", list(self.heads)):  # grey at first: no colours have to be unlearned
            with torch.no_grad():
                head.weight.mul_(FAINT)
            nn.init.constant_(cast(Tensor, head.bias), 0.5)

    def forward(self, frames: Tensor) -> tuple[Tensor, ...]:
        height, width = frames.shape[-2:]
        x, seen = padded(frames), []
        for level in self.down:
            x = level(functional.max_pool2d(x, 2) if seen else x)
            seen.append(x)
        seen.pop()
        for level in self.up:
            x = functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
            x = level(torch.cat([x, seen.pop()], dim=1))
        return tuple(head(x)[..., :height, :width] for head in self.heads)


class _Level(nn.Module):
    def __init__(self, into: int, out: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(into, out, 3, padding=1)
        self.second = nn.Conv2d(out, out, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.leaky_relu(self.first(x), SLOPE, inplace=True)
        return functional.leaky_relu(self.second(x), SLOPE, inplace=True)


def padded(frames: Tensor) -> Tensor:
    """To sides that can be halved again and again, its last row and column repeated."""
    height, width = frames.shape[-2:]
    return functional.pad(frames, (0, -width % MULTIPLE, 0, -height % MULTIPLE), "replicate")


# --- how large its pictures are


def size_at(step: int, steps: int, size: tuple[int, int]) -> tuple[int, int]:
    """Half of (height, width) at first, then more and more. No side is made smaller than LEAST_SIDE."""
    share = min(max((step / steps - HALF_UNTIL) / (WHOLE_FROM - HALF_UNTIL), 0.0), 1.0)
    short = min(size)
    scale = min(max((1 + share) / 2, LEAST_SIDE / short), 1.0)
    # by the shorter side, in whole multiples: every size that is new costs the processor a preparation
    scale = min(math.ceil(scale * short / MULTIPLE) * MULTIPLE / short, 1.0)
    return round(size[0] * scale), round(size[1] * scale)


def resized(pictures: Tensor, size: tuple[int, int]) -> Tensor:
    """To a smaller (height, width)."""
    if tuple(pictures.shape[-2:]) == size:
        return pictures
    return functional.interpolate(pictures, size, mode="bilinear", align_corners=False, antialias=True)


# --- its loss


def apart(made: Tensor, wanted: Tensor, features: Features | None = None, weight: float = 0.1) -> Tensor:
    """L1, L1 of the gradients at several scales, and `weight` times that of the features: L1 alone blurs."""
    difference = made - wanted
    total = difference.abs().mean()
    for scale in range(SCALES):
        if scale:
            difference = functional.avg_pool2d(difference, 2)
        if min(difference.shape[-2:]) < 2:
            break
        total = total + (difference[..., 1:] - difference[..., :-1]).abs().mean()
        total = total + (difference[..., 1:, :] - difference[..., :-1, :]).abs().mean()
    if features is not None and weight:
        total = total + weight * _features_apart(made, wanted, features)
    return total


def _features_apart(made: Tensor, wanted: Tensor, features: Features) -> Tensor:
    """Each level in units of what it is for the wanted picture: VAEs differ in scale."""
    with torch.no_grad():
        known = features(wanted)
    pairs = zip(features(made), known, strict=True)
    return torch.stack([(a - b).abs().mean() / b.abs().mean().clamp_min(1e-6) for a, b in pairs]).mean()


def features_of(vae: Any) -> Features:
    """What the first blocks of a VAE's encoder see, in full precision whatever the model's is."""
    encoder = vae.encoder
    first = copy.deepcopy(encoder.conv_in).float().requires_grad_(False)
    blocks = [copy.deepcopy(block).float().requires_grad_(False) for block in encoder.down_blocks[:BLOCKS]]

    def features(pictures: Tensor) -> list[Tensor]:
        found, x = [], first(2 * pictures - 1)
        for block in blocks:
            x = block(x)
            found.append(x)
        return found

    return features


def window(size: tuple[int, int], dice: Generator) -> tuple[slice, slice]:
    """A part of (height, width) to show to the features."""
    starts = [int(torch.randint(max(side - WINDOW, 0) + 1, (1,), generator=dice)) for side in size]
    return slice(starts[0], starts[0] + WINDOW), slice(starts[1], starts[1] + WINDOW)


def within(features: Features, part: tuple[slice, slice]) -> Features:
    return lambda pictures: features(pictures[..., part[0], part[1]])


# --- IRT: iteratively reweighted training, for takes that jump between two modes


def confidence(main: Tensor, minor: Tensor, wanted: Tensor, frame: Tensor) -> Tensor:
    """C, which is 1 where the main picture is the one to be taught: (n, 1, height, width), with no gradient."""

    def d(output: Tensor) -> Tensor:
        return ((output - wanted).abs() / (frame + DARK)).amax(dim=1, keepdim=True)

    with torch.no_grad():
        return (d(main) < d(minor).clamp_min(SURE)).to(main.dtype)


def reweighted(
    main: Tensor, minor: Tensor, wanted: Tensor, frame: Tensor, features: Features | None = None, weight: float = 0.1
) -> Tensor:
    """Each head learns what it is already nearer to: the main one ends in one mode, the minor one in the other."""
    c = confidence(main, minor, wanted, frame)
    rest = 1 - c
    return apart(c * main, c * wanted, features, weight) + apart(rest * minor, rest * wanted, features, weight)


def first_of_all(main: Tensor, minor: Tensor, wanted: Tensor) -> Tensor:
    """On the first frame only, before anything is weighted: which of the modes is the main one."""
    return (main - wanted).abs().mean() + MINOR * (minor - wanted).abs().mean()
