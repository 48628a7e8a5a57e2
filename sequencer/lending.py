"""Settings of the user's that are borrowed for a while, and given back whatever happens."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

PLAIN = {"BOOLEAN", "INT", "FLOAT", "ENUM", "STRING"}


@contextlib.contextmanager
def borrowed(owner: Any, **values: Any) -> Iterator[None]:
    before = {name: getattr(owner, name) for name in values}
    put(owner, **values)
    try:
        yield
    finally:
        put(owner, **before)


@contextlib.contextmanager
def kept(owner: Any) -> Iterator[None]:
    """Give all plain settings of an owner back: one of them that is changed may change others."""
    wanted = [p for p in owner.bl_rna.properties if p.type in PLAIN and not p.is_readonly]
    before = {p.identifier: getattr(owner, p.identifier) for p in wanted}  # in the order in which they are set
    unset = {p.identifier for p in wanted if p.type == "ENUM" and not before[p.identifier]}  # before their first use
    try:
        yield
    finally:
        for name, value in before.items():
            if name not in unset and getattr(owner, name) != value:
                setattr(owner, name, value)


def put(owner: Any, **values: Any) -> None:
    for name, value in values.items():
        setattr(owner, name, value)
