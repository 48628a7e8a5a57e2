"""Pickled checkpoints to safetensors, reading tensors only: `python -m backend convert MODEL.ckpt`."""

from __future__ import annotations

import os
import pickle
import shlex
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import save_file

from .api import ErrorCode, Failure
from .processes import WINDOWS

PICKLED = (".ckpt", ".pt", ".pth", ".bin")
UNREADABLE = (
    pickle.UnpicklingError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
)
PARTS = ("unet", "vae", "text_encoder")
# Training left these beside the weights in many checkpoints. They are not loaded: an empty stand-in takes their place.
LEFT_BEHIND = ("pytorch_lightning.", "lightning.", "lightning_fabric.", "numpy.", "omegaconf.")


class _NotLoaded:
    """Stands for what is not a tensor, and does nothing with what it is given."""

    def __init__(self, *args: object, **kwargs: object) -> None: ...
    def __setstate__(self, state: object) -> None: ...


def command(source: Path) -> str:
    """What a user types to convert this file or folder, in whatever folder the terminal is."""
    words = [sys.executable, str(Path(__file__).with_name("__main__.py")), "convert", str(source.absolute())]
    return subprocess.list2cmdline(words) if WINDOWS else shlex.join(words)


def convert(source: Path, target: Path | None = None) -> list[Path]:
    """Write safetensors beside a pickled checkpoint (or as `target`), or beside every pickled part of a folder."""
    if source.is_dir():
        pairs = [(p, p.with_name(_named(p))) for part in PARTS for p in _pickled_in(source / part)]
        if not pairs:
            hint = "Its parts are safetensors already, or it is no diffusers folder."
            raise Failure(ErrorCode.BAD_INPUT, f"“{source}” has nothing to convert.", hint)
    elif source.suffix.lower() in PICKLED and source.is_file():
        pairs = [(source, target or source.with_suffix(".safetensors"))]
    else:
        hint = f"Choose a file that ends in {', '.join(PICKLED)}, or a diffusers folder."
        raise Failure(ErrorCode.BAD_INPUT, f"“{source}” is no pickled checkpoint.", hint)
    for old, new in pairs:
        _write(read_tensors(old), new)
    return [new for _, new in pairs]


def _pickled_in(folder: Path) -> list[Path]:
    """The weights of one part that have no safetensors beside them yet."""
    return sorted(p for p in folder.glob("*.bin") if not p.with_name(_named(p)).exists())


def _named(path: Path) -> str:
    """diffusers and transformers give safetensors another name: pytorch_model.bin is model.safetensors."""
    name = path.with_suffix(".safetensors").name
    return name if name.startswith("diffusion_") else name.replace("pytorch_model", "model")


def read_tensors(source: Path) -> dict[str, torch.Tensor]:
    """The tensors of a pickled checkpoint. No code of the file's runs; a file that asks for any is refused."""
    try:
        content = _loaded(source)
    except UNREADABLE as error:  # a damaged pickle can end in any of them
        hint = "Download it again, or convert it where it came from."
        raise Failure(ErrorCode.BAD_INPUT, f"“{source}” cannot be read as a checkpoint.", hint) from error
    while isinstance(content, Mapping) and isinstance(content.get("state_dict"), Mapping):
        content = content["state_dict"]
    tensors = {k: v for k, v in content.items() if torch.is_tensor(v)} if isinstance(content, Mapping) else {}
    if not tensors:
        raise Failure(ErrorCode.BAD_INPUT, f"“{source}” holds no weights.", "Choose the model's checkpoint.")
    return tensors


def _loaded(source: Path) -> Any:
    old = not zipfile.is_zipfile(source)  # before torch 1.6: loaded as it is, or not at all
    foreign = [] if old else torch.serialization.get_unsafe_globals_in_checkpoint(str(source))
    if wrong := sorted(name for name in foreign if not name.startswith(LEFT_BEHIND)):
        message = f"“{source}” wants to run code of its own ({wrong[0]}), which a checkpoint has no need to."
        raise Failure(ErrorCode.BAD_INPUT, message, "Do not use it: get the model as safetensors from its makers.")
    with torch.serialization.safe_globals([(type(n, (_NotLoaded,), {}), n) for n in foreign]):
        return torch.load(source, map_location="cpu", weights_only=True)


def _write(tensors: Mapping[str, torch.Tensor], target: Path) -> None:
    """Whole or not at all."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        save_file(_each_its_own(tensors), temporary, metadata={"format": "pt"})
        temporary.replace(target)
    except (OSError, SafetensorError) as error:
        hint = "Make room there, or name another file to write to."
        raise Failure(ErrorCode.DISK, f"“{target}” cannot be written ({error}).", hint) from error
    finally:
        temporary.unlink(missing_ok=True)


def _each_its_own(tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """safetensors wants no two tensors in the same memory; copies are made only of those, for a model may be large."""
    whole: dict[str, torch.Tensor] = {}
    seen: set[int] = set()
    for name, tensor in tensors.items():
        memory = tensor.untyped_storage()
        shared = memory.data_ptr() in seen or memory.nbytes() != tensor.nbytes
        whole[name] = tensor.clone().contiguous() if shared else tensor.contiguous()
        seen.add(memory.data_ptr())
    return whole
