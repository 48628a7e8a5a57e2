"""Stock img2img over strength: how far from source and truth, is the vehicle where it was, do neighbours agree?"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion_img2img import StableDiffusionImg2ImgPipeline
from PIL import Image
from torch.nn import functional

from ..frozen import frozen
from ..measures import psnr
from . import data, judges
from .captions import NON_LOCAL, Style, Time
from .motion import warped
from .train import to_tensor
from .world import Clip

SIDE = data.SIDE
GUIDANCE = 4.0
STRENGTHS = (0.1, 0.2, 0.3, 0.45, 0.6, 0.75, 0.9)
STEPS = 50
FRAMES = (40, 41)
ROOM = 2
"""Pixels between a vehicle that stands aside and the window's border."""


@frozen
class Case:
    """Two neighbouring frames to be edited: a window of a clip, which begins `left` pixels from its border."""

    clip: Clip
    style: Style
    left: int = 0

    def cut(self, picture: np.ndarray) -> np.ndarray:
        return picture[:, self.left : self.left + SIDE]

    def pictures(self, style: Style) -> np.ndarray:
        return np.stack([self.cut(self.clip.painted(i, style)) for i in FRAMES])

    def vehicle(self, style: Style = Style.PHOTO) -> np.ndarray:
        """Where it is in the first frame, at half the size, as the finder says it."""
        return _half(self.cut(self.clip.masks(FRAMES[0], style)["vehicle"]))

    def excess(self, made: np.ndarray, truth: np.ndarray) -> float:
        """By how much two neighbours differ more or otherwise than the truth's do: RMS on visible pixels."""
        moved = self.cut(self.clip.flow(*FRAMES))
        across = np.arange(SIDE) + moved[..., 0]
        seen = self.cut(self.clip.visible(*FRAMES)) & (across >= 0) & (across <= SIDE - 1)
        jumps = [pair[0].astype(np.float32) - warped(pair[1], moved) for pair in (made, truth)]
        return float(np.sqrt(((jumps[0] - jumps[1])[seen] ** 2).mean()))


def cases(count: int = 12, *, aside: bool = False) -> list[Case]:
    """Clips that training never saw. The world's camera keeps its vehicle in the middle, so that any two of a kind
    overlap: `aside` cuts windows out of wide clips in which it stands at the left or at the right."""
    found = []
    for k, seed in enumerate(range(300, 300 + count)):
        style = NON_LOCAL[k % len(NON_LOCAL)]
        clip = Clip(seed, size=data.WIDE if aside else (SIDE, SIDE), time=Time.DAY if style is Style.NEON else None)
        found.append(Case(clip, style, _window(clip, k % 2 == 0) if aside else 0))
    return found


def _window(clip: Clip, leftmost: bool) -> int:
    """Where a window begins that shows all of the vehicle, as far from its middle as can be."""
    held = np.any([clip.masks(i)["vehicle"].any(axis=0) for i in FRAMES], axis=0).nonzero()[0]
    last = data.WIDE[0] - SIDE
    wanted = held[0] - ROOM if leftmost else held[-1] + ROOM + 1 - SIDE
    return int(np.clip(wanted, 0, last))


def strength_figures(pipe: StableDiffusionPipeline, cache: Path) -> None:
    """Print a row for each strength, with the vehicle in the middle as the world's camera has it, and aside."""
    stock: Any = StableDiffusionImg2ImgPipeline(**pipe.components)  # type: ignore[arg-type]
    stock.set_progress_bar_config(disable=True)
    judge = finder(cache)
    for aside in (False, True):
        chosen = cases(aside=aside)
        where = "aside" if aside else "in the middle"
        _say({"vehicle": where, **anchors(chosen, judge)})
        for strength in STRENGTHS:
            _say({"vehicle": where, "strength": strength, **at_strength(stock, judge, strength, chosen)})


def _say(row: dict[str, Any]) -> None:
    print(json.dumps({k: round(v, 3) if isinstance(v, float) else v for k, v in row.items()}), flush=True)


def anchors(chosen: Sequence[Case], judge: judges.Finder) -> dict[str, float]:
    """Between what an overlap can lie: the finder's own on true pictures, and that of vehicles which know nothing of
    the source, because they stand in other clips."""
    masks = [case.vehicle() for case in chosen]
    others = []
    for i, case in enumerate(chosen):
        kind = case.clip.shot(FRAMES[0]).vehicle
        usual = [Clip(seed, size=(SIDE, SIDE), vehicle=kind) for seed in range(400, 406)]
        others += [overlap(_half(clip.masks(FRAMES[0])["vehicle"]), masks[i]) for clip in usual]
    found = {
        style: [overlap(vehicle_in(judge, case.pictures(style or case.style)[0]), case.vehicle(style or case.style))
                for case in chosen]
        for style in (Style.PHOTO, None)
    }  # fmt: skip
    return {
        "finder on photos": float(np.mean(found[Style.PHOTO])),
        "finder on true paintings": float(np.mean(found[None])),
        "vehicles of other clips": float(np.mean(others)),
    }


def at_strength(
    stock: Any, judge: judges.Finder, strength: float, chosen: Sequence[Case], guidance: float = GUIDANCE
) -> dict[str, float]:
    """The mean figures of all cases, each painted with one noise for both its frames."""
    sources = [case.pictures(Style.PHOTO) for case in chosen]
    out = stock(
        [case.clip.caption(FRAMES[0], case.style) for case in chosen for _ in FRAMES],
        image=[Image.fromarray(picture) for pair in sources for picture in pair],
        strength=strength,
        num_inference_steps=STEPS,
        guidance_scale=guidance,
        generator=[torch.Generator().manual_seed(case.clip.seed) for case in chosen for _ in FRAMES],
        output_type="np",
    )
    made = (out.images * 255).round().astype(np.uint8).reshape(len(chosen), 2, SIDE, SIDE, 3)
    scores = []
    for case, pair, source in zip(chosen, made, sources, strict=True):
        truth = case.pictures(case.style)
        scores.append(
            {
                "psnr to source": psnr(pair, source),
                "psnr to truth": psnr(pair, truth),
                "vehicle overlap": overlap(vehicle_in(judge, pair[0]), case.vehicle()),
                "excess": case.excess(pair, truth),
            }
        )
    return {key: float(np.mean([score[key] for score in scores])) for key in scores[0]}


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    return float((one & other).sum() / max(1, (one | other).sum()))


@torch.no_grad()
def vehicle_in(judge: judges.Finder, picture: np.ndarray) -> np.ndarray:
    return judge(to_tensor(picture[None]))[0].numpy() > 0


def _half(mask: np.ndarray) -> np.ndarray:
    return functional.avg_pool2d(torch.from_numpy(np.array(mask)).float()[None], 2)[0].numpy() > 0.5


def finder(cache: Path, count: int = 1125) -> judges.Finder:
    """The judge that finds the vehicle in all styles, kept in the cache once it is fitted. It learns from windows
    that are cut anywhere out of wide pictures: one that saw squares alone would know where vehicles always are."""
    known = judges.Finder()
    if judges.recalled(known, cache / "finder-anywhere.pt"):
        return known
    pixels, masks = [], []
    for i in range(count):
        clip, style = Clip(data.FIRST_TRAINING_SEED * 2 + i, size=data.WIDE), list(Style)[i % len(Style)]
        pixels.append(clip.painted(i % 96, style))
        masks.append(clip.masks(i % 96, style)["vehicle"])
    judge = judges.fitted_finder(np.stack(pixels), np.stack(masks), SIDE)
    torch.save(judge.state_dict(), cache / "finder-anywhere.pt")
    return judge
