"""Which study is a strip's own: found by the id that the strip carries, through copies, undo, renames and moves.

Blender copies the id whenever it copies a strip, so the id alone says nothing. The study says which strip owns it."""

from __future__ import annotations

import re
import secrets
from enum import Enum
from pathlib import Path
from typing import Any

import bpy
from bpy.app.handlers import persistent

from ..backend import disk, study
from ..backend.api import ErrorCode, Failure, Owner
from ..backend.frozen import frozen
from ..backend.study import Study
from . import moving, places, saving, take_pictures
from .fingerprint import media_files
from .strips import Scene, Strip, all_strips, own_scenes, refusal
from .takes import is_take, takes_of

NOTHING = "steady_nothing"  # on the window manager, which undo does not touch and a file load empties


class Kind(Enum):
    NEW = "NEW"  # never worked on
    OWN = "OWN"  # this strip may write to its study
    COPY = "COPY"  # the study is another strip's or another file's; this one gets its own at its first write
    LOST = "LOST"  # the strip knows its study, and the folder is not where it should be
    REFOUND = "REFOUND"  # undo took the id away, and the study is still there


@frozen
class Identity:
    """What is known of a strip's study. For a COPY it is the study of the strip that it was copied from."""

    kind: Kind
    id: str = ""
    folder: Path | None = None


def locate(scene: Scene, strip: Strip, studies_folder: Path) -> Identity:
    """Find the strip's study, and change nothing. Reads files: not for drawing. Raises BAD_STUDY where one is damaged.

    A take has its source's study, and never owns it."""
    known = strip.steady.study_id
    if not known:
        return _refound(scene, strip, studies_folder) or Identity(Kind.NEW)
    folder = places.folder_of(strip, studies_folder)
    if folder is None:
        return Identity(Kind.LOST, known)
    if not is_take(strip) and _owns(scene, strip, folder):
        return Identity(Kind.OWN, known, folder)
    return _refound(scene, strip, studies_folder) or Identity(Kind.COPY, known, folder)


def unfit(scene: Scene, strip: Strip) -> Failure | None:
    """Why a strip can have no study of its own. Cheap enough for every redraw: it does not look at files."""
    if is_take(strip):
        source = strip.steady.take_source
        return Failure(ErrorCode.BAD_INPUT, f"“{strip.name}” is a take of “{source}”.", f"Select “{source}” instead.")
    return refusal(scene, strip, look_at_files=False)


def lost(strip: Strip) -> Failure:
    message = f"The study of “{strip.name}” is not where it was."
    return Failure(ErrorCode.BAD_STUDY, message, "Press Relink and choose its folder, or press Begin Anew.")


def claim(scene: Scene, strip: Strip, studies_folder: Path) -> tuple[Path, str, str, Owner]:
    """The folder, id, parent's id and owner to write a study with. The strip carries the id from now on."""
    if (failure := unfit(scene, strip)) is not None:
        raise failure
    saving.settle()
    moving.sweep(studies_folder)
    found = locate(scene, strip, studies_folder)
    if found.kind is Kind.LOST:
        raise lost(strip)
    if found.kind is Kind.NEW or found.kind is Kind.COPY:
        return _begin(scene, strip, studies_folder, found)
    assert found.folder is not None
    _carry(strip, found.id, found.folder)
    parent = Study.open(found.folder).parent if study.is_study(found.folder) else ""
    return found.folder, found.id, parent, _owner(scene, strip, found.folder)


def owner_now(scene: Scene, strip: Strip, folder: Path, claimed: Owner) -> Owner:
    """Of a claim whose file may have been saved as another since. What was written before stays the first one's."""
    if study.is_study(folder) and not (strip.steady.study_id and _owns(scene, strip, folder)):
        return claimed
    return _owner(scene, strip, folder)


def relink(scene: Scene, strip: Strip, folder: Path) -> Identity:
    """Tell a strip where its study lies now, and its takes where their pictures are."""
    if (failure := refusal(scene, strip, look_at_files=False)) is not None:
        raise failure
    chosen = Study.open(folder)
    if strip.steady.study_id not in ("", chosen.id):
        message = f"“{folder.name}” is the study of “{chosen.owner.strip}”, and not of “{strip.name}”."
        raise Failure(ErrorCode.BAD_STUDY, message, f"Choose the folder whose name ends in {strip.steady.study_id}.")
    for carrier in {strip, *places.carriers(chosen.id)}:
        _carry(carrier, chosen.id, folder)
        carrier.steady.study_unsettled = False
    take_pictures.mend_takes()
    return locate(scene, strip, folder.parent)


def begin_anew(scene: Scene, strip: Strip, studies_folder: Path) -> None:
    """Let go of a study that is lost or damaged. What is left of its folder stays where it is."""
    if not _is_beyond_reach(scene, strip, studies_folder):
        message = f"“{strip.name}” has no study that is lost or damaged."
        raise Failure(ErrorCode.BAD_INPUT, message, "To begin anew, move the folder of its study away first.")
    settings = strip.steady
    settings.ancestors = f"{settings.study_id} {settings.ancestors}".strip()  # its takes are still its own
    settings.study_id = settings.study_folder = settings.study_seen = settings.parent_folder = ""
    settings.study_claimed = False


def give_back(strip: Strip, folder: Path, id_before: str) -> None:
    """End a claim. When it came to nothing: no strip should carry the id of a study that was never written."""
    saving.settle()
    kept, settings = places.folder_of(strip), strip.steady
    if kept is not None and study.is_study(kept):
        settings.study_claimed = False
        return
    if settings.study_id == id_before:
        return
    bpy.data.window_managers[0][NOTHING] = {**_came_to_nothing(), settings.study_id: id_before}
    settings.study_id, settings.study_folder = id_before, ""
    nearest, _, older = settings.ancestors.partition(" ")
    if id_before and nearest == id_before:
        settings.study_folder, settings.parent_folder, settings.ancestors = settings.parent_folder, "", older
    original = places.folder_of(strip) if id_before else None
    settings.study_claimed = original is not None and not study.is_study(original)  # it may wait, too
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def _came_to_nothing() -> dict[str, str]:
    """Of the studies that were given back, what their strips carried before."""
    kept = bpy.data.window_managers[0].get(NOTHING)
    return kept.to_dict() if kept is not None else {}


@persistent
def after_undo(*_: Any) -> None:
    """A step from while it was claimed brings the id of a study back that was never written."""
    before = _came_to_nothing()
    carried = places.studied() if before else {}
    for known in before.keys() & carried.keys():
        for strip in carried[known]:
            give_back(strip, Path(strip.steady.study_seen), before[known])


@persistent
def after_load(*_: Any) -> None:
    """A file that was saved while a claim waited carries the id also where the claim came to nothing later."""
    claimed = [s for strips in places.studied().values() for s in strips if s.steady.study_claimed]
    gone = {strip.steady.study_id for strip in claimed if places.folder_of(strip) is None}
    for strip in claimed:
        while strip.steady.study_id in gone and places.folder_of(strip) is None:  # a copy's original may be, too
            before = strip.steady.ancestors.partition(" ")[0] if strip.steady.parent_folder else ""
            give_back(strip, Path(strip.steady.study_seen), before)


def _is_beyond_reach(scene: Scene, strip: Strip, studies_folder: Path) -> bool:
    try:
        return locate(scene, strip, studies_folder).kind is Kind.LOST
    except Failure:  # damaged, or of a newer version
        return True


def _begin(scene: Scene, strip: Strip, studies_folder: Path, copied: Identity) -> tuple[Path, str, str, Owner]:
    new = secrets.token_hex(4)
    folder = (places.usual_root() or studies_folder) / study.folder_name(strip.name, new)
    disk.make_folder(folder)  # says at once when nothing can be written here
    settings = strip.steady
    if copied.folder is not None:
        settings.ancestors = f"{copied.id} {settings.ancestors}".strip()
        settings.parent_folder = places.spelled(copied.folder, places.blend_folder())
    _carry(strip, new, folder)
    if not bpy.data.filepath:
        saving.remember(new)
    parent = copied.id if copied.folder is not None and study.is_study(copied.folder) else ""
    return folder, new, parent, _owner(scene, strip, folder)


def _carry(strip: Strip, known: str, folder: Path) -> None:
    settings = strip.steady
    settings.study_id, settings.study_seen = known, str(folder)
    settings.study_claimed = not study.is_study(folder)
    settings.study_unsettled = settings.study_unsettled or not bpy.data.filepath
    beside = folder.parent == places.usual_root()
    settings.study_folder = "" if beside else places.spelled(folder, places.blend_folder())


def _owner(scene: Scene, strip: Strip, folder: Path) -> Owner:
    return Owner(places.blend_seen_from(folder), scene.name, strip.name)


def _owns(scene: Scene, strip: Strip, folder: Path) -> bool:
    carriers = list(places.carriers(strip.steady.study_id))
    if not study.is_study(folder):  # claimed, and never written
        return (bool(bpy.data.filepath) or saving.is_ours(strip.steady.study_id)) and carriers[0] == strip
    owner = Study.open(folder).owner
    if not _same_file(owner, folder, strip.steady.study_id):
        return False
    names = {(s.name, other.name): other for s in own_scenes() for other, _ in all_strips(s) if other in carriers}
    by_name = names.get((owner.scene, owner.strip))
    if by_name is not None:
        return by_name == strip
    return _heir(carriers, owner) == strip


def _heir(carriers: list[Strip], owner: Owner) -> Strip:
    """Whose the study is once its owner was renamed or deleted: that of the strip which least looks like a copy, by
    the numbers that Blender gives to those, and which has takes. Else the first in time."""

    def likeness(strip: Strip) -> tuple[bool, bool, bool, int]:
        scene = strip.id_data
        copied = _is_copy(scene.name, owner.scene), _is_copy(strip.name, owner.strip)
        return *copied, not takes_of(scene, strip), _numbered(strip.name)[1]

    return min(carriers, key=likeness)


def _is_copy(name: str, original: str) -> bool:
    stem, number = _numbered(name)
    return number > 0 and stem == _numbered(original)[0]


def _numbered(name: str) -> tuple[str, int]:
    """“Drive.001” is the first copy of “Drive”."""
    stem, _, number = name.rpartition(".")
    return (stem, int(number)) if stem and re.fullmatch("[0-9]{3,}", number) else (name, 0)


def _same_file(owner: Owner, folder: Path, known: str) -> bool:
    """Whether this file owns the study. A file that is gone was renamed or moved, and is this one."""
    if not owner.blend:
        return saving.is_ours(known)  # of a file that was never saved: only the one in this window
    file = places.blend_of(owner, folder)
    if not file.exists():
        return True
    return bool(bpy.data.filepath) and Path(bpy.data.filepath).exists() and file.samefile(bpy.data.filepath)


def _refound(scene: Scene, strip: Strip, studies_folder: Path) -> Identity | None:
    """A study that this very strip owns, and that no strip carries: it was undone, or deleted and added again."""
    if is_take(strip):
        return None
    media = media_files(strip)
    carried = {other.steady.study_id for s in bpy.data.scenes for other, _ in all_strips(s)}
    for root in (places.usual_root(), studies_folder):
        for found in study.all_in(root) if root is not None else ():
            mine = (found.owner.scene, found.owner.strip) == (scene.name, strip.name) and found.source.media == media
            if mine and found.id not in carried and _is_this_file(found):
                return Identity(Kind.REFOUND, found.id, found.folder)
    return None


def _is_this_file(found: Study) -> bool:
    """Unlike for a strip that carries the id, a study whose file is gone is not ours: names and media may be alike."""
    known = bool(found.owner.blend) and places.blend_of(found.owner, found.folder).exists()
    return (known or saving.is_ours(found.id)) and _same_file(found.owner, found.folder, found.id)


def register() -> None:
    saving.register()
    bpy.app.handlers.load_post.append(after_load)
    for moment in (bpy.app.handlers.undo_post, bpy.app.handlers.redo_post):
        moment.append(after_undo)


def unregister() -> None:
    for moment in (bpy.app.handlers.undo_post, bpy.app.handlers.redo_post):
        moment.remove(after_undo)
    bpy.app.handlers.load_post.remove(after_load)
    saving.unregister()
