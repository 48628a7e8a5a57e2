"""A single .safetensors checkpoint, in the layout that Stable Diffusion was published in, as diffusers' models.

Such a file brings neither configuration nor tokenizer: the first is read off its shapes, the second ships with us."""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import safetensors
import torch
from diffusers.loaders.single_file_utils import (
    convert_ldm_clip_checkpoint,
    convert_ldm_unet_checkpoint,
    convert_ldm_vae_checkpoint,
    convert_open_clip_checkpoint,
)
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import Tensor
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

Weights = Mapping[str, Any]  # tensors by their names; to look at the names, whatever they name

UNET, VAE = "model.diffusion_model.", "first_stage_model."
CLIP, OPEN_CLIP = "cond_stage_model.transformer.", "cond_stage_model.model."
OPEN_CLIP_WIDTH, USED_LAYERS = 1024, 23  # of 24; a file that diffusers has written lacks the one that is not used
POSITIONS = re.compile(r"\.position(_embedding\.weight|al_embedding)$")
MERGES = Path(__file__).parent / "clip" / "merges.txt.gz"
SCHEDULE = {
    "num_train_timesteps": 1000,
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "clip_sample": False,
    "set_alpha_to_one": False,
    "steps_offset": 1,
}


def lacking(weights: Weights) -> list[str]:
    """The parts that are not in the file, in words."""
    parts = {"UNet": (UNET,), "VAE": (VAE,), "text encoder": (CLIP, OPEN_CLIP)}
    return [name for name, prefixes in parts.items() if not any(k.startswith(prefixes) for k in weights)]


def is_second(weights: Weights) -> bool:
    """Stable Diffusion 2 came with OpenCLIP's text encoder."""
    return any(k.startswith(OPEN_CLIP) for k in weights)


# --- the UNet


def unet(weights: Weights, dtype: torch.dtype) -> UNet2DConditionModel:
    config = unet_config(weights)
    model = cast(Any, UNet2DConditionModel.from_config(config))
    return _filled(model, convert_ldm_unet_checkpoint(dict(weights), config), "UNet", dtype)


def unet_config(weights: Weights) -> dict[str, Any]:
    """Widths, depth and attention by shape. Only the number of heads is not in the file: it is known per family."""
    widths, has_attention, blocks = _levels(weights)
    attends = next(k for k in weights if k.startswith(UNET) and k.endswith("attn2.to_k.weight"))
    projected = next(k for k in weights if k.startswith(UNET) and k.endswith("1.proj_in.weight"))
    down = ["CrossAttnDownBlock2D" if a else "DownBlock2D" for a in has_attention]
    up = ["CrossAttnUpBlock2D" if a else "UpBlock2D" for a in reversed(has_attention)]
    return {
        "in_channels": weights[f"{UNET}input_blocks.0.0.weight"].shape[1],
        "out_channels": weights[f"{UNET}out.2.weight"].shape[0],
        "block_out_channels": widths,
        "layers_per_block": blocks,
        "cross_attention_dim": weights[attends].shape[1],
        "down_block_types": down,
        "up_block_types": up,
        "use_linear_projection": weights[projected].ndim == 2,
        "upcast_attention": is_second(weights),
        "attention_head_dim": [max(1, w // 64) for w in widths] if is_second(weights) else 8,
    }


def _levels(weights: Weights) -> tuple[list[int], list[bool], int]:
    """Each level's width and whether it attends, and the number of blocks in a level."""
    widths: list[int] = []
    has_attention: list[bool] = []
    blocks = at = 0
    for n in range(1, 100):
        block = f"{UNET}input_blocks.{n}."
        if f"{block}0.op.weight" in weights:
            at += 1
        elif (last := f"{block}0.out_layers.3.weight") in weights:
            if at == len(widths):
                widths.append(weights[last].shape[0])
                has_attention.append(f"{block}1.proj_in.weight" in weights)
            blocks += at == 0
    return widths, has_attention, blocks


# --- the VAE


def vae(weights: Weights, dtype: torch.dtype) -> AutoencoderKL:
    config = vae_config(weights)
    return _filled(cast(Any, AutoencoderKL.from_config(config)), _vae_weights(weights, config), "VAE", dtype)


def _vae_weights(weights: Weights, config: dict[str, Any]) -> dict[str, Tensor]:
    return convert_ldm_vae_checkpoint(dict(weights), config)


def vae_config(weights: Weights) -> dict[str, Any]:
    widths: list[int] = []
    while (last := f"{VAE}encoder.down.{len(widths)}.block.0.conv2.weight") in weights:
        widths.append(weights[last].shape[0])
    blocks = 0
    while f"{VAE}encoder.down.0.block.{blocks}.conv2.weight" in weights:
        blocks += 1
    return {
        "block_out_channels": widths,
        "layers_per_block": blocks,
        "latent_channels": weights[f"{VAE}post_quant_conv.weight"].shape[1],
        "down_block_types": ["DownEncoderBlock2D"] * len(widths),
        "up_block_types": ["UpDecoderBlock2D"] * len(widths),
        "scaling_factor": 0.18215,
    }


# --- the text encoder and the tokenizer


def text_encoder(weights: Weights, dtype: torch.dtype) -> CLIPTextModel:
    second = is_second(weights)
    model = CLIPTextModel(_second_text_config(weights) if second else _text_config(weights))
    if second:
        converted = convert_open_clip_checkpoint(model, dict(weights), prefix=OPEN_CLIP)
    else:
        converted = convert_ldm_clip_checkpoint(dict(weights))
    return _filled(model, {k.removeprefix("text_model."): v for k, v in converted.items()}, "text encoder", dtype)


def _text_config(weights: Weights) -> CLIPTextConfig:
    clip = {k.removeprefix(CLIP).removeprefix("text_model."): v for k, v in weights.items() if k.startswith(CLIP)}
    vocabulary, width = clip["embeddings.token_embedding.weight"].shape
    return CLIPTextConfig(
        vocab_size=vocabulary,
        hidden_size=width,
        intermediate_size=clip["encoder.layers.0.mlp.fc1.weight"].shape[0],
        num_hidden_layers=1 + max(int(k.split(".")[2]) for k in clip if k.startswith("encoder.layers.")),
        num_attention_heads=max(1, width // 64),
        max_position_embeddings=clip["embeddings.position_embedding.weight"].shape[0],
        hidden_act="quick_gelu",
    )


def _second_text_config(weights: Weights) -> CLIPTextConfig:
    """Without its last layer: Stable Diffusion 2 was trained on what comes before it."""
    vocabulary, width = weights[f"{OPEN_CLIP}token_embedding.weight"].shape
    layers = f"{OPEN_CLIP}transformer.resblocks."
    last = max(int(k.removeprefix(layers).split(".")[0]) for k in weights if k.startswith(layers))
    return CLIPTextConfig(
        vocab_size=vocabulary,
        hidden_size=width,
        intermediate_size=weights[f"{layers}0.mlp.c_fc.weight"].shape[0],
        num_hidden_layers=min(last + 1, USED_LAYERS) if width == OPEN_CLIP_WIDTH else last,
        num_attention_heads=max(1, width // 64),
        max_position_embeddings=weights[f"{OPEN_CLIP}positional_embedding"].shape[0],
        hidden_act="gelu",
    )


def reading(path: Path) -> tuple[CLIPTokenizer, int]:
    """The tokenizer of a file and the positions that its text encoder knows, from no more than its head."""
    with safetensors.safe_open(path, "pt") as opened:
        names = dict.fromkeys(opened.keys())
        rows = next(name for name in names if name.startswith((CLIP, OPEN_CLIP)) and POSITIONS.search(name))
        return tokenizer(is_second(names)), opened.get_slice(rows).get_shape()[0]


def tokenizer(second: bool) -> CLIPTokenizer:
    """CLIP's own; Stable Diffusion 2 fills up with “!” instead of the end."""
    merges = [tuple(line.split()) for line in gzip.decompress(MERGES.read_bytes()).decode().splitlines()]
    letters = _letters()
    tokens = [*letters, *(f"{c}</w>" for c in letters), *("".join(m) for m in merges)]
    vocab = {token: i for i, token in enumerate([*tokens, "<|startoftext|>", "<|endoftext|>"])}
    pad = "!" if second else "<|endoftext|>"
    return CLIPTokenizer(vocab=vocab, merges=cast(Any, merges), pad_token=pad, model_max_length=77)


def _letters() -> list[str]:
    """How byte pair encoding writes the 256 bytes: those that print as they are first (GPT-2's bytes_to_unicode)."""
    printed = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    return [chr(b) for b in printed] + [chr(256 + i) for i in range(256 - len(printed))]


# --- what it predicts


@torch.no_grad()
def predicts(weights: Weights, metadata: Mapping[str, str], model: UNet2DConditionModel) -> str:
    """`epsilon` or `v_prediction`: as the file says, or as the network answers.

    At t = 999 nearly all is noise, and a network of noise answers its input; one of v = a·ε − s·x_0 answers −x_0."""
    said = metadata.get("modelspec.prediction_type", "")
    if said in ("v", "epsilon"):
        return "v_prediction" if said == "v" else "epsilon"
    if "v_pred" in weights:
        return "v_prediction"
    config, dtype = cast(Any, model.config), model.dtype
    x = torch.randn((1, config.in_channels, 16, 16), generator=torch.Generator().manual_seed(0))
    nothing = torch.zeros((1, 77, config.cross_attention_dim))
    network = cast(Any, model).float()
    answer = network(x, 999, encoder_hidden_states=nothing, return_dict=False)[0]
    torch.nn.Module.to(network, dtype)  # in half precision some answer no numbers; diffusers' own `to` warns of casting
    if not answer.isfinite().all():
        raise Incomplete("its UNet answers no numbers")
    like = torch.nn.functional.cosine_similarity(answer.flatten(), x.flatten(), dim=0)
    return "epsilon" if like > 0.5 else "v_prediction"


class Incomplete(ValueError):
    """A part of the file lacks some of its weights, or they are none."""


def _filled(model: Any, weights: Mapping[str, Tensor], part: str, dtype: torch.dtype) -> Any:
    cast_to = {k: v.to(dtype) if v.is_floating_point() else v for k, v in weights.items()}
    absent = model.load_state_dict(cast_to, strict=False, assign=True).missing_keys
    if absent := [k for k in absent if not k.endswith("position_ids")]:
        raise Incomplete(f"its {part} lacks {len(absent)} of its weights, {min(absent)} first")
    return model.eval()
