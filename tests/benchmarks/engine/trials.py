"""What each optimisation of the engine is worth, by itself and in turn with how it would be without: pocket's parts."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from backend.api import Engine
from backend.shelf import Shelf

from .figures import Figure, figure, in_turn, table, write

MANY = 8
LATENT, PICTURE = (12, 16, 28), (3, 64, 112)
LAYOUTS = (torch.contiguous_format, torch.channels_last)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, default=Path("build/bench/bench.json"))
    asked = parser.parse_args()
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "2")))
    found = [*painting(asked.rounds), *updates(asked.rounds)]
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
        found = in_turn(rounds, network(1), network(MANY))
        figures += _figures(f"the network for {MANY} frames", ("one by one", "at once"), found)
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


if __name__ == "__main__":
    raise SystemExit(main())
