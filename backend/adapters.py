"""What tuning changes of a model: onto its UNet for learning or rendering and off again, and to files and back."""

from __future__ import annotations

import contextlib
import json
import math
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import safetensors
import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from peft import LoraConfig
from safetensors.torch import save_file
from torch import Tensor

from . import disk, tuning
from .api import ErrorCode, Failure, Method
from .fingerprint import fingerprint_of
from .models import Model
from .tuning import Tuning

# All that carries style: attention, its feed-forward, and the convolutions between.
TARGETS = r".*\.(to_q|to_k|to_v|to_out\.0|net\.0\.proj|net\.2|proj_in|proj_out|conv1|conv2|conv_shortcut|time_emb_proj)"
PREFIX = "unet."  # as in diffusers' files: its pipelines can load ours
DOWN, UP = ".lora_A.weight", ".lora_B.weight"
TELLING = ("conv_in.weight", "conv_out.weight", "time_embedding.linear_1.weight")
ATTENTION = (".to_q.weight", ".to_k.weight", ".to_v.weight")  # what was merged into a checkpoint is there at least


# --- on for rendering


@contextlib.contextmanager
def applied(model: Model, folder: Path) -> Iterator[Tuning]:
    """The model as the tuning in this folder left it; afterwards its weights are what they were, to the bit."""
    known = tuning.needed(folder)
    if known.base != base_of(model.unet):
        hint = "Render with the model that it was tuned on, or tune this one."
        message = f"The tuning in “{folder}” is of “{known.model}”, and the weights of “{model.name}” are others."
        raise Failure(ErrorCode.BAD_INPUT, message, hint)
    weights = dict(model.unet.named_parameters())
    before: dict[str, Tensor] = {}
    try:
        with torch.no_grad():
            for name, tuned in _tuned_weights(weights, folder, known):
                before[name] = weights[name].to("cpu", copy=True)
                weights[name].copy_(tuned)
        yield known
    finally:
        with torch.no_grad():
            for name, weight in before.items():
                weights[name].copy_(weight)


def _tuned_weights(weights: Mapping[str, Tensor], folder: Path, known: Tuning) -> Iterator[tuple[str, Tensor]]:
    """One at a time: a whole UNet would not fit beside itself."""
    path = tuning.weights_path(folder, known.recipe.method)
    with _opened(path) as file:
        metadata = file.metadata() or {}
        if metadata.get("base") != known.base:
            raise _unfit(path, "it does not say that it was tuned on the model of its tuned.json")
        read = _merged if known.recipe.method is Method.LORA else _replaced
        yield from read(weights, file, path)


def _merged(weights: Mapping[str, Tensor], file: Any, path: Path) -> Iterator[tuple[str, Tensor]]:
    """W + B·A, so that a tuned model renders as fast as a plain one."""
    names = set(file.keys())
    for name in sorted(n for n in names if n.endswith(DOWN)):
        module = name.removeprefix(PREFIX).removesuffix(DOWN)
        weight, up = weights.get(f"{module}.weight"), name.removesuffix(DOWN) + UP
        if weight is None or up not in names:
            raise _unfit(path, f"the model has no place for its “{name}”")
        a, b = (file.get_tensor(n).to(weight.device, torch.float32).flatten(1) for n in (name, up))
        if a.shape[1] != math.prod(weight.shape[1:]) or b.shape != (len(weight), len(a)):
            raise _unfit(path, f"its “{name}” has another shape than the model's")
        yield f"{module}.weight", torch.addmm(weight.float().flatten(1), b, a).view_as(weight)


def _replaced(weights: Mapping[str, Tensor], file: Any, path: Path) -> Iterator[tuple[str, Tensor]]:
    if lacking := sorted(set(weights) ^ set(file.keys())):
        raise _unfit(path, f"it and the model do not both have “{lacking[0]}”")
    for name, weight in weights.items():
        tuned = file.get_tensor(name)
        if tuned.shape != weight.shape:
            raise _unfit(path, f"its “{name}” has another shape than the model's")
        yield name, tuned


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[Any]:
    hint = "Tune the strip again."
    if not disk.long_path(path).is_file():
        raise Failure(ErrorCode.BAD_STUDY, f"“{path}” is missing.", hint)
    try:
        with safetensors.safe_open(disk.long_path(path), "pt") as file:
            yield file
    except (safetensors.SafetensorError, OSError) as error:
        raise Failure(ErrorCode.BAD_STUDY, f"“{path}” is damaged ({error}).", hint) from error


def stands(folder: Path, known: Tuning) -> bool:
    """Whether the weights that the note speaks of are there, whole, and those of its model."""
    try:
        with _opened(tuning.weights_path(folder, known.recipe.method)) as file:
            return (file.metadata() or {}).get("base") == known.base
    except Failure:
        return False


def _unfit(path: Path, why: str) -> Failure:
    return Failure(ErrorCode.BAD_STUDY, f"“{path}” does not fit the model: {why}.", "Tune the strip again.")


# --- on for learning


@contextlib.contextmanager
def learning(unet: UNet2DConditionModel, method: Method, rank: int, seed: int) -> Iterator[Mapping[str, Tensor]]:
    """The UNet with what is to be learned of it, by name, in float32. A LoRA is taken off at the end; a whole UNet
    stays as it has become, and is no longer the model that was loaded."""
    if method is Method.WHOLE:
        unet.float().requires_grad_(True)
        yield dict(unet.named_parameters())
        return
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)  # what peft begins a LoRA with
            unet.add_adapter(LoraConfig(r=rank, lora_alpha=rank, target_modules=TARGETS))
        found = {name: p for name, p in unet.named_parameters() if p.requires_grad}
        for parameter in found.values():
            parameter.data = parameter.data.float()
        yield found
    finally:
        unet.unload_lora()


def base_of(unet: UNet2DConditionModel) -> str:
    """Tells one model's weights from another's, whatever precision they were loaded in."""
    shapes = [(name, tuple(p.shape)) for name, p in unet.named_parameters() if ".lora_" not in name]
    weights = dict(unet.named_parameters())
    some = [weights[n] for n in TELLING] + [p[:1] for n, p in weights.items() if n.endswith(ATTENTION)]
    return fingerprint_of(
        shapes, [p.detach().cpu().half().contiguous().view(torch.uint8).numpy().tobytes() for p in some]
    )


# --- to files


def save(
    folder: Path,
    method: Method,
    learned: Mapping[str, Tensor],
    base: str,
    dtype: torch.dtype,
    before: Callable[[], None] = lambda: None,
) -> None:
    """As diffusers' pipelines load them: a LoRA in full precision, a whole UNet in that of its model."""
    if method is Method.LORA:
        named = {PREFIX + name.replace(".default.", ".").replace(".base_layer", ""): p for name, p in learned.items()}
    else:
        named = {name: p.to(dtype) for name, p in learned.items()}
    write_tensors(tuning.weights_path(folder, method), named, {"base": base, "format": "pt"}, before)


def write_tensors(
    path: Path, tensors: Mapping[str, Tensor], metadata: dict[str, str], before: Callable[[], None] = lambda: None
) -> None:
    """Whole or not at all, as `disk.write`; straight to the disk, for they may be larger than the free memory.
    `before`: done when they are written, right before they take the place of older ones."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}{disk.TEMPORARY}")
    disk.make_folder(path.parent)
    with disk.worded(path):
        try:
            near = disk.long_path(temporary)
            near.touch()
            usual = near.stat().st_mode  # safetensors would have nobody else read it
            save_file({name: t.detach().cpu().contiguous() for name, t in tensors.items()}, near, metadata)
            near.chmod(usual)
            before()
            disk.patiently(lambda: near.replace(disk.long_path(path)))
        finally:
            disk.remove(temporary)


def read_metadata(path: Path, key: str) -> Any:
    with _opened(path) as file:
        return json.loads((file.metadata() or {}).get(key, "null"))


def read_tensors(path: Path) -> dict[str, Tensor]:
    """As copies: what hangs on the file keeps Windows from replacing it."""
    with _opened(path) as file:
        return {name: file.get_tensor(name).clone() for name in list(file.keys())}
