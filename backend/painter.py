"""The painter: img2img with one noise and one prompt, from pictures to pictures."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import torch
from torch import Tensor

from . import sampler
from .api import ErrorCode, Failure, Painting
from .attending import Attended, Beside
from .distilled import SmallDecoder
from .models import Model
from .pictures import Pixels
from .sampler import Watch
from .seeds import check_seed

MOST_ATTENDED = 10.0


def check(painting: Painting, seeds: int = 1) -> None:
    """Refuses what no model could paint, before one is loaded."""
    sampler.walk(painting.sampler, {}, painting.strength, painting.steps)
    if not 0 <= painting.guidance < math.inf:
        raise Failure(ErrorCode.BAD_INPUT, f"The guidance is {painting.guidance:g}.", "7.5 is usual, and 1 is without.")
    if not 0 <= painting.noise <= 1:
        raise Failure(ErrorCode.BAD_INPUT, f"The share of the noise is {painting.noise:g}.", "Choose from 0 to 1.")
    if not 0 <= painting.attend <= MOST_ATTENDED:
        hint = f"Choose from 0 to {MOST_ATTENDED:g}; 0 is without."
        raise Failure(ErrorCode.BAD_INPUT, f"The attention to the look is {painting.attend:g}.", hint)
    check_seed(painting.seed, seeds)


class Painter:
    def __init__(
        self,
        model: Model,
        painting: Painting,
        prompt: str,
        fast: int = 0,
        looks: Sequence[Pixels] = (),
        decoder: SmallDecoder | None = None,
    ) -> None:
        """`fast` is the number of explicit timesteps, 0 all that the sampler walks; `looks` are what it attends to;
        `decoder` stands in for the VAE's."""
        self._model, self._decoder = model, decoder
        self._seed, self._noise = painting.seed, painting.noise
        whole = sampler.walk(painting.sampler, model.schedule, painting.strength, painting.steps)
        self.walk = sampler.fast(whole, model.levels, fast) if fast else whole
        told, empty = model.embed([prompt, ""]).chunk(2)
        network = self._attended(looks, painting.attend) if looks and painting.attend > 0 else model.unet
        self._denoiser = sampler.guided(network, told, empty, painting.guidance)

    @torch.no_grad()
    def _attended(self, looks: Sequence[Pixels], share: float) -> Attended:
        x_e = torch.cat([encoded(self._model, look, _unheard) for look in looks])
        return Attended(self._model.unet, self._model.levels, Beside(x_e, self._n_0(x_e), share))

    def _n_0(self, latents: Tensor) -> Tensor:
        return self._noise * sampler.noise(self._seed, *latents.shape[1:]).to(latents)

    @torch.inference_mode()
    def paint(
        self,
        frames: Sequence[Pixels],
        watch: Watch,
        together: contextlib.AbstractContextManager[None] | None = None,
    ) -> list[Pixels]:
        """`watch` hears of every step, and may leave: it is called for the frames on their way in and out too.
        `together` is entered while the network has all of them."""
        steps = len(self.walk.times)
        x_0 = torch.cat([encoded(self._model, frame, partial(watch, 0, steps)) for frame in frames])
        with together or contextlib.nullcontext():
            latents = sampler.img2img(self._denoiser, self.walk, x_0, self._n_0(x_0), watch)
        return [decoded(self._model, latent, partial(watch, steps, steps), self._decoder) for latent in latents]


def _unheard() -> None:
    """Nobody waits for the few looks."""


# --- one at a time: for a picture the VAE needs more memory than the UNet, and is no faster with many


def encoded(model: Model, frame: Pixels, before: Callable[[], None]) -> Tensor:
    before()
    return model.encode(torch.from_numpy(np.array(frame)).permute(2, 0, 1)[None] / 255)  # a copy: it may be read-only


def decoded(model: Model, latent: Tensor, before: Callable[[], None], small: SmallDecoder | None = None) -> Pixels:
    before()
    picture = (small.decode(latent[None]) if small else model.decode(latent[None]))[0].permute(1, 2, 0)
    if not (latent.isfinite().all() and picture.isfinite().all()):  # it would become black, or anything
        hint = "If it was tuned, tune again with a lower learning rate; otherwise choose full precision."
        raise Failure(ErrorCode.BAD_INPUT, "What the model paints is no picture any more.", hint)
    return (picture.float() * 255).round().to(torch.uint8).cpu().numpy()
