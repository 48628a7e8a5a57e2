"""What is measured with: a model of some size, a clip as PNG files, and the study of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from transformers import CLIPTextConfig, CLIPTextModel

from backend import pictures
from backend.api import ChooseReference, Engine, Look, Precision
from backend.models import POCKET
from backend.pocket import weights_folder
from backend.pocket.captions import Style
from backend.pocket.world import Clip
from backend.stages.frames import choose
from backend.study import Study
from tests.backend import miniature
from tests.backend.studies import quiet_job, release, sample

SEED = 901
STYLE = Style.OIL


@dataclass(frozen=True)
class Size:
    """pocket as it ships, or Stable Diffusion 1.5 with random weights: speed does not depend on what weights say."""

    name: str
    frame: tuple[int, int]


VAE: dict[str, Any] = {
    "block_out_channels": (128, 256, 512, 512),
    "layers_per_block": 2,
    "latent_channels": 4,
    "sample_size": 512,
    "down_block_types": ("DownEncoderBlock2D",) * 4,
    "up_block_types": ("UpDecoderBlock2D",) * 4,
}
SIZES = {"pocket": Size("pocket", (112, 64)), "sd15": Size("sd15", (512, 512))}


@dataclass(frozen=True)
class Case:
    size: Size
    engine: Engine
    weights: Path  # a diffusers folder
    study: Path
    frames: list[Path]
    prompt: str
    shape: tuple[int, int]  # of a frame: height, width

    @property
    def name(self) -> str:
        """For its figures."""
        return f"{self.size.name} {self.shape[1]}×{self.shape[0]}"


@contextmanager
def case(name: str, count: int, cache: Path, side: int = 0) -> Iterator[Case]:
    size = SIZES[name]
    frame = (side, side) if side else size.frame
    weights = weights_folder() if name == POCKET else sd15(cache / "sd15-random")
    half = torch.cuda.is_available()
    engine = Engine(
        model=POCKET if name == POCKET else str(weights), precision=Precision.HALF if half else Precision.FULL
    )
    clip = Clip(SEED, frames=count, size=frame)
    with TemporaryDirectory(prefix="steady-bench-") as folder:
        study = Path(folder) / "clip-0a1b2c3d"
        sample(study, [clip.photo(i) for i in range(count)])
        release(study)
        choose(ChooseReference(str(study), 30, 1, count), [], quiet_job())
        kept, prompt = Study.open(study), clip.caption(0, STYLE)
        pictures.write(kept.gallery.picture_path("001-1"), clip.painted(0, STYLE))
        kept.gallery.add(Look("001-1", 1, prompt, "", None, "/truth.png", 1.0, False, chosen=True))
        paths = [kept.frame_path(i + 1) for i in range(count)]
        yield Case(size, engine, weights, study, paths, prompt, (frame[1], frame[0]))


def sd15(folder: Path) -> Path:
    """Stable Diffusion 1.5 by its configuration, made once. Half precision: two gigabytes."""
    if (folder / "model_index.json").is_file():
        return folder
    torch.manual_seed(0)
    words = miniature.tokenizer()
    parts: dict[str, Any] = {
        "vae": AutoencoderKL.from_config(VAE),
        "text_encoder": CLIPTextModel(
            CLIPTextConfig(hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12)
        ),
        "tokenizer": words,
        "unet": UNet2DConditionModel(sample_size=64, cross_attention_dim=768, attention_head_dim=8),
        "scheduler": DDIMScheduler.from_config(miniature.schedule("epsilon")),
        "safety_checker": None,
        "feature_extractor": None,
    }
    pipe = StableDiffusionPipeline(**parts, requires_safety_checker=False).to(dtype=torch.float16)
    pipe.save_pretrained(folder)
    return folder
