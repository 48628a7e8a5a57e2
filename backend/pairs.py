"""What a tuning learns from: pairs of a frame and how it should look, cropped, flipped, carried along, as latents."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from . import flow, pictures
from .api import ErrorCode, Failure, Look, Recipe
from .flow import Mask
from .models import Model
from .pictures import Pixels
from .study import Study

ZOOM = (1.05, 1.35)  # of a crop, which is brought back to the working size: more would teach soft pictures
LEAST_SEEN = 0.5  # the share of a frame that a look carried to it must cover
AT_ONCE = 4  # pictures in the VAE

Watch = Callable[[int], None]


@dataclass(frozen=True)
class Pair:
    """A frame and how it should look, which for a reference frame is as it is."""

    frame: Pixels
    look: Pixels
    prompt: int  # which of the prompts; 0 is the empty one
    seen: Mask | None = None  # where a look that was carried here along the flow is known; None is everywhere


@dataclass(frozen=True)
class Encoded:
    """Many pairs as latents of one size: x_o, x_e, the number of the prompt, and what is seen in x_e."""

    x_o: Tensor
    x_e: Tensor
    prompt: Tensor
    seen: Tensor

    def __len__(self) -> int:
        return len(self.x_o)

    def take(self, which: Tensor) -> Encoded:
        near = which.to(self.x_o.device)
        return Encoded(self.x_o[near], self.x_e[near], self.prompt[near], self.seen[near])

    def and_also(self, other: Encoded) -> Encoded:
        return Encoded(*(torch.cat([a, b]) for a, b in zip(self._parts(), other._parts(), strict=True)))

    def _parts(self) -> tuple[Tensor, ...]:
        return self.x_o, self.x_e, self.prompt, self.seen


# --- from the study


def of_references(kept: Study, numbers: Sequence[int]) -> list[Pair]:
    frames = [pictures.read(kept.frame_path(n)) for n in numbers]
    return [Pair(frame, frame, 0) for frame in frames]


def of_looks(kept: Study, looks: Sequence[Look], reach: int) -> list[Pair]:
    """Each look, and where `reach` says so the same look carried to the frames around it. Prompts count from 1."""
    held, pairs = set(kept.frame_numbers()), []
    for prompt, look in enumerate(looks, start=1):
        frame, picture = _frame_of(kept, look, held), pictures.read(kept.gallery.picture_path(look.name))
        if picture.shape != frame.shape:
            hint = "Choose another look, or bring this one again as an image file."
            message = f"The look “{look.name}” is {_size(picture)}, and its frame {_size(frame)}."
            raise Failure(ErrorCode.BAD_INPUT, message, hint)
        pairs.append(Pair(frame, picture, prompt))
        around = [n for n in range(look.frame - reach, look.frame + reach + 1) if n != look.frame and n in held]
        pairs += _carried(kept, pairs[-1], around)
    return pairs


def _frame_of(kept: Study, look: Look, held: set[int]) -> Pixels:
    if look.frame not in held:
        hint = "Sample the strip's frames again, or choose a look of a frame that the strip still shows."
        message = f"The look “{look.name}” is of frame {look.frame}, which the study does not hold."
        raise Failure(ErrorCode.BAD_INPUT, message, hint)
    return pictures.read(kept.frame_path(look.frame))


def _carried(kept: Study, pair: Pair, around: Sequence[int]) -> Iterator[Pair]:
    for number in around:
        frame = pictures.read(kept.frame_path(number))
        way, seen = flow.comparable(frame, pair.frame)
        if seen.mean() >= LEAST_SEEN:  # behind a cut there is nothing to carry it along
            look = np.clip(np.rint(flow.warp(pair.look, way)), 0, 255).astype(np.uint8)
            yield Pair(frame, look, pair.prompt, seen)


def _size(picture: Pixels) -> str:
    return f"{picture.shape[1]}×{picture.shape[0]}"


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
    """Reference frames are many already: where looks are varied, each is seen from both sides."""
    both_sides = 2 * len(references) if recipe.crops > 1 else 1
    return list(varied(references, both_sides, recipe.seed)), list(varied(looks, recipe.crops, recipe.seed))


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
    seen = None if pair.seen is None else way(pair.seen.astype(np.uint8) * 255) >= 250
    return Pair(frame, look, pair.prompt, seen)


# --- as latents


def encode(model: Model, pairs: Sequence[Pair], watch: Watch) -> Encoded:
    parts = []
    for i in range(0, len(pairs), AT_ONCE):
        parts.append(_encoded(model, pairs[i : i + AT_ONCE]))
        watch(min(i + AT_ONCE, len(pairs)))
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.and_also(part)
    return whole


def _encoded(model: Model, pairs: Sequence[Pair]) -> Encoded:
    x_o = model.encode(as_tensor([p.frame for p in pairs])).float()
    own = all(p.look is p.frame for p in pairs)
    x_e = x_o if own else model.encode(as_tensor([p.look for p in pairs])).float()
    seen = torch.cat([_seen(p, model.factor, x_o) for p in pairs])
    return Encoded(x_o, x_e, torch.tensor([p.prompt for p in pairs], device=x_o.device), seen)


def _seen(pair: Pair, factor: int, x: Tensor) -> Tensor:
    """A latent is known where every pixel that it stands for is."""
    if pair.seen is None:
        return torch.ones((1, 1, *x.shape[2:]), device=x.device)
    hidden = torch.from_numpy(~pair.seen).float()[None, None]
    return (1 - functional.max_pool2d(hidden, factor)).to(x.device)


def as_tensor(frames: Sequence[Pixels]) -> Tensor:
    """(batch, 3, height, width) from 0 to 1."""
    return torch.from_numpy(np.stack(frames)).permute(0, 3, 1, 2).float() / 255
