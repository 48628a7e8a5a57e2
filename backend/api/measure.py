"""The measure stage: how steady takes are and how true to their look, in figures and as a report."""

from __future__ import annotations

from typing import ClassVar

from ..frozen import frozen


@frozen
class KeyFigures:
    """Of one row of the report, for the panel; None where it cannot be told."""

    name: str  # of the take, "source" or "truth"
    warp_error: float | None
    warp_error_first: float | None
    look_fidelity: float | None  # a distance: 0 is the look itself
    composition: float
    psnr_truth: float | None = None
    ssim_truth: float | None = None
    excess: float | None = None


@frozen
class Measured:
    """Where the report is, and what it says at a glance: the source first, then the takes."""

    report: str
    rows: tuple[KeyFigures, ...]
    judgement: str  # one plain sentence
    warning: str = ""


@frozen
class Measure:
    """Measure takes beside their source, and write measures.json and report.html. What stands is not measured again."""

    method: ClassVar[str] = "measure"
    quick: ClassVar[bool] = False
    answer: ClassVar[type] = Measured
    folder: str
    takes: tuple[str, ...] = ()  # their names; () is all that are whole
