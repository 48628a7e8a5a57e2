"""A figure with its goal; the table of them, and bench.json."""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median


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
    name: str,
    values: Sequence[float],
    unit: str,
    least: float | None = None,
    most: float | None = None,
    device: str = "",  # 'cpu' for what a card has no part in
) -> Figure:
    """The median of some rounds, and whether it is at least, or at most, what it should be."""
    value = median(values)
    met = None if least is None and most is None else (least or value) <= value <= (most or value)
    goal = f"≥ {least:g}" if least is not None else f"≤ {most:g}" if most is not None else ""
    return Figure(name, value, (min(values), max(values)), unit, goal, met, machine(device))


def machine(device: str = "") -> str:
    torch = sys.modules.get("torch")  # Blender's own Python has none
    if on_card(device):
        return str(torch and torch.cuda.get_device_name())
    count = torch.get_num_threads() if torch else os.cpu_count() or 1
    return f"{count} thread{'s' * (count > 1)} of {_processor()}"


def on_card(device: str = "") -> bool:
    torch = sys.modules.get("torch")
    return device != "cpu" and torch is not None and torch.cuda.is_available()


def clock(device: str = "") -> float:
    """Seconds; of the processor where that does the work, or what else runs on the machine would be measured too."""
    if not on_card(device):
        return time.process_time()
    sys.modules["torch"].cuda.synchronize()
    return time.perf_counter()


def _processor() -> str:
    file = Path("/proc/cpuinfo")
    lines = file.read_text().splitlines() if file.is_file() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor()


def in_turn(rounds: int, *each: Callable[[], object], device: str = "") -> list[list[float]]:
    """Seconds of each, A B A B: what else runs on the machine then slows all of them alike. A first round warms up."""
    seconds: list[list[float]] = [[] for _ in each]
    for turn in range(rounds + 1):
        for work, found in zip(each, seconds, strict=True):
            begun = clock(device)
            work()
            if turn:
                found.append(clock(device) - begun)
    return seconds


def ratios(slow: Sequence[float], fast: Sequence[float]) -> list[float]:
    """How many times as fast, round by round."""
    return [a / b for a, b in zip(slow, fast, strict=True)]


def table(figures: Sequence[Figure]) -> str:
    lines = []
    for where in dict.fromkeys(made.machine for made in figures):
        lines += [f"On {where}:", "", "| figure | value | spread | goal | met |", "|---|---|---|---|---|"]
        for made in (made for made in figures if made.machine == where):
            met = {None: "", True: "yes", False: "**no**"}[made.met]
            value, spread = _number(made.value), " to ".join(map(_number, made.spread))
            lines.append(f"| {made.name} | {value} {made.unit} | {spread} | {made.goal} | {met} |")
        lines.append("")
    return "\n".join(lines)


def _number(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def read(file: Path) -> list[Figure]:
    return [Figure(**made) for made in json.loads(file.read_text())] if file.is_file() else []


def write(file: Path, figures: Sequence[Figure]) -> None:
    """Together with what other runs have left there: one of the same name on the same machine is replaced."""
    names = {(made.name, made.machine) for made in figures}
    kept = [made for made in read(file) if (made.name, made.machine) not in names]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps([asdict(made) for made in (*kept, *figures)], indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    print(table(read(Path(sys.argv[1]))))
