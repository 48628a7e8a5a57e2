"""The words of restyling a strip from a command line: they become the strip's settings, and what is not said stays."""

from __future__ import annotations

import argparse
import contextlib
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bpy

from ..backend.api import Crop, Engine, ErrorCode, Failure, MakeLooks, Recipe, Way
from ..backend.commands.words import ENGINE, LOOKS_ASIDE, RECIPE, TUNED, Options, add_options, given, way_of
from ..backend.model_names import whole
from ..backend.presets import PAINTING as USUAL_PAINTING
from ..backend.presets import Preset
from ..preferences import connects_only, preferences

LOOK_WORDS = {name: option for name, option in LOOKS_ASIDE.items() if name != "sampler"}  # a strip has one for all
RECIPE_NAMES = {"looks": "looks_share", "seed": "tune_seed"}

# What is usual, how it is asked for, and which of the strip's settings a field is.
GROUPS: tuple[tuple[str, Any, Options, Callable[[str], str]], ...] = (
    ("how looks are painted", MakeLooks.painting, LOOK_WORDS, lambda field: f"look_{field}"),
    ("how the model is tuned", Recipe(), RECIPE, lambda field: RECIPE_NAMES.get(field, field)),
    ("how the take is painted", USUAL_PAINTING, TUNED, lambda field: field),
)


def parser(program: str) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog=program,
        description="Restyle a strip. What is up to date is not done again; what is not said is as the strip has it.",
    )
    made.add_argument("--strip", required=True, metavar="NAME", help="the strip, as the sequencer shows its name")
    made.add_argument("--scene", default="", metavar="NAME", help="its scene, where several have such a strip")
    made.add_argument("--prompt", metavar="TEXT", help="what it is to look like")
    made.add_argument("--preset", choices=[preset.value for preset in Preset], help="settings for a kind of clip")
    made.add_argument("--way", choices=[way.value for way in Way], help="how the take is rendered")
    made.add_argument("--fast", type=int, metavar="N", help="render in so few steps, tuned for exactly them")
    made.add_argument(
        "--small-decoder",
        action=argparse.BooleanOptionalAction,
        help="paint fast takes with a small decoder, taught this strip at the end of tuning",
    )
    made.add_argument("--tuning", metavar="STRIP", help="use the tuning of another strip")
    made.add_argument("--json", action="store_true", help="progress and answer as JSON, a line each")
    _add_frames(made.add_argument_group("what is worked on"))
    look = made.add_argument_group("the look")
    look.add_argument("--frame", type=int, metavar="N", help="the frame that gets it; 1 is where the content starts")
    look.add_argument("--look", type=Path, metavar="FILE", help="an image painted elsewhere, instead of making looks")
    look.add_argument("--candidates", type=int, metavar="N", help="of which the best composition is chosen")
    for title, usual, options, _ in GROUPS:
        add_options(made, title, usual, options, say_usual=False)
    computer = made.add_argument_group("what is true of this computer, instead of the preferences")
    computer.add_argument(
        "--backend-python", type=Path, metavar="FILE", help="a Python that has the backend's packages"
    )
    add_options(made, "what paints", Engine(), ENGINE, say_usual=False)
    _add_results(made.add_argument_group("what becomes of it"))
    return made


def _add_frames(group: Any) -> None:
    group.add_argument("--range", type=int, nargs=2, metavar=("A", "B"), help="only these frames of the timeline")
    group.add_argument("--crop", choices=[crop.value.lower() for crop in Crop], help="what it shows, or a square of it")
    group.add_argument("--short-side", type=int, metavar="N", help="of the frames that are worked on, in pixels")
    group.add_argument("--reference", type=int, metavar="N", help="how many reference frames are chosen")


def _add_results(group: Any) -> None:
    group.add_argument("--smooth", action="store_true", help="take the flicker out of the take, as another take")
    group.add_argument("--smooth-steps", type=int, metavar="N", help="at most, for each shot")
    group.add_argument("--measure", action="store_true", help="measure all takes of the strip, and write a report")
    group.add_argument("--compare", action="store_true", help="lay the source and three takes in as one picture")
    group.add_argument(
        "--export",
        type=Path,
        metavar="FILE",
        help="write the edit: an H.264 movie with its sound, or a GIF",
    )
    saving = group.add_mutually_exclusive_group()
    saving.add_argument("--save", action="store_true", help="save the .blend with the take laid in")
    saving.add_argument("--save-as", type=Path, metavar="FILE", help="save it under another name")


# --- taking them over


def take_over(asked: argparse.Namespace, settings: Any) -> None:
    """The preset first: what is said besides counts more."""
    for word, value in wanted(asked).items():
        try:
            setattr(settings, word, value)
        except (ValueError, TypeError, OverflowError) as error:  # a number that Blender has no room for
            message = f"{value} is out of bounds for “{word.replace('_', ' ')}”."
            raise Failure(ErrorCode.BAD_INPUT, message, "Nothing was done.") from error
        _refuse_clamped(word, value, getattr(settings, word))


def wanted(asked: argparse.Namespace) -> dict[str, Any]:
    """The strip's settings that were asked for, by name."""
    way = way_of(asked)
    plain = {
        "preset": asked.preset and Preset(asked.preset).name,
        "prompt": asked.prompt,
        "model": asked.model and whole(asked.model),
        "way": way and way.name,
        "fast_steps": asked.fast,
        "small_decoder": asked.small_decoder,
        "tuning_from": asked.tuning,
        "crop": asked.crop and asked.crop.upper(),
        "short_side": asked.short_side,
        "reference_count": asked.reference,
        "look_frame": asked.frame,
        "candidates": asked.candidates,
        "smooth_steps": asked.smooth_steps,
    }
    if asked.range:
        plain |= {"use_range": True, "range_start": asked.range[0], "range_end": asked.range[1]}
    for _, usual, options, name_of in GROUPS:
        plain |= {
            name_of(field): getattr(value, "name", value) for field, value in given(asked, usual, options).items()
        }
    return {word: value for word, value in plain.items() if value is not None}


def _refuse_clamped(word: str, value: Any, now: Any) -> None:
    """Blender says nothing when it puts a number back into its bounds."""
    same = math.isclose(now, value, rel_tol=1e-5) if isinstance(value, float) else word == "preset" or now == value
    if not same:
        message = f"{value} is out of bounds for “{word.replace('_', ' ')}”: the nearest is {now:g}."
        raise Failure(ErrorCode.BAD_INPUT, message, "Nothing was done.")


def wishes_looks(asked: argparse.Namespace) -> bool:
    """Whether it was said how looks are painted: then any look that was chosen before will not do."""
    return bool(given(asked, MakeLooks.painting, LOOK_WORDS))


@contextlib.contextmanager
def preferred(asked: argparse.Namespace) -> Iterator[None]:
    """For this run only: a Blender with a window saves its preferences when it ends."""
    kept = preferences()
    names = ("backend_python", "models_folder", *(name for name in ENGINE if name not in ("model", "models")))
    before = {name: getattr(kept, name) for name in names}
    try:
        prefer(asked)
        yield
    finally:
        for name, value in before.items():
            setattr(kept, name, value)


def prefer(asked: argparse.Namespace) -> None:
    kept = preferences()
    if asked.download and not bpy.app.online_access:
        hint = "Write --online-mode before the file's name."
        raise Failure(ErrorCode.BAD_INPUT, "Blender is offline, so nothing can be downloaded.", hint)
    if asked.backend_python and connects_only(kept):
        hint = "Leave --backend-python out, or switch Connect Only off in the preferences."
        raise Failure(ErrorCode.BAD_INPUT, "This Blender only connects to a backend, and starts none.", hint)
    if asked.backend_python:
        kept.backend_python = str(asked.backend_python.absolute())
    for field, value in given(asked, Engine(), ENGINE).items():
        if field == "models":
            kept.models_folder = str(Path(value).expanduser().absolute())
        elif field != "model":
            setattr(kept, field, getattr(value, "name", value))
