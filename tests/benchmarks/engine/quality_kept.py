"""As good as stock in fewer operations: 8 and 4 tuned steps at guidance 1, with the VAE's decoder and a small one.

What they keep of the quality `python -m tests.benchmarks.quality.fewer` says; here is what they gain, beside what the
arithmetic allows."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch

from backend import adapters, distilling, pictures, small_decoder, tuning
from backend.api import Painting, Recipe, Render, Tune, Way
from backend.models import Model, config_of
from backend.painter import Painter
from backend.shelf import Shelf
from backend.small_decoder import Distilled
from backend.stages import render, tune
from tests.backend.studies import quiet_job

from . import rendering
from .arithmetic import operations
from .cases import Case
from .figures import Figure, figure, in_turn, ratios

FAST = (8, 4)  # explicit steps
LEAST = {(4, False): 5.0, (4, True): 8.0}  # times as fast as stock, at the size of Stable Diffusion 1.5


@dataclass(frozen=True)
class Quick:
    """One way to be quick."""

    steps: int
    small: bool

    @property
    def name(self) -> str:
        return f"{self.steps} tuned steps, {'small' if self.small else 'VAE'}"


WAYS = [Quick(steps, small) for small in (False, True) for steps in FAST]


def measured(case: Case, painting: Painting, rounds: int) -> list[Figure]:
    shelf, taught = Shelf(), replace(painting, guidance=1.0)
    _learn(case, taught, shelf)
    stock = rendering.theirs(rendering.stock(case), case, painting, case.study.parent / "one", 1)
    slow, *fast = in_turn(rounds, stock, *(_ours(case, taught, shelf, way) for way in WAYS))
    limits = _limits(case, painting, shelf)
    figures: list[Figure] = []
    stock_name = f"stock at {painting.steps} and guidance {painting.guidance:g}"
    for way, seconds in zip(WAYS, fast, strict=True):
        least = LEAST.get((way.steps, way.small)) if case.name.startswith("sd15") else None
        times, limit = ratios(slow, seconds), limits[way]
        name = f"{case.name}: {way.name}"
        figures.append(figure(f"{name}, against {stock_name}", times, "×", least=least))
        figures.append(figure(f"{name}, what the arithmetic allows", [limit], "×"))
    return figures


def _learn(case: Case, taught: Painting, shelf: Shelf) -> None:
    """Next to nothing: what a network has learned does not change how long it paints."""
    recipe = Recipe(iterations=1, crops=1, spread=0)
    tune.tune(Tune(str(case.study), case.engine, recipe, taught, FAST[-1], 0), [], quiet_job(), shelf)
    folder, config = case.study / "tune", config_of(shelf.take(case.engine).vae)
    decoder = distilling.made(config.latent_channels, shelf.take(case.engine).factor, config.block_out_channels[-1])
    adapters.write_tensors(folder / small_decoder.WEIGHTS, decoder.state_dict(), {"fingerprint": '"random"'})
    small_decoder.write(folder, Distilled("random", tuning.needed(folder).mark, lost=0.0, apart=0.0, seconds=0.0))


def _ours(case: Case, taught: Painting, shelf: Shelf, way: Quick) -> Callable[[], None]:
    """The stage as Blender asks for it: it reads, paints, stamps and writes."""
    wanted = Render(str(case.study), "fast", Way.FAST, case.prompt, case.engine, taught, fast=way.steps)
    wanted = replace(wanted, small_decoder=way.small)

    def run() -> None:
        shutil.rmtree(case.study / "takes" / "fast", ignore_errors=True)
        render.render(wanted, [], quiet_job(), shelf)

    return run


def _limits(case: Case, painting: Painting, shelf: Shelf) -> dict[Quick, float]:
    """How many times as many operations stock takes for a frame."""
    model = shelf.take(case.engine)
    with torch.inference_mode():
        into, step, out, small = _operations(case, model)
    walked = len(Painter(model, painting, case.prompt).walk.times)
    stock = into + walked * step * (2 if painting.guidance > 1 else 1) + out
    return {way: stock / (into + way.steps * step + (small if way.small else out)) for way in WAYS}


def _operations(case: Case, model: Model) -> tuple[int, int, int, int]:
    """Of a frame into latents, of one pass of the UNet, and of both ways out."""
    frame = torch.from_numpy(pictures.read(case.frames[0]).copy()).permute(2, 0, 1)[None] / 255
    latent, told = model.encode(frame), model.embed([case.prompt])
    folder = case.study / "tune"
    decoder = distilling.loaded(folder, small_decoder.needed(folder, tuning.needed(folder).mark), model)
    t = torch.tensor(5, device=latent.device)
    return (
        operations(lambda: model.encode(frame)),
        operations(lambda: model.unet(latent, t, encoder_hidden_states=told)),
        operations(lambda: model.decode(latent)),
        operations(lambda: decoder.decode(latent)),
    )
