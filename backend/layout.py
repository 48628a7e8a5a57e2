"""What a diffusers folder holds, on disk or on the hub."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


def absent(folder: Path) -> list[str]:
    """The parts that a folder lacks."""
    return [part for part in PARTS if not _is_whole(part, names(folder / part))]


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


def wanted(files: Iterable[str]) -> list[str]:
    """Of a repository on the hub: the configurations, and one file of weights a part."""
    inside = [(*f.split("/", 1), f) for f in files if f.count("/") == 1]
    small = [f for part, name, f in inside if part in PARTS and name.endswith((".json", ".txt"))]
    weights = {part: weights_in([name for folder, name, _ in inside if folder == part]) for part in WITH_WEIGHTS}
    return small + [f"{part}/{name}" for part, name in weights.items() if name]


def listed(parts: Sequence[str]) -> str:
    """“VAE and scheduler”."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
