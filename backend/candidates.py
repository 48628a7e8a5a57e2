"""Candidates for a look: one frame painted with several prompts and seeds, in batches as large as the device holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import torch
from torch import Tensor

from . import painter, sampler
from .api import Painting
from .batching import Capacity, in_batches
from .jobs import Job
from .models import Model
from .pictures import Pixels
from .sampler import Walk

Wanted = tuple[str, Painting]  # paintings of one request differ in nothing but their seeds


def paint(model: Model, frame: Pixels, wanted: Sequence[Wanted], capacity: Capacity, job: Job) -> Iterator[Pixels]:
    """In the order in which they are wanted."""
    model.embed([prompt for prompt, _ in wanted])  # one that is too long is refused before anything is painted
    painting, done = wanted[0][1], 0
    walk = sampler.walk(painting.sampler, model.schedule, painting.strength, painting.steps)

    def batch(some: list[Wanted]) -> list[Pixels]:
        def watch(step: int, steps: int) -> None:
            job.progress(done * steps + step * len(some), len(wanted) * steps, "Painting looks")

        latents = _latents(model, walk, frame, some, capacity, watch)
        return [painter.decoded(model, latent, job.check) for latent in latents]

    for some, made in in_batches(wanted, batch, capacity):
        done += len(some)
        yield from made


@torch.no_grad()
def _latents(
    model: Model, walk: Walk, frame: Pixels, some: list[Wanted], capacity: Capacity, watch: sampler.Watch
) -> Tensor:
    prompts = model.embed([prompt for prompt, _ in some])
    denoiser = sampler.guided(model.unet, prompts, model.embed([""]), some[0][1].guidance)
    x_0 = painter.encoded(model, frame, partial(watch, 0, len(walk.times)))
    noise = torch.cat([sampler.noise(painting.seed, *x_0.shape[1:]) for _, painting in some]).to(x_0)
    with capacity.together():
        return sampler.img2img(denoiser, walk, x_0.expand_as(noise), noise, watch)
