"""The pictures of takes and comparisons stay found: they lie in the study, and strips name them by their path."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import bpy

from .places import all_in_file, blend_folder, carriers, folder_of, spelled
from .strips import Strip
from .takes import is_take

TAKES = "takes"


def _takes() -> Iterator[tuple[Strip, str]]:
    """Every strip that shows pictures of a study, and that study: takes, and the quarters of comparisons."""
    for strip in all_in_file():
        if strip.type == "IMAGE" and strip.steady.comparison:
            yield strip, strip.steady.comparison
        elif is_take(strip):
            yield strip, strip.steady.study_id


def point_takes(known: str, folder: Path) -> None:
    for take, study in _takes():
        if study == known:
            _point(take, _inside(take, folder))


def _inside(take: Strip, folder: Path) -> Path:
    """Where the take's pictures are when its study is in this folder."""
    parts = Path(bpy.path.abspath(take.directory)).parts
    return folder.joinpath(*parts[-2:] if parts[-2] == TAKES else parts[-1:])  # else it shows the strip's own frames


def are_there(take: Strip) -> bool:
    return Path(bpy.path.abspath(take.directory)).is_dir()


def look_again(folder: Path) -> None:
    """A take was painted anew in its place: of a picture that Blender has read once it shows what it was (5.0)."""
    for take, _ in _takes():
        with contextlib.suppress(OSError):  # one of them is gone
            if folder.samefile(bpy.path.abspath(take.directory)):
                take.directory = str(take.directory)


def _point(take: Strip, folder: Path) -> None:
    relative = take.directory.startswith("//")
    take.directory = (spelled(folder, blend_folder()) if relative else str(folder)) + os.sep


def mend_takes() -> None:
    """Takes whose pictures are gone find them in their study: it was moved, or undo brought back its old place."""
    for take, study in _takes():
        if are_there(take):
            continue
        places = [folder_of(strip) for strip in carriers(study)] or ([folder_of(take)] if is_take(take) else [])
        here = next((place for place in places if place is not None and _inside(take, place).is_dir()), None)
        if here is not None:
            _point(take, _inside(take, here))
