"""A strip that was split or duplicated from a studied one uses its looks and its tuning, in one click."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import bpy

from ..backend import disk, study, tuning
from ..backend.api import ErrorCode, Failure, Look
from ..backend.frozen import frozen
from ..backend.study import Study
from ..sequencer import places, strips
from ..session import Step
from ..settings.order import Order
from ..translations import say
from . import tune
from .claims import Claim, folder_now, present
from .frames import Sampled
from .job import Reports, keep_in_undo
from .own import found_by
from .stage import BORROWING, StageOperator, Work, refuse_while_borrowing, undisturbed


@frozen
class Lender:
    """The study that a strip was copied from, and what it has to lend."""

    study: Study
    looks: tuple[Look, ...]  # those that were chosen there
    tuned: bool
    file: str = ""  # where that strip is; '' is this one

    @property
    def name(self) -> str:
        return self.study.owner.strip

    @property
    def lends(self) -> str:
        parts = (["looks"] if self.looks else []) + (["tuning"] if self.tuned else [])
        return " and ".join(parts)


@frozen
class Lent:
    """What came over."""

    looks: int
    left: int  # looks of frames that this strip does not show
    tuning: str  # whose, as the strip's setting has it

    @property
    def warning(self) -> str:
        if self.left == 1:
            return say("1 look stayed with the original: this strip does not show its frame.")
        if not self.left:
            return ""
        return say("{count} looks stayed with the original: this strip does not show their frames.", count=self.left)


class STEADY_OT_use_parent(StageOperator, bpy.types.Operator):
    """Use the looks and the tuning of the strip that this one was split or duplicated from. Nothing is changed there"""

    bl_idname = "steady.use_parent"
    bl_label = BORROWING
    bl_options = {"UNDO"}

    def work(self, order: Order, scene: Any, strip: Any) -> Work:
        refuse_while_borrowing(scene, strip)
        lender = lender_of(scene, strip)
        if lender is None:
            message = f"“{strip.name}” was not copied from a strip with looks or tuning."
            raise Failure(ErrorCode.BAD_INPUT, message, "Choose looks for it, or name a strip in “Tuning From”.")
        return partial(take_over, lender)

    def told(self, result: Lent) -> Reports:
        told = [("INFO", f"It uses the tuning of “{result.tuning}”.")] if result.tuning else []
        if result.looks:
            told.append(("INFO", f"{result.looks} looks came over." if result.looks > 1 else "1 look came over."))
        return told + ([("WARNING", result.warning)] if result.warning else [])


def lender_of(scene: Any, strip: Any) -> Lender | None:
    """None also where the strip has looks or tuning of its own, or uses those of another. Reads files."""
    if strip.steady.tuning_from:
        return None
    with contextlib.suppress(Failure):
        found = found_by(scene, strip)
        kept = found.original or parent_of(strip, found.own)
        if kept is None:
            return None
        tuned = tuning.read(kept.tuning_folder) is not None and is_found(scene, strip, kept)
        lender = Lender(kept, tuple(kept.gallery.chosen()), tuned, file_of(kept))
        return lender if lender.lends else None
    return None


def parent_of(strip: Any, kept: Study | None) -> Study | None:
    """Where the strip says, or else beside its own. None once that has looks or tuning."""
    if kept is None or not kept.parent or kept.gallery.looks() or tuning.read(kept.tuning_folder) is not None:
        return None
    said = places.parent_folder(strip)
    folder = Path(said) if said and study.is_study(Path(said)) else study.find(kept.folder.parent, kept.parent)
    parent = Study.open(folder) if folder is not None else None
    return parent if parent is not None and parent.id == kept.parent else None


# --- how it is named


def file_of(kept: Study) -> str:
    """Of a strip of another file, as after that was saved under another name: the name of that file."""
    here = bpy.data.filepath
    if not kept.owner.blend or (here and places.owned_by(kept, Path(here))):
        return ""
    return places.blend_of(kept.owner, kept.folder).name


def as_setting(scene: Any, kept: Study) -> str:
    """Its strip's name, where that says enough; else the id of the study."""
    strip = strips.strip_named(scene, kept.owner.strip)
    return strip.name if strip is not None and strip.steady.study_id == kept.id else kept.id


def is_found(scene: Any, strip: Any, kept: Study) -> bool:
    """Whether the setting will lead there. Until a copy has a study of its own it carries the id, and may carry the
    name too: by then it leads to the folder that the copy says it is from."""
    return strip.steady.study_id == kept.id or as_setting(scene, kept) != kept.id or tune.with_id(kept.id) is not None


# --- over


def take_over(lender: Lender, claim: Claim, order: Order, sampled: Sampled) -> Generator[Step, None, Lent]:
    """All at once, after the last wait: a job that ends before leaves the strip as it was, and the offer stands."""
    yield Step(text="Taking over the looks")
    yield from undisturbed()
    kept = Study.open(folder_now(claim))
    held = range(kept.source.first, kept.source.last + 1)
    mine = [look for look in lender.looks if look.frame in held and same_frame(lender.study, kept, look.frame)]
    with kept.lock():
        for look in mine:
            copy(lender.study, kept, look)
    return Lent(len(mine), len(lender.looks) - len(mine), use_tuning(lender, claim) if lender.tuned else "")


def use_tuning(lender: Lender, claim: Claim) -> str:
    """The strip's setting from now on."""
    scene, strip = present(claim)
    strip.steady.tuning_from = as_setting(scene, lender.study)
    keep_in_undo(STEADY_OT_use_parent.bl_label)
    return strip.steady.tuning_from


def same_frame(theirs: Study, mine: Study, number: int) -> bool:
    """A look stands only for a frame that shows what it was painted from."""
    paths = theirs.frame_path(number), mine.frame_path(number)
    if not all(disk.long_path(path).is_file() for path in paths):
        return False
    return theirs.frames_fingerprint([number]) == mine.frames_fingerprint([number])


def copy(theirs: Study, mine: Study, look: Look) -> None:
    (name,) = mine.gallery.free_names(look.frame, 1)
    disk.write(mine.gallery.picture_path(name), disk.read(theirs.gallery.picture_path(look.name)))
    mine.gallery.add(replace(look, name=name))


def register() -> None:
    bpy.utils.register_class(STEADY_OT_use_parent)


def unregister() -> None:
    bpy.utils.unregister_class(STEADY_OT_use_parent)
