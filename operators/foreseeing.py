"""What a job will cost, from what earlier ones did on this computer; and what this one teaches for the next."""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .. import session
from ..backend import estimates
from ..backend.api import Crop, Failure, Painting, Way
from ..backend.estimates import Cost, Need, kind
from ..backend.study import Study, is_study
from ..preferences import data_folder, preferences
from ..settings.order import Order
from .claims import Claim, folder_now

MILLION = 1e6
ENOUGH = 20  # files whose size says that of all
READING, STARTING = kind("reading"), "starting"


@dataclass(frozen=True)
class Missing:
    """What a click on Restyle has still to do."""

    frames: int = 0  # to be read
    looks: bool = False
    iterations: int = 0
    takes: int = 0  # frames to be rendered

    @property
    def nothing(self) -> bool:
        return self == Missing()


def foresee(order: Order, missing: Missing, pixels: int) -> Cost | None:
    """None until work of these kinds was done here."""
    return estimates.foresee(estimates.read(data_folder(preferences())), needs(order, missing, pixels / MILLION))


def needs(order: Order, missing: Missing, size: float) -> Iterable[Need]:
    kinds = kinds_of(order)
    yield Need(kinds["Reading"], missing.frames * size, missing.frames * size)
    if not (missing.looks or missing.iterations or missing.takes):
        return
    yield Need(kind(STARTING, order.engine.model, *_device(order)), 1)
    if missing.looks:
        yield Need(kinds["Painting"], order.candidates * steps_of(order.look) * size, order.candidates * size)
    if missing.iterations:
        yield Need(kinds["Tuning"], missing.iterations * order.recipe.batch * size, 1)
    if missing.takes:
        walked = order.fast if order.way is Way.FAST else steps_of(order.painting)
        yield Need(kinds["Rendering"], missing.takes * walked * size, missing.takes * size)


def kinds_of(order: Order) -> dict[str, str]:
    """By the word that a job says while it does it."""
    model, device = order.engine.model, _device(order)
    return {
        "Reading": READING,
        "Painting": kind("painting", model, _guided(order.look), *device),
        "Tuning": kind("tuning", model, order.recipe.method.value, *device),
        "Rendering": kind("rendering", model, _guided(order.painting), *device),
    }


def steps_of(painting: Painting) -> int:
    """Those that are walked."""
    return max(1, int(painting.steps * painting.strength))


def _guided(painting: Painting) -> str:
    return "guided" if painting.guidance > 1 else "unguided"  # which takes twice as long


def _device(order: Order) -> tuple[str, str]:
    return order.engine.device or "best", order.engine.precision.value


# --- learning


def learn(job: session.HostJob, claim: Claim, order: Order) -> None:
    """Also from a job that was cancelled: what it had done took its time."""
    job.pace.end()
    with contextlib.suppress(Failure):
        folder = folder_now(claim)
        if job.pace.parts and is_study(folder):
            kept = Study.open(folder)
            width, height = kept.source.framing.size
            estimates.learn(data_folder(preferences()), costs(job, kept, order, width * height / MILLION))


def costs(job: session.HostJob, kept: Study, order: Order, size: float) -> dict[str, Cost]:
    kinds, found = kinds_of(order), {}
    for word, spent in job.pace.parts.items():
        if word in kinds and spent.units:
            pictures = order.recipe.batch if word == "Tuning" else 1
            found[kinds[word]] = Cost(spent.seconds / (spent.units * pictures * size))
    sizes = {
        "Reading": _mean_size(sorted((kept.folder / "frames").glob("*.png"))) / size,
        "Rendering": _mean_size(sorted(_newest(kept).glob("*.png"))) / size,
        "Tuning": float(sum(file.stat().st_size for file in kept.tuning_folder.rglob("*") if file.is_file())),
    }
    for word, large in sizes.items():
        if kinds[word] in found:
            found[kinds[word]] = replace(found[kinds[word]], disk=large)
    if found.keys() - {READING}:
        rest = job.pace.elapsed - sum(spent.seconds for spent in job.pace.parts.values())
        found[kind(STARTING, order.engine.model, *_device(order))] = Cost(max(0.0, rest), memory=float(job.memory))
    return found


def _mean_size(files: list[Path]) -> float:
    some = files[:: max(1, len(files) // ENOUGH)]
    return sum(file.stat().st_size for file in some) / len(some) if some else 0.0


def _newest(kept: Study) -> Path:
    folders = [take.folder for take in kept.takes()]
    return max(folders, key=lambda folder: folder.stat().st_mtime, default=kept.folder / "takes")


def pixels_of(settings: Any, canvas: tuple[int, int], found: tuple[int, int] | None) -> int:
    """Of the size that is worked at: as it was found, or else for a strip that fills the canvas."""
    if found is not None:
        return found[0] * found[1]
    short = settings.short_side
    ratio = 1.0 if settings.crop == Crop.SQUARE.value else max(canvas) / min(canvas)
    return int(short * short * ratio)
