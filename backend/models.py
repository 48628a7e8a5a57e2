"""From a name to a loaded model: pocket, a diffusers folder, a single .safetensors file, or a hub id."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import safetensors
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from safetensors.torch import load_file
from torch import Tensor
from transformers import CLIPTextModel, CLIPTokenizer
from transformers.utils import logging as transformers_logging

from . import batching, convert, layout, marks, pocket, products, sampler, single_file
from .api import Engine, ErrorCode, Failure
from .frozen import frozen
from .model_names import POCKET, is_of_hub
from .prompts import Reader, reader_of, tokenizer_in
from .sampler import Levels

CLASSES: dict[str, Any] = {"unet": UNet2DConditionModel, "vae": AutoencoderKL, "text_encoder": CLIPTextModel}
OUR_FAMILY = "Choose a text-to-image model of the Stable Diffusion 1 or 2 family."
UNREADABLE = (safetensors.SafetensorError, OSError, ValueError, RuntimeError, TypeError, LookupError)


@frozen
class Model:
    """All that a stage needs of Stable Diffusion. Pictures are (batch, 3, height, width) from 0 to 1."""

    name: str
    unet: UNet2DConditionModel
    vae: AutoencoderKL
    text_encoder: CLIPTextModel
    tokenizer: CLIPTokenizer
    schedule: Mapping[str, Any]  # the configuration of the scheduler that came with it
    levels: Levels

    @property
    def factor(self) -> int:
        """Pixels to a side of one latent."""
        return 2 ** (len(config_of(self.vae).block_out_channels) - 1)

    def latents(self, size: tuple[int, int], guidance: float) -> int:
        """What the UNet sees of one picture: all of it twice where it is guided."""
        return math.prod(size) // self.factor**2 * (2 if guidance > 1 else 1)

    @torch.no_grad()
    def encode(self, pictures: Tensor) -> Tensor:
        """Latents, and always the same: the middle of what the VAE says, and nothing drawn from around it."""
        x = (2 * pictures - 1).to(self.vae.device, self.vae.dtype)
        encoded: Any = self.vae.encode(x)
        return encoded.latent_dist.mode() * config_of(self.vae).scaling_factor

    @torch.no_grad()
    def decode(self, latents: Tensor) -> Tensor:
        x = latents.to(self.vae.device, self.vae.dtype) / config_of(self.vae).scaling_factor
        return (self.vae.decode(x, return_dict=False)[0] / 2 + 0.5).clamp(0, 1)

    @torch.no_grad()
    def embed(self, prompts: Sequence[str]) -> Tensor:
        """What the UNet is told of each prompt. One that the tokenizer cannot hold is refused, and never cut."""
        reader = self.reader
        for prompt in prompts:
            reader.check(prompt)
        told = self.tokenizer(list(prompts), padding="max_length", max_length=reader.length, return_tensors="pt")
        device = self.text_encoder.device
        asked = getattr(self.text_encoder.config, "use_attention_mask", None)
        mask = told.attention_mask.to(device) if asked else None
        return self.text_encoder(told.input_ids.to(device), attention_mask=mask)[0]

    @property
    def reader(self) -> Reader:
        return Reader(self.tokenizer, config_of(self.text_encoder).max_position_embeddings)


def config_of(part: Any) -> Any:
    return part.config


def load(
    name: str,
    *,
    device: torch.device | str = "cpu",
    dtype: torch.dtype = torch.float32,
    models: Path | None = None,
    may_download: bool = False,
) -> Model:
    """`models` is where hub models are kept (the hub's own cache if None). Nothing is downloaded unless allowed."""
    place = find(name, models=models, may_download=may_download)
    if name == POCKET:
        _check_pocket()
    transformers_logging.disable_progress_bar()  # a bar redrawn a hundred times makes a log unreadable
    with _in_words(name):
        model = _from_file(name, place, dtype) if place.is_file() else _from_folder(name, place, dtype)
    _check(model)
    for part in (model.unet, model.vae, model.text_encoder):
        part.requires_grad_(False)
    vae: Any = model.vae
    vae.to(memory_format=torch.channels_last)  # a fifth faster; a UNet that is tuned would not go on to the bit
    if torch.device(device).type == "cpu" and dtype is torch.float32:
        products.quicken(model.unet)
    try:
        for part in (model.unet, model.vae, model.text_encoder):
            part.to(device)  # pyright: ignore[reportArgumentType]
    except (RuntimeError, MemoryError) as error:
        if not batching.is_out_of_memory(error):
            raise
        hint = "Close what else uses the device's memory, or choose half precision or another device."
        raise Failure(ErrorCode.BAD_INPUT, f"The device's memory does not hold the model “{name}”.", hint) from error
    return model


def _check_pocket() -> None:
    """A flipped bit in the middle of a weight file is read without complaint, and paints noise."""
    try:
        pocket.verify()
    except ValueError as error:
        raise Failure(ErrorCode.BAD_INPUT, str(error), "Until then, choose another model.") from error


@contextmanager
def _in_words(name: str) -> Iterator[None]:
    """A damaged or foreign file can end in any error, deep inside diffusers."""
    try:
        yield
    except UNREADABLE as error:
        hint = "Download it again, or choose another model."
        raise Failure(ErrorCode.BAD_INPUT, f"“{name}” cannot be loaded ({_first_line(error)}).", hint) from error


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200].rstrip(".")


# --- where it is


def mark(engine: Engine) -> str:
    """Of what lies under its name now: a model may have been trained further, or replaced by another."""
    return marks.of(_place(engine))


def _place(engine: Engine) -> Path:
    folder = Path(engine.models) if engine.models else None
    return find(engine.model, models=folder, may_download=engine.may_download)


def find(name: str, *, models: Path | None = None, may_download: bool = False) -> Path:
    """The folder or the .safetensors file that a name means."""
    if name == POCKET:
        return pocket.weights_folder()
    path = Path(name).expanduser()
    if path.suffix.lower() in convert.PICKLED and path.is_file():
        raise _pickled(name, path)
    if name.strip() and (path.is_dir() or (path.is_file() and path.suffix.lower() == ".safetensors")):
        return path
    if not is_of_hub(name):
        hint = "Choose pocket, a diffusers folder, a .safetensors file, or a hub id such as maker/model."
        message = f"“{name}” is no model." if path.is_file() else f"There is no model “{name}”."
        raise Failure(ErrorCode.BAD_INPUT, message, hint)
    from . import hub  # its httpx2 is not in every machine that benchmarks run on

    return hub.folder(name, models, may_download)


def _pickled(name: str, path: Path) -> Failure:
    message = f"“{name}” is a pickled checkpoint, and loading one can run code that came with it."
    return Failure(ErrorCode.BAD_INPUT, message, f"Convert it, which reads its tensors only: {convert.command(path)}")


def schedule(engine: Engine) -> Mapping[str, Any]:
    """The configuration of its scheduler, without loading it. What a single file predicts is not said."""
    place = _place(engine)
    if place.is_file():
        return single_file.SCHEDULE
    with _in_words(engine.model):
        _check_parts(engine.model, place)
        return _schedule_in(place)


def check_prompt(engine: Engine, prompt: str) -> None:
    """Without loading the model, where it is on this computer and whole: else loading it says what is wrong."""
    try:
        place = _place(replace(engine, may_download=False))
        if place.is_dir():
            _check_parts(engine.model, place)
        reader = reader_of(place)
    except (Failure, *UNREADABLE, StopIteration):
        return
    reader.check(prompt)


# --- from a diffusers folder


def _from_folder(name: str, folder: Path, dtype: torch.dtype) -> Model:
    _check_parts(name, folder)
    schedule = _schedule_in(folder)
    return Model(
        name,
        _part(name, folder, "unet", dtype),
        _part(name, folder, "vae", dtype),
        _part(name, folder, "text_encoder", dtype),
        tokenizer_in(folder),
        schedule,
        sampler.levels(schedule),
    )


def _schedule_in(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "scheduler" / "scheduler_config.json").read_text("utf-8"))


def _check_parts(name: str, folder: Path) -> None:
    absent = layout.absent(folder)
    if pickled := [p for p in absent if p in layout.WITH_WEIGHTS and any((folder / p).glob("*.bin"))]:
        raise _pickled(f"{name}/{pickled[0]}", folder)
    if absent:
        message = f"“{name}” lacks its {layout.listed([layout.PARTS[p] for p in absent])}."
        hint = "A diffusers folder has them as folders of its own: download the model again, or choose another."
        raise Failure(ErrorCode.BAD_INPUT, message, hint)


def _part(name: str, folder: Path, part: str, dtype: torch.dtype) -> Any:
    where = folder / part
    weights = layout.weights_in(layout.names(where))
    try:
        with safetensors.safe_open(where / weights, "pt"):
            pass
    except (safetensors.SafetensorError, OSError) as error:
        message = f"“{where / weights}” is damaged ({_first_line(error)})."
        raise Failure(ErrorCode.BAD_INPUT, message, "Download it again.") from error
    variant = "fp16" if ".fp16." in weights else None
    model, found = CLASSES[part].from_pretrained(
        where, variant=variant, use_safetensors=True, local_files_only=True, output_loading_info=True, torch_dtype=dtype
    )
    if absent := [k for k in found["missing_keys"] if not k.endswith("position_ids")]:
        message = f"The {layout.PARTS[part]} of “{name}” lacks {len(absent)} of its weights, {min(absent)} first."
        raise Failure(ErrorCode.BAD_INPUT, message, "Download it again, or choose another model.")
    return model.eval()


# --- from a single file


def _from_file(name: str, path: Path, dtype: torch.dtype) -> Model:
    with safetensors.safe_open(path, "pt") as opened:
        metadata = opened.metadata() or {}
    weights = load_file(path)
    if absent := single_file.lacking(weights):
        hint = "Choose a whole checkpoint of Stable Diffusion 1 or 2: an adapter or a lone VAE is no model."
        raise Failure(ErrorCode.BAD_INPUT, f"“{name}” lacks its {layout.listed(absent)}.", hint)
    _check_channels(name, single_file.unet_config(weights))
    unet = single_file.unet(weights, dtype)
    schedule = {**single_file.SCHEDULE, "prediction_type": single_file.predicts(weights, metadata, unet)}
    return Model(
        name,
        unet,
        single_file.vae(weights, dtype),
        single_file.text_encoder(weights, dtype),
        single_file.tokenizer(single_file.is_second(weights)),
        schedule,
        sampler.levels(schedule),
    )


# --- whether it is one we know


def _check(model: Model) -> None:
    """Stable Diffusion 1 or 2, or a miniature of it: what the UNet takes is what the other parts give."""
    unet, vae, text = (config_of(p) for p in (model.unet, model.vae, model.text_encoder))
    _check_channels(model.name, unet)
    if unet.addition_embed_type or unet.class_embed_type or unet.time_cond_proj_dim:
        message = f"The UNet of “{model.name}” wants to be told more than a prompt: it is of another family."
    elif unet.cross_attention_dim != text.hidden_size:
        message = (
            f"The UNet of “{model.name}” reads prompts of width {unet.cross_attention_dim}, "
            f"and its text encoder writes {text.hidden_size}: they belong to different models."
        )
    elif unet.in_channels != vae.latent_channels:
        message = (
            f"The UNet of “{model.name}” takes {unet.in_channels} channels, "
            f"and its VAE gives {vae.latent_channels}: they belong to different models."
        )
    else:
        return
    raise Failure(ErrorCode.BAD_INPUT, message, OUR_FAMILY)


def _check_channels(name: str, unet: Mapping[str, Any]) -> None:
    """A single file's before it is asked what it predicts, which is answered in as many channels as are taken."""
    if unet["in_channels"] != unet["out_channels"]:
        message = f"“{name}” is made for inpainting or editing by instruction: its UNet takes a second picture."
        raise Failure(ErrorCode.BAD_INPUT, message, OUR_FAMILY)
