"""What the studies of this file take on the disk, and the way to make room."""

import contextlib
import time
from collections.abc import Hashable, Sequence
from typing import Any

import bpy

from .. import session
from ..backend import space
from ..preferences import preferences, studies_folder
from ..sequencer import owned, places
from ..sequencer.owned import Owned
from ..translations import OWN, say
from . import aside
from .drawing import SidebarPanel, sentences

KEPT = 30.0  # seconds that the list of studies counts where nothing has changed: looking for them reads many files

_looked: list[tuple[float, Hashable, list[Owned]]] = []


class STEADY_PT_disk(SidebarPanel, bpy.types.Panel):
    bl_label = "Disk"
    bl_translation_context = OWN
    bl_order = 90
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        layout, found = self.layout, studies()
        if not found:
            sentences(layout, "This file has no studies yet.", "INFO")
            return
        sizes = sizes_of(found)
        column = layout.column(align=True)
        for one, size in zip(found, sizes, strict=True):
            text = one.name if one.strips else say("{name} (gone)", name=one.name)
            end = said(column, text, "SEQUENCE" if one.strips else "GHOST_ENABLED", size)
            end.operator("wm.path_open", text="", icon="FILE_FOLDER", emboss=False).filepath = str(one.study.folder)
        if len(found) > 1:
            whole = None if None in sizes else sum(filter(None, sizes))
            said(column, say("{count} studies", count=len(found)), "DISK_DRIVE", whole)
        layout.operator("steady.clean_up", text="Clean Up…", icon="BRUSH_DATA")


def said(column: Any, text: str, icon: str, size: int | None) -> Any:
    row = column.row()
    row.label(text=text, icon=icon, translate=False)
    end = row.row(align=True)
    end.alignment = "RIGHT"
    end.label(text="…" if size is None else space.in_words(size))
    return end


def sizes_of(found: Sequence[Owned]) -> list[int | None]:
    """Counted aside: None until they are."""
    folders = tuple(one.study.folder for one in found)
    known = aside.recent("disk", folders, lambda: {folder: space.size_of(folder) for folder in folders}) or {}
    return [known.get(folder) for folder in folders]


def studies() -> list[Owned]:
    stamp = _stamp()
    if not _looked or _looked[0][1] != stamp or time.monotonic() > _looked[0][0] + KEPT:
        _looked[:] = [(time.monotonic(), stamp, owned.studies(studies_folder(preferences())))]
    return _looked[0][2]


def _stamp() -> Hashable:
    """What decides which studies there are, and takes no files to know but the folders that hold them."""
    carried = tuple((known, tuple(strip.name for strip in strips)) for known, strips in places.studied().items())
    changed = []
    for root in (places.usual_root(), studies_folder(preferences())):
        with contextlib.suppress(OSError):
            changed.append(root.stat().st_mtime_ns if root is not None else 0)
    jobs = tuple((job.id, job.state) for job in session.current.jobs)  # which write studies
    return bpy.data.filepath, carried, tuple(changed), jobs


def register() -> None:
    bpy.utils.register_class(STEADY_PT_disk)


def unregister() -> None:
    _looked.clear()
    bpy.utils.unregister_class(STEADY_PT_disk)
