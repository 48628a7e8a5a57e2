"""What tells whether work is still valid: hashes over inputs, and the stamp that every picture of a study carries."""

from __future__ import annotations

import hashlib
import json
import zlib
from pathlib import Path
from typing import Any

from . import disk
from .plain import to_json

SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEADER = 33  # bytes: the signature and the IHDR chunk, which must come first
KEYWORD = b"tEXtSteady\x00"


def fingerprint_of(*parts: Any) -> str:
    """A hash over plain values, dataclasses, paths and bytes: the same on every machine."""
    digest = hashlib.blake2b(digest_size=16)
    _digest(digest, parts)
    return digest.hexdigest()


def _digest(digest: hashlib.blake2b, value: Any) -> None:
    if isinstance(value, tuple | list):
        digest.update(f"({len(value)}:".encode())
        for part in value:
            _digest(digest, part)
        return
    if isinstance(value, bytes):
        data = value
    elif isinstance(value, Path):
        data = value.as_posix().encode(errors="surrogatepass")
    else:
        data = json.dumps(to_json(value), sort_keys=True).encode()
    digest.update(f"{type(value).__name__}{len(data)}:".encode() + data)


def stamped(png: bytes, stamp: str) -> bytes:
    """The PNG with the stamp as its first text, where `stamp_of` finds it without decoding the picture."""
    text = KEYWORD + stamp.encode("ascii")
    chunk = (len(text) - 4).to_bytes(4, "big") + text + zlib.crc32(text).to_bytes(4, "big")
    return png[:HEADER] + chunk + png[HEADER:]


def unstamped(png: bytes) -> bytes:
    """What it shows, whatever it was made from: the PNG without its stamp."""
    text = png[HEADER + 4 :].startswith(KEYWORD)
    return png[:HEADER] + png[HEADER + 12 + int.from_bytes(png[HEADER : HEADER + 4], "big") :] if text else png


def shown_by(picture: Path) -> str:
    """A hash of what a PNG shows: the same frame read again from another place has the same."""
    return fingerprint_of(unstamped(disk.read(picture)))


def stamp_of(picture: Path) -> str | None:
    """The stamp in a PNG, '' where it has none, and None where the file is missing or not whole."""
    try:
        with disk.patiently(lambda: disk.long_path(picture).open("rb")) as file:
            head = file.read(HEADER + 256)
            file.seek(-12, 2)
            end = file.read(12)
    except OSError:  # missing, or shorter than a PNG can be
        return None
    if not head.startswith(SIGNATURE) or end[4:8] != b"IEND":
        return None
    length, text = int.from_bytes(head[HEADER : HEADER + 4], "big"), head[HEADER + 4 :]
    return text[len(KEYWORD) : length + 4].decode("ascii", "replace") if text.startswith(KEYWORD) else ""
