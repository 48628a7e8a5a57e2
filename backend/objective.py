"""The mathematics of tuning: what the network is shown of a pair of pictures, and what it should answer.

A pair is x_o, the latent of the strip's own frame, and x_e, that of its look; a reference frame is its own look. With
a = √ᾱ_t, s = √(1 − ᾱ_t) and noise ε all recipes are one (docs/method.md):
    x_t = a·x_e + s·ε*      ε* = ε + ρ·(x_o − x_e)      v* = a·ε* − s·x_e"""

from __future__ import annotations

import math

import torch
from torch import Generator, Tensor

from .api import Pairing
from .frozen import frozen
from .sampler import Levels, Prediction


@frozen
class Lesson:
    """How looks are taught. What is walked and a_T/s_T are read from the walk that will render."""

    walked: tuple[int, ...]
    ratio: float
    pairing: Pairing = Pairing.BRIDGE
    late: int = 500  # reference frames are shown below this timestep
    at_start: float = 0.3  # the share of looks exactly at T, the only t whose x_t does not hold the answer already
    astray: float = 0.0  # the share of the others with ρ anywhere in [0, a_T/s_T]
    noise: float = 1.0  # the share of it that is laid on, as in the rendering
    angle: float = math.pi / 2  # between n₀ and the noise to tune on: 0 is n₀ itself, π/2 any noise
    guidance: float = 1.0  # what it is tuned to be rendered at


# --- the pair


def rho_of(pairing: Pairing, levels: Levels, t: Tensor, ratio: float) -> Tensor:
    """ρ = 0, a_t/s_t or a_T/s_T."""
    root_snr = levels.snr(t) ** 0.5
    if pairing is Pairing.LITERAL:
        return root_snr
    return torch.full_like(root_snr, ratio if pairing is Pairing.BRIDGE else 0.0)


def paired_noise(x_o: Tensor, x_e: Tensor, eps: Tensor, rho: Tensor | float) -> Tensor:
    """ε* = ε + ρ·(x_o − x_e), the noise that would make x_t of the look."""
    return eps + rho * (x_o - x_e)


def shown(levels: Levels, x_e: Tensor, eps_star: Tensor, t: Tensor | int) -> Tensor:
    """x_t = a·x_e + s·ε*."""
    return levels.a(t) * x_e + levels.s(t) * eps_star


def answer(levels: Levels, x_e: Tensor, eps_star: Tensor, t: Tensor | int) -> Tensor:
    """ε*, or v* = a·ε* − s·x_e (Salimans and Ho 2022)."""
    if levels.prediction is Prediction.V:
        return levels.a(t) * eps_star - levels.s(t) * x_e
    return eps_star


def weight(pairing: Pairing, levels: Levels, t: Tensor, most: float = 5.0) -> Tensor:
    """1, but for literal pairs, whose ε* grows as √SNR, min(SNR, 5)/SNR or for v /(SNR + 1) (Hang et al. 2023)."""
    snr = levels.snr(t)
    if pairing is not Pairing.LITERAL:
        return torch.ones_like(snr)
    return snr.clamp(max=most) / (snr + 1 if levels.prediction is Prediction.V else snr)


def near(n_0: Tensor, angle: float, eps: Tensor) -> Tensor:
    """cos φ·n₀ + sin φ·ε: as far from the noise of the rendering as φ says, and of unit variance still."""
    return math.cos(angle) * n_0 + math.sin(angle) * eps


def for_guidance(target: Tensor, empty: Tensor, w: float) -> Tensor:
    """û + (ε* − û)/w, which guidance w takes to ε*. û is what the network says to the empty prompt, and stays fixed."""
    u = empty.detach()
    return u + (target - u) / w


def loss(output: Tensor, target: Tensor, weight: Tensor, visible: Tensor | None = None) -> Tensor:
    """Weighted mean square. `visible` (0 to 1, one channel) leaves out what a warped look does not know."""
    error = weight * (output - target) ** 2
    if visible is None:
        return error.mean()
    seen = visible.expand_as(error)
    return (error * seen).sum() / seen.sum().clamp(min=1)


# --- what is drawn at random; always from a generator on the CPU, so that a resumed run goes on bit by bit


@frozen
class Draw:
    """A batch: what the network is shown, at which timesteps, what it should answer, and how much that counts."""

    x: Tensor
    t: Tensor
    target: Tensor
    weight: Tensor


def draw(made: Lesson, levels: Levels, x_o: Tensor, x_e: Tensor, n_0: Tensor, is_look: Tensor, dice: Generator) -> Draw:
    """One batch of pairs. Where `is_look` is false the pair is a reference frame, and x_o is x_e."""
    count = len(x_o)
    t = torch.where(is_look.cpu(), look_times(made, count, dice), reference_times(made, count, dice)).to(x_o.device)
    eps = made.noise * near(n_0, made.angle, torch.randn(x_o.shape, generator=dice).to(x_o))
    rho = rho_of(made.pairing, levels, t, made.ratio)
    if made.astray > 0:
        rho = _astray(made, rho, t, dice)
    eps_star = paired_noise(x_o, x_e, eps, rho)
    counts = torch.where(is_look.reshape(-1, 1, 1, 1).to(x_o.device), weight(made.pairing, levels, t), 1.0)
    return Draw(shown(levels, x_e, eps_star, t), t, answer(levels, x_e, eps_star, t), counts)


def look_times(made: Lesson, count: int, dice: Generator) -> Tensor:
    """T for a share of them, and for the others any of the timesteps that will be walked."""
    walked = torch.tensor(made.walked)
    any_of_them = walked[torch.randint(len(walked), (count,), generator=dice)]
    return torch.where(torch.rand(count, generator=dice) < made.at_start, walked[0], any_of_them)


def reference_times(made: Lesson, count: int, dice: Generator) -> Tensor:
    """Late steps only."""
    return torch.randint(made.late, (count,), generator=dice)


def _astray(made: Lesson, rho: Tensor, t: Tensor, dice: Generator) -> Tensor:
    """Below T, ρ uniform in [0, a_T/s_T] for a share of the looks: where the network's own errors lead."""
    off = torch.rand(len(t), generator=dice) < made.astray
    anywhere = made.ratio * torch.rand(len(t), generator=dice)
    off = off.to(t.device) & (t != made.walked[0])
    return torch.where(off.reshape(-1, 1, 1, 1), anywhere.to(rho).reshape(-1, 1, 1, 1), rho)
