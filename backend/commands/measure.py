"""`measure`: how steady takes are and how true to their look, in figures and as a report."""

from __future__ import annotations

import argparse
from typing import Any

from ..api import KeyFigures, Measure
from ..jobs import Job
from ..plain import to_json
from .words import Answer, stage

COLUMNS = {
    "warp_error": "warp error",
    "warp_error_first": "to the first",
    "look_fidelity": "from the look",
    "composition": "composition",
    "psnr_truth": "PSNR, dB",
    "ssim_truth": "SSIM",
    "excess": "excess",
}


def add(commands: Any) -> None:
    measure = stage(commands, "measure", "say how steady takes are and how true to their look, and write a report")
    measure.add_argument(
        "--take", action="append", default=[], metavar="NAME", help="one of them; may be repeated (default: all)"
    )
    measure.set_defaults(run=_measure)


def _measure(asked: argparse.Namespace, job: Job) -> Answer:
    from ..stages import measure

    measured = measure.measure(Measure(str(asked.study.resolve()), tuple(asked.take)), [], job)
    said = filter(None, [measured.judgement, measured.warning, f"The report: {measured.report}"])
    return Answer(to_json(measured), "\n".join([*table(measured.rows), "", *said]))


def table(rows: tuple[KeyFigures, ...]) -> list[str]:
    """The figures that any row has, a row a line."""
    names = [name for name in COLUMNS if any(getattr(row, name) is not None for row in rows)]
    wide = max(len(row.name) for row in rows) + 2
    lines = [" " * wide + "".join(f"{COLUMNS[name]:>15}" for name in names)]
    for row in rows:
        values = (getattr(row, name) for name in names)
        lines.append(f"{row.name:{wide}}" + "".join(f"{'' if v is None else format(v, '.2f'):>15}" for v in values))
    return lines
