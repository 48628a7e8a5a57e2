"""Pocket's networks: Stable Diffusion's own classes in small, built, saved and loaded as a diffusers folder."""

import hashlib
import json
from pathlib import Path
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from torch import nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from . import CHECKSUMS, tokens
from .data import SIDE
from .tokens import END, LENGTH, START

LATENTS = 12
WIDTH = 128
"""The size of a word's embedding."""


def vae() -> AutoencoderKL:
    """Pictures to latents of a quarter of their size."""
    three: Any = 3  # diffusers' own annotations say that every such tuple has one entry
    widths: Any = (32, 64, 96)
    return AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * three,
        up_block_types=("UpDecoderBlock2D",) * three,
        block_out_channels=widths,
        layers_per_block=1,
        latent_channels=LATENTS,
        norm_num_groups=8,
        sample_size=SIDE,
        mid_block_add_attention=False,
        scaling_factor=1.0,
    )


def unet() -> UNet2DConditionModel:
    heads: Any = (2, 4, 6)
    return UNet2DConditionModel(
        sample_size=SIDE // 4,
        in_channels=LATENTS,
        out_channels=LATENTS,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        block_out_channels=(64, 128, 192),
        layers_per_block=1,
        cross_attention_dim=WIDTH,
        attention_head_dim=heads,
        norm_num_groups=16,
    )


def text_encoder(tokenizer: CLIPTokenizer) -> CLIPTextModel:
    start, end = (int(tokenizer.get_vocab()[token]) for token in (START, END))
    config = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=WIDTH,
        intermediate_size=4 * WIDTH,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=LENGTH,
        bos_token_id=start,
        eos_token_id=end,
        pad_token_id=end,
        projection_dim=WIDTH,
    )
    return CLIPTextModel(config)


def scheduler() -> DDIMScheduler:
    """Stable Diffusion's noise."""
    return DDIMScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        clip_sample=False,
        set_alpha_to_one=False,
        steps_offset=1,
    )


def save(
    folder: Path,
    autoencoder: AutoencoderKL,
    tokenizer: CLIPTokenizer,
    text: CLIPTextModel,
    denoiser: UNet2DConditionModel,
) -> None:
    """Write a diffusers folder in half precision, and the checksums of all that is in it."""
    pipeline = StableDiffusionPipeline(
        vae=autoencoder,
        text_encoder=text,
        tokenizer=tokenizer,
        unet=denoiser,
        scheduler=scheduler(),  # type: ignore[arg-type]
        safety_checker=None,  # type: ignore[arg-type]
        feature_extractor=None,  # type: ignore[arg-type]
        requires_safety_checker=False,
    )
    pipeline.to(torch.float16).save_pretrained(folder, safe_serialization=True)
    _ask_for_full_precision(folder / "text_encoder" / "config.json")
    tokens.write(folder / "tokenizer")  # vocab.json and merges.txt too, for readers that know CLIP's old files
    write_checksums(folder)


def _ask_for_full_precision(config: Path) -> None:
    """transformers loads in the stored precision, diffusers in full: without this, a pipeline would mix the two."""
    said = json.loads(config.read_text(encoding="utf-8"))
    said["dtype"] = "float32"
    config.write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")


def write_checksums(folder: Path) -> None:
    sums = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != CHECKSUMS
    }
    (folder / CHECKSUMS).write_text(json.dumps(sums, indent=1) + "\n", encoding="utf-8")


def load_networks(folder: Path, networks: nn.ModuleDict) -> None:
    """Fill the denoiser and the text encoder with a diffusers folder's weights, to train on from there."""
    networks["unet"].load_state_dict(UNet2DConditionModel.from_pretrained(folder, subfolder="unet").state_dict())
    networks["text"].load_state_dict(CLIPTextModel.from_pretrained(folder, subfolder="text_encoder").state_dict())
