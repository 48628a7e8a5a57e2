"""The takes of a study as a list shows them: how each was made, how large it is, what was measured of it. The panel
puts that into words, in its user's language.

Standard library only: the panel asks for it, on a thread of its own."""

from __future__ import annotations

import contextlib
from dataclasses import fields
from pathlib import Path
from typing import Any

from . import disk, space
from .api import Failure, KeyFigures
from .frozen import frozen
from .numbered import numbered, picture_name
from .plain import from_json
from .study import Study
from .take import Take


@frozen
class Made:
    """Older notes, and those of other versions, may say less."""

    way: str = ""  # or else the method, as notes spell it
    source: str = ""  # the take that it was made from
    strength: float | None = None
    steps: int | None = None


@frozen
class Listed:
    name: str
    made: Made
    prompt: str
    size: int  # bytes
    complete: bool
    frames: int
    picture: Path | None  # from the middle
    stamp: int = 0  # another one where a new picture lies in its place
    figures: KeyFigures | None = None


def takes(folder: Path) -> tuple[Listed, ...]:
    """Those of the study in this folder, by name; () where it cannot be read, which is said elsewhere."""
    with contextlib.suppress(Failure):
        return tuple(_listed(take) for take in Study.open(folder).readable_takes())
    return ()


def _listed(take: Take) -> Listed:
    note, numbers = take.note(), numbered(take.folder)
    picture = take.folder / picture_name(numbers[len(numbers) // 2]) if numbers else None
    return Listed(
        name=take.name,
        made=made(note),
        prompt=str(note.get("prompt", "")),
        size=space.size_of(take.folder),
        complete=take.whole,
        frames=len(numbers),
        picture=picture,
        stamp=_stamp(picture) if picture is not None else 0,
        figures=_figures(take.name, note),
    )


def _stamp(picture: Path) -> int:
    with contextlib.suppress(OSError):
        return disk.long_path(picture).stat().st_mtime_ns
    return 0


def made(note: dict[str, Any]) -> Made:
    said = note.get("painting")
    painting: dict[str, Any] = said if isinstance(said, dict) else {}
    source, strength = note.get("source"), painting.get("strength")
    steps = (note.get("fast") or painting.get("steps")) if painting else None
    return Made(
        way=str(note.get("way") or note.get("method") or ""),
        source=source if isinstance(source, str) else "",
        strength=strength if isinstance(strength, int | float) else None,
        steps=steps if isinstance(steps, int) else None,
    )


def _figures(name: str, note: dict[str, Any]) -> KeyFigures | None:
    """Beside them the note says what they were measured of."""
    measured = note.get("measures")
    if not isinstance(measured, dict):
        return None
    plain = {field.name: measured.get(field.name) for field in fields(KeyFigures)}
    with contextlib.suppress(Failure):
        return from_json(KeyFigures, plain | {"name": name})
    return None
