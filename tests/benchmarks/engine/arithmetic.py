"""What the device could do at best: the faster of a measured matrix product and convolution, and the operations of
each part of the work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from backend import adapters, pictures
from backend.api import Method, Painting
from backend.models import Model
from backend.painter import Painter
from backend.shelf import Shelf

from .cases import Case
from .figures import Figure, figure, in_turn, on_card

# The side of the matrices; pictures, channels and side of what is convolved.
SIDE, ROUNDS = (8192, 10) if torch.cuda.is_available() else (1024, 5)
CONVOLVED = (32, 1024, 64) if torch.cuda.is_available() else (4, 128, 64)


def peak(dtype: torch.dtype) -> float:
    """Operations a second at best. Libraries differ: on some processors a convolution is twice as fast as a product."""
    at = {"dtype": dtype, "device": "cuda" if on_card() else "cpu"}
    a, b = (torch.randn(SIDE, SIDE, **at) for _ in range(2))
    count, channels, side = CONVOLVED
    x = torch.randn(count, channels, side, side, **at).to(memory_format=torch.channels_last)
    w = torch.randn(channels, channels, 3, 3, **at).to(memory_format=torch.channels_last)
    product, convolution = in_turn(ROUNDS, lambda: torch.mm(a, b), lambda: torch.conv2d(x, w, padding=1))
    return max(2 * SIDE**3 / min(product), 2 * 9 * x.numel() * channels / min(convolution))


def operations(action: Callable[[], object]) -> int:
    """Fused attention is not counted on a processor; taken apart it has the same operations."""
    with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counted:
        action()
    return counted.get_total_flops()


@dataclass(frozen=True)
class Part:
    name: str
    action: Callable[[], object]
    times: int  # in one frame


def measured(case: Case, painting: Painting, rounds: int) -> list[Figure]:
    """Each part of painting a frame beside its limit, and a step of tuning."""
    model = Shelf().take(case.engine)
    best = peak(model.unet.dtype)
    name = case.name
    figures = [figure("peak of a matrix product or a convolution", [best / 1e12], "TFLOP/s")]
    total = 0.0
    with torch.inference_mode():
        for part in _parts(model, painting, case):
            limit = operations(part.action) / best
            total += limit * part.times
            (seconds,) = in_turn(rounds, part.action)
            reached = [limit / s for s in seconds]
            figures.append(figure(f"{name}: {part.name}, × {part.times} a frame", [1000 * s for s in seconds], "ms"))
            figures.append(figure(f"{name}: {part.name}, share of the arithmetic limit", reached, ""))
    figures.append(figure(f"{name}: rendering, arithmetic limit", [1 / total], "frames/s"))
    for method in Method:
        ops = _of_a_step(case, method, batch=4)
        figures.append(figure(f"{name}: {method.value}, arithmetic limit at a batch of 4", [best / ops], "steps/s"))
    return figures


def _parts(model: Model, painting: Painting, case: Case) -> list[Part]:
    """One frame: into latents, one step of the UNet (two passes where it is guided), and out of them."""
    frame = torch.from_numpy(pictures.read(case.frames[0]).copy()).permute(2, 0, 1)[None] / 255
    latent = model.encode(frame)
    told = model.embed([case.prompt]).repeat(1 if painting.guidance <= 1 else 2, 1, 1)
    x, steps = latent.expand(len(told), -1, -1, -1), len(Painter(model, painting, case.prompt).walk.times)
    return [
        Part("encoding", lambda: model.encode(frame), 1),
        Part("a step", lambda: model.unet(x, torch.tensor(5, device=x.device), encoder_hidden_states=told), steps),
        Part("decoding", lambda: model.decode(latent), 1),
    ]


def _of_a_step(case: Case, method: Method, batch: int) -> int:
    """Forward and back of the UNet: what is encoded once is no part of a step."""
    model = Shelf().take(case.engine)
    told = model.embed([case.prompt]).repeat(batch, 1, 1)
    x = model.encode(torch.zeros(1, 3, *case.shape)).repeat(batch, 1, 1, 1)
    t = torch.zeros(batch, dtype=torch.long, device=x.device)

    def step() -> None:
        with torch.autocast(x.device.type, torch.float16, enabled=x.dtype is torch.float16):
            model.unet(x, t, encoder_hidden_states=told).sample.float().mean().backward()

    with adapters.learning(model.unet, method, 16, 0):
        return operations(step)
