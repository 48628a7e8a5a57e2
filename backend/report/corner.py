"""Steady and true at once: every take as a point, flicker against the distance to the look. Blur cannot hide here."""

from __future__ import annotations

from ..measure_words import MEASURES, Measure
from ..measurements import Kind, Measurements, Row
from .axes import Scale, span, ticks
from .labels import LETTER, label, letters, shortened
from .markup import Markup, element, join
from .plot import LABEL, look_of

WIDTH, HEIGHT = 620, 360
LEFT, RIGHT, TOP, BOTTOM = 56, 24, 16, 46
ACROSS, UP = (next(m for m in MEASURES if m.field == field) for field in ("warp_error", "look_fidelity"))
NAME = 24  # letters of a name


def corner(measured: Measurements) -> Markup | None:
    """None where there is no look, and so nothing to be true to, or no frame to be steady against."""
    rows = shown(measured)
    if not measured.takes or len(rows) < 2:
        return None
    x = Scale(*span((_value(ACROSS, row) for row in rows), whole=True), LEFT, WIDTH - RIGHT)
    y = Scale(*span((_value(UP, row) for row in rows), whole=True), HEIGHT - BOTTOM, TOP)
    return element(
        "svg",
        element("title", "Flicker against the distance to the look"),
        element("desc", " ".join(_told(row) for row in rows)),
        _grid(x, y),
        element("g", (_point(measured, row, x, y) for row in rows), class_="lines"),
        element("g", _names(measured, rows, x, y), class_="names"),
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
        class_="plot",
    )


def shown(measured: Measurements) -> list[Row]:
    return [row for row in measured.rows if None not in (ACROSS.of(row.figures), UP.of(row.figures))]


def _value(measure: Measure, row: Row) -> float:
    return measure.of(row.figures) or 0.0


def _told(row: Row) -> str:
    return f"{row.name}: flicker {ACROSS.text(_value(ACROSS, row))}, distance {UP.text(_value(UP, row))}."


def _grid(x: Scale, y: Scale) -> Markup:
    floor, wall = HEIGHT - BOTTOM, WIDTH - RIGHT
    made = []
    for value in ticks(y.low, y.high):
        made.append(element("line", x1=LEFT, x2=wall, y1=y.at(value), y2=y.at(value)))
        made.append(element("text", f"{value:g}", x=LEFT - 8, y=y.at(value) + 4, text_anchor="end"))
    for value in ticks(x.low, x.high, 6):
        made.append(element("line", x1=x.at(value), x2=x.at(value), y1=TOP, y2=floor))
        made.append(element("text", f"{value:g}", x=x.at(value), y=floor + 18, text_anchor="middle"))
    made.append(element("text", f"{ACROSS.name} →", x=wall, y=floor + 38, text_anchor="end"))
    made.append(element("text", f"{UP.name} →", transform=f"translate(13 {TOP}) rotate(-90)", text_anchor="end"))
    made.append(element("text", "↙ steady and true to the look", x=LEFT + 10, y=floor - 10, class_="corner"))
    return element("g", made, class_="grid")


def _point(measured: Measurements, row: Row, x: Scale, y: Scale) -> Markup:
    place = {"cx": x.at(_value(ACROSS, row)), "cy": y.at(_value(UP, row))}
    kind = "dot" if row.kind is Kind.TAKE else "ring"
    return element(
        "g", element("circle", element("title", _told(row)), **place, r=7, class_=kind), class_=look_of(measured, row)
    )


def _names(measured: Measurements, rows: list[Row], x: Scale, y: Scale) -> Markup:
    """Beside their points, on the side that has room, and below each other where they would meet."""
    made, taken = [], []
    for row in sorted(rows, key=lambda row: y.at(_value(UP, row))):
        here, width = x.at(_value(ACROSS, row)), letters(shortened(row.name, NAME)) * LETTER
        left = here + 13 if here + 13 + width < WIDTH else here - 13 - width
        top = y.at(_value(UP, row))
        while any(abs(top - other) < LABEL and left < end and begin < left + width for begin, end, other in taken):
            top += 2
        taken.append((left, left + width, top))
        text = label(row.name, NAME, x=round(max(left, LEFT + 4), 2), y=round(top + 4, 2))
        made.append(element("g", text, class_=look_of(measured, row)))
    return join(made)
