"""What the study of a strip holds, read from its files now and then, so that panels can be drawn often."""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import bpy

from .. import session
from ..backend import glance, small_decoder, trouble, tuning
from ..backend.api import Failure, Framing, Look, Painting, Prior, Reference, Source
from ..backend.frozen import frozen
from ..backend.glance import Glance
from ..backend.model_names import known_as
from ..backend.plain import from_json
from ..backend.record import said_by
from ..backend.small_decoder import Distilled
from ..backend.study import Study, is_study
from ..backend.take import TAKE, Noted
from ..backend.trouble import Trouble
from ..backend.tuning import Halfway, Tuning
from ..operators.own import found_by
from ..operators.tune import borrowed
from ..preferences import preferences, studies_folder
from ..sequencer import identity, places
from ..sequencer.owned import scene_of
from ..settings.order import order_of
from .fitting import fitting

KEPT = 1.0  # seconds that what was read counts; less where a job has ended or a look was chosen since


@frozen
class TakeNote:
    """What made a take, as far as a panel says it."""

    name: str
    prompt: str
    way: str
    model: str
    painting: Painting | None
    fast: int
    taught: str  # which tuning painted it
    shown: tuple[int, int] | None  # its first and last frame
    complete: bool
    framing: Framing | None = None
    method: str = "render"
    fingerprint: str = ""
    source: str = ""  # the take that it was smoothed from, and how that stood then
    smoothed_from: str = ""
    decoder: str = ""  # which small one decoded it; '' is the model's own
    prior: Prior | None = None  # of one that was smoothed or spread
    keys: tuple[str, ...] = ()  # the looks that were spread
    made: float = 0.0  # when its last picture was

    @property
    def work(self) -> TakeNote:
        """Without what tells two takes of the same work apart."""
        return replace(self, name="", fingerprint="", made=0.0, model=known_as(self.model))


@frozen
class Overview:
    """Of a copy that has no study of its own yet it is only what it may use: nothing that stands in the folder of its
    original was done for it."""

    folder: Path
    source: Source | None = None
    reference: Reference | None = None
    looks: tuple[Look, ...] = ()
    fitting: frozenset[str] = frozenset()  # of those painted here, which still fit their frames
    tuning: Tuning | None = None
    halfway: Halfway | None = None
    lent: Tuning | None = None  # by another strip
    decoder: Distilled | None = None  # the small one of the tuning that takes are painted by
    takes: tuple[TakeNote, ...] = ()
    shared: tuple[TakeNote, ...] = ()  # of the strip that it was copied from: they can be shown
    measured: Glance | None = None
    outdated: str = ""  # why that does not speak of what is there now
    problem: Failure | None = None  # of the study itself: then nothing else is known
    lost: bool = False  # it is not where it was
    damaged: Failure | None = None  # the first take that cannot be read
    trouble: Trouble | None = None  # what ended the last work on it

    @property
    def total(self) -> int:
        """The number of frames that are worked on."""
        return self.source.last - self.source.first + 1 if self.source else 0

    @property
    def is_of_copy(self) -> bool:
        return self.source is None and self.problem is None

    @property
    def listed(self) -> tuple[TakeNote, ...]:
        return self.takes or self.shared

    @property
    def chosen(self) -> tuple[Look, ...]:
        return tuple(look for look in self.looks if look.chosen)

    @property
    def broken_off(self) -> Halfway | None:
        """A tuning that has not come to its end; what is halfway stays also after that, to go on with more. One that
        went astray has come as far as it can."""
        half, made = self.halfway, self.tuning
        if half is None or half.step >= half.iterations:
            return None
        return None if made and made.warning and made.fingerprint == half.fingerprint else half

    def picture(self, look: Look) -> Path:
        return self.folder / "looks" / f"{look.name}.png"


@frozen
class _Read:
    asked: tuple[str, ...]
    at: float
    jobs: tuple[Any, ...]
    looks: int
    overview: Overview | None

    @property
    def is_old(self) -> bool:
        return time.monotonic() > self.at + KEPT or _looks_changed(self.overview) != self.looks


_read: dict[tuple[str, str], _Read] = {}  # by scene and strip


def overview(strip: Any) -> Overview | None:
    """None while the strip has no study."""
    settings, place = strip.steady, (scene_of(strip).name, strip.name)
    asked = settings.study_id, settings.study_folder, settings.tuning_from, settings.way, bpy.data.filepath
    if not settings.study_id:
        return None
    jobs = tuple((job.id, job.state) for job in session.current.jobs)
    before = _read.get(place)
    if before is None or (before.asked, before.jobs) != (asked, jobs) or before.is_old:
        found = _look(strip)
        _read[place] = before = _Read(asked, time.monotonic(), jobs, _looks_changed(found), found)
    return before.overview


def _looks_changed(found: Overview | None) -> int:
    """When a look was last made or chosen."""
    with contextlib.suppress(OSError):
        return (found.folder / "looks").stat().st_mtime_ns if found else 0
    return 0


def _look(strip: Any) -> Overview | None:
    folder = places.folder_of(strip, studies_folder(preferences()))
    if folder is None:
        was = strip.steady.study_seen or strip.steady.study_id
        return Overview(Path(was), problem=identity.lost(strip), lost=True)
    if not is_study(folder):  # claimed, and never written
        return None
    try:
        found = found_by(scene_of(strip), strip)
        if (kept := found.own) is None:
            return _of_copy(strip, found.original) if found.original else None
        takes, place = _noted(kept), kept.tuning_folder
        measured, looks = glance.read(kept), tuple(kept.gallery.looks())
        return Overview(
            folder=kept.folder,
            source=kept.source,
            reference=kept.reference(),
            looks=looks,
            fitting=fitting(kept, looks),
            tuning=tuning.read(place),
            decoder=_decoder(strip, place),
            halfway=tuning.halfway(place),
            lent=_lent(strip),
            takes=takes.notes,
            measured=measured,
            outdated=glance.changed(measured, kept, takes.read) if measured else "",
            trouble=trouble.read(kept.folder),
            damaged=takes.damaged,
        )
    except Failure as failure:
        return Overview(folder, problem=failure, trouble=trouble.read(folder))


def _of_copy(strip: Any, original: Study) -> Overview:
    return Overview(
        folder=original.folder,
        lent=_lent(strip),
        decoder=_decoder(strip, None),
        shared=_noted(original).notes,
    )


def _lent(strip: Any) -> Tuning | None:
    """None also where it is not clear whose is meant: the click says it."""
    with contextlib.suppress(Failure):
        other = borrowed(scene_of(strip), order_of(strip.steady))
        return tuning.read(Study.open(other).tuning_folder) if other else None
    return None


def _decoder(strip: Any, own: Path | None) -> Distilled | None:
    """Of the tuning that is used, be it another strip's."""
    with contextlib.suppress(Failure):
        other = borrowed(scene_of(strip), order_of(strip.steady))
        place = Study.open(other).tuning_folder if other else own
        known = tuning.read(place) if place else None
        return small_decoder.read(place, known.mark) if place and known else None
    return None


@frozen
class _Takes:
    read: tuple[Noted, ...]
    notes: tuple[TakeNote, ...]  # of those that are understood
    damaged: Failure | None  # the first of the others


def _noted(kept: Study) -> _Takes:
    read, damaged = kept.noted_takes()
    notes = []
    for take in read:
        try:
            with said_by(take.folder / TAKE):
                notes.append(_note(take))
        except Failure as failure:
            damaged[take.folder.name] = failure
    return _Takes(tuple(read), tuple(notes), next((damaged[name] for name in sorted(damaged)), None))


def _note(take: Noted) -> TakeNote:
    note = take.note()
    return TakeNote(
        name=take.name,
        prompt=str(note.get("prompt", "")),
        way=str(note.get("way", "")),
        model=str(note.get("model", "")),
        painting=from_json(Painting, note["painting"]) if "painting" in note else None,
        fast=int(note.get("fast", 0)),
        taught=str(note.get("taught", "")),
        shown=(int(note["first"]), int(note["last"])) if "first" in note and "last" in note else None,
        complete=take.whole,
        framing=take.framing(),
        method=str(note.get("method", "render")),
        fingerprint=str(note.get("fingerprint", "")),
        source=str(note.get("source", "")),
        smoothed_from=str(note.get("source_fingerprint", "")),
        decoder=str(note.get("decoder", "")),
        prior=_prior(note.get("prior")),
        keys=tuple(str(key.get("look")) for key in note.get("keys", ())),
        made=take.made_at(),
    )


def _prior(said: Any) -> Prior | None:
    """None also where another version wrote it."""
    with contextlib.suppress(Failure):
        return from_json(Prior, said) if said else None
    return None
