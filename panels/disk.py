"""What the studies of this file take on the disk, and the way to make room."""

import contextlib
import time
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import bpy

from .. import session
from ..backend import space
from ..preferences import preferences, studies_folder
from ..sequencer import owned, places
from ..sequencer.owned import Owned
from . import aside
from .drawing import SidebarPanel, sentences

KEPT = 30.0  # seconds that the list of studies counts where nothing has changed: looking for them reads many files

_looked: list[tuple[float, Hashable, list[Owned]]] = []


class STEADY_PT_disk(SidebarPanel, bpy.types.Panel):
    bl_label = "Disk"
    bl_order = 90
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        layout, found = self.layout, studies()
        if not found:
            sentences(layout, "This file has no studies yet.", "INFO")
            return
        folders = tuple(one.study.folder for one in found)
        sizes = aside.recent("disk", folders, lambda: sizes_of(folders)) or {}
        column = layout.column(align=True)
        for one in found:
            self._row(column, one, sizes.get(one.study.folder))
        if len(sizes) == len(found) > 1:
            total(column, len(found), sum(sizes.values()))
        layout.operator("steady.clean_up", text="Clean Up…", icon="BRUSH_DATA")

    def _row(self, column: Any, one: Owned, size: int | None) -> None:
        row = column.row()
        row.label(
            text=one.name if one.strips else f"{one.name} (gone)", icon="SEQUENCE" if one.strips else "GHOST_ENABLED"
        )
        end = row.row(align=True)
        end.alignment = "RIGHT"
        end.label(text="…" if size is None else space.in_words(size))
        end.operator("wm.path_open", text="", icon="FILE_FOLDER", emboss=False).filepath = str(one.study.folder)


def total(column: Any, count: int, size: int) -> None:
    row = column.row()
    row.label(text=f"{count} studies", icon="DISK_DRIVE")
    end = row.row()
    end.alignment = "RIGHT"
    end.label(text=space.in_words(size))


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


def sizes_of(folders: tuple[Path, ...]) -> dict[Path, int]:
    return {folder: space.size_of(folder) for folder in folders}


def register() -> None:
    bpy.utils.register_class(STEADY_PT_disk)


def unregister() -> None:
    _looked.clear()
    bpy.utils.unregister_class(STEADY_PT_disk)
