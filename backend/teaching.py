"""What a tuning teaches, where it takes place, and what it shows meanwhile: what lies between study and trainer."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import torch
from torch import Tensor

from . import adapters, gathering, pairs, sampler
from .api import Look, Tune
from .batching import is_out_of_memory
from .jobs import Job
from .models import Model, config_of
from .objective import Lesson
from .optimiser import in_eight_bits
from .sampler import DdimWalk, Walk
from .several import Team
from .sparing import aside, free_of, needed, sparing, staying
from .study import Study
from .trainer import Material, Trainer

PREVIEW_STEPS = 8


# --- what is taught


def walk(request: Tune, model: Model) -> Walk:
    """The one that will render."""
    painting = request.painting
    whole = sampler.walk(painting.sampler, model.schedule, painting.strength, painting.steps)
    return sampler.fast(whole, model.levels, request.fast) if request.fast else whole


def lesson(request: Tune, walk: Walk) -> Lesson:
    made = request.recipe
    return Lesson(
        walked=walk.times,
        ratio=walk.ratio,
        pairing=made.pairing,
        late=made.late,
        at_start=made.at_start,
        astray=made.astray,
        noise=request.painting.noise,
        angle=math.radians(made.angle),
        guidance=1.0 if made.unguided else request.painting.guidance,
    )


def material(
    kept: Study,
    request: Tune,
    numbers: Sequence[int],
    chosen: Sequence[Look],
    shots: Sequence[range],
    model: Model,
    job: Job,
) -> Material:
    recipe = request.recipe
    prompts = model.embed(["", *(look.prompt for look in chosen)])  # first: one too long is refused here
    job.progress(0, 1, "Spreading the looks")
    tell = partial(job.progress, text="Spreading the looks")
    of_looks = gathering.of_looks(kept, chosen, recipe.spread, shots, model.unet.device, tell)
    references, looks = pairs.variants(recipe, gathering.of_references(kept, numbers), of_looks)
    total = len(references) + len(looks)
    seen = pairs.encode(model, references, lambda done: job.progress(done, total, "Encoding"))
    shown = pairs.encode(model, looks, lambda done: job.progress(len(references) + done, total, "Encoding"))
    n_0 = sampler.noise(request.painting.seed, *seen.x_o.shape[1:]).to(seen.x_o)
    return Material(seen, shown, prompts, n_0)


# --- the device


@contextlib.contextmanager
def room(model: Model, request: Tune, material: Material, us: Team, job: Job) -> Iterator[Mapping[str, Tensor]]:
    """The UNet with what is to be learned of it, and as much of the device as there is."""
    recipe, unet, half = request.recipe, model.unet, model.unet.dtype is not torch.float32
    latents = math.ceil(recipe.batch / us.count) * math.prod(material.n_0.shape[-2:])
    with aside(model), adapters.learning(unet, recipe.method, recipe.rank, recipe.seed) as learned:
        numbers, channels = sum(p.numel() for p in learned.values()), config_of(unet).block_out_channels[0]
        wanted = needed(numbers, latents, channels, half, in_eight_bits(recipe, unet.device))
        with sparing(model, wanted, free_of(unet.device), job):
            yield learned


def preview(request: Tune, trainer: Trainer, walk: Walk, job: Job) -> None:
    """The first look's frame as it would be painted now, in a few steps. One that does not fit ends no tuning."""
    if walk.times[0] < 1:  # nothing would be painted
        return
    try:
        picture = _painted(request, trainer, walk)
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        job.log("The device's memory holds no preview beside the tuning.")
        return
    rgb = (picture.permute(1, 2, 0) * 255).round().to(torch.uint8).cpu().numpy()
    job.preview(rgb.shape[1], rgb.shape[0], rgb.tobytes())


def _painted(request: Tune, trainer: Trainer, walk: Walk) -> Tensor:
    model, material = trainer.model, trainer.material
    steps = min(PREVIEW_STEPS, walk.times[0])
    short = walk if isinstance(walk, DdimWalk) and request.fast else sampler.fast(walk, model.levels, steps)
    denoiser = sampler.guided(model.unet, material.prompts[1:2], material.prompts[:1], request.painting.guidance)
    with trainer.computing():
        latents = sampler.img2img(denoiser, short, material.looks.x_o[:1], trainer.lesson.noise * material.n_0)
    with staying(model.vae, model.unet.device):
        return model.decode(latents)[0]
