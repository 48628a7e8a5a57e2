"""What work has cost on this computer, and what the next will cost by that. Standard library only.

A cost is for one unit: one picture of a million pixels, in one step where the work has steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from . import disk
from .api import Failure
from .frozen import frozen
from .plain import from_json, to_json
from .record import SCHEMA, read_json, write_json

FILE = "estimates.json"
NEWEST = 0.5  # how much the last time counts: the computer may have been busy, or is another one since


@frozen
class Cost:
    seconds: float = 0.0
    disk: float = 0.0  # bytes
    memory: float = 0.0  # bytes at most, whatever the units


@frozen
class Need:
    """Units of one kind of work, and those of them that are written to the disk."""

    kind: str
    units: float
    kept: float = 0.0


def kind(work: str, *words: str) -> str:
    """One name for the work, and for what its cost depends on."""
    return " | ".join((work, *words))


def read(folder: Path) -> dict[str, Cost]:
    """What was learned so far; nothing where that cannot be read: it is learned again."""
    path = folder / FILE
    try:
        known = read_json(path) if disk.long_path(path).is_file() else {}
        return {name: from_json(Cost, cost) for name, cost in known.get("costs", {}).items()}
    except (Failure, AttributeError):
        return {}


def learn(folder: Path, costs: Mapping[str, Cost]) -> None:
    known = read(folder)
    for name, cost in costs.items():
        known[name] = _between(known.get(name), cost)
    write_json(folder / FILE, {"schema": SCHEMA, "costs": {name: to_json(known[name]) for name in sorted(known)}})


def foresee(costs: Mapping[str, Cost], needs: Iterable[Need]) -> Cost | None:
    """None where work of a kind was never done here."""
    seconds = kept = memory = 0.0
    for need in needs:
        cost = costs.get(need.kind)
        if cost is None:
            return None
        seconds += cost.seconds * need.units
        kept += cost.disk * need.kept
        memory = max(memory, cost.memory)
    return Cost(seconds, kept, memory)


def _between(before: Cost | None, now: Cost) -> Cost:
    """A part that was not measured this time is as before."""
    if before is None:
        return now
    return Cost(_mean(before.seconds, now.seconds), _mean(before.disk, now.disk), now.memory or before.memory)


def _mean(before: float, now: float) -> float:
    return before + NEWEST * (now - before) if before and now else now or before
