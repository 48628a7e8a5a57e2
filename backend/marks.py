"""What tells a model from another one of the same name, without loading it: a hash over a little of each tensor."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from . import disk, layout
from .fingerprint import fingerprint_of

SAMPLE = 64  # bytes of each tensor: merging an adapter changes some tensors and leaves the others
HEADER = 100 << 20  # bytes: a safetensors header that says it is longer is none


def of(place: Path) -> str:
    """Of a diffusers folder, or of a single file. One that is damaged gets a mark too: loading says what is wrong."""
    if place.is_file():
        return fingerprint_of(_of_weights(place))
    parts = [(place / part, layout.weights_in(layout.names(place / part))) for part in layout.WITH_WEIGHTS]
    notes = [place / "scheduler" / "scheduler_config.json", *(folder / "config.json" for folder, _ in parts)]
    return fingerprint_of(
        [disk.read(note) for note in notes if note.is_file()],
        [_of_weights(folder / name) for folder, name in parts if name],
    )


def _of_weights(file: Path) -> bytes:
    with disk.worded(file), disk.long_path(file).open("rb", buffering=0) as opened:
        length = int.from_bytes(opened.read(8), "little")
        header = opened.read(min(length, HEADER))
        pieces = [header]
        for begin, end in _tensors(header):
            opened.seek(8 + length + (begin + max(begin, end - SAMPLE)) // 2)
            pieces.append(opened.read(min(SAMPLE, end - begin)))
        return b"".join(pieces)


def _tensors(header: bytes) -> Iterator[tuple[int, int]]:
    """Where each begins and ends, from the front of the file to its back."""
    try:
        said = json.loads(header)
        yield from sorted(tuple(v["data_offsets"]) for k, v in said.items() if k != "__metadata__")
    except (ValueError, TypeError, LookupError, AttributeError):  # damaged
        return
