"""Writes miniatures in the layout that Stable Diffusion was published in: the way back from how diffusers reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from safetensors.torch import save_file
from torch import Tensor
from transformers import CLIPTextConfig, CLIPTextModel

RESNET = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "time_emb_proj": "emb_layers.1",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "conv_shortcut": "skip_connection",
}
OUTSIDE = {
    "conv_in": "input_blocks.0.0",
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "conv_norm_out": "out.0",
    "conv_out": "out.2",
    "mid_block.resnets.0": "middle_block.0",
    "mid_block.attentions.0": "middle_block.1",
    "mid_block.resnets.1": "middle_block.2",
}
OPEN_CLIP = {
    "self_attn.out_proj": "attn.out_proj",
    "layer_norm1": "ln_1",
    "layer_norm2": "ln_2",
    "mlp.fc1": "mlp.c_fc",
    "mlp.fc2": "mlp.c_proj",
}


@dataclass(frozen=True)
class Parts:
    unet: Any
    vae: Any
    text_encoder: Any


def parts(second: bool, seed: int = 0, **unet: Any) -> Parts:
    """Of Stable Diffusion 1 or 2, small: they differ in heads, projections and text encoder."""
    torch.manual_seed(seed)
    shape = {
        "block_out_channels": (64, 128),
        "layers_per_block": 1,
        "attention_head_dim": (1, 2) if second else 8,
        "cross_attention_dim": 64,
        "use_linear_projection": second,
        "down_block_types": ("CrossAttnDownBlock2D", "DownBlock2D"),
        "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D"),
        **unet,
    }
    text = {"vocab_size": 49408, "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2}
    return _made(shape, _vae_shape((32, 32), 1), CLIPTextConfig(**text, num_attention_heads=1, **_act(second)))


def real_parts(second: bool) -> Parts:
    """Stable Diffusion 1.5 or 2.1 in full, as the configurations on the hub have it, but without memory for weights."""
    shape = {
        "block_out_channels": (320, 640, 1280, 1280),
        "attention_head_dim": (5, 10, 20, 20) if second else 8,
        "cross_attention_dim": 1024 if second else 768,
        "use_linear_projection": second,
    }
    width, layers = (1024, 23) if second else (768, 12)
    text = {"vocab_size": 49408, "hidden_size": width, "intermediate_size": 4 * width, "num_hidden_layers": layers}
    config = CLIPTextConfig(**text, num_attention_heads=16 if second else 12, **_act(second))
    with torch.device("meta"):
        return _made(shape, _vae_shape((128, 256, 512, 512), 2), config)


def _act(second: bool) -> dict[str, Any]:
    return {"hidden_act": "gelu" if second else "quick_gelu"}


def _vae_shape(widths: tuple[int, ...], blocks: int) -> dict[str, Any]:
    count = len(widths)
    return {
        "block_out_channels": widths,
        "layers_per_block": blocks,
        "down_block_types": ("DownEncoderBlock2D",) * count,
        "up_block_types": ("UpDecoderBlock2D",) * count,
    }


def _made(unet: dict[str, Any], vae: dict[str, Any], text: CLIPTextConfig) -> Parts:
    made: tuple[Any, ...] = UNet2DConditionModel.from_config(unet), AutoencoderKL.from_config(vae), CLIPTextModel(text)
    return Parts(*(p.eval() for p in made))


def weights(from_parts: Parts, second: bool) -> dict[str, Tensor]:
    """The whole checkpoint."""
    blocks = from_parts.unet.config.layers_per_block
    has_attention = ["CrossAttn" in kind for kind in from_parts.unet.config.up_block_types]
    last = len(from_parts.vae.config.block_out_channels) - 1
    unet = {_unet(k, blocks, has_attention): v for k, v in from_parts.unet.state_dict().items()}
    vae = {_vae(k, last): _as_conv(k, v) for k, v in from_parts.vae.state_dict().items()}
    text = from_parts.text_encoder.state_dict()
    of_text = (
        _open_clip(text) if second else {f"cond_stage_model.transformer.text_model.{k}": v for k, v in text.items()}
    )
    of_unet = {f"model.diffusion_model.{k}": v for k, v in unet.items()}
    of_vae = {f"first_stage_model.{k}": v for k, v in vae.items()}
    return {k: v.contiguous() for k, v in (of_unet | of_vae | of_text).items()}


def save(path: Path, from_parts: Parts, second: bool, metadata: dict[str, str] | None = None) -> Path:
    save_file(weights(from_parts, second), path, metadata)
    return path


def _unet(name: str, blocks: int, has_attention: list[bool]) -> str:
    for theirs, original in OUTSIDE.items():
        name = re.sub(rf"^{re.escape(theirs)}\.", f"{original}.", name)
    if found := re.match(r"(down|up)_blocks\.(\d)\.(resnets|attentions|downsamplers|upsamplers)\.(\d)\.(.*)", name):
        way, level, kind, block, rest = found[1], int(found[2]), found[3], int(found[4]), found[5]
        first = (blocks + 1) * level + (way == "down")  # going down, a sampler counts as a block; going up it does not
        if kind == "downsamplers":
            name = f"input_blocks.{first + blocks}.0.op{rest.removeprefix('conv')}"
        elif kind == "upsamplers":
            name = f"output_blocks.{first + blocks}.{1 + has_attention[level]}.{rest}"
        else:
            name = f"{'in' if way == 'down' else 'out'}put_blocks.{first + block}.{int(kind == 'attentions')}.{rest}"
    for theirs, original in RESNET.items():
        name = re.sub(rf"^((?:in|out|middle)\w*\.\d+(?:\.\d)?)\.{theirs}\.", rf"\1.{original}.", name)
    return name


def _vae(name: str, last: int) -> str:
    name = re.sub(r"down_blocks\.(\d)\.resnets", r"down.\1.block", name)
    name = re.sub(r"up_blocks\.(\d)\.resnets", lambda m: f"up.{last - int(m[1])}.block", name)
    name = re.sub(r"down_blocks\.(\d)\.downsamplers\.0", r"down.\1.downsample", name)
    name = re.sub(r"up_blocks\.(\d)\.upsamplers\.0", lambda m: f"up.{last - int(m[1])}.upsample", name)
    name = re.sub(r"mid_block\.resnets\.(\d)", lambda m: f"mid.block_{int(m[1]) + 1}", name)
    name = name.replace("mid_block.attentions.0", "mid.attn_1").replace("conv_shortcut", "nin_shortcut")
    for theirs, original in {
        "to_q": "q",
        "to_k": "k",
        "to_v": "v",
        "to_out.0": "proj_out",
        "group_norm": "norm",
    }.items():
        name = name.replace(f"attn_1.{theirs}.", f"attn_1.{original}.")
    return name.replace("conv_norm_out", "norm_out")


def _as_conv(name: str, value: Tensor) -> Tensor:
    """The VAE's attention was written with convolutions."""
    return value[..., None, None] if "attentions" in name and value.ndim == 2 else value


def _open_clip(text: dict[str, Tensor]) -> dict[str, Tensor]:
    """With queries, keys and values in one, and the last layer that Stable Diffusion 2 does not use."""
    start, made = "cond_stage_model.model.", {}
    layers = 1 + max(int(k.split(".")[2]) for k in text if k.startswith("encoder.layers."))
    made[f"{start}token_embedding.weight"] = text["embeddings.token_embedding.weight"]
    made[f"{start}positional_embedding"] = text["embeddings.position_embedding.weight"]
    for kind in ("weight", "bias"):
        made[f"{start}ln_final.{kind}"] = text[f"final_layer_norm.{kind}"]
        for layer in range(layers + 1):
            block, theirs = f"{start}transformer.resblocks.{layer}", f"encoder.layers.{min(layer, layers - 1)}"
            qkv = [text[f"{theirs}.self_attn.{which}_proj.{kind}"] for which in "qkv"]
            made[f"{block}.attn.in_proj_{kind}"] = torch.cat(qkv)
            for name, original in OPEN_CLIP.items():
                made[f"{block}.{original}.{kind}"] = text[f"{theirs}.{name}.{kind}"].clone()
    return made
