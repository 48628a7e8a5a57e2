"""What tuning leaves in a study's folder `tune/`: what it was for, how far it came, and where its files lie."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from . import disk
from .api import ErrorCode, Failure, Method, Painting, Recipe
from .fingerprint import fingerprint_of
from .frozen import frozen
from .plain import to_json
from .record import SCHEMA, read_as, read_json, write_json
from .walked import begins

T = TypeVar("T")

USUAL_RATE = {Method.LORA: 1e-4, Method.WHOLE: 1e-5}

TUNED = "tuned.json"
ADAPTER = "adapter.safetensors"
UNET = Path("unet") / "diffusion_pytorch_model.safetensors"
STATE = "state.safetensors"
STATE_NOTE = "state.json"
LOG = "log.jsonl"


@frozen
class Tuning:
    """What the weights beside it were tuned for. Rendering otherwise than this works, and is not what was taught."""

    fingerprint: str  # of all that it depends on but the iterations
    model: str
    base: str  # tells the weights that were tuned from those of other models
    recipe: Recipe
    painting: Painting
    fast: int
    walked: tuple[int, ...]  # the timesteps of the rendering that it was taught; the first is T
    prompts: tuple[str, ...]  # of the looks
    steps: int  # done; less than the recipe's iterations where it was ended early
    loss: float
    seconds: float
    warning: str = ""
    looks: tuple[str, ...] = ()  # their names; in older notes none

    @property
    def mark(self) -> str:
        """Tells the weights beside it from those of every other tuning."""
        return fingerprint_of(self.fingerprint, self.base, self.steps, self.loss)


@frozen
class Halfway:
    """How far a tuning has come that may go on."""

    fingerprint: str
    step: int
    iterations: int


def rate_of(recipe: Recipe) -> float:
    return recipe.rate or USUAL_RATE[recipe.method]


def taught_of(painting: Painting, recipe: Recipe) -> Painting:
    """A painting, but for what only rendering knows: attention, guidance where none is taught, and the seed where no
    noise is the rendering's."""
    guidance, seed = 1.0 if recipe.unguided else painting.guidance, painting.seed if recipe.angle < 90 else 0
    return replace(painting, attend=0.0, guidance=guidance, seed=seed)


def reaches(taught: Painting, wanted: Painting, fast: int) -> bool:
    """Whether what was taught the steps of the one knows those of the other, at another strength: a lower one walks
    some of the same, but explicit ones are others from every other start."""
    top, start = (begins(one.sampler, one.strength, one.steps) for one in (taught, wanted))
    return start == top or (start < top and not fast)


def weights_path(folder: Path, method: Method) -> Path:
    return folder / (ADAPTER if method is Method.LORA else UNET)


def read(folder: Path) -> Tuning | None:
    """None where nothing was tuned yet, and also where a note is damaged, or of another version: tuning makes it anew,
    and meanwhile it must not keep anyone from the rest of the study."""
    with contextlib.suppress(Failure):
        return _read(Tuning, folder / TUNED)
    return None


def needed(folder: Path) -> Tuning:
    """What is to be painted with: here a damaged note is said."""
    found = _read(Tuning, folder / TUNED)
    if found is None:
        hint = "Tune that strip first, or render plainly."
        raise Failure(ErrorCode.BAD_INPUT, f"“{folder}” holds no tuning.", hint)
    return found


def write(folder: Path, tuning: Tuning) -> None:
    """After its weights: with it they count."""
    write_json(folder / TUNED, {"schema": SCHEMA, **to_json(tuning)})


def forget(folder: Path) -> None:
    """Before its weights are replaced, so that no note stands beside weights that it does not speak of."""
    disk.remove(folder / TUNED)


def sweep(folder: Path) -> None:
    """Remove what a killed writer left half done."""
    for leftover in (*folder.glob(f"*{disk.TEMPORARY}"), *folder.glob(f"{UNET.parent}/*{disk.TEMPORARY}")):
        disk.remove(leftover)


def halfway(folder: Path) -> Halfway | None:
    with contextlib.suppress(Failure):
        return _read(Halfway, folder / STATE_NOTE)
    return None


def set_halfway(folder: Path, reached: Halfway) -> None:
    write_json(folder / STATE_NOTE, {"schema": SCHEMA, **to_json(reached)})


def _read(kind: type[T], path: Path) -> T | None:
    if not disk.long_path(path).is_file():
        return None
    plain = read_json(path)
    plain.pop("schema", None)
    return read_as(kind, plain, path)
