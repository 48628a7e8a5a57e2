"""What a diffusers folder holds, on disk or on the hub."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

PARTS = {
    "unet": "UNet",
    "vae": "VAE",
    "text_encoder": "text encoder",
    "tokenizer": "tokenizer",
    "scheduler": "scheduler",
}
WITH_WEIGHTS = ("unet", "vae", "text_encoder")
STEMS = ("diffusion_pytorch_model", "model")  # as diffusers and as transformers name weights

Parts = Mapping[str, Sequence[str]]  # the names of the files in each


def absent(folder: Path) -> list[str]:
    """The parts that a folder lacks."""
    return lacking({part: names(folder / part) for part in PARTS})


def lacking(parts: Parts) -> list[str]:
    return [part for part in PARTS if not _is_whole(part, parts[part])]


def pickled(parts: Parts) -> bool:
    """Whether weights that are lacking are there in the form that can bring code along."""
    return any(name.endswith(".bin") for part in lacking(parts) if part in WITH_WEIGHTS for name in parts[part])


def names(part: Path) -> list[str]:
    return [p.name for p in part.iterdir()] if part.is_dir() else []


def _is_whole(part: str, there: Sequence[str]) -> bool:
    if part in WITH_WEIGHTS:
        return "config.json" in there and bool(weights_in(there))
    if part == "tokenizer":
        return "tokenizer.json" in there or {"vocab.json", "merges.txt"} <= set(there)
    return "scheduler_config.json" in there


def weights_in(there: Sequence[str]) -> str:
    """The safetensors of a part, '' if it has none: at full precision first, then at half."""
    choices = [f"{stem}{variant}.safetensors" for variant in ("", ".fp16") for stem in STEMS]
    return next((c for c in choices if c in there), "")


def repository(files: Iterable[str]) -> Parts:
    """Of one on the hub, which tells all of its paths."""
    inside = [f.split("/") for f in files if f.count("/") == 1]
    return {part: [name for folder, name in inside if folder == part] for part in PARTS}


def wanted(parts: Parts) -> list[str]:
    """Of a repository: the configurations, and one file of weights a part."""
    small = [f"{part}/{name}" for part in PARTS for name in parts[part] if name.endswith((".json", ".txt"))]
    weights = {part: weights_in(parts[part]) for part in WITH_WEIGHTS}
    return small + [f"{part}/{name}" for part, name in weights.items() if name]


def listed(parts: Sequence[str]) -> str:
    """“VAE and scheduler”."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
