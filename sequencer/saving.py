"""How studies come to lie beside the .blend, and stay found when it is saved, copied or opened elsewhere."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import bpy
from bpy.app.handlers import persistent

from ..backend import study
from ..backend.api import Failure
from ..backend.study import Study
from . import follow
from .moving import relocate
from .places import ROOT, blend_folder, blend_seen_from, folder_of, owned_by, resolved, spelled, studied, usual_root
from .strips import Strip
from .take_pictures import mend_takes, point_takes

SESSION = "steady_studies"  # on the window manager, which undo does not touch and a file load empties


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
    """Whether the file was saved while the study was written to. One that was relinked stays where the user put it."""
    if file is None or not found.owner.blend or found.folder.parent == usual_root(file.parent):
        return False
    return strip.steady.study_unsettled and owned_by(found, file)


def _is_free(found: Study) -> bool:
    try:
        with found.lock():
            return True
    except Failure:
        return False


def settle() -> None:
    """Move studies that were begun before the first save beside the .blend, as soon as nobody writes to them, and no
    render reads the pictures of their takes."""
    if not bpy.data.filepath:
        return
    file, busy = Path(bpy.data.filepath), follow.is_busy()
    waiting = list(_unsettled(file))
    if waiting and busy and not bpy.app.timers.is_registered(settle_later):
        bpy.app.timers.register(settle_later, first_interval=follow.INTERVAL)
    for _, found in waiting:
        _name_owner_in_full(found)
    for strips, found in waiting:
        new = file.parent / ROOT / found.folder.name
        try:
            if busy or not _is_free(found):
                continue
            _settle(found, new)
        except Failure as failure:  # it stays, and the strip still says where
            print(f"Steady Diffusion: {failure}")
            point_takes(found.id, found.folder)
            continue
        point_takes(found.id, new)
        for strip in strips:
            strip.steady.study_folder, strip.steady.study_seen = "", str(new)
            strip.steady.study_unsettled = False


def settle_later() -> float | None:
    if follow.is_busy():
        return follow.INTERVAL
    settle()
    return None


def _settle(found: Study, new: Path) -> None:
    if not new.exists():
        relocate(found, new)
    moved = Study.open(new)
    moved.set_owner(replace(moved.owner, blend=blend_seen_from(new)))


def _name_owner_in_full(found: Study) -> None:
    """So that the file finds its study if this Blender ends before it is moved, or while it is: here and there."""
    with contextlib.suppress(Failure):  # moving it says what is wrong
        found.set_owner(replace(found.owner, blend=Path(bpy.data.filepath).as_posix()))


# --- when


def _respell(old: Path, new: Path) -> None:
    """Say where the studies are as seen from another folder: a copy of the file may use them, but never owns them."""
    for strips in studied().values():
        for strip in strips:
            settings = strip.steady
            folder = folder_of(strip, blend=old)
            if folder is not None:
                settings.study_folder = "" if folder.parent == usual_root(new) else spelled(folder, new)
            parent = resolved(settings.parent_folder, old)
            if parent is not None:
                settings.parent_folder = spelled(parent, new)


def _note_what_was_written() -> None:
    for strip in (strip for strips in studied().values() for strip in strips if strip.steady.study_claimed):
        folder = folder_of(strip)
        strip.steady.study_claimed = folder is None or not study.is_study(folder)


@persistent
def before_save(path: str, *_: Any) -> None:
    if not path:  # the startup file
        return
    _note_what_was_written()
    file, here = Path(path), blend_folder()
    if here is not None and here != file.parent:
        _respell(here, file.parent)
    if follow.is_busy():  # they stay where they are until it has ended
        return
    for _strips, found in list(_unsettled(file)):
        if _is_free(found):  # so that the file is right once they are there
            point_takes(found.id, file.parent / ROOT / found.folder.name)


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
    for _strips, found in [] if follow.is_busy() else list(_unsettled(Path(path))):
        point_takes(found.id, found.folder)


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
    if bpy.app.timers.is_registered(settle_later):
        bpy.app.timers.unregister(settle_later)
