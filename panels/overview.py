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
from ..backend.plain import from_json
from ..backend.small_decoder import Distilled
from ..backend.study import Study, is_study
from ..backend.take import Take
from ..backend.trouble import Trouble
from ..backend.tuning import Halfway, Tuning
from ..operators.tune import borrowed
from ..preferences import preferences, studies_folder
from ..sequencer import places, strips
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
        return replace(self, name="", fingerprint="", made=0.0)


@frozen
class Overview:
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
    measured: Glance | None = None
    outdated: str = ""  # why that does not speak of what is there now
    problem: Failure | None = None  # of the study itself: then nothing else is known
    damaged: Failure | None = None  # the first take that cannot be read
    trouble: Trouble | None = None  # what ended the last work on it

    @property
    def total(self) -> int:
        """The number of frames that are worked on."""
        return self.source.last - self.source.first + 1 if self.source else 0

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
        place, takes = kept.tuning_folder, kept.readable_takes()
        measured, looks = glance.read(kept), tuple(kept.gallery.looks())
        return Overview(
            folder=folder,
            source=kept.source,
            reference=kept.reference(),
            looks=looks,
            fitting=fitting(kept, looks),
            tuning=tuning.read(place),
            decoder=_decoder(strip, place),
            halfway=tuning.halfway(place),
            lent=_lent(strip),
            takes=tuple(_note(take) for take in takes),
            measured=measured,
            outdated=glance.changed(measured, kept, takes) if measured else "",
            trouble=trouble.read(folder),
            damaged=next(iter(kept.damaged_takes().values()), None),
        )
    except Failure as failure:
        return Overview(folder, problem=failure, trouble=trouble.read(folder))


def _lent(strip: Any) -> Tuning | None:
    """None also where it is not clear whose is meant: the click says it."""
    with contextlib.suppress(Failure):
        other = borrowed(strips.sequencer_scene(bpy.context), order_of(strip.steady))
        return tuning.read(Study.open(other).tuning_folder) if other else None
    return None


def _decoder(strip: Any, own: Path) -> Distilled | None:
    """Of the tuning that is used, be it another strip's."""
    with contextlib.suppress(Failure):
        other = borrowed(strips.sequencer_scene(bpy.context), order_of(strip.steady))
        place = Study.open(other).tuning_folder if other else own
        known = tuning.read(place)
        return small_decoder.read(place, known.mark) if known else None
    return None


def _note(take: Take) -> TakeNote:
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
        complete=bool(note.get("complete")),
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
