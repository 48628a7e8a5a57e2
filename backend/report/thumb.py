"""plot.png: the flicker of every take over time, as small as Blender's panels show pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image, ImageColor, ImageDraw, ImageFont

from .. import pictures
from ..measure_words import MEASURES
from ..measurements import Measurements
from .axes import Scale, span, ticks, whole_ticks
from .labels import shortened
from .plot import Line, lines_of
from .style import DARK

FLICKER = MEASURES[0]
SIDE = 256  # pixels: what Blender keeps of a picture for its panels
FINE = 3  # it is drawn so many times larger, for smooth lines
LEFT, RIGHT, TOP = 30, 10, 26
LETTERS, LEAD = 12, 16  # pixels of a letter's height, and of a line of text
MOST = 6  # names below the plot
DASH = 5

Place = tuple[float, float]


def write_thumb(path: Path, measured: Measurements) -> None:
    lines = lines_of(measured, FLICKER)
    named = lines[:MOST]
    made = Image.new("RGB", (SIDE * FINE, SIDE * FINE), DARK["card"])
    draw = ImageDraw.Draw(made)
    bottom = SIDE - 22 - LEAD * -(-len(named) // 2)
    points = [value for line in lines for _, value in line.points]
    x = Scale(measured.numbers[0], measured.numbers[-1], LEFT, SIDE - RIGHT)
    y = Scale(*span(points, whole=True), bottom, TOP)
    _write(draw, (10, 5), f"{FLICKER.name} over time", "ink")
    _grid(draw, measured, x, y)
    for line in lines:
        _line(draw, line, x, y)
    _names(draw, named, bottom + 20)
    pictures.write(path, np.asarray(made.resize((SIDE, SIDE), Image.Resampling.LANCZOS)))


def _grid(draw: ImageDraw.ImageDraw, measured: Measurements, x: Scale, y: Scale) -> None:
    for value in ticks(y.low, y.high, 4):
        _stroke(draw, [(LEFT, y.at(value)), (SIDE - RIGHT, y.at(value))], "rule", 1)
        _write(draw, (LEFT - 5, y.at(value)), f"{value:g}", "soft", "rm")
    for number in whole_ticks(int(x.low), int(x.high), 4):
        anchor = "lt" if number == x.low else "rt" if number == x.high else "mt"
        _write(draw, (x.at(number), y.start + 4), str(number), "soft", anchor)
    for number in measured.shots[1:]:
        _stroke(draw, [(x.at(number), y.start), (x.at(number), y.end)], "soft", 0.7)


def _line(draw: ImageDraw.ImageDraw, line: Line, x: Scale, y: Scale) -> None:
    for part in line.parts:
        places = [(x.at(number), y.at(value)) for number, value in part]
        for piece in _pieces(places, _dashed(line)):
            _stroke(draw, piece, _colour(line), 1.6)
        if len(places) == 1:
            _dot(draw, places[0], _colour(line), 2.2)
    for number, value in line.marked:
        _dot(draw, (x.at(number), y.at(value)), _colour(line), 2.6)


def _pieces(places: Sequence[Place], dashed: bool) -> Iterator[list[Place]]:
    """All of it, or every other stretch of DASH pixels."""
    if not dashed:
        if len(places) > 1:
            yield list(places)
        return
    walked = 0.0
    for a, b in pairwise(places):
        length = float(np.hypot(b[0] - a[0], b[1] - a[1]))
        cuts = [0.0, *np.arange(DASH - walked % DASH, length, DASH).tolist(), length]
        for begin, end in pairwise(cuts):
            if int((walked + begin + 1e-6) // DASH) % 2 == 0 and length:
                yield [_between(a, b, begin / length), _between(a, b, end / length)]
        walked += length


def _between(a: Place, b: Place, share: float) -> Place:
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


def _names(draw: ImageDraw.ImageDraw, lines: Sequence[Line], top: float) -> None:
    for i, line in enumerate(lines):
        left, middle = 10 + i % 2 * (SIDE // 2 - 6), top + i // 2 * LEAD + LEAD / 2
        for piece in _pieces([(left, middle), (left + 15, middle)], _dashed(line)):
            _stroke(draw, piece, _colour(line), 2)
        _write(draw, (left + 20, middle), shortened(line.name, 15), "ink", "lm")


def _dashed(line: Line) -> bool:
    return line.look in ("source", "truth") or line.look.endswith("again")


def _colour(line: Line) -> str:
    return "ink" if line.look == "truth" else line.look.split()[0]


# --- in pixels of the finished picture


def _stroke(draw: ImageDraw.ImageDraw, places: Sequence[Place], colour: str, width: float) -> None:
    fine = [(px * FINE, py * FINE) for px, py in places]
    draw.line(fine, ImageColor.getrgb(DARK[colour]), max(1, round(width * FINE)), joint="curve")


def _dot(draw: ImageDraw.ImageDraw, place: Place, colour: str, radius: float) -> None:
    draw.circle((place[0] * FINE, place[1] * FINE), radius * FINE, ImageColor.getrgb(DARK[colour]))


def _write(draw: ImageDraw.ImageDraw, place: Place, text: str, colour: str, anchor: str = "lt") -> None:
    there = place[0] * FINE, place[1] * FINE
    draw.text(there, text, ImageColor.getrgb(DARK[colour]), _font(), anchor)


@cache
def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(LETTERS * FINE)
