"""Candidates for a look: one frame painted with several prompts and seeds, in batches as large as the device holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from accelerate.utils.memory import clear_device_cache, should_reduce_batch_size
from torch import Tensor

from . import sampler
from .api import ErrorCode, Failure, Painting
from .jobs import Job
from .models import Model
from .pictures import Pixels

Wanted = tuple[str, Painting]  # paintings of one request differ in nothing but their seeds


def check(painting: Painting) -> None:
    """Refuses what no model could paint, before one is loaded."""
    sampler.walk(painting.sampler, {}, painting.strength, painting.steps)


def paint(model: Model, frame: Pixels, wanted: Sequence[Wanted], job: Job) -> Iterator[Pixels]:
    """In the order in which they are wanted, each as soon as it is there. What does not fit is painted in halves."""
    model.embed([prompt for prompt, _ in wanted])  # one that is too long is refused before anything is painted
    done, size = 0, len(wanted)
    while done < len(wanted):
        some = wanted[done : done + size]
        try:
            made = _batch(model, frame, some, job, done, len(wanted))
        except RuntimeError as error:
            if not should_reduce_batch_size(error):
                raise
            if len(some) == 1:
                raise _too_large(frame) from error
            made = []
        if made:
            yield from made
            done += len(made)
        else:  # not in the except: the error's traceback holds on to what has to go
            clear_device_cache(garbage_collection=True)
            size = -(-len(some) // 2)


@torch.no_grad()
def _batch(model: Model, frame: Pixels, some: Sequence[Wanted], job: Job, done: int, total: int) -> list[Pixels]:
    painting = some[0][1]
    walk = sampler.walk(painting.sampler, model.schedule, painting.strength, painting.steps)
    prompts = model.embed([prompt for prompt, _ in some])
    denoiser = sampler.guided(model.unet, prompts, model.embed([""]), painting.guidance)
    x_0 = model.encode(torch.from_numpy(frame.copy()).permute(2, 0, 1)[None] / 255)
    noise = torch.cat([sampler.noise(p.seed, *x_0.shape[1:]) for _, p in some]).to(x_0)

    def watch(step: int, steps: int) -> None:
        job.progress(done * steps + step * len(some), total * steps, "Painting looks")

    watch(0, len(walk.times))
    latents = sampler.img2img(denoiser, walk, x_0.expand_as(noise), noise, watch)
    return [_pixels(model, latent[None], job) for latent in latents]


def _pixels(model: Model, latent: Tensor, job: Job) -> Pixels:
    """One at a time: the VAE needs more memory for a picture than the UNet."""
    job.check()
    picture = model.decode(latent)[0].permute(1, 2, 0).float().cpu().numpy()
    return np.rint(picture * 255).astype(np.uint8)


def _too_large(frame: Pixels) -> Failure:
    height, width = frame.shape[:2]
    hint = "Sample the strip with a smaller short side, choose half precision, or close what else uses the card."
    return Failure(ErrorCode.BAD_INPUT, f"The device's memory does not hold one picture of {width}×{height}.", hint)
