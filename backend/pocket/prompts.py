"""Does the model heed its words? How well it tells noise from true pictures with the right words and with others."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from torch import Tensor

from . import data
from .captions import Style
from .train import to_tensor
from .world import Clip

LEVELS = (500, 700, 900)
"""Timesteps at which little of a picture is left, so that words matter."""


@torch.no_grad()
def heeding_figures(pipe: StableDiffusionPipeline, count: int = 120) -> dict[str, float]:
    """The error of the noise that is told from pictures which training never saw: less is better."""
    styles, size = list(Style), (data.SIDE, data.SIDE)
    shown = [(Clip(seed, size=size), styles[seed % len(styles)]) for seed in range(500, 500 + count)]
    pixels = np.stack([clip.painted(5 * clip.seed % 96, style) for clip, style in shown])
    labels = [data.label(clip, 5 * clip.seed % 96, style) for clip, style in shown]
    right = embedded(pipe, [clip.caption(5 * clip.seed % 96, style) for clip, style in shown])
    spoken = {
        "right words": right,
        "in another order": embedded(pipe, [turned(label) for label in labels]),
        "no words": embedded(pipe, [""] * count),
        "zeros for no words": torch.zeros_like(right),
        "another style's words": right.roll(1, 0),
    }
    parts: Any = pipe
    clean = parts.vae.encode(to_tensor(pixels)).latent_dist.mean * parts.vae.config.scaling_factor
    noise = torch.randn(clean.shape, generator=torch.Generator().manual_seed(0))
    return {
        name: float(np.mean([_error(parts, clean, noise, t, words) for t in LEVELS])) for name, words in spoken.items()
    }


def turned(label: data.Label) -> str:
    """What a caption says, from behind; the weather is left where it was."""
    weather = "" if label.weather.value == "clear" else f" with {label.weather.value}"
    return f"in a {label.time.value} city{weather} a {label.colour.value} {label.vehicle.value}, {label.style.value}"


def embedded(pipe: StableDiffusionPipeline, prompts: Sequence[str]) -> Tensor:
    parts: Any = pipe
    ids = parts.tokenizer(list(prompts), padding="max_length", return_tensors="pt").input_ids
    return parts.text_encoder(ids).last_hidden_state


def _error(parts: Any, clean: Tensor, noise: Tensor, level: int, words: Tensor) -> float:
    noisy = parts.scheduler.add_noise(clean, noise, torch.full((len(clean),), level))
    return float(((parts.unet(noisy, level, words).sample - noise) ** 2).mean())
