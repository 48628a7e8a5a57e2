"""The looks of a study on disk: a picture each, and beside it how it came about. Nothing here is ever overwritten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from . import disk
from .api import ErrorCode, Failure, Look
from .plain import to_json
from .record import SCHEMA, read_as, read_json, write_json


class Gallery:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def picture_path(self, name: str) -> Path:
        return self.folder / f"{name}.png"

    def looks(self) -> list[Look]:
        """Every look whose picture is there too, by frame and in the order in which they came."""
        if not disk.long_path(self.folder).is_dir():
            return []
        notes = [path for path in self.folder.glob("*.json") if disk.long_path(path.with_suffix(".png")).is_file()]
        return sorted((_read(path) for path in notes), key=lambda look: (look.frame, _place(look.name)))

    def chosen(self) -> list[Look]:
        return [look for look in self.looks() if look.chosen]

    def free_names(self, frame: int, count: int) -> list[str]:
        """Names for new looks of a frame, such as 003-2."""
        taken = {_place(path.stem) for path in self.folder.glob(f"{_stem(frame)}-*.*")}
        first = max(taken, default=0) + 1
        return [f"{_stem(frame)}-{first + i}" for i in range(count)]

    def add(self, look: Look) -> None:
        """After its picture was written: with the note it is there."""
        write_json(self._note(look.name), {"schema": SCHEMA, **to_json(look)})

    def choose(self, names: Sequence[str]) -> None:
        """Choose exactly these. An unknown name is refused before anything is changed."""
        looks = self.looks()
        if unknown := [name for name in names if name not in {look.name for look in looks}]:
            message = f"There is no look “{unknown[0]}”."
            raise Failure(ErrorCode.BAD_INPUT, message, "Choose among those that were made or brought.")
        for look in looks:
            if look.chosen != (look.name in names):
                self.add(replace(look, chosen=not look.chosen))

    def _note(self, name: str) -> Path:
        return self.folder / f"{name}.json"


def _read(path: Path) -> Look:
    plain = read_json(path)
    plain.pop("schema", None)
    return read_as(Look, plain, path)


def _stem(frame: int) -> str:
    return f"{'-' * (frame < 0)}{abs(frame):03}"


def _place(name: str) -> int:
    last = name.rpartition("-")[2]
    return int(last) if last.isdigit() else 0
