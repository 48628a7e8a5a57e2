"""Steps of tuning a second against a plain loop of diffusers: same batch, precision and trainable parameters."""

from __future__ import annotations

import shutil
import time
from typing import Any

import torch
from diffusers.schedulers.scheduling_ddpm import DDPMScheduler
from torch import Tensor
from torch.nn import functional

from backend import adapters, pictures
from backend.api import Method, Painting, Recipe, Tune
from backend.models import Model, config_of
from backend.shelf import Shelf
from backend.stages import tune
from backend.tuning import rate_of
from tests.backend.studies import quiet_job

from .cases import Case
from .figures import Figure, figure, ratios


def measured(case: Case, painting: Painting, method: Method, steps: int, rounds: int) -> list[Figure]:
    recipe = Recipe(method=method, iterations=steps)
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(_ours(case, painting, recipe))
        theirs.append(_theirs(case, recipe))
    name = f"{case.size.name}: {method.value}"
    return [
        figure(f"{name}, steps a second", [steps / s for s in ours], "/s"),
        figure(f"{name}, against the plain loop", ratios(theirs, ours), "×", least=1.5),
    ]


def _ours(case: Case, painting: Painting, recipe: Recipe) -> float:
    """Seconds of learning, as the stage itself tells them: what is encoded once is not a step's."""
    shutil.rmtree(case.study / "tune", ignore_errors=True)
    wanted = Tune(str(case.study), case.engine, recipe, painting, preview_every=0)
    return tune.tune(wanted, [], quiet_job(), Shelf()).seconds


def _theirs(case: Case, recipe: Recipe) -> float:
    """What diffusers' example scripts do in a step: encode pictures and captions, noise them, predict, learn."""
    model = Shelf().take(case.engine)
    seen = torch.stack([torch.tensor(pictures.read(file)) for file in case.frames]).permute(0, 3, 1, 2) / 127.5 - 1
    dice = torch.Generator().manual_seed(0)
    with adapters.learning(model.unet, recipe.method, recipe.rank, 0) as learned:
        optimiser = torch.optim.AdamW(learned.values(), rate_of(recipe))
        begun = time.perf_counter()
        for _ in range(recipe.iterations):
            some = seen[torch.randint(len(seen), (recipe.batch,), generator=dice)]
            _step(model, optimiser, some, case.prompt)
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        return time.perf_counter() - begun


def _step(model: Model, optimiser: torch.optim.Optimizer, some: Tensor, prompt: str) -> None:
    device, half = model.unet.device, model.vae.dtype is torch.float16
    with torch.autocast(device.type, torch.float16, enabled=half):
        with torch.no_grad():
            encoded = model.vae.encode(some.to(device, model.vae.dtype)).latent_dist  # type: ignore[union-attr]
            x_0 = encoded.sample() * config_of(model.vae).scaling_factor
            told = model.embed([prompt] * len(some))
        noise, t = torch.randn_like(x_0), torch.randint(1000, (len(some),), device=device)
        schedule: Any = DDPMScheduler.from_config(dict(model.schedule))
        x_t = schedule.add_noise(x_0, noise, t)
        predicted = model.unet(x_t, t, encoder_hidden_states=told).sample
    loss = functional.mse_loss(predicted.float(), noise.float())
    loss.backward()
    torch.nn.utils.clip_grad_norm_(optimiser.param_groups[0]["params"], 1.0)
    optimiser.step()
    optimiser.zero_grad()
