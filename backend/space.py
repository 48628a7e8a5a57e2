"""How much of the disk studies take, and what of them may go: takes, looks, a state, a whole study.

Standard library only: both sides import it."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Collection, Iterator
from enum import Enum
from pathlib import Path

from . import disk, study, tuning
from .api import ErrorCode, Failure
from .frozen import frozen
from .numbered import entries
from .study import Study
from .take import TAKE

KILO = 1000


class Kind(Enum):
    STUDY = "study"  # of a strip that is gone
    TAKE = "take"  # that no strip shows, or that was broken off before it had a note
    LOOKS = "looks"  # that were not chosen
    STATE = "state"  # of a tuning that is finished: it could go on from there with more iterations


@frozen
class Spare:
    """What may go from a study, and how much of the disk that frees."""

    kind: Kind
    folder: Path  # of the study
    strip: str  # that the study is of
    paths: tuple[Path, ...]  # in the order in which they go: first what says that the others count
    size: int
    count: int = 1

    @property
    def key(self) -> str:
        """Tells it from everything else that may go, also when it is looked for again."""
        return f"{self.kind.value} {self.paths[0] if self.kind is Kind.TAKE else self.folder}"

    @property
    def name(self) -> str:
        return self.paths[0].name


# --- how much there is


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files in a folder and below it. What goes away meanwhile does not count."""
    with contextlib.suppress(OSError):
        place = disk.long_path(path)
        return sum(_sizes(place)) if place.is_dir() else place.stat().st_size
    return 0


def _sizes(folder: Path) -> Iterator[int]:
    with contextlib.suppress(OSError), os.scandir(folder) as inside:
        for entry in inside:
            with contextlib.suppress(OSError):
                if entry.is_dir(follow_symlinks=False):
                    yield from _sizes(Path(entry.path))
                else:
                    yield entry.stat(follow_symlinks=False).st_size


def in_words(size: int) -> str:
    """Bytes in the units that file managers use, with as many digits as mean something."""
    for unit, power in (("GB", 3), ("MB", 2), ("kB", 1)):
        if size >= 0.9995 * KILO**power or power == 1:
            count = size / KILO**power
            return f"{count:.1f} {unit}" if count < 9.95 else f"{count:.0f} {unit}"
    raise AssertionError("there is a smallest unit")


# --- what may go


def spare_in(kept: Study, shown: Collection[Path]) -> list[Spare]:
    """What of a study may go while its strip stays. `shown`: the folders of the takes that strips show."""
    found = [_spare(kept, Kind.TAKE, (folder,)) for folder in takes_in(kept) if folder not in shown]
    return [*found, *_looks(kept), *_state(kept)]


def whole(kept: Study) -> Spare:
    """The study as such: study.json goes last, so that what is left of a deletion that failed is still known."""
    return _spare(kept, Kind.STUDY, (kept.folder,))


def takes_in(kept: Study) -> list[Path]:
    """The folders of all takes, also of those that were broken off before they had a note."""
    return [folder for folder in entries(kept.folder / "takes") if disk.long_path(folder).is_dir()]


def _looks(kept: Study) -> Iterator[Spare]:
    """Where none is chosen yet all of them are still to choose from."""
    gallery = kept.gallery
    looks = gallery.looks()
    others = [look for look in looks if not look.chosen]
    if others and len(others) < len(looks):
        pictures = [gallery.picture_path(look.name) for look in others]
        notes = [path.with_suffix(".json") for path in pictures]
        yield _spare(kept, Kind.LOOKS, (*notes, *pictures), len(others))


def _state(kept: Study) -> Iterator[Spare]:
    folder = kept.tuning_folder
    made, half = tuning.read(folder), tuning.halfway(folder)
    if made is None or half is None or made.fingerprint != half.fingerprint:
        return
    astray = bool(made.warning)  # it has come as far as it can
    if astray or half.step >= half.iterations:
        yield _spare(kept, Kind.STATE, (folder / tuning.STATE_NOTE, folder / tuning.STATE))


def _spare(kept: Study, kind: Kind, paths: tuple[Path, ...], count: int = 1) -> Spare:
    return Spare(kind, kept.folder, kept.owner.strip, paths, sum(map(size_of, paths)), count)


# --- how it goes


def remove(spare: Spare) -> None:
    """For good. Refused while anybody writes to the study."""
    _refuse_link(spare.folder)
    with study.locked(spare.folder):
        if spare.kind is Kind.LOOKS:
            Study.open(spare.folder).gallery.retire(path.stem for path in spare.paths)
        for path in spare.paths:
            if spare.kind is Kind.STUDY:
                _empty(path)
            elif spare.kind is Kind.TAKE:
                remove_folder(path, first=TAKE)
            else:
                disk.remove(path)
    if spare.kind is Kind.STUDY:
        remove_folder(spare.folder)  # the lock file was the last in it


def remove_take(kept: Study, name: str) -> int:
    """For good; how much that frees. One that is not there any more frees nothing."""
    folder = take_folder(kept, name)
    size = size_of(folder)
    with kept.lock():
        remove_folder(folder, first=TAKE)
    return size


def take_folder(kept: Study, name: str) -> Path:
    """Where the take lies, also when its folder was given another name."""
    found = next((take.folder for take in kept.readable_takes() if take.name == name), None)
    if found is None:
        kept.refuse_damaged(name)
    return found or kept.take(name).folder


def remove_folder(folder: Path, first: str = "") -> None:
    """`first`: the file that says what the others are. Without it what is left counts for nothing."""
    place = disk.long_path(folder)
    if not place.exists():
        return
    _refuse_link(folder)
    with disk.worded(folder):
        if first:
            disk.remove(folder / first)
        disk.patiently(lambda: shutil.rmtree(place))


def _refuse_link(folder: Path) -> None:
    if disk.long_path(folder).is_symlink():
        message = f"“{folder}” is a link to a folder somewhere else."
        raise Failure(ErrorCode.DISK, message, "Delete that folder yourself, and then the link.")


def _empty(folder: Path) -> None:
    """All but the lock, which is held."""
    inside = [path for path in entries(folder) if path.name not in (study.STUDY, study.LOCK)]
    for path in (*inside, folder / study.STUDY):
        if disk.long_path(path).is_dir() and not disk.long_path(path).is_symlink():
            remove_folder(path)
        else:
            disk.remove(path)
