"""How each measure is called and explained to who reads no papers. Standard library only: both sides use it."""

from __future__ import annotations

from collections.abc import Sequence

from .api import KeyFigures
from .frozen import frozen
from .measurements import Figures, Row, Values


@frozen
class Measure:
    field: str  # of Figures and of Series
    name: str
    unit: str
    less: bool  # whether less is better
    better: str  # what the better side is, in words
    digits: int
    about: str

    def of(self, figures: Figures | KeyFigures) -> float | None:
        return getattr(figures, self.field)

    def best(self, values: Sequence[float | None]) -> int | None:
        """The place of the one to be marked; None where nothing is to choose between."""
        told = [(value, place) for place, value in enumerate(values) if value is not None]
        if len({self.text(value) for value, _ in told}) < 2:
            return None
        return (min if self.less else max)(told)[1]

    def series(self, row: Row) -> Values:
        return getattr(row.series, self.field)

    def text(self, value: float | None) -> str:
        return "–" if value is None else f"{value:.{self.digits}f}"


MEASURES = (
    Measure(
        "warp_error",
        "Flicker",
        "levels of 255",
        True,
        "less is steadier",
        2,
        "How much a frame differs from the one before, after the source's motion is undone. The source has some too "
        "(grain, light, what the motion misses): that is the floor. Blur lowers it as well, so read it beside the "
        "look distance.",
    ),
    Measure(
        "warp_error_first",
        "Drift",
        "levels of 255",
        True,
        "less is steadier",
        2,
        "The same against the first frame of the shot: what creeps in slowly shows here and not in the flicker.",
    ),
    Measure(
        "look_fidelity",
        "Look distance",
        "0 is the look itself",
        True,
        "less is nearer",
        3,
        "How far strokes and colours are from the nearest chosen look, at every scale, and how they go with the frame. "
        "Compare takes with each other by it: what a good one has depends on the look.",
    ),
    Measure(
        "composition",
        "Composition",
        "1 is the frame itself",
        False,
        "more is kept",
        2,
        "Whether edges lie where they lie in the source, whatever their colours.",
    ),
    Measure(
        "psnr_truth",
        "Likeness",
        "to the truth, PSNR in dB",
        False,
        "more is nearer",
        1,
        "How close every pixel is to what a perfect take would show.",
    ),
    Measure(
        "ssim_truth",
        "Structure",
        "of the truth, SSIM",
        False,
        "more is nearer",
        3,
        "The same for structure: edges and textures instead of levels.",
    ),
    Measure(
        "excess",
        "Excess flicker",
        "levels of 255",
        True,
        "less is steadier",
        2,
        "What changes between two frames beyond what changes in the truth: flicker proper, with no floor under it.",
    ),
)


OF_ALL = {"warp_error", "warp_error_first", "composition"}  # a table has these also where nothing can be compared


def columns(rows: Sequence[Figures | KeyFigures]) -> list[Measure]:
    return [measure for measure in MEASURES if measure.field in OF_ALL or any(measure.of(r) is not None for r in rows)]


def known(rows: tuple[Row, ...]) -> list[Measure]:
    """Those that any of these rows has a figure of."""
    return [measure for measure in MEASURES if any(measure.of(row.figures) is not None for row in rows)]
