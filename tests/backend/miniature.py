"""Miniature models for tests: Stable Diffusion's own classes, small, with random weights, of any kind of prediction."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import StableDiffusionPipeline
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

WORDS = ("a", "city", "at", "night", "neon", "painting", "of", "red", "car")

# What Stable Diffusion's own scheduler_config.json says; miniatures differ from it only in what they predict.
SCHEDULE: dict[str, Any] = {
    "num_train_timesteps": 1000,
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "clip_sample": False,
    "set_alpha_to_one": False,
    "steps_offset": 1,
    "timestep_spacing": "leading",
}


def schedule(prediction: str, **others: Any) -> dict[str, Any]:
    return {**SCHEDULE, "prediction_type": prediction, **others}


def tokenizer(**others: Any) -> CLIPTokenizer:
    """Knows its few words whole and every other word by its letters."""
    letters = [chr(c) for c in range(33, 127)]
    vocab = {token: i for i, token in enumerate([*letters, *(f"{c}</w>" for c in letters)])}
    merges: list[Any] = []
    for word in WORDS:
        parts = [*word[:-1], f"{word[-1]}</w>"]
        while len(parts) > 1:
            left, right, *rest = parts
            vocab.setdefault(left + right, len(vocab))
            if (left, right) not in merges:
                merges.append((left, right))
            parts = [left + right, *rest]
    for token in ("<|startoftext|>", "<|endoftext|>"):
        vocab[token] = len(vocab)
    return CLIPTokenizer(vocab=vocab, merges=merges, **{"model_max_length": 77, **others})


@cache
def pipeline(prediction: str = "epsilon", seed: int = 0) -> StableDiffusionPipeline:
    """All parts. Its pictures are 64 × 64, its latents 4 × 8 × 8; the same seed gives the same weights."""
    torch.manual_seed(seed)
    parts: dict[str, Any] = {
        "vae": _vae(),
        "text_encoder": _text_encoder(),
        "tokenizer": tokenizer(),
        "unet": _unet(),
        "scheduler": DDIMScheduler.from_config(schedule(prediction)),
        "safety_checker": None,
        "feature_extractor": None,
    }
    made = StableDiffusionPipeline(**parts, requires_safety_checker=False)
    made.set_progress_bar_config(disable=True)
    return made


def _text_encoder() -> CLIPTextModel:
    words = tokenizer()
    start, end = (int(words.get_vocab()[t]) for t in ("<|startoftext|>", "<|endoftext|>"))
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(words),
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=2,
            max_position_embeddings=77,
            bos_token_id=start,
            eos_token_id=end,
            pad_token_id=end,
        )
    ).eval()


def _unet() -> UNet2DConditionModel:
    unet = UNet2DConditionModel(
        sample_size=8,
        block_out_channels=(32, 64),
        layers_per_block=1,
        norm_num_groups=8,
        attention_head_dim=2,
        cross_attention_dim=32,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
    ).eval()
    with torch.no_grad():
        for name, weight in unet.named_parameters():
            if "attn2.to_v" in name or "attn2.to_k" in name:
                weight *= 8  # at random the prompt hardly counts, and guidance would be tested on nothing
    return unet


def _vae() -> AutoencoderKL:
    config = {
        "block_out_channels": (16, 16, 32, 32),
        "layers_per_block": 1,
        "norm_num_groups": 8,
        "latent_channels": 4,
        "down_block_types": ("DownEncoderBlock2D",) * 4,
        "up_block_types": ("UpDecoderBlock2D",) * 4,
    }
    vae: Any = AutoencoderKL.from_config(config)
    return vae.eval()


def save(folder: Path, prediction: str = "epsilon", seed: int = 0) -> Path:
    """A diffusers folder, as safetensors."""
    pipeline(prediction, seed).save_pretrained(folder)
    return folder
