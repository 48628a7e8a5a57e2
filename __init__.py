"""Steady Diffusion: the extension's way in, which registers its rooms and nothing else."""

from __future__ import annotations

import importlib
from importlib.util import find_spec

# In the order in which they lean on each other. Those that are still being built are left out.
_ORDER = ("preferences", "settings", "sequencer.identity", "sequencer.follow", "operators", "panels")


def _rooms():
    found = []
    for name in _ORDER:
        parent = name.rpartition(".")[0]
        if parent and find_spec(f".{parent}", __package__) is None:
            continue
        if (spec := find_spec(f".{name}", __package__)) is not None and spec.origin is not None:
            found.append(importlib.import_module(f".{name}", __package__))
    return [room for room in found if hasattr(room, "register")]


def register() -> None:
    for room in _rooms():
        room.register()


def unregister() -> None:
    for room in reversed(_rooms()):
        room.unregister()
