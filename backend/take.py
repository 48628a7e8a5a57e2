"""A take: one rendered result, a folder of frames with a note of what made it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from . import disk
from .api import Framing
from .fingerprint import stamp_of
from .frozen import frozen
from .numbered import numbered, picture_name, sweep
from .plain import from_json
from .record import SCHEMA, read_json, write_json

TAKE = "take.json"


@frozen
class Take:
    """One rendered result: a folder of frames, numbered as the source's."""

    name: str
    folder: Path

    def picture_path(self, number: int) -> Path:
        return self.folder / picture_name(number)

    def numbers(self) -> list[int]:
        return [n for n in numbered(self.folder) if stamp_of(self.picture_path(n)) is not None]

    def note(self) -> dict[str, Any]:
        """Every parameter that made it, and its measures: what take.json says, and {} where there is none yet."""
        path = self.folder / TAKE
        return read_json(path) if disk.long_path(path).is_file() else {}

    def set_note(self, parameters: dict[str, Any]) -> None:
        write_json(self.folder / TAKE, {"schema": SCHEMA, "name": self.name, **parameters})

    def add_to_note(self, parameters: dict[str, Any]) -> None:
        """Whoever measured the take may have written into it too."""
        before = self.note()
        if before | parameters != before:
            self.set_note(before | parameters)

    @property
    def whole(self) -> bool:
        """Not broken off. A take that was laid back from Blender does not say it."""
        return self.note().get("complete") is not False

    def framing(self) -> Framing | None:
        """Where its pictures lie on the canvas, which the strip's own may not do any more. None in older notes."""
        said = self.note().get("framing")
        return from_json(Framing, said) if said else None

    def made_at(self) -> float:
        """When its last picture was; its note may be newer. 0 while that is not there."""
        number = self.note().get("last")
        if not isinstance(number, int):
            return 0.0
        last = disk.long_path(self.picture_path(number))
        return last.stat().st_mtime if last.is_file() else 0.0

    def sweep(self) -> None:
        sweep(self.folder)


@frozen
class Noted(Take):
    """A take and its note, which was read once: what is asked of it speaks of that moment."""

    said: dict[str, Any]

    def note(self) -> dict[str, Any]:
        return self.said
