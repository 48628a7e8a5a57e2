"""Whose study a strip finds: its own, or still that of the strip that it was copied from."""

from __future__ import annotations

from typing import Any

from ..backend.frozen import frozen
from ..backend.study import Study, is_study
from ..preferences import preferences, studies_folder
from ..sequencer import identity


@frozen
class Found:
    """At most one of the two: a copy gets a study of its own at its first write."""

    own: Study | None = None
    original: Study | None = None


def found_by(scene: Any, strip: Any) -> Found:
    """Reads files. Raises BAD_STUDY where it is damaged."""
    at = identity.locate(scene, strip, studies_folder(preferences()))
    if at.folder is None or not is_study(at.folder):
        return Found()
    kept = Study.open(at.folder)
    return Found(original=kept) if at.kind is identity.Kind.COPY else Found(own=kept)


def own_study(scene: Any, strip: Any) -> Study | None:
    """What work on the strip would go on with."""
    return found_by(scene, strip).own
