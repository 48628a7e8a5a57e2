"""What study.json says, and JSON files that are written whole and read with care."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from . import disk
from .api import ErrorCode, Failure, Owner, Source
from .frozen import frozen
from .plain import from_json, to_json

T = TypeVar("T")

SCHEMA = 1
ID = re.compile(r"[0-9a-f]{8}")


@frozen
class Record:
    """What study.json says."""

    schema: int
    id: str
    parent: str
    owner: Owner
    source: Source
    fingerprints: tuple[tuple[str, str], ...] = ()


def write_json(path: Path, value: Any) -> None:
    # surrogatepass: names of files on Linux need not be text, and JSON is read back in the same way
    data = json.dumps(value, indent=2, ensure_ascii=False).encode(errors="surrogatepass")
    disk.write(path, data + b"\n", durable=True)


def read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(disk.read(path))
    except ValueError as error:
        raise _damaged(path, "it is not JSON") from error
    if not isinstance(value, dict):
        raise _damaged(path, "it is not an object")
    return value


def read_as(kind: type[T], plain: dict[str, Any], path: Path) -> T:
    with said_by(path):
        return from_json(kind, plain)


@contextlib.contextmanager
def said_by(path: Path) -> Iterator[None]:
    """Whatever comes of a file that another version wrote, or a hand, is damage of that file."""
    try:
        yield
    except Failure as failure:
        raise _damaged(path, failure.message.rstrip(".")) from failure
    except (ValueError, TypeError, AttributeError) as error:
        raise _damaged(path, "its parameters are not what they should be") from error


def read_record(path: Path) -> Record:
    value = read_json(path)
    schema = value.get("schema")
    if type(schema) is int and schema > SCHEMA:
        hint = "Update Steady Diffusion to work on it."
        raise Failure(ErrorCode.BAD_STUDY, f"“{path.parent}” was made by a newer Steady Diffusion.", hint)
    fingerprints = value.pop("fingerprints", {})
    if not isinstance(fingerprints, dict) or not all(isinstance(v, str) for v in fingerprints.values()):
        raise _damaged(path, "its fingerprints are not texts")
    record = read_as(Record, value, path)
    if not ID.fullmatch(record.id):
        raise _damaged(path, "its id is not eight hex digits")
    return replace(record, fingerprints=tuple(sorted(fingerprints.items())))


def write_record(path: Path, record: Record) -> None:
    write_json(path, to_json(record) | {"fingerprints": dict(record.fingerprints)})


def _damaged(path: Path, why: str) -> Failure:
    hint = "Put it back from a backup, or move the folder away to begin anew."
    return Failure(ErrorCode.BAD_STUDY, f"“{path}” is damaged: {why}.", hint)
