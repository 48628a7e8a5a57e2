"""Frames a second of the render stage against stock img2img, frame by frame and in batches: files in, files out."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers.models.autoencoders.vae import DiagonalGaussianDistribution
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion_img2img import StableDiffusionImg2ImgPipeline
from PIL import Image

from backend import measures, pictures
from backend.api import Painting, Recipe, Render, Tune, Way
from backend.shelf import Shelf
from backend.stages import render, tune
from tests.backend.studies import quiet_job

from .cases import Case
from .figures import Figure, figure, in_turn, ratios

SEED = 0
FAST = (8, 4)  # explicit steps


def measured(case: Case, painting: Painting, batch: int, rounds: int) -> list[Figure]:
    """Equal output first; then the fast ways, whose quality `make bench-quality` judges."""
    folder, shelf = case.study.parent, Shelf()
    stock = _stock(case)
    one, many = folder / "one", folder / "many"
    ours = _ours(case, painting, shelf)
    plain, single, batched = in_turn(
        rounds, ours, _theirs(stock, case, painting, one, 1), _theirs(stock, case, painting, many, batch)
    )
    alike = [
        measures.psnr(pictures.read(_take(case, "bench") / f.name), pictures.read(one / f.name)) for f in case.frames
    ]
    name, on_card = case.size.name, torch.cuda.is_available()
    figures = [
        figure(f"{name}: frames a second", [len(case.frames) / s for s in plain], "/s"),
        figure(f"{name}: PSNR to stock, worst frame", [min(alike)], "dB", least=40),
        figure(f"{name}: render against stock frame by frame", ratios(single, plain), "×", least=3 if on_card else 1.3),
        figure(
            f"{name}: render against stock in batches of {batch}",
            ratios(batched, plain),
            "×",
            least=1.15 if on_card else None,
        ),
    ]
    for steps in FAST:
        quick, slow = in_turn(rounds, _fast(case, painting, shelf, steps), _theirs(stock, case, painting, one, 1))
        text = f"{name}: {steps} tuned steps against stock at {painting.steps} and guidance {painting.guidance:g}"
        figures.append(figure(text, ratios(slow, quick), "×", least=5 if steps == 4 else None))
    return figures


def _ours(case: Case, painting: Painting, shelf: Shelf) -> Callable[[], None]:
    """The stage as Blender asks for it: it reads, paints, stamps and writes."""
    wanted = Render(str(case.study), "bench", Way.PLAIN, case.prompt, case.engine, painting)

    def run() -> None:
        shutil.rmtree(_take(case, "bench"), ignore_errors=True)
        render.render(wanted, [], quiet_job(), shelf)

    return run


def _fast(case: Case, painting: Painting, shelf: Shelf, steps: int) -> Callable[[], None]:
    taught = replace(painting, guidance=1.0)
    recipe = Recipe(iterations=2, crops=1)  # what it has learned does not change how long it paints
    tune.tune(Tune(str(case.study), case.engine, recipe, taught, steps, 0), [], quiet_job(), shelf)
    wanted = Render(str(case.study), "fast", Way.FAST, case.prompt, case.engine, taught, fast=steps)

    def run() -> None:
        shutil.rmtree(_take(case, "fast"), ignore_errors=True)
        render.render(wanted, [], quiet_job(), shelf)

    return run


def _take(case: Case, name: str) -> Path:
    return case.study / "takes" / name


def _stock(case: Case) -> Any:
    pipe = StableDiffusionImg2ImgPipeline.from_pretrained(
        case.weights, torch_dtype=torch.float16 if torch.cuda.is_available() else torch.float32, safety_checker=None
    )
    pipe.set_progress_bar_config(disable=True)
    # It draws around what the VAE says, from the same dice as the noise: its pictures could not be compared with ours.
    DiagonalGaussianDistribution.sample = lambda self, generator=None: self.mode()  # type: ignore[method-assign]
    return pipe.to("cuda" if torch.cuda.is_available() else "cpu")


def _theirs(pipe: Any, case: Case, painting: Painting, folder: Path, batch: int) -> Callable[[], None]:
    """As the manual of diffusers does it, with one noise for all frames."""
    folder.mkdir(exist_ok=True)

    def run() -> None:
        for start in range(0, len(case.frames), batch):
            files = case.frames[start : start + batch]
            images = [Image.open(file).convert("RGB") for file in files]
            dice = [torch.Generator().manual_seed(SEED) for _ in files]
            for file, made in zip(files, _painted(pipe, case, painting, images, dice), strict=True):
                made.save(folder / file.name)

    return run


def _painted(pipe: Any, case: Case, painting: Painting, images: Sequence[Any], dice: Sequence[torch.Generator]) -> Any:
    return pipe(
        prompt=[case.prompt] * len(images),
        image=np.stack([np.asarray(image) for image in images]) / np.float32(255),
        strength=painting.strength,
        num_inference_steps=painting.steps,
        guidance_scale=painting.guidance,
        generator=list(dice),
    ).images
