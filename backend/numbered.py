"""Folders of numbered pictures: the names of the files, what lies there, and some of many."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from . import disk

T = TypeVar("T")

FRAME = re.compile(r"(-?\d{6,})\.png")


def picture_name(number: int) -> str:
    """A handle may lie before the content start: such frames have numbers below 1."""
    return f"{'-' * (number < 0)}{abs(number):06}.png"


def numbered(folder: Path) -> list[int]:
    return sorted(int(found[1]) for entry in entries(folder) if (found := FRAME.fullmatch(entry.name)))


def evenly(items: Sequence[T], most: int) -> list[T]:
    """At most so many, from the first to the last."""
    if len(items) <= most:
        return list(items)
    return [items[round(i * (len(items) - 1) / (most - 1))] for i in range(most)]


def entries(folder: Path) -> Iterator[Path]:
    with disk.worded(folder):
        if disk.long_path(folder).is_dir():
            yield from (folder / entry.name for entry in sorted(disk.long_path(folder).iterdir()))


def sweep(folder: Path) -> None:
    """Remove what a killed writer left half done."""
    for leftover in entries(folder):
        if leftover.name.endswith(disk.TEMPORARY):
            disk.remove(leftover)
