"""What a network has learned so far, as a file: saved now and then, for whoever goes on where it stopped."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from . import adapters, disk
from .api import ErrorCode, Failure

SHARE_OF_SAVING = 0.05  # the most of the time that saving may take


class Saving:
    """Around learning. It is saved at the end too, and when it is cancelled, but not when it went astray."""

    def __init__(self, save: Callable[[], None], seconds_to_lose: float) -> None:
        """Of work, at most, when the process is killed."""
        self._save, self._least = save, seconds_to_lose
        self._wait, self._saved = seconds_to_lose, time.monotonic()

    def __enter__(self) -> Saving:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if error is None or (isinstance(error, Failure) and error.code is ErrorCode.CANCELLED):
            self._save()

    def now_and_then(self) -> None:
        begun = time.monotonic()
        if begun - self._saved >= self._wait:
            self._save()
            self._saved = time.monotonic()
            self._wait = max(self._least, (self._saved - begun) / SHARE_OF_SAVING)


# --- the file


def write(path: Path, tensors: Mapping[str, Tensor], note: dict[str, Any]) -> None:
    adapters.write_tensors(path, tensors, {"note": json.dumps(note)})


def read(path: Path, fingerprint: str) -> tuple[dict[str, Tensor], dict[str, Any]] | None:
    """A state that is damaged, or of something else, is nothing: what it held is learned again."""
    try:
        note = adapters.read_metadata(path, "note") if disk.long_path(path).is_file() else None
    except Failure:
        return None
    if not note or note["fingerprint"] != fingerprint:
        return None
    return adapters.read_tensors(path), note
