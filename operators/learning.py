"""What a job teaches for the next: how long its parts took, and how much disk and memory they needed."""

import contextlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from .. import session
from ..backend import estimates, small_decoder, tuning
from ..backend.api import Failure
from ..backend.estimates import Cost
from ..backend.small_decoder import Distilled
from ..backend.study import Study, is_study
from ..preferences import data_folder, preferences
from ..settings.order import Order
from .claims import Claim, folder_now
from .foreseeing import DISTILLING, EXPORTED, MILLION, READING, Sort, kinds_of, starting

UNLEARNED = contextlib.suppress(Failure, OSError)  # what cannot be read or kept ends no job
ENOUGH = 20  # files whose size says that of all
WRITES = {  # the part that writes the pictures of a take
    Sort.PAINTING: "Rendering",
    Sort.SMOOTHING: "Painting",
    Sort.SPREADING: "Painting",
}


def learn(job: session.HostJob, claim: Claim, order: Order, sort: Sort) -> None:
    """Also from a job that was cancelled: what it had done took its time."""
    job.pace.end()
    with UNLEARNED:
        folder = folder_now(claim)
        if job.pace.parts and is_study(folder):
            kept = Study.open(folder)
            width, height = kept.source.framing.size
            known = costs(job, kept, order, sort, width * height / MILLION)
            estimates.learn(data_folder(preferences()), known)


def learn_movie(job: session.HostJob, work: str, frames: int, pixels: int, files: Iterable[Path]) -> None:
    job.pace.end()
    units = frames * pixels / MILLION
    with UNLEARNED:
        # Its first picture comes late, and counts in what it takes; of a short one that is nearly all.
        cost = Cost(job.pace.elapsed / units, _size(files) / units)
        estimates.learn(data_folder(preferences()), {work: cost})


def learn_export(job: session.HostJob, file: Path, pixels: int) -> None:
    job.pace.end()
    spent = job.pace.parts.get("Exporting")
    if spent and spent.units and file.is_file():
        learn_movie(job, EXPORTED, spent.units, pixels, (file,))


def costs(job: session.HostJob, kept: Study, order: Order, sort: Sort, size: float) -> dict[str, Cost]:
    kinds, found = kinds_of(order, sort), {}
    took = {word: spent.seconds for word, spent in job.pace.parts.items()}
    distilled = _distilled(kept) if DISTILLING in took else None
    if distilled is not None:
        took[DISTILLING] = distilled.seconds
        found[kinds[DISTILLING]] = Cost(distilled.seconds / size)
    for word, spent in job.pace.parts.items():
        if word in kinds and word != DISTILLING and spent.units:
            pictures = order.recipe.batch if word == "Tuning" else 1
            found[kinds[word]] = Cost(spent.seconds / (spent.units * pictures * size))
    sizes = {"Reading": _mean_size(sorted((kept.folder / "frames").glob("*.png"))) / size}
    if sort is Sort.PAINTING:
        files = {file for file in kept.tuning_folder.rglob("*") if file.is_file()}
        small = {file for file in files if file.name in (small_decoder.WEIGHTS, small_decoder.NOTE)}
        sizes["Tuning"], sizes[DISTILLING] = _size(files - small), _size(small)
    if sort in WRITES:
        sizes[WRITES[sort]] = _mean_size(sorted(_newest(kept).glob("*.png"))) / size
    for word, large in sizes.items():
        if kinds[word] in found:
            found[kinds[word]] = replace(found[kinds[word]], disk=large)
    if found.keys() - {READING}:
        rest = job.pace.elapsed - sum(took.values())
        found[starting(order, sort)] = Cost(max(0.0, rest), memory=float(job.memory))
    return found


def _distilled(kept: Study) -> Distilled | None:
    """Its note says what it took in all: the job says so many kinds of units that no one of them counts. None where it
    was cancelled."""
    known = tuning.read(kept.tuning_folder)
    return small_decoder.read(kept.tuning_folder, known.mark) if known else None


def _size(files: Iterable[Path]) -> float:
    return float(sum(file.stat().st_size for file in files if file.is_file()))


def _mean_size(files: list[Path]) -> float:
    some = files[:: max(1, len(files) // ENOUGH)]
    return sum(file.stat().st_size for file in some) / len(some) if some else 0.0


def _newest(kept: Study) -> Path:
    folders = [take.folder for take in kept.readable_takes()]
    return max(folders, key=lambda folder: folder.stat().st_mtime, default=kept.folder / "takes")
