"""The figures of docs/pocket.md: does the autoencoder keep lines, is the world no straw, does the model paint."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion_img2img import StableDiffusionImg2ImgPipeline
from PIL import Image
from torch import Tensor

from ..frozen import frozen
from ..measures import psnr
from . import data, editing, judges, verify, weights_folder
from .captions import NON_LOCAL, PAINTED, Style, Time, Vehicle, caption
from .editing import GUIDANCE
from .prompts import heeding_figures
from .train import to_tensor
from .world import Clip

SIDE = data.SIDE
STEPS = 25
SPREAD = (
    (Style.PHOTO, Time.DAY), (Style.OIL, Time.DUSK), (Style.TOON, Time.NIGHT), (Style.WATERCOLOR, Time.DAY)
)  # fmt: skip
"""What samples are asked for, to see whether they differ."""


def to_pixels(made: Tensor) -> np.ndarray:
    return ((made.float().clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy()


@torch.no_grad()
def rebuilt(vae: AutoencoderKL, pixels: np.ndarray) -> np.ndarray:
    """What is left of pictures after the autoencoder."""
    latents = vae.encode(to_tensor(pixels)).latent_dist.mean  # type: ignore[union-attr]
    return to_pixels(vae.decode(latents).sample)  # type: ignore[union-attr]


def vae_figures(vae: AutoencoderKL, clips: int = 16) -> dict[str, float]:
    """Median PSNR of the reconstruction of each style, on clips that training never saw."""
    found = {}
    for style in Style:
        true = np.stack(
            [Clip(seed, size=(SIDE, SIDE)).painted(5 * seed % 96, style) for seed in range(100, 100 + clips)]
        )
        found[style.name] = float(np.median([psnr(a, b) for a, b in zip(true, rebuilt(vae, true), strict=True)]))
    return found


@frozen
class Straw:
    """PSNR on frames that were not fitted, and how far the best simple painter stays below the autoencoder."""

    patch: float
    colours: float
    codec: float

    @property
    def gap(self) -> float:
        return self.codec - max(self.patch, self.colours)


def straw_figures(vae: AutoencoderKL, clips: int = 2, styles: Sequence[Style] = PAINTED) -> dict[str, Straw]:
    """Fit a 7 by 7 patch network and an affine colour map on one pair, and let them paint later frames."""
    found = {}
    for style in styles:
        scores = []
        for seed in range(200, 200 + clips):
            clip = Clip(seed, size=(SIDE, SIDE))
            source, truth = to_tensor(clip.photo(0)[None]), to_tensor(clip.painted(0, style)[None])
            later = list(range(16, 96, 16))
            shown = to_tensor(np.stack([clip.photo(i) for i in later]))
            wanted = np.stack([clip.painted(i, style) for i in later])
            with torch.enable_grad():
                net = judges.fitted_patch_net(source, truth)
            with torch.no_grad():
                painted = to_pixels(net(shown)), to_pixels(judges.fitted_colours(source, truth)(shown))
            scores.append([psnr(made, wanted) for made in (*painted, rebuilt(vae, wanted))])
        found[style.name] = Straw(*(float(v) for v in np.mean(scores, axis=0)))
    return found


def pipeline(folder: Path | None) -> StableDiffusionPipeline:
    """Stock diffusers on the pocket model, in full precision for the CPU."""
    if folder is None:
        verify(folder := weights_folder())
    pipe = StableDiffusionPipeline.from_pretrained(folder, torch_dtype=torch.float32)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def samples(
    pipe: StableDiffusionPipeline, prompts: list[str], seed: int = 0, guidance: float = GUIDANCE, batch: int = 25
) -> np.ndarray:
    made = []
    for start in range(0, len(prompts), batch):
        some = prompts[start : start + batch]
        noise = [torch.Generator().manual_seed(seed + start + i) for i in range(len(some))]
        out = pipe(some, num_inference_steps=STEPS, guidance_scale=guidance, generator=noise, output_type="np")
        made.append((out.images * 255).round().astype(np.uint8))  # type: ignore[union-attr]
    return np.concatenate(made)


def text_figures(pipe: StableDiffusionPipeline, cache: Path, count: int = 200) -> dict[str, float]:
    """Does a judge of true grey pictures name what was asked for, and do samples of one prompt differ?"""
    pictures = data.opened(cache / "data")
    judge = classifier(pictures, cache)
    held = slice(len(pictures.pixels) * 9 // 10, None)
    styles, times = list(Style), list(Time)
    asked = [(styles[i % len(styles)], times[i // len(styles) % len(times)]) for i in range(count)]
    asked = [(style, Time.NIGHT if style is Style.NEON else time) for style, time in asked]
    prompts = [caption(style, time) for style, time in asked]
    wanted = np.array([[styles.index(style), times.index(time)] for style, time in asked])
    true = _judged(judge, pictures.pixels[held][:600], pictures.labels[held][:600, :2])
    right = _judged(judge, samples(pipe, prompts), wanted)
    unguided = _judged(judge, samples(pipe, prompts, guidance=1.0), wanted)
    made, real = np.mean([_spreads(pipe, style, time) for style, time in SPREAD], axis=0)
    return {
        "style, true pictures": true[0],
        "style, samples": right[0],
        "style, guidance 1": unguided[0],
        "time, true pictures": true[1],
        "time, samples": right[1],
        "time, guidance 1": unguided[1],
        "spread of samples": made,
        "spread of true pictures": real,
    }


def _spreads(pipe: StableDiffusionPipeline, style: Style, time: Time, count: int = 12) -> tuple[float, float]:
    """How much pictures of one prompt differ: samples, and true ones of as many clips that the prompt describes."""
    made = samples(pipe, [caption(style, time)] * count, seed=5000)
    size = (SIDE, SIDE)
    clips = [Clip(s, size=size, time=time, weather="clear", vehicle="car", colour="red") for s in range(count)]
    spreads = _spread(made), _spread(np.stack([clip.painted(9, style) for clip in clips]))
    print(
        f"  {caption(style, time)}: samples differ by {spreads[0]:.1f}, true pictures by {spreads[1]:.1f}", flush=True
    )
    return spreads


@torch.no_grad()
def _judged(judge: judges.Classifier, pixels: np.ndarray, wanted: np.ndarray) -> tuple[float, float]:
    style, time = judge(judges.grey(to_tensor(pixels)))
    style_right = style.argmax(1).numpy() == wanted[:, 0]
    time_right = time.argmax(1).numpy() == wanted[:, 1]
    return float(style_right.mean()), float(time_right.mean())


def _spread(pixels: np.ndarray) -> float:
    """The mean RMS difference of two pictures."""
    flat = pixels.reshape(len(pixels), -1).astype(np.float32)
    pairs = [np.sqrt(((a - b) ** 2).mean()) for i, a in enumerate(flat) for b in flat[:i]]
    return float(np.mean(pairs))


def classifier(pictures: data.Pictures, cache: Path) -> judges.Classifier:
    """The judge of styles and times, kept in the cache once it is fitted."""
    judge = judges.Classifier()
    if not judges.recalled(judge, cache / "classifier.pt"):
        judge = judges.fitted_classifier(pictures)
        torch.save(judge.state_dict(), cache / "classifier.pt")
    return judge


def evaluate(folder: Path | None, cache: Path, only: str | None) -> None:
    """Print every figure; `only` picks one part."""
    pipe = pipeline(folder)
    vae: AutoencoderKL = pipe.vae
    if only in (None, "vae"):
        _table("autoencoder, median PSNR in dB", vae_figures(vae))
    if only in (None, "straw"):
        for name, straw in straw_figures(vae).items():
            local = "" if Style[name] in NON_LOCAL else " (local)"
            print(
                f"{name + local:20} patch net {straw.patch:5.1f}  colours {straw.colours:5.1f}"
                f"  autoencoder {straw.codec:5.1f}  gap {straw.gap:5.1f}",
                flush=True,
            )
    if only in (None, "words"):
        _table("error of the noise that is told", heeding_figures(pipe))
    if only in (None, "text"):
        _table("text to image", text_figures(pipe, cache))
    if only in (None, "strength"):
        editing.strength_figures(pipe, cache)


def _table(title: str, figures: dict[str, float]) -> None:
    print(title)
    for name, value in figures.items():
        print(f"  {name:26} {value:7.3f}", flush=True)


def sheets(folder: Path | None, cache: Path) -> None:
    """Contact sheets: the autoencoder's before and after, samples of every style, and img2img over strength."""
    pipe = pipeline(folder)
    vae: AutoencoderKL = pipe.vae
    rows = []
    for seed, time in ((101, "day"), (102, "dusk"), (103, "night")):
        clip = Clip(seed, size=(SIDE, SIDE), time=time)
        true = np.stack([clip.painted(30, style) for style in Style])
        rows += [np.hstack(list(true)), np.hstack(list(rebuilt(vae, true)))]
    _write(cache / "sheet-vae.png", rows)
    rows = []
    for time in Time:
        for vehicle in (Vehicle.CAR, Vehicle.BUS):
            rows.append(np.hstack(list(samples(pipe, [caption(s, time, "red", vehicle) for s in Style], seed=7))))
    _write(cache / "sheet-text.png", rows)
    _write(cache / "sheet-strength.png", _strength_rows(pipe))


def _strength_rows(pipe: StableDiffusionPipeline) -> list[np.ndarray]:
    stock = StableDiffusionImg2ImgPipeline(**pipe.components)  # type: ignore[arg-type]
    stock.set_progress_bar_config(disable=True)
    rows = []
    for style in NON_LOCAL:
        clip = Clip(301, size=(SIDE, SIDE), time="day", colour="red")
        row = [clip.photo(40)]
        for strength in editing.STRENGTHS:
            out = stock(
                clip.caption(40, style), Image.fromarray(row[0]), strength, 50,
                guidance_scale=GUIDANCE, generator=torch.Generator().manual_seed(1), output_type="np",
            )  # fmt: skip
            row.append((out.images[0] * 255).round().astype(np.uint8))  # type: ignore[union-attr]
        rows.append(np.hstack([*row, clip.painted(40, style)]))
    return rows


def _write(path: Path, rows: list[np.ndarray]) -> None:
    picture = Image.fromarray(np.vstack(rows))
    picture.resize((2 * picture.width, 2 * picture.height), Image.Resampling.NEAREST).save(path)
    print(path)
