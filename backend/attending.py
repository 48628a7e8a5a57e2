"""Attention to the look: while a frame is painted, what it sees of itself is joined by what it sees of the look.

The look is shown to the network beside the frames at every timestep, with the same noise (Text2Video-Zero, Khachatryan
et al. 2023, does so with a clip's first frame)."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from typing import Any

import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import Tensor

from .frozen import frozen
from .objective import shown
from .sampler import Levels

OWN = "attn1"  # what diffusers calls a picture's attention to itself


@frozen
class Beside:
    """Looks that are seen along with the frames: their latents, and the noise that all begin with."""

    x_e: Tensor
    noise: Tensor
    share: float  # how much a place in a look counts beside one of the frame's own

    def at(self, levels: Levels, t: int) -> Tensor:
        """The noised looks. On the straight way to them, x_T would be the noised frames, and show nothing of them."""
        return shown(levels, self.x_e, self.noise.expand_as(self.x_e), t)


class Attended:
    """The network, called as before; the looks travel at the end of every batch."""

    def __init__(self, unet: UNet2DConditionModel, levels: Levels, beside: Beside) -> None:
        self._unet, self._levels, self._beside = unet, levels, beside

    def __call__(self, x: Tensor, t: Tensor | int, encoder_hidden_states: Tensor, return_dict: bool) -> tuple[Tensor]:
        looks = self._beside.at(self._levels, round(float(t))).to(x)
        told = encoder_hidden_states[-1:].expand(len(looks), -1, -1)  # the prompt's, also where the others are guided
        both, states = torch.cat([x, looks]), torch.cat([encoder_hidden_states, told])
        with _processors(self._unet, len(looks), self._beside.share):
            output = self._unet(both, t, encoder_hidden_states=states, return_dict=return_dict)
        return (output[0][: len(x)],)


class Looking:
    """A processor of diffusers' attention that adds the keys and values of the last `count` pictures of the batch."""

    def __init__(self, stock: Any, count: int, share: float) -> None:
        self._stock, self._count, self._weight = stock, count, math.log(share)

    def __call__(self, attention: Any, hidden_states: Tensor, *_: Any, **more: Any) -> Tensor:
        size, places = hidden_states.shape[:2]
        looks = hidden_states[-self._count :].flatten(0, 1)[None].expand(size, -1, -1)
        bias = hidden_states.new_zeros(size, 1, places + looks.shape[1])
        bias[..., places:] = self._weight
        return self._stock(attention, hidden_states, torch.cat([hidden_states, looks], dim=1), bias, **_rest(more))


def _rest(more: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in more.items() if key not in ("encoder_hidden_states", "attention_mask")}


@contextlib.contextmanager
def _processors(unet: UNet2DConditionModel, count: int, share: float) -> Iterator[None]:
    before = unet.attn_processors
    looking: dict[str, Any] = {
        name: Looking(p, count, share) if f".{OWN}." in name else p for name, p in before.items()
    }
    unet.set_attn_processor(looking)
    try:
        yield
    finally:
        unet.set_attn_processor(dict(before))
