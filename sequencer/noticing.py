"""Whether a strip still shows what was read, for panels: they are drawn often, and its files may lie on a slow disk."""

from __future__ import annotations

import time
from threading import Thread
from typing import Any

import bpy

from .fingerprint import described, lasting
from .strips import Strip

KEPT = 1.0  # seconds that an answer counts
SHARE = 0.02  # of the time that looking at a strip may take, of Blender's and of the disk's
PATIENCE = 0.02  # seconds that a draw waits until the files were looked at
FEW = 8  # strips that are shown at a time

Asked = tuple[str, str, str, str]


class _Look:
    """At one strip: it is described at once, and its files are looked at by a thread."""

    def __init__(self, strip: Strip, before: str) -> None:
        self.fingerprint = before  # '' while it is not known, and where it cannot be
        self._began = time.monotonic()
        description = described(strip.id_data, strip)
        self._until = self._due()
        self._thread = Thread(target=self._finish, args=(description,), daemon=True)
        self._thread.start()
        self._thread.join(PATIENCE)

    def _finish(self, description: list[Any]) -> None:
        self.fingerprint = lasting(description)
        self._until = max(self._until, self._due())

    def _due(self) -> float:
        """When to look again, by what this look has taken so far: a slow disk is not kept busy either."""
        now = time.monotonic()
        return now + max(KEPT, (now - self._began) / SHARE)

    @property
    def counts(self) -> bool:
        return self._thread.is_alive() or time.monotonic() < self._until


_looks: dict[Asked, _Look] = {}


def is_changed(strip: Strip, then: str) -> bool:
    """Whether its fingerprint is another than `then`. False until that is known, and where nobody can know."""
    asked = bpy.data.filepath, strip.id_data.name, strip.name, then
    found = _looks.get(asked)
    if found is None or not found.counts:
        if len(_looks) > FEW:
            _looks.clear()
        found = _looks[asked] = _Look(strip, found.fingerprint if found else "")
    return found.fingerprint not in ("", then)
