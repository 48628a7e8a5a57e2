"""Where studies lie beside the .blend, and how they stay found when it is saved, copied or opened elsewhere."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import bpy
from bpy.app.handlers import persistent

from ..backend import disk, study
from ..backend.api import Failure, Owner
from ..backend.study import Study
from .strips import Strip, all_strips, handles
from .takes import is_take

ROOT = "steady"
SESSION = "steady_studies"  # on the window manager, which undo does not touch and a file load empties


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
    for strip in _all():
        if strip.steady.study_id and not is_take(strip):
            found.setdefault(strip.steady.study_id, []).append(strip)
    return found


def _all() -> Iterator[Strip]:
    for scene in bpy.data.scenes:
        if scene.library is None:
            yield from (strip for strip, _ in all_strips(scene))


def folder_of(strip: Strip, *roots: Path | None, blend: Path | None = None) -> Path | None:
    """The folder of the strip's study: where the strip says, else beside the .blend, in one of `roots`, or where it
    was seen last: a strip that was pasted from another file, or a file that was moved alone, finds it there."""
    known, base = strip.steady.study_id, blend or blend_folder()
    if (said := _resolved(strip.steady.study_folder, base)) is not None and _is(said, known):
        return said
    for root in (usual_root(base), *roots):
        if root is not None and (found := _in_root(root, known)) is not None:
            return found
    seen = strip.steady.study_seen
    return Path(seen) if seen and _is(Path(seen), known) else None


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


def _resolved(text: str, blend: Path | None) -> Path | None:
    if not text:
        return None
    if not text.startswith("//"):
        return Path(text)
    return Path(os.path.normpath(blend / text[2:])) if blend is not None else None


def parent_folder(strip: Strip) -> str:
    """The full path of the study that the strip was copied from; '' where there is none."""
    parent = _resolved(strip.steady.parent_folder, blend_folder())
    return str(parent) if parent is not None else ""


def blend_seen_from(folder: Path) -> str:
    """The .blend as study.json names its owner: '' while it is unsaved."""
    path = bpy.data.filepath
    return (relative(Path(path), folder) or Path(path).as_posix()) if path else ""


# --- the studies of a file that was never saved


def remember(known: str) -> None:
    manager = bpy.data.window_managers[0]
    manager[SESSION] = f"{manager.get(SESSION, '')} {known}".strip()


def is_ours(known: str) -> bool:
    """Whether the study was begun in this window, in the file that is open."""
    return known in bpy.data.window_managers[0].get(SESSION, "").split()


def _unsettled(file: Path | None) -> Iterator[tuple[list[Strip], Study]]:
    """Studies that were begun before the first save, and that do not lie beside the file yet."""
    for known, strips in studied().items():
        folder = folder_of(strips[0])
        if folder is None or not study.is_study(folder):
            continue
        with contextlib.suppress(Failure):  # damaged: it can stay where it is until the next save
            found = Study.open(folder)
            if (is_ours(known) and not found.owner.blend) or _was_left_behind(strips[0], found, file):
                yield strips, found


def _was_left_behind(strip: Strip, found: Study, file: Path | None) -> bool:
    """Whether the file was saved while the study was written to. Only a strip of an unsaved file names its folder in
    full: a study that was relinked stays where the user put it."""
    if file is None or not found.owner.blend or found.folder.parent == usual_root(file.parent):
        return False
    said = strip.steady.study_folder
    return bool(said) and not said.startswith("//") and owned_by(found, file)


def owned_by(found: Study, file: Path) -> bool:
    owner = blend_of(found.owner, found.folder)
    return owner.exists() and file.exists() and owner.samefile(file)


def blend_of(owner: Owner, folder: Path) -> Path:
    """The .blend that a study belongs to, which names it as seen from its folder."""
    return Path(os.path.normpath(folder / owner.blend))


def _is_free(found: Study) -> bool:
    try:
        with found.lock():
            return True
    except Failure:
        return False


def settle() -> None:
    """Move studies that were begun before the first save beside the .blend, as soon as nobody writes to them."""
    if not bpy.data.filepath:
        return
    file = Path(bpy.data.filepath)
    for strips, found in list(_unsettled(file)):
        new = file.parent / ROOT / found.folder.name
        try:
            if not _is_free(found):
                _name_owner(found)  # so that the file finds its study if this Blender ends before it can be moved
                continue
            _settle(found, new)
        except Failure as failure:  # it stays, and the strip still says where
            print(f"Steady Diffusion: {failure}")
            _point_takes(found.id, found.folder)
            continue
        _point_takes(found.id, new)
        for strip in strips:
            strip.steady.study_folder, strip.steady.study_seen = "", str(new)


def _settle(found: Study, new: Path) -> None:
    if not new.exists():
        _relocate(found, new)
    _name_owner(Study.open(new))


def _name_owner(found: Study) -> None:
    found.set_owner(replace(found.owner, blend=blend_seen_from(found.folder)))


def _relocate(found: Study, new: Path) -> None:
    old = found.folder
    disk.make_folder(new.parent)
    with found.lock(), disk.worded(new):
        try:
            disk.long_path(old).rename(disk.long_path(new))
        except OSError:
            _copy_over(old, new)
    disk.remove(new / study.LOCK)  # it came along, and its owner cannot find it to take it away
    shutil.rmtree(disk.long_path(old), ignore_errors=True)


def _copy_over(old: Path, new: Path) -> None:
    """To another disk. Under a temporary name until it is whole."""
    partial = disk.long_path(new.with_name(new.name + disk.TEMPORARY))
    shutil.rmtree(partial, ignore_errors=True)
    try:
        shutil.copytree(disk.long_path(old), partial)
        partial.rename(disk.long_path(new))
    except OSError:
        shutil.rmtree(partial, ignore_errors=True)
        raise


# --- the pictures of takes


def _takes() -> Iterator[Strip]:
    return (strip for strip in _all() if is_take(strip))


def _point_takes(known: str, folder: Path) -> None:
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


# --- when


def _respell(old: Path, new: Path) -> None:
    """Say where the studies are as seen from another folder: a copy of the file may use them, but never owns them."""
    for strips in studied().values():
        for strip in strips:
            settings = strip.steady
            folder = folder_of(strip, blend=old)
            if folder is not None:
                settings.study_folder = "" if folder.parent == usual_root(new) else spelled(folder, new)
            parent = _resolved(settings.parent_folder, old)
            if parent is not None:
                settings.parent_folder = spelled(parent, new)


@persistent
def before_save(path: str, *_: Any) -> None:
    if not path:  # the startup file
        return
    file, here = Path(path), blend_folder()
    if here is not None and here != file.parent:
        _respell(here, file.parent)
    for _strips, found in list(_unsettled(file)):
        if _is_free(found):
            _point_takes(
                found.id, file.parent / ROOT / found.folder.name
            )  # so that the file is right once they are there


@persistent
def after_save(path: str, *_: Any) -> None:
    if not path:
        return
    if path != bpy.data.filepath:  # a copy was saved, and this file is still where it was
        take_back(path)
        return
    settle()


@persistent
def take_back(path: str, *_: Any) -> None:
    """Nothing was saved after all."""
    if not path:
        return
    here = blend_folder()
    if here is not None and here != Path(path).parent:
        _respell(Path(path).parent, here)
    for _strips, found in list(_unsettled(Path(path))):
        _point_takes(found.id, found.folder)


@persistent
def after_change_of_file(*_: Any) -> None:
    mend_takes()


def _handlers() -> Iterator[tuple[Any, Any]]:
    handlers = bpy.app.handlers
    yield handlers.save_pre, before_save
    yield handlers.save_post, after_save
    yield handlers.save_post_fail, take_back
    for moment in (handlers.load_post, handlers.undo_post, handlers.redo_post):
        yield moment, after_change_of_file


def register() -> None:
    for moment, action in _handlers():
        moment.append(action)


def unregister() -> None:
    for moment, action in _handlers():
        moment.remove(action)
