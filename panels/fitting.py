"""Which looks still fit their frames, for panels. What a file shows counts until it is written again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ..backend import disk
from ..backend.api import Look
from ..backend.fingerprint import shown_by, stamp_of
from ..backend.study import Study

MANY = 1000  # files

_seen: dict[tuple[Any, ...], Any] = {}


def fitting(study: Study, looks: Sequence[Look]) -> frozenset[str]:
    """The names of those that were painted here for their frames as these are by now: `still_fits` for many, often."""
    return frozenset(look.name for look in looks if not look.brought and _fits(look, study))


def _fits(look: Look, study: Study) -> bool:
    gallery, frame, stamp = study.gallery, study.frame_path(look.frame), study.stamp()
    size = _once(gallery.picture_path(look.name), "size", lambda: gallery.size(look.name))
    if size != study.source.framing.size:
        return False
    shown = _once(frame, stamp, lambda: shown_by(frame) if stamp_of(frame) == stamp else "")
    if not shown:  # it is still to be read: nothing is known against it
        return study.source.first <= look.frame <= study.source.last
    return look.shown in ("", shown)


def _once(file: Path, what: str, read: Callable[[], Any]) -> Any:
    """None where the file is gone."""
    try:
        found = disk.long_path(file).stat()
    except OSError:
        return None
    key = file, what, found.st_mtime_ns, found.st_size
    if key not in _seen:
        if len(_seen) >= MANY:
            _seen.clear()
        _seen[key] = read()
    return _seen[key]
