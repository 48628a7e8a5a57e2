"""The denoising loop that every stage shares: pure functions on tensors, in the letters of the papers.

x is a latent with noise in it, t its timestep (large is noisy), a = √ᾱ_t and s = √(1 − ᾱ_t), so that x = a·x_0 + s·ε.
A denoiser is any function (x, t) → what the network predicts; samplers know nothing else of networks."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, Protocol

import torch
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from diffusers.schedulers.scheduling_dpmsolver_multistep import DPMSolverMultistepScheduler
from diffusers.schedulers.scheduling_euler_discrete import EulerDiscreteScheduler
from diffusers.schedulers.scheduling_heun_discrete import HeunDiscreteScheduler
from diffusers.schedulers.scheduling_unipc_multistep import UniPCMultistepScheduler
from torch import Tensor

from .api import ErrorCode, Failure, Sampler
from .frozen import frozen
from .walked import fit, walked

Denoiser = Callable[[Tensor, Tensor | int], Tensor]
Watch = Callable[[int, int], None]
OTHER_SIGMAS = ("use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas", "use_lu_lambdas", "use_flow_sigmas")


class Prediction(Enum):
    """What a network predicts; the values are diffusers' `prediction_type`."""

    EPSILON = "epsilon"
    V = "v_prediction"


# --- levels of noise


@frozen
class Levels:
    """ᾱ at every timestep of training and after the last step of a walk, and what the network predicts."""

    alphas: Tensor
    final: Tensor
    prediction: Prediction

    def bar(self, t: Tensor | int) -> Tensor:
        """ᾱ_t; a t below 0 is the end of a walk. For a batch of timesteps it is shaped to multiply latents."""
        if isinstance(t, int):
            return self.alphas[t] if t >= 0 else self.final
        return self.alphas.to(t.device)[t].reshape(-1, 1, 1, 1)

    def a(self, t: Tensor | int) -> Tensor:
        return self.bar(t) ** 0.5

    def s(self, t: Tensor | int) -> Tensor:
        return (1 - self.bar(t)) ** 0.5

    def snr(self, t: Tensor | int) -> Tensor:
        """a²/s²."""
        return self.bar(t) / (1 - self.bar(t))


def levels(config: Mapping[str, Any]) -> Levels:
    """From the configuration of any scheduler that came with a model."""
    scheduler = scheduler_for(Sampler.DDIM, config)
    kind = scheduler.config.prediction_type
    if kind not in {p.value for p in Prediction}:
        raise Failure(ErrorCode.BAD_INPUT, f"The model predicts “{kind}”.", "Only epsilon and v_prediction are known.")
    return Levels(scheduler.alphas_cumprod, scheduler.final_alpha_cumprod, Prediction(kind))


def clean_and_noise(known: Levels, x: Tensor, t: Tensor | int, output: Tensor) -> tuple[Tensor, Tensor]:
    """x̂_0 and ε̂ from ε (Ho et al. 2020, eq. 15) or from v = a·ε − s·x_0 (Salimans and Ho 2022, appendix D)."""
    a, s = known.a(t), known.s(t)
    if known.prediction is Prediction.V:
        return a * x - s * output, a * output + s * x
    return (x - s * output) / a, output


# --- one step, and the way down


def ddim_step(known: Levels, x: Tensor, t: int, t_prev: int, output: Tensor) -> Tensor:
    """x_t′ = a′·x̂_0 + s′·ε̂ (Song, Meng and Ermon 2020, eq. 12 with σ = 0)."""
    x_0, eps = clean_and_noise(known, x, t, output)
    return known.a(t_prev) * x_0 + known.s(t_prev) * eps


@torch.no_grad()
def ddim(
    model: Denoiser, x: Tensor, known: Levels, path: Sequence[tuple[int, int]], watch: Watch | None = None
) -> Tensor:
    """DDIM along explicit pairs (t, t′)."""
    for i, (t, t_prev) in enumerate(path):
        x = ddim_step(known, x, t, t_prev, model(x, t))
        if watch is not None:
            watch(i + 1, len(path))
    return x


@torch.no_grad()
def scheduled(model: Denoiser, x: Tensor, scheduler: Scheduler, begin: int, watch: Watch | None = None) -> Tensor:
    """Any scheduler of diffusers, from its timestep number `begin` on."""
    scheduler = copy.deepcopy(scheduler)  # it counts its steps and keeps what the network said before
    times = scheduler.timesteps[begin:]
    for i, t in enumerate(times):
        output = model(scheduler.scale_model_input(x, t), t)
        x = scheduler.step(output, t, x, return_dict=False)[0]
        if watch is not None:
            watch(i + 1, len(times))
    return x


def guided(network: Callable[..., Any], prompt: Tensor, empty: Tensor, w: float) -> Denoiser:
    """û + w·(ĉ − û) (Ho and Salimans 2022), û with the empty prompt; w ≤ 1 asks ĉ alone, as diffusers does."""

    def model(x: Tensor, t: Tensor | int) -> Tensor:
        if w <= 1:
            return network(x, t, encoder_hidden_states=_for_each(prompt, x), return_dict=False)[0]
        states = torch.cat([_for_each(empty, x), _for_each(prompt, x)])
        u, c = network(torch.cat([x, x]), t, encoder_hidden_states=states, return_dict=False)[0].chunk(2)
        return u + w * (c - u)

    return model


def _for_each(embedding: Tensor, x: Tensor) -> Tensor:
    return embedding.expand(len(x), -1, -1)


def noise(seed: int, channels: int, height: int, width: int) -> Tensor:
    """n₀, one for all frames. Drawn on the CPU, so that a seed means the same on every device."""
    return torch.randn((1, channels, height, width), generator=torch.Generator().manual_seed(seed))


# --- where a walk starts and which way it goes


class Scheduler(Protocol):
    """What is used of diffusers' schedulers."""

    timesteps: Tensor

    def add_noise(self, original_samples: Tensor, noise: Tensor, timesteps: Tensor) -> Tensor: ...
    def scale_model_input(self, sample: Tensor, timestep: Any) -> Tensor: ...
    def step(self, model_output: Tensor, timestep: Any, sample: Tensor, *, return_dict: bool) -> Any: ...


@frozen
class DdimWalk:
    """From T down along pairs (t, t′), by our own step."""

    levels: Levels
    path: tuple[tuple[int, int], ...]

    @property
    def times(self) -> tuple[int, ...]:
        """The timesteps at which the network is asked; the first is T."""
        return tuple(t for t, _ in self.path)

    @property
    def ratio(self) -> float:
        """a_T/s_T, which is the ρ of a bridge."""
        return float(self.levels.snr(self.times[0]) ** 0.5)

    def start(self, x_0: Tensor, noise: Tensor) -> Tensor:
        """x_T."""
        return self.levels.a(self.times[0]) * x_0 + self.levels.s(self.times[0]) * noise

    def down(self, model: Denoiser, x: Tensor, watch: Watch | None = None) -> Tensor:
        return ddim(model, x, self.levels, self.path, watch)


@frozen
class ScheduledWalk:
    """From T down by a scheduler of diffusers. Some keep x/a instead of x: only `start` makes what `down` takes."""

    scheduler: Scheduler
    begin: int

    @property
    def times(self) -> tuple[int, ...]:
        """As in `DdimWalk`, rounded where the scheduler asks between two timesteps."""
        return tuple(round(t) for t in self.scheduler.timesteps[self.begin :].tolist())

    @property
    def ratio(self) -> float:
        """a_T/s_T, read off what the scheduler adds to a signal of 1 and to a noise of 1."""
        one, zero = torch.ones(1, dtype=torch.float64), torch.zeros(1, dtype=torch.float64)
        return float(self.start(one, zero) / self.start(zero, one))

    def start(self, x_0: Tensor, noise: Tensor) -> Tensor:
        scheduler = copy.deepcopy(self.scheduler)
        times = scheduler.timesteps[self.begin : self.begin + 1].repeat(len(x_0))
        return scheduler.add_noise(x_0, noise.expand_as(x_0), times)

    def down(self, model: Denoiser, x: Tensor, watch: Watch | None = None) -> Tensor:
        return scheduled(model, x, self.scheduler, self.begin, watch)


Walk = DdimWalk | ScheduledWalk


def img2img(model: Denoiser, walk: Walk, x_0: Tensor, noise: Tensor, watch: Watch | None = None) -> Tensor:
    """Noise the frames' latents to T, and walk down (SDEdit, Meng et al. 2021, Algorithm 1, on an ODE)."""
    return walk.down(model, walk.start(x_0, noise), watch)


def scheduler_for(sampler: Sampler, config: Mapping[str, Any]) -> Any:
    """The scheduler object, with what StableDiffusionImg2ImgPipeline corrects in the configurations of old models."""
    dpm = {"algorithm_type": "dpmsolver++"}
    kinds: dict[Sampler, tuple[Any, dict[str, Any]]] = {
        Sampler.DDIM: (DDIMScheduler, {"clip_sample": False}),
        Sampler.DPM: (DPMSolverMultistepScheduler, dpm),
        Sampler.DPM_KARRAS: (DPMSolverMultistepScheduler, {**dpm, "use_karras_sigmas": True}),
        Sampler.UNIPC: (UniPCMultistepScheduler, {}),
        Sampler.EULER: (EulerDiscreteScheduler, {}),
        Sampler.HEUN: (HeunDiscreteScheduler, {"clip_sample": False}),
    }
    kind, fixed = kinds[sampler]
    # A model may come with the configuration of another sampler: here a name means the same for every model.
    return kind.from_config({**config, **dict.fromkeys(OTHER_SIGMAS, False), "steps_offset": 1, **fixed})


def walk(sampler: Sampler, config: Mapping[str, Any], strength: float, steps: int) -> Walk:
    """The walk of img2img. T is what the scheduler says and not a share of 1000: samplers differ by a lot."""
    scheduler = scheduler_for(sampler, config)
    begin = steps - walked(strength, steps, scheduler.config.num_train_timesteps)
    scheduler.set_timesteps(steps)
    if sampler is Sampler.DDIM:
        # As in diffusers, t′ is t − N//n and not the next timestep: they differ in spacings that do not divide N.
        stride = scheduler.config.num_train_timesteps // steps
        return DdimWalk(levels(config), tuple((t, t - stride) for t in scheduler.timesteps[begin:].tolist()))
    scheduler.set_begin_index(begin * scheduler.order)
    return ScheduledWalk(scheduler, begin * scheduler.order)


def fast(whole: Walk, known: Levels, count: int) -> DdimWalk:
    """`count` timesteps from the same T, evenly spaced: a schedule of fewer steps would start elsewhere."""
    top = whole.times[0]
    fit(count, top)
    return explicit(known, tuple(round(top * (1 - i / count)) for i in range(count)))


def explicit(known: Levels, times: Sequence[int]) -> DdimWalk:
    """DDIM through exactly these timesteps, and then to the end."""
    falling = all(t > t_prev for t, t_prev in itertools.pairwise(times))
    if not times or not falling or times[-1] < 0 or times[0] >= len(known.alphas):
        message = f"The timesteps {list(times)} do not fall from below {len(known.alphas)} to 0."
        raise Failure(ErrorCode.BAD_INPUT, message, "Give each once, the largest first.")
    return DdimWalk(known, tuple(zip(times, (*times[1:], -1), strict=True)))
