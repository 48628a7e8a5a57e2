"""Names for folders: of studies and takes, as people gave them and as every file system can hold them."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator

RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)  # as file names, on Windows
LONGEST_NAME = 80  # bytes; file systems end at 255, and Windows' whole path at 260


def safe_name(text: str) -> str:
    """A file name, on every system, that a person still recognises."""
    name = unicodedata.normalize("NFC", text)
    name = "".join(c if c.isprintable() and c not in '/\\:?*"<>|' else "_" for c in name)
    name = name.encode(errors="replace")[:LONGEST_NAME].decode(errors="ignore").strip(" .")
    if RESERVED.match(name):
        name = f"_{name}"
    return name or "strip"


def take_names(wanted: str) -> Iterator[str]:
    """“neon”, “neon 2”, “neon 3”, short enough that none of them becomes the same file name as another."""
    short = wanted.encode(errors="replace")[: LONGEST_NAME - 8].decode(errors="ignore").strip()
    yield short
    yield from (f"{short} {count}" for count in itertools.count(2))
