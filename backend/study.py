"""The study: the folder on disk where everything about one strip lives. The only module that knows its file names."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from . import disk, lock
from .api import ErrorCode, Failure, Owner, Reference, Source
from .fingerprint import fingerprint_of, stamp_of, unstamped
from .gallery import Gallery
from .names import safe_name, take_names
from .numbered import entries, numbered, picture_name, sweep
from .plain import to_json
from .record import ID, SCHEMA, Record, read_as, read_json, read_record, write_json, write_record
from .take import TAKE, Noted, Take

STUDY = "study.json"
LOCK = "lock.json"
REFERENCE = "reference.json"
FILMSTRIP = "reference.png"
REPORT = "report"
GONE = ".gone"  # ends the name of a study's folder while it is removed
LEASE = 60.0  # seconds that a lock outlives the last frame put, while a host goes on sending


class Study:
    def __init__(self, folder: Path, record: Record) -> None:
        self.folder = folder
        self.record = record

    # --- study.json

    @classmethod
    def open(cls, folder: Path) -> Study:
        """Raises BAD_STUDY when there is none, when it is damaged, or when a newer version made it."""
        if not is_study(folder):
            hint = "Choose the folder that holds the strip's study.json."
            raise Failure(ErrorCode.BAD_STUDY, f"“{folder}” holds no study.", hint)
        return cls(folder, read_record(folder / STUDY))

    @classmethod
    def create(cls, folder: Path, known: str, parent: str, owner: Owner, source: Source) -> Study:
        if is_study(folder):
            raise Failure(
                ErrorCode.BAD_STUDY, f"“{folder}” already holds a study.", "Open it, or choose another folder."
            )
        check_id(known)
        study = cls(folder, Record(SCHEMA, known, parent, owner, source))
        study._write()
        return study

    @property
    def id(self) -> str:
        return self.record.id

    @property
    def parent(self) -> str:
        return self.record.parent

    @property
    def owner(self) -> Owner:
        return self.record.owner

    @property
    def source(self) -> Source:
        return self.record.source

    def set_owner(self, owner: Owner) -> None:
        self._update(owner=owner)

    def set_source(self, source: Source) -> None:
        self._update(source=source)

    def fingerprint(self, stage: str) -> str:
        """What the stage was last finished with; '' while it never was."""
        return dict(self.record.fingerprints).get(stage, "")

    def set_fingerprint(self, stage: str, value: str) -> None:
        self._update(fingerprints=tuple(sorted({**dict(self.record.fingerprints), stage: value}.items())))

    def _update(self, **changes: Any) -> None:
        """What another process wrote meanwhile stays: a first save names the owner while frames come in."""
        self.record = read_record(self.folder / STUDY)
        changed = replace(self.record, **changes)
        if changed != self.record:
            self.record = changed
            self._write()

    def _write(self) -> None:
        write_record(self.folder / STUDY, self.record)

    # --- frames

    def frame_path(self, number: int) -> Path:
        return self.folder / "frames" / picture_name(number)

    def alpha_path(self, number: int) -> Path:
        """Where the frame's transparency is kept; there is no such file where the strip covers everything."""
        return self.frame_path(number).with_suffix(".alpha.png")

    def stamp(self) -> str:
        """What every frame carries inside, to tell the frames of these settings from older ones."""
        return fingerprint_of(self.source.fingerprint, self.source.framing)

    def frame_numbers(self) -> list[int]:
        """The frames that are whole and belong to the present source, in order. Opens every frame: not for drawing."""
        mine = self.stamp()
        return [n for n in self._numbers_on_disk() if stamp_of(self.frame_path(n)) == mine]

    def frames_fingerprint(self, numbers: list[int]) -> str:
        """A hash over what the frames show, for every stage downstream: a media file may have been only touched."""
        return fingerprint_of(*((n, fingerprint_of(unstamped(disk.read(self.frame_path(n))))) for n in numbers))

    def _numbers_on_disk(self) -> list[int]:
        return numbered(self.folder / "frames")

    def sweep(self) -> None:
        """Remove what no longer counts: frames of older settings, and what a killed writer left half done."""
        kept = set(self.frame_numbers())
        for number in self._numbers_on_disk():
            if number not in kept:
                disk.remove(self.alpha_path(number))
                disk.remove(self.frame_path(number))
        for folder in (self.folder, self.folder / "frames"):
            sweep(folder)

    # --- reference frames

    def reference(self) -> Reference | None:
        path = self.folder / REFERENCE
        if not disk.long_path(path).is_file():
            return None
        plain = read_json(path)
        plain.pop("distances", None)
        return read_as(Reference, plain, path)

    def set_reference(self, reference: Reference, distances: dict[int, float]) -> None:
        """`distances`: how far each frame is from the nearest reference frame."""
        write_json(self.folder / REFERENCE, to_json(reference) | {"distances": distances})

    @property
    def filmstrip_path(self) -> Path:
        """The reference frames in one picture, for the panel."""
        return self.folder / FILMSTRIP

    # --- looks and tuning

    @property
    def gallery(self) -> Gallery:
        return Gallery(self.folder / "looks")

    @property
    def tuning_folder(self) -> Path:
        return self.folder / "tune"

    # --- takes

    def take(self, name: str) -> Take:
        return Take(name, self.folder / "takes" / safe_name(name))

    def take_to_fill(self, wanted: str, fingerprint: str) -> Take:
        """The one that this very work began before, or a new one: Blender may still show what others hold."""
        for name in take_names(wanted):
            take = self.take(name)
            if _nothing_in(take.folder):
                return take
            with contextlib.suppress(Failure):  # a damaged note is not ours
                if take.note().get("fingerprint") == fingerprint:
                    return Take(str(take.note()["name"]), take.folder)
        raise AssertionError("names have an end")

    def refuse_displaced(self, take: Take) -> None:
        """Its pictures are as large as the strip's frames, and may show another part of the canvas all the same."""
        framing = take.framing()
        if framing is not None and framing != self.source.framing:
            message = f"The take “{take.name}” shows another part of the canvas than the strip's frames do now."
            raise Failure(ErrorCode.BAD_INPUT, message, "Render it again: that makes another take.")

    def takes(self) -> list[Noted]:
        """Every take that has its take.json, by folder name. Raises BAD_STUDY where one of those is damaged."""
        return [_named(folder) for folder in self._take_folders()]

    def noted_takes(self) -> tuple[list[Noted], dict[str, Failure]]:
        """The same, each read once; and what is wrong with those whose take.json is damaged, by folder name."""
        found, damaged = [], {}
        for folder in self._take_folders():
            try:
                found.append(_named(folder))
            except Failure as failure:
                damaged[folder.name] = failure
        return found, damaged

    def readable_takes(self) -> list[Noted]:
        """For work that can do without those whose take.json is damaged."""
        return self.noted_takes()[0]

    def damaged_takes(self) -> dict[str, Failure]:
        return self.noted_takes()[1]

    def refuse_damaged(self, name: str) -> None:
        """A take that is asked for by its name, where only the folder's can be read."""
        if failure := self.damaged_takes().get(safe_name(name)):
            raise failure

    def _take_folders(self) -> list[Path]:
        return [folder for folder in entries(self.folder / "takes") if disk.long_path(folder / TAKE).is_file()]

    # --- what was measured

    @property
    def report_folder(self) -> Path:
        return self.folder / REPORT

    @property
    def measures_path(self) -> Path:
        return self.report_folder / "measures.json"

    @property
    def report_path(self) -> Path:
        return self.report_folder / "report.html"

    @property
    def truth_folder(self) -> Path:
        """What a perfect take would show, numbered as the frames; only the pocket world's is known."""
        return self.report_folder / "truth"

    # --- one writer

    def lock(self) -> contextlib.AbstractContextManager[lock.Lock]:
        return locked(self.folder)

    def renew_lock(self) -> None:
        """For one request of many: the lock was taken by the first. Raises when another writer has it by now."""
        lock.Lock(self.folder / LOCK).renew()


# --- finding studies


def check_id(known: str) -> None:
    if not ID.fullmatch(known):
        raise Failure(ErrorCode.BAD_PARAMS, f"A study's id is eight hex digits, and not “{known[:40]}”.")


def is_study(folder: Path) -> bool:
    return disk.long_path(folder / STUDY).is_file()


def all_in(root: Path) -> list[Study]:
    """Every study directly in this folder that can be read, by folder name."""
    found = []
    for folder in entries(root):
        if is_study(folder) and folder.suffix not in (disk.TEMPORARY, GONE):  # not whole yet, or not any more
            with contextlib.suppress(Failure):  # a damaged one is said when it is opened
                found.append(Study.open(folder))
    return found


def find(root: Path, known: str) -> Path | None:
    """The folder in `root` of the study with this id, also when it was renamed or its study.json is damaged."""
    for study in all_in(root):
        if study.id == known:
            return study.folder
    named = [f for f in entries(root) if f.name.endswith(f"-{known}") and is_study(f)]
    return next((f for f in named if not _readable(f)), None)


def folder_name(strip: str, known: str) -> str:
    return f"{safe_name(strip)}-{known}"


# --- files


def locked(folder: Path) -> contextlib.AbstractContextManager[lock.Lock]:
    """Keep other writers out of the study while this lasts; STUDY_LOCKED names the one that is there already."""
    return lock.held(folder / LOCK)


def take_lock(folder: Path, lease: float) -> lock.Lock:
    """Take the study for several requests: until `lease` seconds after the last renewal, or until `locked` ends."""
    return lock.take(folder / LOCK, lease)


def release_lock(folder: Path) -> None:
    """End a lease before its time. A lock of others stays."""
    lock.Lock(folder / LOCK).release()


def _nothing_in(folder: Path) -> bool:
    """Also where the first thing that was to lie there could not be written, or its writer was killed."""
    place = disk.long_path(folder)
    return not place.exists() or (place.is_dir() and all(e.name.endswith(disk.TEMPORARY) for e in entries(folder)))


def _named(folder: Path) -> Noted:
    note = Take("", folder).note()
    return Noted(str(note.get("name", folder.name)), folder, note)


def _readable(folder: Path) -> bool:
    try:
        Study.open(folder)
    except Failure:
        return False
    return True
