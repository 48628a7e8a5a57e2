"""What a tuning learns from: pairs of a frame and how it should look, cropped and flipped, and as latents."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from . import pictures
from .api import Recipe
from .frozen import frozen
from .models import Model
from .pictures import Pixels

ZOOM = (1.05, 1.35)  # of a crop, which is brought back to the working size: more would teach soft pictures

Watch = Callable[[int], None]


@frozen
class Pair:
    """A frame and how it should look, which for a reference frame is as it is."""

    frame: Pixels
    look: Pixels
    prompt: int  # which of the prompts; 0 is the empty one
    sure: NDArray[np.uint8] | None = None  # up to 255, how surely a look that was carried here belongs; None is all


@frozen
class Encoded:
    """Many pairs as latents of one size: x_o, x_e, the number of the prompt, and how sure x_e is, from 0 to 1."""

    x_o: Tensor
    x_e: Tensor
    prompt: Tensor
    sure: Tensor

    def __len__(self) -> int:
        return len(self.x_o)

    def take(self, which: Tensor) -> Encoded:
        near = which.to(self.x_o.device)
        return Encoded(self.x_o[near], self.x_e[near], self.prompt[near], self.sure[near])

    def and_also(self, other: Encoded) -> Encoded:
        return Encoded(*(torch.cat([a, b]) for a, b in zip(self.parts, other.parts, strict=True)))

    @property
    def parts(self) -> tuple[Tensor, ...]:
        return self.x_o, self.x_e, self.prompt, self.sure


# --- crops and flips


def varied(pairs: Sequence[Pair], count: int, seed: int) -> Iterator[Pair]:
    """At least `count` of them: each as it is, then its mirror image, then crops of either, always the same ones."""
    each = math.ceil(count / len(pairs))
    for i, pair in enumerate(pairs):
        chance = np.random.default_rng((seed, i))
        for k in range(each):
            turned = pair if k % 2 == 0 else _mapped(pair, lambda p: np.ascontiguousarray(p[:, ::-1]))
            yield turned if k < 2 else _cropped(turned, chance)


def variants(recipe: Recipe, references: Sequence[Pair], looks: Sequence[Pair]) -> tuple[list[Pair], list[Pair]]:
    """Reference frames are many already: where looks are varied, each is seen from both sides, as each look is,
    however many of them share the crops."""
    if recipe.crops == 1:
        return list(references), list(looks)
    seen = varied(references, 2 * len(references), recipe.seed)
    return list(seen), list(varied(looks, max(recipe.crops, 2 * len(looks)), recipe.seed))


def _cropped(pair: Pair, chance: np.random.Generator) -> Pair:
    height, width = pair.frame.shape[:2]
    zoom, right, down = chance.uniform((ZOOM[0], 0, 0), (ZOOM[1], 1, 1))
    wide, high = round(width / zoom), round(height / zoom)
    x, y = round(right * (width - wide)), round(down * (height - high))
    return _mapped(
        pair, lambda p: pictures.resize(np.ascontiguousarray(p[y : y + high, x : x + wide]), (width, height))
    )


def _mapped(pair: Pair, way: Callable[[Pixels], Pixels]) -> Pair:
    frame = way(pair.frame)
    look = frame if pair.look is pair.frame else way(pair.look)
    return Pair(frame, look, pair.prompt, None if pair.sure is None else way(pair.sure))


# --- as latents


def encode(model: Model, pairs: Sequence[Pair], watch: Watch) -> Encoded:
    """One at a time, as the painter does: the VAE is no faster with many, and takes the more of a card."""
    parts = []
    for i, pair in enumerate(pairs, start=1):
        parts.append(_encoded(model, pair))
        watch(i)
    return Encoded(*(torch.cat(alike) for alike in zip(*(part.parts for part in parts), strict=True)))


def _encoded(model: Model, pair: Pair) -> Encoded:
    x_o = model.encode(as_tensor([pair.frame])).float()
    x_e = x_o if pair.look is pair.frame else model.encode(as_tensor([pair.look])).float()
    return Encoded(x_o, x_e, torch.tensor([pair.prompt], device=x_o.device), _sure(pair, model.factor, x_o))


def _sure(pair: Pair, factor: int, x: Tensor) -> Tensor:
    """A latent is as sure as the pixels that it stands for."""
    if pair.sure is None:
        return torch.ones((1, 1, *x.shape[2:]), device=x.device)
    sure = torch.from_numpy(pair.sure).float()[None, None] / 255
    return functional.avg_pool2d(sure, factor).to(x.device)


def as_tensor(frames: Sequence[Pixels]) -> Tensor:
    """(batch, 3, height, width) from 0 to 1."""
    return torch.from_numpy(np.stack(frames)).permute(0, 3, 1, 2).float() / 255
