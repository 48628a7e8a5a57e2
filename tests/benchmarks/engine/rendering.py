"""Frames a second of the render stage against stock img2img, frame by frame and in batches: files in, files out."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers.models.autoencoders.vae import DiagonalGaussianDistribution
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion_img2img import StableDiffusionImg2ImgPipeline
from PIL import Image

from backend import measures, pictures
from backend.api import Painting, Render, Way
from backend.shelf import Shelf
from backend.stages import render
from tests.backend.studies import quiet_job

from .cases import Case
from .figures import Figure, figure, in_turn, on_card, ratios

SEED = 0


def measured(case: Case, painting: Painting, batch: int, rounds: int) -> list[Figure]:
    """Equal output, against stock frame by frame and in batches; where there is a card, also against compiled stock."""
    folder, shelf, pipe = case.study.parent, Shelf(), stock(case)
    one, many = folder / "one", folder / "many"
    ours = _ours(case, painting, shelf)
    others = [theirs(pipe, case, painting, one, 1), theirs(pipe, case, painting, many, batch)]
    if on_card():
        compiled = stock(case)
        compiled.unet = torch.compile(compiled.unet, mode="max-autotune")
        others.append(theirs(compiled, case, painting, folder / "compiled", batch))
    plain, single, batched, *rest = in_turn(rounds, ours, *others)
    name, least = case.name, (3.0, 1.15) if on_card() else (1.3, None)
    against = f"{name}: render against stock"
    figures = [
        figure(f"{name}: frames a second", [len(case.frames) / s for s in plain], "/s"),
        figure(f"{name}: PSNR to stock frame by frame, worst frame", [_alike(case, one)], "dB", least=40),
        figure(f"{name}: PSNR to stock in batches, worst frame", [_alike(case, many)], "dB", least=40),
        figure(f"{against} frame by frame", ratios(single, plain), "×", least=least[0]),
        figure(f"{against} in batches of {batch}", ratios(batched, plain), "×"),
    ]
    for seconds in rest:
        text = f"{against} compiled, in batches of {batch}"
        figures.append(figure(text, ratios(seconds, plain), "×", least=least[1]))
    return figures


def _alike(case: Case, folder: Path) -> float:
    take = _take(case, "bench")
    return min(measures.psnr(pictures.read(take / f.name), pictures.read(folder / f.name)) for f in case.frames)


def _ours(case: Case, painting: Painting, shelf: Shelf) -> Callable[[], None]:
    """The stage as Blender asks for it: it reads, paints, stamps and writes."""
    wanted = Render(str(case.study), "bench", Way.PLAIN, case.prompt, case.engine, painting)

    def run() -> None:
        shutil.rmtree(_take(case, "bench"), ignore_errors=True)
        render.render(wanted, [], quiet_job(), shelf)

    return run


def _take(case: Case, name: str) -> Path:
    return case.study / "takes" / name


def stock(case: Case) -> Any:
    pipe = StableDiffusionImg2ImgPipeline.from_pretrained(
        case.weights, torch_dtype=torch.float16 if torch.cuda.is_available() else torch.float32, safety_checker=None
    )
    pipe.set_progress_bar_config(disable=True)
    # It draws around what the VAE says, from the same dice as the noise: its pictures could not be compared with ours.
    DiagonalGaussianDistribution.sample = lambda self, generator=None: self.mode()  # type: ignore[method-assign]
    return pipe.to("cuda" if torch.cuda.is_available() else "cpu")


def theirs(pipe: Any, case: Case, painting: Painting, folder: Path, batch: int) -> Callable[[], None]:
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
