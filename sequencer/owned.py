"""The studies that belong to this file, and what of them its strips still use."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import bpy

from ..backend import space, study
from ..backend.api import Failure
from ..backend.frozen import frozen
from ..backend.study import Study
from . import identity, places, saving
from .strips import Scene, Strip, all_strips, own_scenes, scene_named, strip_named


@frozen
class Owned:
    """A study of this file, and the names of the strips that carry it."""

    study: Study
    strips: tuple[str, ...]
    used: bool  # by any strip: as its own, as the one that it was copied from, for its takes or for its tuning

    @property
    def name(self) -> str:
        return self.strips[0] if self.strips else self.study.owner.strip


def studies(studies_folder: Path) -> list[Owned]:
    """Those of other files are left out, and so is what cannot be read. Reads files: not for drawing."""
    found: dict[str, Owned] = {}
    used = set(_used())
    for known, strips in places.studied().items():
        with contextlib.suppress(Failure):
            mine = next((own for strip in strips if (own := _own(strip, studies_folder)) is not None), None)
            if mine is not None:
                found[known] = Owned(mine, tuple(strip.name for strip in strips), True)
    for root in dict.fromkeys((places.usual_root(), studies_folder)):
        for kept in study.all_in(root) if root is not None else ():
            if kept.id not in found and _is_this_files(kept):
                named = not used.isdisjoint((kept.id, kept.owner.strip))
                found[kept.id] = Owned(kept, (), named or _may_be_refound(kept) or any(showing_in(kept.folder)))
    return sorted(found.values(), key=lambda one: (not one.strips, one.name))


def _own(strip: Strip, studies_folder: Path) -> Study | None:
    at = identity.locate(scene_of(strip), strip, studies_folder)
    if at.kind is not identity.Kind.OWN or at.folder is None or not study.is_study(at.folder):
        return None
    return Study.open(at.folder)


def _is_this_files(kept: Study) -> bool:
    """One that no strip carries is this file's only where it says so: names and media may be alike."""
    if bpy.data.filepath and kept.owner.blend:
        return places.owned_by(kept, Path(bpy.data.filepath))
    return not kept.owner.blend and saving.is_ours(kept.id)


def _used() -> Iterator[str]:
    """Every id that a strip of this file names anywhere, and the names by which it may say whose tuning it uses."""
    for strip in places.all_in_file():
        settings = strip.steady
        yield from (settings.study_id, settings.tuning_from, *settings.ancestors.split())


def _may_be_refound(kept: Study) -> bool:
    """Undo, or an earlier version of the file, took the id from its strip, which finds the study again by itself."""
    scene = scene_named(kept.owner.scene)
    return scene is not None and strip_named(scene, kept.owner.strip) is not None


# --- what is shown


def strips_of(known: str, take: str) -> list[tuple[Scene, Strip]]:
    """The strips that show a take of a study, whichever strip's they are by now."""
    everywhere = ((scene, strip) for scene in own_scenes() for strip, _ in all_strips(scene))
    return [(s, t) for s, t in everywhere if (t.steady.study_id, t.steady.take_name) == (known, take)]


def takes_shown(kept: Study) -> set[Path]:
    """The folders of the takes that any strip of this file shows, in whatever way it names them."""
    by_path = {_folder(strip) for strip in places.all_in_file() if strip.type == "IMAGE"}
    carried = {t.steady.take_name for t in places.all_in_file() if t.steady.study_id == kept.id}
    by_name = {take.folder for take in kept.readable_takes() if take.name in carried}
    return by_name | {folder for folder in space.takes_in(kept) if folder.resolve() in by_path}


def showing(folder: Path) -> Iterator[Strip]:
    """The strips whose pictures lie in a folder."""
    there = folder.resolve()
    return (strip for strip in places.all_in_file() if strip.type == "IMAGE" and _folder(strip) == there)


def showing_in(folder: Path) -> Iterator[Strip]:
    """The strips whose pictures lie anywhere in a study."""
    there = folder.resolve()
    return (s for s in places.all_in_file() if s.type == "IMAGE" and there in _folder(s).parents)


def _folder(strip: Strip) -> Path:
    return Path(bpy.path.abspath(strip.directory)).resolve()


def scene_of(strip: Strip) -> Scene:
    return strip.id_data
