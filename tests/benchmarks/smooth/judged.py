"""A take beside the truth: its figures, a table of them, and where ours is no better than what it is shown against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backend import measures
from backend.fidelity import Likeness
from backend.pictures import Pixels

from .spoilt import Truth

KNOWING = "undone by one who knows what was done"
MIXED = "mixed"
HALVINGS = 8


@dataclass(frozen=True)
class Row:
    name: str
    excess: float
    psnr: float
    warp_error: float  # along the source's true flow
    to_look: float | None = None  # where there is one
    steps: int = 0
    stop: str = ""

    def __str__(self) -> str:
        look = "–" if self.to_look is None else f"{self.to_look:.2f}"
        figures = f"{self.excess:.2f} | {self.psnr:.2f} | {self.warp_error:.2f} | {look}"
        return f"| {self.name} | {figures} | {self.steps or ''} | {self.stop} |"


def row(
    name: str, known: Truth, made: Sequence[Pixels], like: Likeness | None = None, steps: int = 0, stop: str = ""
) -> Row:
    errors = [measures.warp_error(made[i], made[i - 1], *known.own_ways[i - 1]) for i in range(1, len(made))]
    psnr = measures.psnr(np.stack(made), np.stack(known.truth))
    to_look = np.median([like.distance(a, b) for a, b in zip(known.source, made, strict=True)]) if like else None
    return Row(name, _excess(known, made), psnr, _pooled(errors), to_look and float(to_look), steps, stop)


def as_steady(
    rival: Row, known: Truth, take: Sequence[Pixels], smoothed: Sequence[Pixels], like: Likeness | None
) -> Row:
    """Ours with as much of the take in it again as gives it the excess of a rival: then their likeness compares."""
    least, most = 0.0, 1.0
    for _ in range(HALVINGS):
        share = (least + most) / 2
        least, most = (share, most) if _excess(known, _mixed(take, smoothed, share)) > rival.excess else (least, share)
    made = _mixed(take, smoothed, most)
    return row(f"{most:.0%} smoothed, as steady as {rival.name}", known, made, like, stop=MIXED)


def _mixed(take: Sequence[Pixels], smoothed: Sequence[Pixels], share: float) -> list[Pixels]:
    pairs = zip(take, smoothed, strict=True)
    return [np.rint(a + share * (b.astype(float) - a)).astype(np.uint8) for a, b in pairs]


def table(rows: Sequence[Row]) -> str:
    head = "| | excess | PSNR, dB | warp error | to the look | steps | stopped |\n|---|---|---|---|---|---|---|"
    return "\n".join([head, *map(str, rows)])


def losses(rows: Sequence[Row]) -> list[str]:
    """What it comes to, and where the nearer of ours to the truth is no better than the take, or than a filter that has
    as little excess."""
    take, others = rows[0], [each for each in rows[1:] if not each.stop and each.name != KNOWING]
    made = [each for each in rows if each.stop and each.stop != MIXED]
    if not made:
        return []
    ours = max(made, key=lambda each: each.psnr)
    said = [f"Excess falls by {1 - each.excess / take.excess:.0%} with {each.name}." for each in made]
    said += [f"{ours.psnr - take.psnr:+.2f} dB to the truth with {ours.name}."]
    steady = [each for each in others if each.excess <= ours.excess]
    said += [f"Loses {each.psnr - ours.psnr:.2f} dB to {each.name}." for each in steady if each.psnr > ours.psnr]
    said += [
        f"Farther from the look than {each.name} ({each.to_look:.2f})."
        for each in steady
        if each.to_look is not None and ours.to_look is not None and each.to_look < ours.to_look
    ]
    best = min(others, key=lambda each: each.excess)
    said += [f"The steadiest of the others, {best.name}, has {best.excess - ours.excess:+.2f} excess beside it."]
    for mixed in (each for each in rows if each.stop == MIXED):
        rival = next(each for each in others if mixed.name.endswith(f" {each.name}"))
        said += [f"{mixed.name}: {mixed.psnr - rival.psnr:+.2f} dB beside it{_looks(mixed, rival)}."]
    return said


def _looks(mixed: Row, rival: Row) -> str:
    if mixed.to_look is None or rival.to_look is None:
        return ""
    return f", {mixed.to_look - rival.to_look:+.2f} in the distance to the look"


def _excess(known: Truth, made: Sequence[Pixels]) -> float:
    pairs = range(1, len(made))
    return _pooled(
        [
            measures.excess((made[i], made[i - 1]), (known.truth[i], known.truth[i - 1]), *known.ways[i - 1])
            for i in pairs
        ]
    )


def _pooled(values: Sequence[float]) -> float:
    """The RMS of all pairs together."""
    return float(np.sqrt(np.mean(np.square(values))))
