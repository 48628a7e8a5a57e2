"""Lines over time as SVG: every take, the source and the truth, with the shots and the worst frames marked."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ..frozen import frozen
from ..measure_words import Measure
from ..measurements import Kind, Measurements, Row
from .axes import Scale, span, ticks, whole_ticks
from .labels import LETTER, label
from .markup import Markup, element, join
from .style import TAKES

WIDTH, HEIGHT = 1040, 250
LEFT, RIGHT, TOP, BOTTOM = 52, 170, 26, 34
NAME = (RIGHT - 14) / LETTER  # letters of a name
LABEL = 15  # pixels between two names at the end of their lines
FEW = 40  # frames: so many get a dot each
WORST = 3  # frames of each take, that are marked and shown

Point = tuple[int, float]


@frozen
class Line:
    name: str
    look: str  # the class that colours it
    parts: tuple[tuple[Point, ...], ...]  # broken where a frame has no value, or a shot begins
    marked: tuple[Point, ...]
    worst: Point | None  # the one of them that also has its number

    @property
    def points(self) -> tuple[Point, ...]:
        return tuple(point for part in self.parts for point in part)


def over_time(measured: Measurements, measure: Measure) -> Markup:
    lines = lines_of(measured, measure)
    points = [point for line in lines for point in line.points]
    x = Scale(measured.numbers[0], measured.numbers[-1], LEFT, WIDTH - RIGHT)
    y = Scale(*span((value for _, value in points), whole=measure.less), HEIGHT - BOTTOM, TOP)
    return element(
        "svg",
        element("title", f"{measure.name} over time"),
        element("desc", told(lines, measure)),
        _shots(measured, x),
        _grid(measure, x, y),
        element("g", (_line(line, x, y, measure) for line in lines), class_="lines"),
        element("g", _names(lines, y), class_="names"),
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
        class_="plot",
    )


def lines_of(measured: Measurements, measure: Measure) -> list[Line]:
    """The source and the truth first, so that takes are drawn over them."""
    rows = sorted(measured.rows, key=lambda row: row.kind is Kind.TAKE)
    lines = [line_of(measured, measure, row) for row in rows if measure.series(row)]
    return [line for line in lines if line.points]


def line_of(measured: Measurements, measure: Measure, row: Row) -> Line:
    parts: list[list[Point]] = []
    going = False
    for number, value in zip(measured.numbers, measure.series(row), strict=False):
        if value is None:
            going = False
            continue
        if not going or number in measured.shots:
            parts.append([])
        parts[-1].append((number, value))
        going = True
    shown = {point[0]: point for part in parts for point in part} if row.kind is Kind.TAKE else {}
    marked = tuple(shown[number] for number in row.worst[:WORST] if number in shown)
    look, worst = look_of(measured, row), next(iter(marked), None)
    return Line(row.name, look, tuple(map(tuple, parts)), marked, worst)


def look_of(measured: Measurements, row: Row) -> str:
    if row.kind is not Kind.TAKE:
        return row.kind.value
    place = measured.takes.index(row)
    return f"take-{place % TAKES}" + (" again" if place >= TAKES else "")


def told(lines: Sequence[Line], measure: Measure) -> str:
    """The plot for who does not see it."""
    if not lines:
        return "There is nothing to show."
    ranges = [f"{line.name} from {_least(line, measure)} to {_most(line, measure)}" for line in lines]
    return f"{measure.unit}, {measure.better}: {'; '.join(ranges)}."


def _least(line: Line, measure: Measure) -> str:
    return measure.text(min(value for _, value in line.points))


def _most(line: Line, measure: Measure) -> str:
    return measure.text(max(value for _, value in line.points))


# --- what stands behind the lines


def _shots(measured: Measurements, x: Scale) -> Markup:
    """Every other shot on a darker ground, and each with its number where there are several."""
    if len(measured.shots) < 2:
        return join()
    edges = [*measured.shots, measured.numbers[-1]]
    made = []
    for i, (first, last) in enumerate(pairwise(edges)):
        left, right = x.at(first), x.at(last)
        if i % 2:
            made.append(element("rect", x=left, y=TOP, width=max(right - left, 1), height=HEIGHT - TOP - BOTTOM))
        if i:
            made.append(element("line", x1=left, x2=left, y1=TOP - 10, y2=HEIGHT - BOTTOM))
        if right - left > 44 or i == 0:
            made.append(element("text", f"shot {i + 1}", x=left + 4, y=TOP - 6))
    return element("g", made, class_="shots")


def _grid(measure: Measure, x: Scale, y: Scale) -> Markup:
    made = []
    for value in ticks(y.low, y.high):
        made.append(element("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y.at(value), y2=y.at(value)))
        made.append(element("text", f"{value:g}", x=LEFT - 8, y=y.at(value) + 4, text_anchor="end"))
    for number in whole_ticks(int(x.low), int(x.high)):
        made.append(element("text", str(number), x=x.at(number), y=HEIGHT - BOTTOM + 18, text_anchor="middle"))
    made.append(element("text", "frame", x=WIDTH - RIGHT + 14, y=HEIGHT - BOTTOM + 18))
    return element("g", made, class_="grid")


# --- the lines


def _line(line: Line, x: Scale, y: Scale, measure: Measure) -> Markup:
    made = [element("path", d=_path(part, x, y)) for part in line.parts if len(part) > 1]
    alone = [part[0] for part in line.parts if len(part) == 1]
    dots = line.points if len(line.points) <= FEW else alone
    made += [_dot(line, point, x, y, measure, 2.5, "dot") for point in dots]
    made += [_dot(line, point, x, y, measure, 4.5, "ring") for point in line.marked]
    if line.worst:
        number, value = line.worst
        made.append(element("text", str(number), x=x.at(number), y=y.at(value) - 9, text_anchor="middle"))
    return element("g", made, class_=line.look)


def _path(part: Sequence[Point], x: Scale, y: Scale) -> str:
    return "M" + "L".join(f"{x.at(number):g},{y.at(value):g}" for number, value in part)


def _dot(line: Line, point: Point, x: Scale, y: Scale, measure: Measure, radius: float, kind: str) -> Markup:
    number, value = point
    words = element("title", f"{line.name}, frame {number}: {measure.text(value)}")
    return element("circle", words, cx=x.at(number), cy=y.at(value), r=radius, class_=kind)


def _names(lines: Sequence[Line], y: Scale) -> list[Markup]:
    """At the ends of their lines, pushed apart where they would lie on each other."""
    order = sorted(lines, key=lambda line: -line.points[-1][1])
    made, free = [], float(TOP)
    for i, line in enumerate(order):
        below = (len(order) - 1 - i) * LABEL + LABEL // 2
        place = max(free, min(y.at(line.points[-1][1]), HEIGHT - BOTTOM - below))
        free = place + LABEL
        text = label(line.name, NAME, x=WIDTH - RIGHT + 14, y=round(place + 4, 2))
        made.append(element("g", text, class_=line.look))
    return made
