"""Options that the benchmark and the ablation share, and a variant of the recipe from words such as pairing=literal."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from backend.api import Painting, Recipe
from backend.plain import from_json, to_json
from backend.presets import PRESETS, Preset

from .ours import Variant


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", default="pocket", help="a diffusers folder")
    parser.add_argument("--cache", type=Path, default=Path("build/quality"), help="where results are kept")
    parser.add_argument(
        "--every", type=int, choices=(4, 8, 16), default=8, help="frames from one judged pair to the next"
    )
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--preset", choices=[preset.value for preset in Preset], default=Preset.POCKET.value)
    parser.add_argument("--set", nargs="+", default=[], metavar="NAME=VALUE", help="of Recipe, Painting or Variant")
    parser.add_argument("--iterations", type=int, default=0, help="short for --set iterations=…")


def variant_of(given: argparse.Namespace) -> Variant:
    more = [f"iterations={given.iterations}"] if given.iterations else []
    usual = PRESETS[Preset(given.preset)]
    return changed(Variant(usual.recipe, usual.painting), [*given.set, *more])


def changed(variant: Variant, words: Sequence[str]) -> Variant:
    """With what the words say, each of a field of the recipe, of the painting, or of the variant itself."""
    for word in words:
        name, _, text = word.partition("=")
        for part in ("recipe", "painting"):
            if name in {f.name for f in fields(getattr(variant, part))}:
                variant = replace(variant, **{part: _with(getattr(variant, part), name, text)})
                break
        else:
            if name not in ("references", "prompts", "keys"):
                raise SystemExit(f"“{name}” is nothing that can be set.")
            variant = replace(variant, **{name: int(text)})
    return variant


def _with(part: Recipe | Painting, name: str, text: str) -> Any:
    try:
        value = json.loads(text)
    except ValueError:
        value = text  # a word, such as that of an enum
    return from_json(type(part), {**to_json(part), name: value})
