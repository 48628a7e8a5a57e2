"""A figure with its goal; the table of them, and bench.json."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import torch


@dataclass(frozen=True)
class Figure:
    name: str
    value: float
    spread: tuple[float, float]  # the least and the most of the rounds
    unit: str
    goal: str  # '' where there is none
    met: bool | None  # None where there is no goal
    machine: str


def figure(
    name: str, values: Sequence[float], unit: str, least: float | None = None, most: float | None = None
) -> Figure:
    """The median of some rounds, and whether it is at least, or at most, what it should be."""
    value = median(values)
    met = None if least is None and most is None else (least or value) <= value <= (most or value)
    goal = f"≥ {least:g}" if least is not None else f"≤ {most:g}" if most is not None else ""
    return Figure(name, value, (min(values), max(values)), unit, goal, met, machine())


def machine() -> str:
    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    return f"{torch.get_num_threads()} threads of {_processor()}"


def _processor() -> str:
    file = Path("/proc/cpuinfo")
    lines = file.read_text().splitlines() if file.is_file() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor()


def in_turn(rounds: int, *each: Callable[[], None]) -> list[list[float]]:
    """Seconds of each, A B A B: what else runs on the machine then slows all of them alike. A first round warms up."""
    seconds: list[list[float]] = [[] for _ in each]
    for turn in range(rounds + 1):
        for work, found in zip(each, seconds, strict=True):
            begun = time.perf_counter()
            work()
            if torch.cuda.is_available():
                torch.cuda.synchronize()
            if turn:
                found.append(time.perf_counter() - begun)
    return seconds


def ratios(slow: Sequence[float], fast: Sequence[float]) -> list[float]:
    """How many times as fast, round by round."""
    return [a / b for a, b in zip(slow, fast, strict=True)]


def table(figures: Sequence[Figure]) -> str:
    lines = ["| figure | value | spread | goal | met |", "|---|---|---|---|---|"]
    for made in figures:
        met = {None: "", True: "yes", False: "**no**"}[made.met]
        low, high = made.spread
        lines.append(f"| {made.name} | {made.value:.3g} {made.unit} | {low:.3g} to {high:.3g} | {made.goal} | {met} |")
    return "\n".join(lines)


def write(file: Path, figures: Sequence[Figure]) -> None:
    """Together with what other runs have left there: one of the same name on the same machine is replaced."""
    known = json.loads(file.read_text()) if file.is_file() else []
    new = [asdict(made) for made in figures]
    names = {(made["name"], made["machine"]) for made in new}
    file.parent.mkdir(parents=True, exist_ok=True)
    kept = [made for made in known if (made["name"], made["machine"]) not in names]
    file.write_text(json.dumps(kept + new, indent=2, ensure_ascii=False) + "\n")
