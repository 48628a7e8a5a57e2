"""A plain training loop, as in diffusers' example scripts: every step encodes its pictures and its captions anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers.schedulers.scheduling_ddpm import DDPMScheduler
from torch import Tensor
from torch.nn import functional

from backend import objective, pictures
from backend.api import Pairing, Recipe
from backend.models import Model, config_of
from backend.tuning import rate_of


@dataclass(frozen=True)
class Example:
    frame: Path
    look: Path  # the frame itself where it has none
    caption: str


class PlainLoop:
    """With `literal` the noised original is shown below `late`, and its look is the answer, as the article says."""

    def __init__(
        self, model: Model, learned: Sequence[Tensor], recipe: Recipe, examples: Sequence[Example], literal: bool
    ) -> None:
        self._model, self._recipe, self._literal = model, recipe, literal
        self._references = [e for e in examples if e.frame == e.look] or list(examples)
        self._looks = [e for e in examples if e.frame != e.look] or list(examples)
        self._learned, self._dice = learned, torch.Generator().manual_seed(0)
        self._optimiser = torch.optim.AdamW(learned, rate_of(recipe))
        self._schedule: Any = DDPMScheduler.from_config(dict(model.schedule))
        self._half = model.vae.dtype is torch.float16
        self._scaler = torch.amp.GradScaler(model.unet.device.type, enabled=self._half)

    def step(self) -> None:
        some, model = self._batch(), self._model
        device = model.unet.device
        with torch.autocast(device.type, torch.float16, enabled=self._half):
            with torch.no_grad():
                x_e = self._encoded([e.look for e in some])
                x_o = self._encoded([e.frame for e in some]) if self._literal else x_e
                told = model.embed([e.caption for e in some])
            noise = torch.randn_like(x_e)
            t = torch.randint(self._recipe.late if self._literal else 1000, (len(some),), device=device)
            predicted = model.unet(self._schedule.add_noise(x_o, noise, t), t, encoder_hidden_states=told).sample
        loss = self._loss(predicted.float(), x_o.float(), x_e.float(), noise.float(), t)
        self._scaler.scale(loss).backward()
        self._scaler.unscale_(self._optimiser)
        torch.nn.utils.clip_grad_norm_(self._learned, 1.0)
        self._scaler.step(self._optimiser)
        self._scaler.update()
        self._optimiser.zero_grad()

    def _batch(self) -> list[Example]:
        count = round(self._recipe.looks * self._recipe.batch) if self._literal else 0
        drawn = [self._drawn(self._looks) for _ in range(count)]
        return drawn + [self._drawn(self._references) for _ in range(self._recipe.batch - count)]

    def _drawn(self, examples: Sequence[Example]) -> Example:
        return examples[int(torch.randint(len(examples), (1,), generator=self._dice))]

    def _encoded(self, files: Sequence[Path]) -> Tensor:
        seen = torch.stack([torch.tensor(pictures.read(file)) for file in files]).permute(0, 3, 1, 2) / 127.5 - 1
        vae: Any = self._model.vae
        return vae.encode(seen.to(vae.device, vae.dtype)).latent_dist.sample() * config_of(vae).scaling_factor

    def _loss(self, predicted: Tensor, x_o: Tensor, x_e: Tensor, noise: Tensor, t: Tensor) -> Tensor:
        if not self._literal:
            return functional.mse_loss(predicted, noise)
        levels = self._model.levels
        eps_star = objective.paired_noise(x_o, x_e, noise, objective.rho_of(Pairing.LITERAL, levels, t, 0.0))
        counts = objective.weight(Pairing.LITERAL, levels, t)
        return objective.loss(predicted, objective.answer(levels, x_e, eps_star, t), counts)
