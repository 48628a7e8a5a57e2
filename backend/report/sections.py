"""The parts of the report in figures: what it comes to, the table, the plots, and what made each take."""

from __future__ import annotations

from ..measure_words import MEASURES, Measure, columns, known
from ..measurements import Kind, Measurements, Row
from ..study import Study
from . import corner, labels, plot
from .album import Album
from .markup import Markup, element, join

LOOK = 400  # pixels a side at most
FLOOR = {Kind.SOURCE: "the floor", Kind.TRUTH: "a perfect take"}


def opening(measured: Measurements, study: Study) -> Markup:
    return element(
        "header",
        element("p", "Steady Diffusion · Report", class_="over"),
        element("h1", study.owner.strip),
        element("p", measured.judgement, class_="lead"),
        element("p", measured.warning, class_="warning", role="note") if measured.warning else "",
        _said(measured),
        _facts(measured, study),
    )


def _said(measured: Measurements) -> Markup:
    """Of each take, where that is more than what was said of all."""
    told = [row for row in measured.takes if row.judgement and row.judgement != measured.judgement]
    items = [
        element("li", key(measured, row), element("strong", row.name), f": {row.judgement}", class_="named")
        for row in told
    ]
    return element("ul", items, class_="said") if items else join()


def _facts(measured: Measurements, study: Study) -> Markup:
    width, height = study.source.framing.size
    facts = {
        "Frames": f"{len(measured.numbers)} at {study.source.fps:g} fps",
        "Shots": str(len(measured.shots)),
        "Size": f"{width} × {height}",
        "Takes": str(len(measured.takes)),
    }
    if measured.relied is not None:
        facts["Compared"] = f"{measured.relied:.0%} of the pixels"
    return element("dl", (element("div", element("dt", k), element("dd", v)) for k, v in facts.items()), class_="facts")


def key(measured: Measurements, row: Row) -> Markup:
    return labels.key(plot.look_of(measured, row))


# --- figures


def key_figures(measured: Measurements) -> Markup:
    measures = columns([row.figures for row in measured.rows])
    head = element("tr", element("th", "", scope="col"), (_column(measure) for measure in measures))
    table = element(
        "table",
        element("thead", head),
        element("tbody", (_row(measured, row, measures) for row in measured.rows)),
    )
    about = "What each of them means stands at the end of the page. "
    judged = "The best take of a column is marked." if len(measured.takes) > 1 else ""
    return element("section", element("h2", "Key figures"), element("p", about + judged, class_="soft"), wide(table))


def _column(measure: Measure) -> Markup:
    arrow = "↓" if measure.less else "↑"
    return element(
        "th", measure.name, element("small", measure.unit), element("small", f"{arrow} {measure.better}"), scope="col"
    )


def _row(measured: Measurements, row: Row, measures: list[Measure]) -> Markup:
    floor = element("small", f" {FLOOR[row.kind]}", class_="soft") if row.kind in FLOOR else ""
    cells = [_cell(measured, row, measure) for measure in measures]
    return element("tr", element("th", key(measured, row), row.name, floor, scope="row", class_="named"), cells)


def _cell(measured: Measurements, row: Row, measure: Measure) -> Markup:
    text = measure.text(measure.of(row.figures))
    takes = measured.takes
    best = measure.best([measure.of(take.figures) for take in takes])
    if best is not None and takes[best] is row:
        return element("td", element("small", "best "), text, class_="best")
    return element("td", text)


def wide(table: Markup) -> Markup:
    """It scrolls by itself where the window is narrower."""
    return element("div", table, class_="wide", tabindex="0", role="group")


def steady_and_true(measured: Measurements, album: Album) -> Markup:
    """The takes as points, beside the looks that they are held against."""
    drawn, looks = corner.corner(measured), _looks(measured, album)
    if drawn is None:
        return looks
    about = element("figcaption", "Every take as a point: further left flickers less, further down is nearer the look.")
    named = [(row.name, plot.look_of(measured, row)) for row in corner.shown(measured)]
    figure = element("figure", drawn, about, labels.legend(named, corner.NAME))
    return element("section", element("h2", "Steady and true"), element("div", figure, looks, class_="pair"))


def _looks(measured: Measurements, album: Album) -> Markup:
    made = []
    named = {look.name: look for look in album.study.gallery.looks()}
    for look in (named[name] for name in measured.looks if name in named):
        caption = f"Frame {look.frame} and its look" + (f": “{look.prompt}”" if look.prompt else "")
        made.append(album.frame(measured.source, look.frame, LOOK, f"Frame {look.frame} of the source"))
        made.append(album.look(look.name, LOOK, f"The chosen look of frame {look.frame}"))
        made.append(element("p", caption, class_="soft"))
    return element("div", made, class_="looks") if made else join()


def plots(measured: Measurements) -> Markup:
    shown = [measure for measure in known(measured.rows) if any(measure.series(row) for row in measured.rows)]
    rings = "Rings are the worst frames of a take." + (
        " Every other shot lies on a darker ground." if len(measured.shots) > 1 else ""
    )
    return element(
        "section", element("h2", "Over time"), element("p", rings, class_="soft"), (_plot(measured, m) for m in shown)
    )


def _plot(measured: Measurements, measure: Measure) -> Markup:
    better = element("span", f"{measure.unit} · {measure.better}", class_="soft")
    caption = element("figcaption", element("h3", measure.name), better)
    named = [(line.name, line.look) for line in plot.lines_of(measured, measure)]
    drawn = wide(plot.over_time(measured, measure))
    return element("figure", caption, drawn, labels.legend(named, plot.NAME), class_="over-time")


# --- what made it, and what the figures mean


def parameters(measured: Measurements) -> Markup:
    takes = [row for row in measured.takes if row.made]
    if not takes:
        return join()
    made = [dict(row.made) for row in takes]
    names = list(dict.fromkeys(name for row in takes for name, _ in row.made))
    head = element("tr", element("th", "", scope="col"), (element("th", row.name, scope="col") for row in takes))
    body = [_parameter(name, [of.get(name, "–") for of in made]) for name in names]
    table = element("table", element("thead", head), element("tbody", body), class_="settings")
    bold = element("p", "What differs between takes is set in bold.", class_="soft") if len(takes) > 1 else ""
    return element("section", element("h2", "What made each take"), bold, wide(table))


def _parameter(name: str, values: list[str]) -> Markup:
    differs = "differs" if len(set(values)) > 1 else None
    return element("tr", element("th", titled(name), scope="row"), (element("td", v) for v in values), class_=differs)


def titled(name: str) -> str:
    """As take.json calls a parameter, for a person."""
    return f"{name[:1].upper()}{name[1:]}".replace("_", " ")


def notes(measured: Measurements) -> Markup:
    told = [measure for measure in MEASURES if measure in known(measured.rows)]
    pairs = (join(element("dt", measure.name), element("dd", measure.about)) for measure in told)
    return element("section", element("h2", "What the figures mean"), element("dl", pairs, class_="notes"))
