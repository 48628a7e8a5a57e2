"""The looks of a study on disk: a picture each, and beside it how it came about. No picture is ever overwritten."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from . import disk
from .api import ErrorCode, Failure, Look
from .fingerprint import stamp_of
from .frozen import frozen
from .numbered import sweep
from .plain import to_json
from .record import SCHEMA, read_as, read_json, write_json

GONE = "names.json"


@frozen
class Gone:
    """The highest numbers of looks that were deleted, by the beginning of their names, which says the frame."""

    last: tuple[tuple[str, int], ...] = ()


class Gallery:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def picture_path(self, name: str) -> Path:
        return self.folder / f"{name}.png"

    def looks(self) -> list[Look]:
        """Every look whose picture is there too, by frame and in the order in which they came."""
        files = self._files()
        notes = [self._note(name) for name, ending in files if ending == ".json" and (name, ".png") in files]
        return sorted((_read(path) for path in notes), key=lambda look: (look.frame, _place(look.name)))

    def chosen(self) -> list[Look]:
        return [look for look in self.looks() if look.chosen]

    def free_names(self, frame: int, count: int) -> list[str]:
        """Names for new looks of a frame, such as 003-2: none comes again, for a tuning knows its looks by them. A
        picture without its note counts: its writer was ended."""
        stem = _stem(frame)
        first = max(self._gone().get(stem, 0), *_places(stem, (name for name, _ in self._files()))) + 1
        return [f"{stem}-{first + i}" for i in range(count)]

    def retire(self, names: Iterable[str]) -> None:
        """Before their files go."""
        going = set(names)
        left = {name for name, _ in self._files()} - going
        known = self._gone()
        last = {stem: max(_places(stem, going)) for stem in {name.rpartition("-")[0] for name in going}}
        new = {stem: most for stem, most in last.items() if most > max(known.get(stem, 0), *_places(stem, left))}
        if new:
            gone = Gone(tuple(sorted({**known, **new}.items())))
            write_json(self.folder / GONE, {"schema": SCHEMA, **to_json(gone)})

    def add(self, look: Look) -> None:
        """After its picture was written: with the note it is there."""
        write_json(self._note(look.name), {"schema": SCHEMA, **to_json(look)})

    def stamped(self) -> dict[str, Look]:
        """Every look by its stamp, so that none is painted twice; the first of equal ones."""
        return {stamp_of(self.picture_path(look.name)) or "": look for look in reversed(self.looks())}

    def size(self, name: str) -> tuple[int, int]:
        """Width and height, from the head of the file: Blender's Python has nothing that reads pictures."""
        head = disk.read(self.picture_path(name))[16:24]
        return int.from_bytes(head[:4], "big"), int.from_bytes(head[4:], "big")

    def choose(self, names: Sequence[str]) -> None:
        """Choose exactly these. An unknown name is refused before anything is changed."""
        looks = self.looks()
        if unknown := [name for name in names if name not in {look.name for look in looks}]:
            message = f"There is no look “{unknown[0]}”."
            raise Failure(ErrorCode.BAD_INPUT, message, "Choose among those that were made or brought.")
        for look in looks:
            if look.chosen != (look.name in names):
                self.add(replace(look, chosen=not look.chosen))

    def sweep(self) -> None:
        sweep(self.folder)

    def _gone(self) -> dict[str, int]:
        path = self.folder / GONE
        with contextlib.suppress(Failure):  # a damaged note is as good as none
            if disk.long_path(path).is_file():
                plain = read_json(path)
                plain.pop("schema", None)
                return dict(read_as(Gone, plain, path).last)
        return {}

    def _note(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def _files(self) -> set[tuple[str, str]]:
        """The stem and the ending of every picture and every note."""
        with disk.worded(self.folder):
            folder = disk.long_path(self.folder)
            names = [Path(entry.name) for entry in folder.iterdir()] if folder.is_dir() else []
        return {(name.stem, name.suffix) for name in names if name.suffix in (".png", ".json")}


def _read(path: Path) -> Look:
    plain = read_json(path)
    plain.pop("schema", None)
    return read_as(Look, plain, path)


def _stem(frame: int) -> str:
    return f"{'-' * (frame < 0)}{abs(frame):03}"


def _places(stem: str, names: Iterable[str]) -> list[int]:
    return [0, *(_place(name) for name in names if name.rpartition("-")[0] == stem)]


def _place(name: str) -> int:
    last = name.rpartition("-")[2]
    return int(last) if last.isdigit() else 0
