"""The figures of docs/pocket.md: does the autoencoder keep lines, is the world no straw, does the model paint."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion_img2img import StableDiffusionImg2ImgPipeline
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional

from . import data, judges, weights_folder
from .captions import NON_LOCAL, Style, Time, Vehicle, caption
from .motion import warped
from .train import to_tensor
from .world import Clip

SIDE = data.SIDE
STRENGTHS = (0.1, 0.2, 0.3, 0.45, 0.6, 0.75, 0.9)
GUIDANCE, STEPS = 4.0, 25


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    error = float(np.mean((a.astype(np.float64) - b) ** 2))
    return 10 * float(np.log10(255**2 / max(error, 1e-9)))


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


@dataclass(frozen=True)
class Straw:
    """PSNR on frames that were not fitted, and how far the best simple painter stays below the autoencoder."""

    patch: float
    colours: float
    codec: float

    @property
    def gap(self) -> float:
        return self.codec - max(self.patch, self.colours)


def straw_figures(vae: AutoencoderKL, clips: int = 2) -> dict[str, Straw]:
    """Fit a 7 by 7 patch network and an affine colour map on one pair, and let them paint later frames."""
    found = {}
    for style in Style:
        if style is Style.PHOTO:
            continue
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
    pipe = StableDiffusionPipeline.from_pretrained(folder or weights_folder(), torch_dtype=torch.float32)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def samples(pipe: StableDiffusionPipeline, prompts: list[str], seed: int = 0, batch: int = 25) -> np.ndarray:
    made = []
    for start in range(0, len(prompts), batch):
        some = prompts[start : start + batch]
        noise = [torch.Generator().manual_seed(seed + start + i) for i in range(len(some))]
        out = pipe(some, num_inference_steps=STEPS, guidance_scale=GUIDANCE, generator=noise, output_type="np")
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
    made = samples(pipe, [caption(style, time) for style, time in asked])
    wanted = np.array([[styles.index(style), times.index(time)] for style, time in asked])
    true = _judged(judge, pictures.pixels[held][:600], pictures.labels[held][:600, :2])
    right = _judged(judge, made, wanted)
    one = samples(pipe, [caption(Style.PHOTO, Time.DAY)] * 12, seed=5000)
    real = np.stack([Clip(s, size=(SIDE, SIDE), time="day", vehicle="car", colour="red").photo(9) for s in range(12)])
    return {
        "style, true pictures": true[0],
        "style, samples": right[0],
        "time, true pictures": true[1],
        "time, samples": right[1],
        "spread of samples": _spread(one),
        "spread of true pictures": _spread(real),
    }


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


def finder(cache: Path, count: int = 700) -> judges.Finder:
    """The judge that finds the vehicle in all styles, fitted on freshly drawn pictures and kept in the cache."""
    known = judges.Finder()
    if judges.recalled(known, cache / "finder.pt"):
        return known
    pixels, masks = [], []
    for i in range(count):
        clip, style = Clip(data.FIRST_TRAINING_SEED * 2 + i, size=(SIDE, SIDE)), list(Style)[i % len(Style)]
        pixels.append(clip.painted(i % 96, style))
        masks.append(clip.masks(i % 96, style)["vehicle"])
    judge = judges.fitted_finder(np.stack(pixels), np.stack(masks))
    torch.save(judge.state_dict(), cache / "finder.pt")
    return judge


def strength_figures(pipe: StableDiffusionPipeline, cache: Path, clips: int = 6) -> list[dict[str, float]]:
    """Stock img2img over strength: how far from source and truth, is the vehicle where it was, do neighbours agree?"""
    stock = StableDiffusionImg2ImgPipeline(**pipe.components)  # type: ignore[arg-type]
    stock.set_progress_bar_config(disable=True)
    judge = finder(cache)
    rows = []
    for strength in STRENGTHS:
        rows.append({"strength": strength, **_at_strength(stock, judge, strength, clips)})
        print(json.dumps({k: round(v, 3) for k, v in rows[-1].items()}), flush=True)
    return rows


def _at_strength(
    stock: StableDiffusionImg2ImgPipeline, judge: nn.Module, strength: float, clips: int
) -> dict[str, float]:
    scores = []
    for k, seed in enumerate(range(300, 300 + clips)):
        style = NON_LOCAL[k % len(NON_LOCAL)]
        clip = Clip(seed, size=(SIDE, SIDE), time=Time.DAY if style is Style.NEON else None)
        frames = (40, 41)
        source, truth = (np.stack([clip.painted(i, s) for i in frames]) for s in (Style.PHOTO, style))
        noise = [torch.Generator().manual_seed(seed) for _ in frames]
        out = stock(
            [clip.caption(40, style)] * 2,
            image=[Image.fromarray(p) for p in source],
            strength=strength,
            num_inference_steps=50,
            guidance_scale=GUIDANCE,
            generator=noise,
            output_type="np",
        )
        made = (out.images * 255).round().astype(np.uint8)  # type: ignore[union-attr]
        scores.append(_scored(clip, style, made, source, truth, judge))
    return {key: float(np.mean([score[key] for score in scores])) for key in scores[0]}


@torch.no_grad()
def _scored(
    clip: Clip, style: Style, made: np.ndarray, source: np.ndarray, truth: np.ndarray, judge: nn.Module
) -> dict[str, float]:
    found = judge(to_tensor(made[:1]))[0].numpy() > 0
    mask = functional.avg_pool2d(torch.from_numpy(clip.masks(40)["vehicle"]).float()[None], 2)[0].numpy() > 0.5
    moved, seen = clip.flow(40, 41), clip.visible(40, 41)
    jump = (made[0].astype(np.float32) - warped(made[1], moved)) - (
        truth[0].astype(np.float32) - warped(truth[1], moved)
    )
    return {
        "psnr to source": psnr(made, source),
        "psnr to truth": psnr(made, truth),
        "vehicle overlap": float((found & mask).sum() / max(1, (found | mask).sum())),
        "excess": float(np.sqrt((jump[seen] ** 2).mean())),
    }


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
    if only in (None, "text"):
        _table("text to image", text_figures(pipe, cache))
    if only in (None, "strength"):
        strength_figures(pipe, cache)


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
        for strength in STRENGTHS:
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
