"""What each optimisation of the engine is worth, by itself and in turn with how it would be without: pocket's parts."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from backend import products
from backend.api import Engine
from backend.shelf import Shelf

from .figures import Figure, figure, in_turn, table, write

FEW, MANY, TAUGHT = 8, 16, 4
LATENT, PICTURE = (12, 16, 28), (3, 64, 112)
RANK, SD_WEIGHT, SD_WEIGHTS = 16, (1280, 11520), 55  # together the 804 million that it changes
SD_CHANNELS, SD_BOTTOMS = 1280, ((1, 8, 8), (2, 8, 8), (4, 8, 8))
LAYOUTS = (torch.contiguous_format, torch.channels_last)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, default=Path("build/bench/bench.json"))
    parser.add_argument("--compile", action="store_true", help="torch.compile too: wants a C++ compiler, and minutes")
    asked = parser.parse_args()
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "2")))
    found = [*painting(asked.rounds), *updates(asked.rounds), *laying_in(asked.rounds), *bottoms(asked.rounds)]
    found += compiling(asked.rounds) if asked.compile else ()
    write(asked.json, found)
    print(table(found))
    return 0


def _figures(name: str, words: Sequence[str], seconds: Sequence[Sequence[float]]) -> list[Figure]:
    return [figure(f"{name}: {w}", [1000 * s for s in found], "ms") for w, found in zip(words, seconds, strict=True)]


def painting(rounds: int) -> list[Figure]:
    """A frame alone and among others; and the layout of what lies in memory."""
    model, figures = Shelf().take(Engine()), []
    told = model.embed(["a red car"])
    x, pictures = torch.randn(MANY, *LATENT), torch.rand(1, *PICTURE)
    t = torch.tensor(5)

    def network(count: int) -> Callable[[], object]:
        return lambda: [
            model.unet(some, t, encoder_hidden_states=told.expand(count, -1, -1)) for some in x.split(count)
        ]

    def laid_out(
        part: torch.nn.Module, work: Callable[[], object], layout: torch.memory_format
    ) -> Callable[[], object]:
        return lambda: (part.to(memory_format=layout), work())  # pyright: ignore[reportCallIssue]

    with torch.inference_mode():
        found = in_turn(rounds, network(1), network(FEW), network(MANY))
        figures += _figures(f"the network for {MANY} frames", ("one by one", f"{FEW} at once", "at once"), found)
        found = in_turn(rounds, lambda: [model.decode(one) for one in x.split(1)], lambda: model.decode(x))
        figures += _figures(f"decoding {MANY} frames", ("one by one", "at once"), found)
        for name, part, work in (
            (f"the network for {MANY} frames at once", model.unet, network(MANY)),
            ("encoding a frame", model.vae, lambda: model.encode(pictures)),
            ("decoding a frame", model.vae, lambda: model.decode(x[:1])),
        ):
            found = in_turn(rounds, *(laid_out(part, work, layout) for layout in LAYOUTS))
            figures += _figures(name, ("as it comes", "channels last"), found)
    return figures


def updates(rounds: int) -> list[Figure]:
    """AdamW on all of pocket's UNet."""
    weights = [torch.nn.Parameter(p.detach().clone()) for p in Shelf().take(Engine()).unet.parameters()]
    for weight in weights:
        weight.grad = torch.randn_like(weight)
    kinds = [torch.optim.AdamW(weights, 1e-5, fused=fused) for fused in (False, True)]
    return _figures("AdamW on the whole UNet", ("plain", "fused"), in_turn(rounds, *(kind.step for kind in kinds)))


def laying_in(rounds: int) -> list[Figure]:
    """A LoRA into as many weights as it changes of Stable Diffusion 1.5: B·A and then the sum, or both in one."""
    weights = [torch.randn(*SD_WEIGHT) for _ in range(SD_WEIGHTS)]
    a, b = torch.randn(RANK, SD_WEIGHT[1]), torch.randn(SD_WEIGHT[0], RANK)

    def apart() -> None:
        for weight in weights:
            weight.copy_(weight + (b @ a).view_as(weight))

    def at_once() -> None:
        for weight in weights:
            weight.copy_(torch.addmm(weight, b, a))

    return _figures(
        "laying a LoRA of Stable Diffusion's size in", ("apart", "at once"), in_turn(rounds, apart, at_once)
    )


def bottoms(rounds: int) -> list[Figure]:
    """A convolution at the bottom of Stable Diffusion's UNet, of so many frames of 256², as torch does it and as one
    product."""
    plain, product = (torch.nn.Conv2d(SD_CHANNELS, SD_CHANNELS, 3, padding=1) for _ in range(2))
    products.quicken(product)
    figures = []
    with torch.inference_mode():
        for count, height, width in SD_BOTTOMS:
            x = torch.randn(count, SD_CHANNELS, height, width)
            found = in_turn(rounds, lambda x=x: plain(x), lambda x=x: product(x))
            figures += _figures(f"a large convolution of {count} × {height}×{width}", ("as it comes", "product"), found)
    return figures


def compiling(rounds: int) -> list[Figure]:
    """The UNet forward and back for the examples of one step of tuning, as it comes and compiled."""
    model = Shelf().take(Engine())
    told, x = model.embed(["a red car"]).expand(TAUGHT, -1, -1).clone(), torch.randn(TAUGHT, *LATENT)
    t = torch.randint(500, (TAUGHT,))
    model.unet.requires_grad_(True)

    def there_and_back(unet: Callable[..., Any]) -> Callable[[], None]:
        def work() -> None:
            unet(x, t, encoder_hidden_states=told).sample.square().mean().backward()
            model.unet.zero_grad()

        return work

    plain, compiled = there_and_back(model.unet), there_and_back(torch.compile(model.unet))
    compiled()  # compiles it
    words = ("as it comes", "compiled")
    return _figures(f"the network taught {TAUGHT} examples", words, in_turn(rounds, plain, compiled))


if __name__ == "__main__":
    raise SystemExit(main())
