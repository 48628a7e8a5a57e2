"""The mathematics of tuning, checked by its identities: what is taught is what rendering will ask for."""

from __future__ import annotations

import dataclasses
import math

import miniature
import pytest
import torch
from torch import Tensor

from backend import objective, sampler
from backend.api import Pairing, Sampler
from backend.objective import Lesson
from backend.sampler import Levels, Prediction, Walk

PREDICTIONS = [p.value for p in Prediction]
EVERY_T = torch.arange(1000)
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # diffusers


def latents(seed: int, count: int = 3) -> Tensor:
    return torch.randn(count, 4, 8, 8, generator=torch.Generator().manual_seed(seed))


X_O, X_E, EPS = latents(1), latents(2), latents(3)


def known(prediction: str = "epsilon", **others: object) -> Levels:
    return sampler.levels(miniature.schedule(prediction, **others))


def rendering(prediction: str = "epsilon", which: Sampler = Sampler.DDIM, strength: float = 0.45) -> Walk:
    return sampler.walk(which, miniature.schedule(prediction), strength, 50)


def knows_the_answer(levels: Levels, eps_star: Tensor) -> sampler.Denoiser:
    """A network that was taught X_E perfectly: at every t it answers the exact target."""
    return lambda x, t: objective.answer(levels, X_E, eps_star, int(t))


def off(one: Tensor, other: Tensor) -> float:
    return float((one - other).abs().max())


# --- the walk that is taught is the walk that is rendered


@pytest.mark.parametrize("strength", [0.3, 0.325, 0.45, 0.75])
@pytest.mark.parametrize("alpha_to_one", [True, False])
@pytest.mark.parametrize("prediction", PREDICTIONS)
def test_the_exact_target_walked_down_ddim_ends_in_the_look(
    prediction: str, alpha_to_one: bool, strength: float
) -> None:
    """From the noised original to x_e, or to a₀·x_e + s₀·ε* where the final alpha is not one."""
    config = miniature.schedule(prediction, set_alpha_to_one=alpha_to_one)
    levels, walk = sampler.levels(config), sampler.walk(Sampler.DDIM, config, strength, 50)
    eps_star = objective.paired_noise(X_O, X_E, EPS, walk.ratio)
    end = sampler.img2img(knows_the_answer(levels, eps_star), walk, X_O, EPS)
    expected = X_E if alpha_to_one else levels.a(-1) * X_E + levels.s(-1) * eps_star
    assert off(end, expected) < 1e-4
    assert alpha_to_one or off(end, X_E) > 0.01


@pytest.mark.parametrize("prediction", PREDICTIONS)
@pytest.mark.parametrize("count", [1, 4, 8])
def test_so_it_does_in_a_few_steps(count: int, prediction: str) -> None:
    levels, walk = known(prediction, set_alpha_to_one=True), rendering(prediction)
    short = sampler.fast(walk, levels, count)
    eps_star = objective.paired_noise(X_O, X_E, EPS, short.ratio)
    assert off(sampler.img2img(knows_the_answer(levels, eps_star), short, X_O, EPS), X_E) < 1e-4


@pytest.mark.parametrize("which", [s for s in Sampler if s is not Sampler.DDIM])
@pytest.mark.parametrize("prediction", PREDICTIONS)
def test_so_it_does_with_every_sampler(prediction: str, which: Sampler) -> None:
    """Karras' steps lie between timesteps, which a v network has to round."""
    walk = rendering(prediction, which)
    eps_star = objective.paired_noise(X_O, X_E, EPS, walk.ratio)
    end = sampler.img2img(knows_the_answer(known(prediction), eps_star), walk, X_O, EPS)
    assert off(end, X_E) < (5e-4 if which is Sampler.DPM_KARRAS else 1e-4)


def test_without_the_pairing_it_ends_elsewhere() -> None:
    """The same walk with ρ = 0 ends far from the look: the identity is not empty."""
    levels, walk = known(set_alpha_to_one=True), rendering()
    end = sampler.img2img(knows_the_answer(levels, EPS), walk, X_O, EPS)
    assert off(end, X_E) > 0.5


@pytest.mark.parametrize("prediction", PREDICTIONS)
def test_a_bridge_shows_what_sampling_will_see(prediction: str) -> None:
    """Every x_t on the way down is the x_t of training, from the noised original at T on."""
    levels, walk = known(prediction), rendering(prediction)
    assert isinstance(walk, sampler.DdimWalk)
    rho = objective.rho_of(Pairing.BRIDGE, levels, torch.tensor(walk.times), walk.ratio)
    x = walk.start(X_O, EPS)
    for (t, t_prev), ρ in zip(walk.path, rho, strict=True):
        eps_star = objective.paired_noise(X_O, X_E, EPS, ρ)
        assert off(x, objective.shown(levels, X_E, eps_star, t)) < 1e-4
        x = sampler.ddim_step(levels, x, t, t_prev, objective.answer(levels, X_E, eps_star, t))


# --- the pairs


@pytest.mark.parametrize("pairing", list(Pairing))
@pytest.mark.parametrize("prediction", PREDICTIONS)
def test_the_answer_always_points_at_the_look(prediction: str, pairing: Pairing) -> None:
    """Whatever ρ, x̂_0 of the target is x_e and ε̂ is ε*; a late error in x̂_0 is a small one."""
    levels = known(prediction)
    t = torch.tensor([421, 101, 1])
    eps_star = objective.paired_noise(X_O, X_E, EPS, objective.rho_of(pairing, levels, t, 0.8017))
    x = objective.shown(levels, X_E, eps_star, t)
    x_0, eps = sampler.clean_and_noise(levels, x, t, objective.answer(levels, X_E, eps_star, t))
    assert off(x_0, X_E) < 1e-4 and off(eps, eps_star) < 1e-4


def test_literal_shows_the_noised_original_at_every_timestep() -> None:
    levels = known()
    for t in EVERY_T.split(3):
        count = len(t)
        rho = objective.rho_of(Pairing.LITERAL, levels, t, 0.8)
        x = objective.shown(levels, X_E[:count], objective.paired_noise(X_O[:count], X_E[:count], EPS[:count], rho), t)
        assert off(x, levels.a(t) * X_O[:count] + levels.s(t) * EPS[:count]) < 1e-4


def test_literal_targets_blow_up_and_bridges_do_not() -> None:
    """√SNR is 0.80 where strength 0.45 starts, and 24 at the end."""
    levels, t = known(), torch.tensor([421, 21, 1])
    assert objective.rho_of(Pairing.LITERAL, levels, t, 0.8).flatten().tolist() == pytest.approx(
        [0.80, 7.1, 24.2], rel=0.01
    )
    assert objective.rho_of(Pairing.BRIDGE, levels, t, 0.8).unique().tolist() == pytest.approx([0.8])
    assert not objective.rho_of(Pairing.ORDINARY, levels, t, 0.8).any()


def test_the_weight_of_a_literal_pair_counts_the_picture_the_same_for_epsilon_and_v() -> None:
    """min(SNR, 5) times the error in x̂_0, whatever the network predicts; the other pairs count as they are."""
    for prediction in PREDICTIONS:
        levels = known(prediction)
        t = torch.tensor([600, 421, 21, 1])
        error = 0.1
        x = torch.zeros(4, 1, 1, 1)
        wrong, _ = sampler.clean_and_noise(levels, x, t, x + error)
        counted = objective.weight(Pairing.LITERAL, levels, t) * error**2
        assert torch.allclose(counted, levels.snr(t).clamp(max=5) * wrong**2, rtol=1e-4)
        for pairing in (Pairing.ORDINARY, Pairing.BRIDGE):
            assert objective.weight(pairing, levels, t).unique().tolist() == [1.0]


@pytest.mark.parametrize("w", [1.5, 3.0, 7.5])
@pytest.mark.parametrize("prediction", PREDICTIONS)
def test_what_is_tuned_for_a_guidance_ends_in_the_look_at_that_guidance(prediction: str, w: float) -> None:
    levels, walk = known(prediction, set_alpha_to_one=True), rendering(prediction)
    assert isinstance(walk, sampler.DdimWalk)
    to_one = sampler.DdimWalk(levels, walk.path)
    eps_star = objective.paired_noise(X_O, X_E, EPS, walk.ratio)
    as_it_is = objective.paired_noise(X_O, X_O, EPS, 0.0)

    def network(x: Tensor, t: int, encoder_hidden_states: Tensor, return_dict: bool) -> tuple[Tensor]:
        """The empty prompt leads to the original, the prompt where it was tuned to."""
        u = objective.answer(levels, X_O, as_it_is, t)
        c = objective.for_guidance(objective.answer(levels, X_E, eps_star, t), u, w)
        return (torch.cat([u, c]),)

    nothing = torch.zeros(1, 77, 32)
    end = sampler.img2img(sampler.guided(network, nothing, nothing, w), to_one, X_O, EPS)
    assert off(end, X_E) < 1e-4


def test_the_empty_prompt_is_not_tuned_by_a_look() -> None:
    """û is what it is: no gradient goes through it."""
    u = EPS.clone().requires_grad_()
    assert not objective.for_guidance(X_E, u, 3.0).requires_grad


def test_noise_near_the_renderings_own() -> None:
    n_0 = latents(5, 1)
    assert torch.equal(objective.near(n_0, 0.0, EPS), n_0.expand_as(EPS))
    assert off(objective.near(n_0, math.pi / 2, EPS), EPS) < 1e-6
    many = torch.randn(200, 4, 8, 8, generator=torch.Generator().manual_seed(6))
    between = objective.near(n_0, math.pi / 6, many)
    like_it = (between * n_0).mean() / (n_0**2).mean()
    assert float(like_it) == pytest.approx(math.cos(math.pi / 6), abs=0.02)
    assert float(between.var(dim=0).mean()) == pytest.approx(0.25, abs=0.02)


def test_what_a_warped_look_does_not_know_does_not_count() -> None:
    visible = torch.ones(3, 1, 8, 8)
    visible[..., :4] = 0
    answer, wrong = torch.zeros(3, 4, 8, 8), torch.zeros(3, 4, 8, 8)
    wrong[..., :4] = 100
    one = torch.ones(3, 1, 1, 1)
    assert float(objective.loss(wrong, answer, one, visible)) == 0
    assert float(objective.loss(wrong + 2, answer, one, visible)) == pytest.approx(4)
    assert float(objective.loss(answer + 2, answer, 3 * one)) == pytest.approx(12)
    assert float(objective.loss(wrong, answer, one, torch.zeros(3, 1, 8, 8))) == 0


# --- what is drawn

COUNT = 4000


def batch(made: Lesson, seed: int = 0, looks: bool = True, prediction: str = "epsilon") -> objective.Draw:
    x_o, x_e = torch.zeros(COUNT, 1, 1, 1), torch.ones(COUNT, 1, 1, 1)
    n_0, is_look = torch.zeros(1, 1, 1, 1), torch.full((COUNT,), looks)
    dice = torch.Generator().manual_seed(seed)
    return objective.draw(made, known(prediction), x_o, x_e if looks else x_o, n_0, is_look, dice)


def of(walk: Walk, **settings: float | Pairing) -> Lesson:
    return dataclasses.replace(Lesson(walk.times, walk.ratio), **settings)


def test_a_good_share_of_looks_is_at_the_start_and_all_on_the_way() -> None:
    walk = rendering()
    t = batch(of(walk, at_start=0.3)).t
    others = (1 - 0.3) / len(walk.times)
    assert float((t == 421).float().mean()) == pytest.approx(0.3 + others, abs=0.03)
    assert set(t.tolist()) == set(walk.times)


def test_reference_frames_are_shown_late() -> None:
    t = batch(of(rendering(), late=500), looks=False).t
    assert int(t.min()) < 5 and 495 < int(t.max()) < 500
    assert float(t.float().mean()) == pytest.approx(249.5, abs=10)


@pytest.mark.parametrize("prediction", PREDICTIONS)
def test_a_reference_frame_is_its_own_look(prediction: str) -> None:
    """Whatever the pairing, it is an ordinary pair of weight 1."""
    drawn = [batch(of(rendering(), pairing=p), looks=False, prediction=prediction) for p in Pairing]
    for one in drawn[1:]:
        assert torch.equal(one.x, drawn[0].x) and torch.equal(one.target, drawn[0].target)
    assert all(one.weight.unique().tolist() == [1.0] for one in drawn)


def test_the_others_may_go_astray() -> None:
    """With ρ anywhere up to the bridge's, but never at T, which is always the noised original."""
    walk, levels = rendering(), known()
    made = of(walk, astray=1.0, angle=0.0)  # no noise: ε* is ρ·(x_o − x_e), and here x_o − x_e is −1
    one = batch(made)
    rho = -one.target.flatten()
    at_start = one.t == walk.times[0]
    assert rho[at_start].unique().tolist() == pytest.approx([walk.ratio])
    assert off(one.x[at_start], torch.zeros(1)) < 1e-6, "which is the original, and that is 0"
    assert float(rho[~at_start].min()) < 0.02 and float(rho[~at_start].max()) > walk.ratio - 0.02
    assert float(rho[~at_start].mean()) == pytest.approx(walk.ratio / 2, abs=0.02)
    assert torch.allclose(one.x, levels.a(one.t) + levels.s(one.t) * one.target)


def test_with_a_share_of_the_noise_it_is_shown_what_such_a_rendering_begins_with() -> None:
    """At T the noised original, and with no noise at all the original itself; the target still points at the look."""
    walk, levels = rendering(), known()
    for share, spread in ((0.0, 0.0), (0.25, 0.25)):
        one = batch(of(walk, noise=share, at_start=1.0))
        assert float((one.x / levels.s(one.t)).std()) == pytest.approx(spread, abs=0.01)
        clean, _ = sampler.clean_and_noise(levels, one.x, one.t, one.target)
        assert off(clean, torch.ones(1)) < 1e-5


def test_the_same_dice_draw_the_same_batch_and_go_on_from_where_they_were() -> None:
    made = of(rendering(), astray=0.5)
    first, again, other = batch(made, 3), batch(made, 3), batch(made, 4)
    assert torch.equal(first.x, again.x) and torch.equal(first.t, again.t)
    assert not torch.equal(first.x, other.x)
    dice = torch.Generator().manual_seed(0)
    objective.look_times(made, 10, dice)
    kept = dice.get_state()
    expected = objective.look_times(made, 10, dice)
    resumed = torch.Generator()
    resumed.set_state(kept)
    assert torch.equal(objective.look_times(made, 10, resumed), expected)
