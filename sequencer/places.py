"""Where studies lie: the folder of a strip's study, and how paths are written so that a file may move."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy

from ..backend import study
from ..backend.api import Failure, Owner
from ..backend.study import Study
from .strips import Strip, all_strips, handles, own_scenes
from .takes import is_take

ROOT = "steady"


def blend_folder() -> Path | None:
    return Path(bpy.data.filepath).parent if bpy.data.filepath else None


def usual_root(blend: Path | None = None) -> Path | None:
    """The folder beside the .blend that holds its studies; there is none before the first save."""
    folder = blend or blend_folder()
    return folder / ROOT if folder is not None else None


def carriers(known: str) -> Iterator[Strip]:
    """The strips of this file that carry a study's id, the one that comes first in time first."""
    strips = studied().get(known, [])
    yield from sorted(strips, key=lambda strip: (handles(strip), strip.channel, strip.name))


def studied() -> dict[str, list[Strip]]:
    """Every study that strips of this file carry, with those strips. Takes do not count."""
    found: dict[str, list[Strip]] = {}
    for strip in all_in_file():
        if strip.steady.study_id and not is_take(strip):
            found.setdefault(strip.steady.study_id, []).append(strip)
    return found


def all_in_file() -> Iterator[Strip]:
    for scene in own_scenes():
        yield from (strip for strip, _ in all_strips(scene))


def folder_of(strip: Strip, *roots: Path | None, blend: Path | None = None) -> Path | None:
    """The folder of the strip's study: where the strip says, else beside the .blend, in one of `roots`, or where it
    was seen last: a strip that was pasted from another file, or a file that was moved alone, finds it there."""
    known, base = strip.steady.study_id, blend or blend_folder()
    if (said := resolved(strip.steady.study_folder, base)) is not None and _is(said, known):
        return said
    for root in (usual_root(base), *roots):
        if root is not None and (found := _in_root(root, known)) is not None:
            return found
    seen = strip.steady.study_seen
    return Path(seen) if seen and _is(Path(seen), known) else None


def may_hold(strip: Strip, name: str) -> bool:
    """Whether its study may have anything in its folder of this name. Cheap enough for every redraw: where only a
    search would tell, it may."""
    if not strip.steady.study_id:
        return False
    folder = resolved(strip.steady.study_folder, blend_folder())
    if folder is None or not folder.is_dir():
        return True
    with contextlib.suppress(OSError):
        return any((folder / name).iterdir())
    return False


def _in_root(root: Path, known: str) -> Path | None:
    if not root.is_dir():
        return None
    named = next((folder for folder in root.iterdir() if folder.name.endswith(f"-{known}") and folder.is_dir()), None)
    return named if named is not None and _is(named, known) else study.find(root, known)


def _is(folder: Path, known: str) -> bool:
    """A folder without a study.json was claimed and not written yet. A damaged one is told by its name."""
    if study.is_study(folder):
        with contextlib.suppress(Failure):
            return Study.open(folder).id == known
    return folder.is_dir() and folder.name.endswith(f"-{known}")


# --- how paths are written


def spelled(folder: Path, blend: Path | None) -> str:
    """As a strip keeps it: relative to the .blend, so that both can move; Windows knows no way to another drive."""
    way = relative(folder, blend) if blend is not None else ""
    return f"//{way}" if way else str(folder)


def relative(path: Path, start: Path, rules: Any = os.path) -> str:
    """The way from `start`, with forward slashes; '' where there is none."""
    try:
        return rules.relpath(path, start).replace(rules.sep, "/")
    except ValueError:
        return ""


def resolved(text: str, blend: Path | None) -> Path | None:
    if not text:
        return None
    if not text.startswith("//"):
        return Path(text)
    return Path(os.path.normpath(blend / text[2:])) if blend is not None else None


def parent_folder(strip: Strip) -> str:
    """The full path of the study that the strip was copied from; '' where there is none."""
    parent = resolved(strip.steady.parent_folder, blend_folder())
    return str(parent) if parent is not None else ""


def blend_seen_from(folder: Path) -> str:
    """The .blend as study.json names its owner: '' while it is unsaved."""
    path = bpy.data.filepath
    return (relative(Path(path), folder) or Path(path).as_posix()) if path else ""


def owned_by(found: Study, file: Path) -> bool:
    owner = blend_of(found.owner, found.folder)
    return owner.exists() and file.exists() and owner.samefile(file)


def blend_of(owner: Owner, folder: Path) -> Path:
    """The .blend that a study belongs to, which names it as seen from its folder."""
    return Path(os.path.normpath(folder / owner.blend))
