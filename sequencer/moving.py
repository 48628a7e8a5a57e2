"""A study's folder goes to another place, also to another disk: whoever looks for it finds all of it, or none."""

from __future__ import annotations

import contextlib
import re
import shutil
from pathlib import Path
from threading import Thread

from ..backend import disk, study
from ..backend.api import Failure
from ..backend.numbered import entries
from ..backend.record import ID
from ..backend.study import Study

LEFT = re.compile(rf".+-{ID.pattern}{re.escape(study.GONE)}")  # no folder that a user has named so

_sweeps: dict[Path, Thread] = {}


def relocate(found: Study, new: Path) -> None:
    old = found.folder
    disk.make_folder(new.parent)
    with found.lock(), disk.worded(new):
        try:
            disk.long_path(old).rename(disk.long_path(new))
        except OSError:
            _copy_over(old, new)
    disk.remove(new / study.LOCK)  # it came along, and its owner cannot find it to take it away
    _remove(old)
    sweep(old.parent)


def _copy_over(old: Path, new: Path) -> None:
    """To another disk. Under a temporary name until it is whole, and no study before the rest of it is there."""
    whole, partial = disk.long_path(old), disk.long_path(new.with_name(new.name + disk.TEMPORARY))
    shutil.rmtree(partial, ignore_errors=True)
    try:
        shutil.copytree(whole, partial, ignore=lambda folder, _: {study.STUDY} if Path(folder) == whole else set())
        shutil.copy2(whole / study.STUDY, partial)
        partial.rename(disk.long_path(new))
    except OSError:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def _remove(old: Path) -> None:
    """Under another name: where this Blender ends meanwhile, half a study must not pass for the whole one."""
    folder, aside = disk.long_path(old), disk.long_path(old.with_name(old.name + study.GONE))
    with contextlib.suppress(OSError):  # it was renamed to where it is now, or another program has a file of it open
        folder.rename(aside)
    for left in (aside, folder):
        shutil.rmtree(left, ignore_errors=True)


def sweep(root: Path) -> Thread:
    """What is left of studies that a Blender was removing when it ended goes. It may be gigabytes: a thread does it."""
    found = _sweeps.get(root)
    if found is None or not found.is_alive():
        found = _sweeps[root] = Thread(target=_sweep, args=(root,), name="steady sweep", daemon=True)
        found.start()
    return found


def _sweep(root: Path) -> None:
    with contextlib.suppress(Failure):
        for left in entries(root):
            if LEFT.fullmatch(left.name):
                shutil.rmtree(disk.long_path(left), ignore_errors=True)
