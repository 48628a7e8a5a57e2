"""What was measured of a strip and its takes, and report/measures.json. Standard library only: both sides read it.

Errors and excess are in levels of 255, RMS over the pixels that can be compared; for all but composition, PSNR and
SSIM less is better."""

from __future__ import annotations

from dataclasses import fields
from enum import Enum
from pathlib import Path

from . import disk
from .api import ErrorCode, Failure, KeyFigures
from .frozen import frozen
from .plain import to_json
from .record import SCHEMA, read_as, read_json, write_json

Values = tuple[float | None, ...]  # one a frame, as in Measurements.numbers; None where there is nothing to measure


class Kind(Enum):
    SOURCE = "source"  # the strip itself: what its errors are is the floor
    TAKE = "take"
    TRUTH = "truth"  # what a perfect take would show; known of the pocket world only


@frozen
class Figures:
    """Of all frames together: errors as root mean squares over the frames, all else as their mean or median. An error
    is None where no frame can be compared with an earlier one."""

    warp_error: float | None  # to the frame before, along the source's flow
    warp_error_first: float | None  # to the first frame of its shot
    composition: float  # the median; 1 is the frame itself
    look_fidelity: float | None = None  # the median distance to the look; None without one
    psnr_truth: float | None = None  # dB, the median
    ssim_truth: float | None = None  # the median
    excess: float | None = None


@frozen
class Series:
    """The same frame by frame. The first frame of a shot has no frame before it."""

    warp_error: Values
    warp_error_first: Values
    composition: Values
    look_fidelity: Values = ()  # () where the figure is None
    psnr_truth: Values = ()
    ssim_truth: Values = ()
    excess: Values = ()


@frozen
class Row:
    """One row of the report."""

    name: str  # of the take, “source” or “truth”
    kind: Kind
    folder: str  # of its pictures, as seen from the study, with slashes; numbered as the source's
    fingerprint: str  # of all that the figures depend on
    figures: Figures
    series: Series
    worst: tuple[int, ...]  # frame numbers: where it departs most from the source's own steadiness, the worst first
    judgement: str = ""  # one plain sentence; '' for source and truth
    made: tuple[tuple[str, str], ...] = ()  # what made it: the parameters of take.json, in words and in order


@frozen
class Measurements:
    """Everything that the report shows, the source first, then the takes by name, then the truth."""

    numbers: tuple[int, ...]  # of the frames
    shots: tuple[int, ...]  # the first frame of each
    compared: Values  # the share of each frame's pixels that can be compared with the frame before
    looks: tuple[str, ...]  # the names of those that fidelity is measured to
    rows: tuple[Row, ...]
    judgement: str  # of all takes, one plain sentence
    warning: str = ""
    relied: float | None = None  # the share of the strip's pixels that flicker stands on

    def row(self, name: str, kind: Kind = Kind.TAKE) -> Row | None:
        return next((row for row in self.rows if row.name == name and row.kind is kind), None)

    @property
    def source(self) -> Row:
        return self.rows[0]

    @property
    def takes(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.kind is Kind.TAKE)

    @property
    def truth(self) -> Row | None:
        return next((row for row in self.rows if row.kind is Kind.TRUTH), None)


def key_figures(row: Row) -> KeyFigures:
    return KeyFigures(row.name, **{field.name: getattr(row.figures, field.name) for field in fields(Figures)})


def write(path: Path, measured: Measurements) -> None:
    write_json(path, {"schema": SCHEMA, **to_json(measured)})


def read(path: Path) -> Measurements | None:
    """None where nothing was measured yet, or by another version: it is measured anew."""
    if not disk.long_path(path).is_file():
        return None
    plain = read_json(path)
    if plain.pop("schema", None) != SCHEMA:
        return None
    found = read_as(Measurements, plain, path)
    if not found.rows or found.rows[0].kind is not Kind.SOURCE:
        raise Failure(ErrorCode.BAD_STUDY, f"“{path}” is damaged: it does not begin with the source.", "Measure again.")
    return found
