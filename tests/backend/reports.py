"""Reports of small studies, and what a browser makes of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
from studies import noise, sample

from backend import disk, pictures
from backend.api import Look
from backend.measurements import Figures, Kind, Measurements, Row, Series, Values
from backend.study import Study

VOID = {"meta", "img", "br", "hr"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    words: str = ""  # its own and those of its children

    def all(self, tag: str, kind: str = "") -> list[Element]:
        found = [one for child in self.children for one in (child, *child.all("*"))]
        named = found if tag == "*" else [one for one in found if one.tag == tag]
        return [one for one in named if kind in one.attributes.get("class", "")]

    def one(self, tag: str, kind: str = "") -> Element:
        (found,) = self.all(tag, kind)
        return found


class Reader(HTMLParser):
    """Refuses what a browser would have to mend."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("root", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(made)
        if tag not in VOID:
            self._open.append(made)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for one in self._open:
            one.words += data

    def read(self, page: str) -> Element:
        self.feed(page)
        self.close()
        assert self._open == [self.root]
        return self.root


def parsed(path: Path) -> Element:
    return Reader().read(path.read_text(encoding="utf-8"))


def series(count: int, seed: int, scale: float, shots: tuple[int, ...] = ()) -> Values:
    values = np.random.default_rng(seed).uniform(0.2, 1, count) * scale
    return tuple(None if i + 1 in shots else float(v) for i, v in enumerate(values))


def mean(values: Values) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def row(name: str, kind: Kind, folder: str, count: int, shots: tuple[int, ...], truth: bool, seed: int) -> Row:
    flicker, true = series(count, seed, 5, shots), truth and kind is not Kind.TRUTH
    told = Series(
        flicker,
        series(count, seed + 1, 9, shots),
        series(count, seed + 2, 1),
        series(count, seed + 3, 0.4),
        series(count, seed + 4, 30) if true else (),
        series(count, seed + 5, 1) if true else (),
        series(count, seed + 6, 5, shots) if true else (),
    )
    figures = Figures(
        mean(told.warp_error) or 0.0,
        mean(told.warp_error_first) or 0.0,
        mean(told.composition) or 0.0,
        *(mean(values) for values in (told.look_fidelity, told.psnr_truth, told.ssim_truth, told.excess)),
    )
    worst = tuple(sorted((i + 1 for i in range(count) if flicker[i]), key=lambda n: -(flicker[n - 1] or 0))[:5])
    take = kind is Kind.TAKE
    made = (("way", "plain"), ("prompt", "a <b>neon</b> night"), ("strength", str(seed))) if take else ()
    return Row(
        name, kind, folder, "print", figures, told, worst if take else (), f"{name} is steady." if take else "", made
    )


def measured(study: Study, count: int, takes: tuple[str, ...], shots: tuple[int, ...], truth: bool) -> Measurements:
    rows = [row("source", Kind.SOURCE, "frames", count, shots, truth, 1)]
    for i, name in enumerate(takes):
        rows.append(row(name, Kind.TAKE, f"takes/{study.take(name).folder.name}", count, shots, truth, 10 * i + 10))
    if truth:
        rows.append(row("truth", Kind.TRUTH, "report/truth", count, shots, truth, 3))
    looks = tuple(look.name for look in study.gallery.chosen())
    shares = tuple(None if n in shots else 0.8 for n in range(1, count + 1))
    numbers, judgement = tuple(range(1, count + 1)), f"“{takes[0]}” is steadiest."
    return Measurements(numbers, shots, shares, looks, tuple(rows), judgement, relied=0.8)


def made(folder: Path, count: int, takes: tuple[str, ...], truth: bool, look: str) -> Study:
    sample(folder, [noise(i, 48, 32) for i in range(count)])
    study = Study.open(folder)
    places = [study.take(name).folder for name in takes] + ([study.truth_folder] if truth else [])
    for place in places:
        for number in range(1, count + 1):
            pictures.write(place / f"{number:06}.png", noise(100 + number, 48, 32))
    if look:
        disk.make_folder(study.gallery.folder)
        pictures.write(study.gallery.picture_path("002-1"), noise(7, 48, 32))
        study.gallery.add(Look("002-1", 2, look, "pocket", None, "", 0.8, moved=False, chosen=True))
    return study
