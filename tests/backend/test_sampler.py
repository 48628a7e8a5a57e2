"""Plain rendering is StableDiffusionImg2ImgPipeline's, and walks start and end where they should."""

from __future__ import annotations

from typing import Any

import miniature
import pytest
import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion_img2img import StableDiffusionImg2ImgPipeline
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from diffusers.schedulers.scheduling_dpmsolver_multistep import DPMSolverMultistepScheduler
from diffusers.schedulers.scheduling_euler_discrete import EulerDiscreteScheduler
from diffusers.schedulers.scheduling_heun_discrete import HeunDiscreteScheduler
from diffusers.schedulers.scheduling_unipc_multistep import UniPCMultistepScheduler
from torch import Tensor

from backend import sampler
from backend.api import ErrorCode, Failure, Painting, Sampler
from backend.walked import begins, check_fast

PROMPT = "a neon painting of a city at night"
PREDICTIONS = ("epsilon", "v_prediction")
SEED = 7
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # diffusers

# What a user of diffusers would set as `pipe.scheduler`, made without our own code.
THEIRS: dict[Sampler, tuple[Any, dict[str, Any]]] = {
    Sampler.DDIM: (DDIMScheduler, {}),
    Sampler.DPM: (DPMSolverMultistepScheduler, {}),
    Sampler.DPM_KARRAS: (DPMSolverMultistepScheduler, {"use_karras_sigmas": True}),
    Sampler.UNIPC: (UniPCMultistepScheduler, {}),
    Sampler.EULER: (EulerDiscreteScheduler, {}),
    Sampler.HEUN: (HeunDiscreteScheduler, {}),
}


@pytest.fixture(scope="module")
def frames() -> Tensor:
    return torch.randn(3, 4, 8, 8, generator=torch.Generator().manual_seed(1))


def theirs(
    prediction: str, which: Sampler, frame: Tensor, strength: float, w: float, steps: int, **spacing: Any
) -> Tensor:
    parts = miniature.pipeline(prediction)
    pipe = StableDiffusionImg2ImgPipeline(**parts.components, requires_safety_checker=False)
    pipe.set_progress_bar_config(disable=True)
    kind, settings = THEIRS[which]
    pipe.scheduler = kind.from_config({**miniature.schedule(prediction), **settings, **spacing})
    dice = torch.Generator().manual_seed(SEED)
    return pipe(
        PROMPT, frame, strength, steps, guidance_scale=w, generator=dice, output_type="pt", return_dict=False
    )[0]  # fmt: skip


@torch.no_grad()
def ours(prediction: str, which: Sampler, x_0: Tensor, strength: float, w: float, steps: int, **spacing: Any) -> Tensor:
    parts = miniature.pipeline(prediction)
    walk = sampler.walk(which, miniature.schedule(prediction, **spacing), strength, steps)
    model = sampler.guided(parts.unet, embedding(prediction, PROMPT), embedding(prediction, ""), w)
    return decoded(prediction, sampler.img2img(model, walk, x_0, sampler.noise(SEED, 4, 8, 8)))


@torch.no_grad()
def embedding(prediction: str, text: str) -> Tensor:
    parts = miniature.pipeline(prediction)
    tokens = parts.tokenizer(text, padding="max_length", max_length=77, return_tensors="pt")
    return parts.text_encoder(tokens.input_ids)[0]


def decoded(prediction: str, latents: Tensor) -> Tensor:
    vae = miniature.pipeline(prediction).vae
    return (vae.decode(latents / vae.config.scaling_factor, return_dict=False)[0] / 2 + 0.5).clamp(0, 1)


def apart(one: Tensor, other: Tensor) -> float:
    """The largest difference of any pixel, in 255ths."""
    return float((one - other).abs().max()) * 255


# --- the same pictures as diffusers


@pytest.mark.parametrize("strength", [0.3, 0.45, 0.75])
@pytest.mark.parametrize("w", [1, 7.5])
@pytest.mark.parametrize("which", [Sampler.DDIM, Sampler.DPM_KARRAS, Sampler.EULER])
@pytest.mark.parametrize("prediction", PREDICTIONS)
def test_plain_equals_the_pipeline(prediction: str, which: Sampler, w: float, strength: float, frames: Tensor) -> None:
    steps = 50 if which is Sampler.DDIM else 10
    expected = theirs(prediction, which, frames[:1], strength, w, steps)
    assert apart(ours(prediction, which, frames[:1], strength, w, steps), expected) < 1


@pytest.mark.parametrize("which", [Sampler.DPM, Sampler.UNIPC, Sampler.HEUN])
@pytest.mark.parametrize("prediction", PREDICTIONS)
def test_plain_equals_the_pipeline_with_every_sampler(prediction: str, which: Sampler, frames: Tensor) -> None:
    expected = theirs(prediction, which, frames[:1], 0.45, 7.5, 10)
    assert apart(ours(prediction, which, frames[:1], 0.45, 7.5, 10), expected) < 1


@pytest.mark.parametrize("steps", [7, 30])
@pytest.mark.parametrize("spacing", ["leading", "trailing", "linspace"])
def test_ddim_equals_the_pipeline_when_the_steps_do_not_divide_the_schedule(
    spacing: str, steps: int, frames: Tensor
) -> None:
    given = {"timestep_spacing": spacing}
    expected = theirs("epsilon", Sampler.DDIM, frames[:1], 0.45, 7.5, steps, **given)
    assert apart(ours("epsilon", Sampler.DDIM, frames[:1], 0.45, 7.5, steps, **given), expected) < 1


@pytest.mark.parametrize("prediction", PREDICTIONS)
def test_the_comparison_would_notice(prediction: str, frames: Tensor) -> None:
    """One step more, a little less guidance, another sampler or prediction: each shows in the pixels."""
    frame = frames[:1]
    right = ours(prediction, Sampler.DDIM, frame, 0.45, 7.5, 20)
    assert apart(ours(prediction, Sampler.DDIM, frame, 0.5, 7.5, 20), right) > 2
    assert apart(ours(prediction, Sampler.DDIM, frame, 0.45, 7, 20), right) > 1
    assert apart(ours(prediction, Sampler.DPM, frame, 0.45, 7.5, 20), right) > 1
    other = next(p for p in PREDICTIONS if p != prediction)
    assert apart(ours(other, Sampler.DDIM, frame, 0.45, 7.5, 20), right) > 2
    assert ((right > 0) & (right < 1)).float().mean() > 0.9, "most pixels can differ"


@pytest.mark.parametrize("which", [Sampler.DDIM, Sampler.DPM])
def test_a_batch_is_its_frames(which: Sampler, frames: Tensor) -> None:
    """One noise for all of them, whatever the batch."""
    together = ours("epsilon", which, frames, 0.45, 7.5, 10)
    for i in range(len(frames)):
        assert apart(together[i : i + 1], ours("epsilon", which, frames[i : i + 1], 0.45, 7.5, 10)) < 1


def test_a_walk_can_be_walked_again(frames: Tensor) -> None:
    """diffusers' schedulers remember what they did: a walk must not."""
    parts = miniature.pipeline()
    model = sampler.guided(parts.unet, embedding("epsilon", PROMPT), embedding("epsilon", ""), 1)
    walk = sampler.walk(Sampler.DPM, miniature.schedule("epsilon"), 0.45, 20)
    n_0 = sampler.noise(SEED, 4, 8, 8)
    assert torch.equal(sampler.img2img(model, walk, frames, n_0), sampler.img2img(model, walk, frames, n_0))


# --- where walks start


@pytest.mark.parametrize(
    ("which", "spacing", "start"),
    [
        (Sampler.DDIM, "leading", 421),
        (Sampler.DDIM, "trailing", 439),
        (Sampler.DPM_KARRAS, "leading", 299),
    ],
)
def test_the_start_is_the_schedulers(which: Sampler, spacing: str, start: int) -> None:
    walk = sampler.walk(which, miniature.schedule("epsilon", timestep_spacing=spacing), 0.45, 50)
    assert walk.times[0] == start


def test_a_sampler_is_the_same_whatever_scheduler_a_model_came_with() -> None:
    config = miniature.schedule("epsilon", use_karras_sigmas=True, algorithm_type="sde-dpmsolver++", clip_sample=True)
    assert sampler.walk(Sampler.DPM, config, 0.45, 50).times[0] == 419
    scheduler = sampler.scheduler_for(Sampler.DPM, config)
    assert scheduler.config.algorithm_type == "dpmsolver++"
    assert not sampler.scheduler_for(Sampler.DDIM, config).config.clip_sample


@pytest.mark.parametrize("which", list(Sampler))
@pytest.mark.parametrize("sigmas", ["karras_sigmas", "exponential_sigmas", "beta_sigmas", "lu_lambdas", "flow_sigmas"])
def test_a_sampler_walks_its_own_levels_of_noise_whatever_a_model_came_with(which: Sampler, sigmas: str) -> None:
    own = sampler.walk(which, miniature.schedule("epsilon"), 0.45, 50)
    walk = sampler.walk(which, miniature.schedule("epsilon", **{f"use_{sigmas}": True}), 0.45, 50)
    assert walk.times == own.times and walk.ratio == own.ratio


@pytest.mark.parametrize("which", list(Sampler))
def test_the_ratio_is_what_the_scheduler_starts_from(which: Sampler, frames: Tensor) -> None:
    """a_T/s_T of the start itself; near that of the rounded timestep."""
    config = miniature.schedule("epsilon")
    walk, known = sampler.walk(which, config, 0.45, 50), sampler.levels(config)
    zero = torch.zeros_like(frames)
    assert torch.allclose(walk.start(frames, zero), walk.ratio * walk.start(zero, frames), atol=1e-5)
    assert walk.ratio == pytest.approx(float(known.snr(walk.times[0])) ** 0.5, rel=0.01)


def test_fast_starts_where_the_whole_walk_starts() -> None:
    config = miniature.schedule("epsilon")
    whole = sampler.walk(Sampler.DDIM, config, 0.45, 50)
    short = sampler.fast(whole, sampler.levels(config), 4)
    assert short.path == ((421, 316), (316, 210), (210, 105), (105, -1))
    assert short.ratio == whole.ratio
    assert sampler.walk(Sampler.DDIM, config, 0.45, 9).times[0] != 421, "a shorter schedule starts elsewhere"


def test_every_step_is_told() -> None:
    config, said = miniature.schedule("epsilon"), []
    for which in (Sampler.DDIM, Sampler.EULER):
        walk = sampler.walk(which, config, 0.45, 20)
        x = torch.zeros(1, 4, 8, 8)
        walk.down(lambda x, t: x, x, lambda done, total: said.append((done, total)))
        assert said == [(i + 1, 9) for i in range(9)]
        said.clear()


# --- where walks end


@pytest.mark.parametrize("which", list(Sampler))
@pytest.mark.parametrize("prediction", PREDICTIONS)
def test_a_network_that_knows_the_picture_walks_to_it(prediction: str, which: Sampler, frames: Tensor) -> None:
    config = miniature.schedule(prediction, set_alpha_to_one=True)
    known, walk = sampler.levels(config), sampler.walk(which, config, 0.45, 50)

    def model(x: Tensor, t: Tensor | int) -> Tensor:
        a, s = known.a(int(t)), known.s(int(t))
        eps = (x - a * frames) / s
        return eps if prediction == "epsilon" else a * eps - s * frames

    x = sampler.img2img(model, walk, frames.flip(0), sampler.noise(SEED, 4, 8, 8))
    assert float((x - frames).abs().max()) < 1e-5


# --- what is refused


@pytest.mark.parametrize("strength", [0, 1, -0.2, 1.5, float("nan")])
def test_a_strength_that_is_none_is_refused(strength: float) -> None:
    with pytest.raises(Failure, match="The strength is") as refused:
        sampler.walk(Sampler.DDIM, miniature.schedule("epsilon"), strength, 50)
    assert refused.value.code is ErrorCode.BAD_INPUT and "0.45" in refused.value.hint


@pytest.mark.parametrize("steps", [0, -1, 1001])
def test_steps_that_the_model_does_not_have_are_refused(steps: int) -> None:
    with pytest.raises(Failure, match=f"steps is {steps}"):
        sampler.walk(Sampler.DDIM, miniature.schedule("epsilon"), 0.45, steps)


def test_a_strength_of_less_than_one_step_is_refused() -> None:
    with pytest.raises(Failure, match="less than one of 10 steps"):
        sampler.walk(Sampler.DDIM, miniature.schedule("epsilon"), 0.05, 10)


@pytest.mark.parametrize("which", list(Sampler))
def test_where_a_walk_begins_is_known_without_torch_as_a_click_needs_it(which: Sampler) -> None:
    for steps in (2, 4, 7, 10, 30, 50, 333, 1000):
        for strength in (0.05, 0.125, 0.325, 0.45, 0.5, 0.75, 0.99):
            if steps * strength >= 1:
                assert begins(which, strength, steps) == sampler.walk(which, {}, strength, steps).times[0]


@pytest.mark.parametrize(("strength", "steps", "count"), [(0.125, 8, 2), (0.45, 50, 452), (0.45, 50, 0)])
def test_so_are_the_fast_steps_that_do_not_fit_into_it(strength: float, steps: int, count: int) -> None:
    painting = Painting(strength, steps, 1.0, 0)
    check_fast(painting, 1)
    whole = sampler.walk(Sampler.DDIM, {}, strength, steps)
    said = f"{count} steps do not fit below timestep {whole.times[0]}."
    for refuse in (lambda: check_fast(painting, count), lambda: sampler.fast(whole, sampler.levels({}), count)):
        with pytest.raises(Failure, match=said) as refused:
            refuse()
        assert refused.value.hint == ("Raise the strength or the steps." if steps == 8 else "Choose 4 to 8.")


def test_a_network_that_predicts_something_else_is_refused() -> None:
    with pytest.raises(Failure, match="“sample”"):
        sampler.levels(miniature.schedule("sample"))


@pytest.mark.parametrize("times", [(), (10, 10), (10, 20), (1000, 5), (5, -1)])
def test_timesteps_that_do_not_fall_are_refused(times: tuple[int, ...]) -> None:
    with pytest.raises(Failure, match="do not fall"):
        sampler.explicit(sampler.levels(miniature.schedule("epsilon")), times)


def test_too_many_fast_steps_are_refused() -> None:
    config = miniature.schedule("epsilon")
    whole = sampler.walk(Sampler.DDIM, config, 0.45, 50)
    with pytest.raises(Failure, match="do not fit"):
        sampler.fast(whole, sampler.levels(config), 500)
