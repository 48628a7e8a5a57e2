"""The pictures of takes stay found: they lie in the study, and a take's strip names them by their path."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import bpy

from .places import all_in_file, blend_folder, carriers, folder_of, spelled
from .strips import Strip
from .takes import is_take


def _takes() -> Iterator[Strip]:
    return (strip for strip in all_in_file() if is_take(strip))


def point_takes(known: str, folder: Path) -> None:
    for take in _takes():
        if take.steady.study_id == known:
            _point(take, _inside(take, folder))


def _inside(take: Strip, folder: Path) -> Path:
    """Where the take's pictures are when its study is in this folder."""
    return folder.joinpath(*Path(bpy.path.abspath(take.directory)).parts[-2:])


def _point(take: Strip, folder: Path) -> None:
    relative = take.directory.startswith("//")
    take.directory = (spelled(folder, blend_folder()) if relative else str(folder)) + os.sep


def mend_takes() -> None:
    """Takes whose pictures are gone find them in their study: it was moved, or undo brought back its old place."""
    for take in _takes():
        if Path(bpy.path.abspath(take.directory)).is_dir():
            continue
        places = [folder_of(strip) for strip in carriers(take.steady.study_id)] or [folder_of(take)]
        here = next((place for place in places if place is not None and _inside(take, place).is_dir()), None)
        if here is not None:
            _point(take, _inside(take, here))
