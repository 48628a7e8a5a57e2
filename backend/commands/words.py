"""What the commands share: how one is added, and options for the fields of a dataclass, with its own defaults."""

from __future__ import annotations

import argparse
import dataclasses
import os
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from .. import presets
from ..api import Engine, ErrorCode, Failure, Painting, Prior, Recipe, Way
from ..frozen import frozen
from ..jobs import Job
from ..model_names import whole
from ..presets import PRESETS, Preset

Fields = TypeVar("Fields", Engine, Painting, Prior, Recipe)

Options = Mapping[str, tuple[str, str]]  # a field's name: the option's, and what it says

ENGINE: Options = {
    "model": ("--model", "“pocket”, a diffusers folder, a .safetensors file, or a hub id"),
    "models": ("--models", "the folder that hub models are kept in, instead of the hub's own cache"),
    "may_download": ("--download", "fetch a hub model that is not here"),
    "device": ("--device", "as torch names it, such as cuda:1, instead of the best there is"),
    "precision": ("--precision", "of the numbers on the device"),
}
PAINTING: Options = {
    "strength": ("--strength", "how much is redrawn, between 0 and 1"),
    "steps": ("--steps", "the sampler's steps, of which strength × steps are walked"),
    "guidance": ("--guidance", "how much the prompt counts; 1 is the model as it was tuned, in half the time"),
    "seed": ("--seed", "of the one noise that all frames start from"),
    "sampler": ("--sampler", "the deterministic sampler that walks the steps"),
}
TUNED: Options = {
    **PAINTING,
    "noise": ("--noise", "the share of the noise that is laid on: with less a tuned model sees more of the frame"),
    "attend": ("--attend", "how much a place in the chosen looks counts beside one of the frame's own; 0 is without"),
}
LOOKS: Options = {
    **PAINTING,
    "strength": ("--strength", "how much is redrawn: colour may change a lot, and composition may not"),
    "guidance": ("--guidance", "how much the prompt counts"),
    "seed": ("--seed", "of the first candidate; the others count up"),
}
LOOKS_ASIDE: Options = {name: (f"--look-{option[2:]}", text) for name, (option, text) in LOOKS.items()}
RECIPE: Options = {
    "method": ("--method", "what is tuned of the UNet"),
    "rate": ("--rate", "of learning; 0 is the method's own"),
    "rank": ("--rank", "of a LoRA"),
    "iterations": ("--iterations", "steps of tuning"),
    "batch": ("--tuning-batch", "pictures in one of its steps"),
    "late": ("--late", "the timesteps below which references are taught; looks are taught at all that rendering walks"),
    "looks": ("--look-share", "the share of looks in a batch; the others are reference frames"),
    "pairing": ("--pairing", "how a look is paired with its frame"),
    "at_start": ("--at-start", "the share of looks exactly where rendering starts"),
    "astray": ("--astray", "the share of the others off the straight way to the look"),
    "angle": ("--angle", "degrees between the noise of rendering and that of tuning"),
    "unguided": ("--unguided", "teach for guidance 1 also where more is rendered with, as the article did"),
    "crops": ("--crops", "crops and flips that all looks and their copies on other frames share; 1 is each as it is"),
    "spread": ("--spread", "frames of its shot over which each look is spread, as further examples"),
    "seed": ("--tuning-seed", "of all that is random in tuning"),
}


@frozen
class Answer:
    """What a command came to, for a program and for a person."""

    plain: dict[str, Any]
    text: str


def command(commands: Any, name: str, what: str) -> argparse.ArgumentParser:
    made = commands.add_parser(name, help=what, description=f"{what[0].upper()}{what[1:]}.")
    made.add_argument("--json", action="store_true", help="progress and answer as JSON, a line each")
    return made


def stage(commands: Any, name: str, what: str) -> argparse.ArgumentParser:
    made = command(commands, name, what)
    made.add_argument("study", type=Path, metavar="STUDY", help="the folder that holds study.json")
    return made


def tell_if_unshared(job: Job) -> None:
    """Without a card, or with one, accelerate starts a single process for `--num_processes 2`, and says nothing."""
    asked_for = {"ACCELERATE_MIXED_PRECISION", "MASTER_PORT"}  # what it tells one of which it would start several
    if asked_for <= set(os.environ) and "WORLD_SIZE" not in os.environ:
        job.log(
            "accelerate has started one process where several were asked for, and it does all of the work. "
            "For several on processors write --multi_gpu before --num_processes, and --device cpu at the end."
        )


# --- options for the fields of a dataclass


def add_engine(parser: Any) -> None:
    add_options(parser, "what paints", Engine(), ENGINE)


def add_painting(parser: Any) -> None:
    add_options(parser, "how the take is painted", presets.PAINTING, TUNED)


def add_recipe(parser: Any) -> None:
    add_options(parser, "how the model is tuned", Recipe(), RECIPE)


def add_preset(parser: Any) -> None:
    parser.add_argument(
        "--preset",
        choices=[preset.value for preset in Preset],
        default=Preset.SCENE.value,
        help="what all else is set to that is not given (default: %(default)s; the defaults named below are its)",
    )


def add_small_decoder(parser: Any, what: str) -> None:
    parser.add_argument("--small-decoder", action="store_true", help=what)


def add_options(parser: Any, title: str, usual: Any, options: Options, say_usual: bool = True) -> None:
    """An option for each field. One that is not given leaves None, so that `given` knows what was asked for."""
    group = parser.add_argument_group(title)
    for name, (option, text) in options.items():
        value = getattr(usual, name)
        told = value.value if isinstance(value, Enum) else value
        more: dict[str, Any] = {"default": None}
        more["help"] = f"{text} (default: {told})" if say_usual and told != "" and told is not False else text
        if isinstance(value, bool):
            more |= {"action": "store_true"}
        elif isinstance(value, Enum):
            more |= {"choices": [member.value for member in type(value)]}
        else:
            more |= {"type": type(value), "metavar": {int: "N", float: "X", str: "NAME"}[type(value)]}
        group.add_argument(option, **more)


def given(asked: argparse.Namespace, usual: Any, options: Options) -> dict[str, Any]:
    """What was asked for, by the fields' names."""
    found: dict[str, Any] = {}
    for name, (option, _) in options.items():
        value, before = getattr(asked, option[2:].replace("-", "_")), getattr(usual, name)
        if value is not None:
            found[name] = type(before)(value) if isinstance(before, Enum) else value
    return found


def chosen(asked: argparse.Namespace, usual: Fields, options: Options) -> Fields:
    """The dataclass with what was asked for in place of what is usual."""
    return dataclasses.replace(usual, **given(asked, usual, options))


def engine(asked: argparse.Namespace) -> Engine:
    return on_disk(chosen(asked, Engine(), ENGINE))


def on_disk(engine: Engine) -> Engine:
    """Its model by the whole path, as Blender asks for it."""
    return dataclasses.replace(engine, model=whole(engine.model))


def way_of(asked: argparse.Namespace) -> Way | None:
    """`--way`, or what `--fast` alone says."""
    if asked.fast is None:
        return Way(asked.way) if asked.way else None
    if asked.way not in (None, Way.FAST.value):
        hint = "Leave one of them out: --fast alone is --way fast."
        raise Failure(ErrorCode.BAD_INPUT, f"--fast does not go with --way {asked.way}.", hint)
    return Way.FAST


def recipe(asked: argparse.Namespace) -> Recipe:
    return chosen(asked, PRESETS[Preset(asked.preset)].recipe, RECIPE)


def painting(asked: argparse.Namespace) -> Painting:
    """That of a rendering: its preset's, and what was asked for."""
    return chosen(asked, PRESETS[Preset(asked.preset)].painting, TUNED)
