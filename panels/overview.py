"""What the study of a strip holds, read from its files now and then, so that panels can be drawn often."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import session
from ..backend import tuning
from ..backend.api import Failure, Look, Painting, Reference, Source
from ..backend.plain import from_json
from ..backend.study import Study, Take, is_study
from ..backend.tuning import Halfway, Tuning
from ..preferences import preferences, studies_folder
from ..sequencer import places, strips

KEPT = 1.0  # seconds that what was read counts; less where a job has ended or a look was chosen since


@dataclass(frozen=True)
class TakeNote:
    """What made a take, as far as a panel says it."""

    name: str
    prompt: str
    way: str
    model: str
    painting: Painting | None
    complete: bool


@dataclass(frozen=True)
class Overview:
    folder: Path
    source: Source | None = None
    reference: Reference | None = None
    looks: tuple[Look, ...] = ()
    tuning: Tuning | None = None
    halfway: Halfway | None = None
    takes: tuple[TakeNote, ...] = ()
    problem: Failure | None = None

    @property
    def total(self) -> int:
        """The number of frames that are worked on."""
        return self.source.last - self.source.first + 1 if self.source else 0

    @property
    def chosen(self) -> tuple[Look, ...]:
        return tuple(look for look in self.looks if look.chosen)

    @property
    def broken_off(self) -> Halfway | None:
        """A tuning that has not come to its end; what is halfway stays also after that, to go on with more."""
        return self.halfway if self.halfway and self.halfway.step < self.halfway.iterations else None

    def picture(self, look: Look) -> Path:
        return self.folder / "looks" / f"{look.name}.png"


@dataclass(frozen=True)
class _Read:
    at: float
    jobs: tuple[Any, ...]
    looks: int
    overview: Overview | None

    @property
    def is_old(self) -> bool:
        return time.monotonic() > self.at + KEPT or _looks_changed(self.overview) != self.looks


_read: dict[str, _Read] = {}


def overview(strip: Any) -> Overview | None:
    """None while the strip has no study."""
    known = strips.study_id(strip)
    if not known:
        return None
    jobs = tuple((job.id, job.state) for job in session.current.jobs)
    before = _read.get(known)
    if before is None or before.jobs != jobs or before.is_old:
        found = _look(strip)
        _read[known] = before = _Read(time.monotonic(), jobs, _looks_changed(found), found)
    return before.overview


def _looks_changed(found: Overview | None) -> int:
    """When a look was last made or chosen."""
    with contextlib.suppress(OSError):
        return (found.folder / "looks").stat().st_mtime_ns if found else 0
    return 0


def _look(strip: Any) -> Overview | None:
    folder = places.folder_of(strip, studies_folder(preferences()))
    if folder is None or not is_study(folder):
        return None
    try:
        kept = Study.open(folder)
        place = kept.tuning_folder
        return Overview(
            folder=folder,
            source=kept.source,
            reference=kept.reference(),
            looks=tuple(kept.gallery.looks()),
            tuning=tuning.read(place),
            halfway=tuning.halfway(place),
            takes=tuple(_note(take) for take in kept.takes()),
        )
    except Failure as failure:
        return Overview(folder, problem=failure)


def _note(take: Take) -> TakeNote:
    note = take.note()
    painting = from_json(Painting, note["painting"]) if "painting" in note else None
    model, way = str(note.get("model", "")), str(note.get("way", ""))
    return TakeNote(take.name, str(note.get("prompt", "")), way, model, painting, bool(note.get("complete")))
