"""The parts of the report in pictures: the worst frames beside the source, and every take as a strip of film."""

from __future__ import annotations

from ..measure_words import MEASURES
from ..measurements import Measurements, Row
from .album import Album
from .markup import Markup, element, join
from .plot import WORST
from .sections import key, wide

MOMENT, FILM = 480, 240  # pixels a side at most
COLUMNS = 8
FLICKER = MEASURES[0]


def worst_frames(measured: Measurements, album: Album) -> Markup:
    takes = [row for row in measured.takes if row.worst]
    if not takes:
        return join()
    about = "Where each take departs most from the source's own steadiness, with the frame before it."
    return element(
        "section",
        element("h2", "Worst frames"),
        element("p", about, class_="soft"),
        (_worst_of(measured, row, album) for row in takes),
    )


def _worst_of(measured: Measurements, row: Row, album: Album) -> Markup:
    moments = [_moment(measured, row, number, album) for number in row.worst[:WORST]]
    return element("article", element("h3", key(measured, row), row.name), moments, class_="worst")


def _moment(measured: Measurements, row: Row, number: int, album: Album) -> Markup:
    shown = [(measured.source, number, f"source, frame {number}")]
    if number > measured.numbers[0] and number not in measured.shots:
        shown.append((row, number - 1, f"the take, frame {number - 1}"))
    shown.append((row, number, f"the take, frame {number}"))
    if measured.truth:
        shown.append((measured.truth, number, f"the truth, frame {number}"))
    figures = [_figure(album, *what) for what in shown]
    return element(
        "div", element("p", _said(measured, row, number)), figures, class_="moment", style=f"--count: {len(shown)}"
    )


def _figure(album: Album, row: Row, number: int, caption: str) -> Markup:
    picture = album.frame(row, number, MOMENT, f"{row.name}, frame {number}")
    return element("figure", picture, element("figcaption", caption))


def _said(measured: Measurements, row: Row, number: int) -> str:
    place = measured.numbers.index(number)
    theirs, ours = (FLICKER.series(r)[place] for r in (measured.source, row))
    if ours is None:
        return f"Frame {number}"
    beside = f", and the source {FLICKER.text(theirs)}" if theirs is not None else ""
    return f"Frame {number} flickers by {FLICKER.text(ours)} levels{beside}."


def filmstrip(measured: Measurements, album: Album) -> Markup:
    """A few frames of all of it, the first of every shot among them where there is room."""
    numbers = chosen(measured)
    head = element("tr", element("th", "", scope="col"), (element("th", str(n), scope="col") for n in numbers))
    body = [_film_row(measured, row, numbers, album) for row in measured.rows]
    table = element(
        "table", element("thead", head), element("tbody", body), class_="film", style=f"--frames: {len(numbers)}"
    )
    return element("section", element("h2", "Filmstrip"), wide(table))


def _film_row(measured: Measurements, row: Row, numbers: list[int], album: Album) -> Markup:
    cells = [element("td", album.frame(row, n, FILM, f"{row.name}, frame {n}")) for n in numbers]
    return element("tr", element("th", key(measured, row), row.name, scope="row"), cells)


def chosen(measured: Measurements, most: int = COLUMNS) -> list[int]:
    """Evenly spread; where a shot would not be seen at all, its first frame takes the place of the nearest."""
    every = measured.numbers
    if len(every) <= most:
        return list(every)
    places = [round(i * (len(every) - 1) / (most - 1)) for i in range(most)]
    found = [every[place] for place in places]
    for first, end in zip(measured.shots, (*measured.shots[1:], every[-1] + 1), strict=True):
        if len(measured.shots) <= most and not any(first <= n < end for n in found):
            found[min(range(most), key=lambda i: abs(found[i] - first))] = first
    return sorted(set(found))
