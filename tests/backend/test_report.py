"""The report as a person who opens it finds it: one file, whole without a network, that names all there is."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from reports import Element, made, measured, parsed
from studies import quiet_job

from backend import pictures, report
from backend.api import ErrorCode, Failure
from backend.jobs import Job
from backend.measurements import Measurements
from backend.report.labels import letters, shortened
from backend.report.style import DARK, LIGHT
from backend.study import Study

NASTY = "夜の <script>alert('x')</script> & \"雨\""

LONG = (
    "tuned 0.45 a neon city by night in the rain smooth",
    "tuned 0.45 a neon city by night in the rain",
    "W" * 80,
    "夜の街の雨" * 5,
)


@pytest.fixture
def reported(tmp_path: Path) -> Callable[..., tuple[Element, Path, Measurements]]:
    """Writes the report of a small study, and reads it as a browser does."""

    def write(
        count: int = 12,
        takes: tuple[str, ...] = ("plain 0.45", "tuned 0.45"),
        shots: tuple[int, ...] = (1, 8),
        truth: bool = True,
        look: str = "a neon night",
    ) -> tuple[Element, Path, Measurements]:
        study = made(tmp_path / "study", count, takes, truth, look)
        what = measured(study, count, takes, shots, truth)
        path = report.write(study.report_folder, what, study, quiet_job())
        assert path == study.report_path
        return parsed(path), path, what

    return write


def test_it_is_one_file_that_asks_nothing_of_a_network(reported):
    page, path, _ = reported()
    links = [
        value
        for one in page.all("*")
        for name, value in one.attributes.items()
        if name in ("src", "href", "srcset", "data", "action", "poster", "xlink:href")
    ]
    assert links and all(value.startswith("data:image/jpeg;base64,") for value in links)
    assert not page.all("script") and not page.all("link") and not page.all("iframe")
    assert not re.search(r"https?:|//|@import|url\(", page.one("style").words)
    assert "http" not in re.sub(r"data:[^\"]*", "", path.read_text(encoding="utf-8"))
    assert sorted(p.name for p in path.parent.iterdir()) == ["plot.png", "report.html", "truth"]


def test_every_picture_decodes_and_says_what_it_shows(reported):
    page, *_ = reported()
    images = page.all("img")
    assert len(images) > 40
    for image in images:
        data = base64.b64decode(image.attributes["src"].partition(",")[2], validate=True)
        with Image.open(io.BytesIO(data)) as opened:
            opened.load()
            size = (int(image.attributes["width"]), int(image.attributes["height"]))
            assert opened.size == size == (48, 32)
        assert "frame" in image.attributes["alt"].lower()


def test_what_the_strip_does_not_cover_is_black_as_it_was_measured(tmp_path: Path) -> None:
    study, alpha = made(tmp_path / "study", 4, ("plain 0.45",), True, ""), np.zeros((32, 48), np.uint8)
    alpha[:, 24:] = 255
    for number in range(1, 5):
        pictures.write(study.alpha_path(number), alpha)
    what = measured(study, 4, ("plain 0.45",), (1,), True)
    page = parsed(report.write(study.report_folder, what, study, quiet_job()))
    for image in page.all("img"):
        data = base64.b64decode(image.attributes["src"].partition(",")[2])
        with Image.open(io.BytesIO(data)) as opened:
            shown = np.asarray(opened.convert("RGB"))
        assert shown[:, :16].max() < 16 and shown[:, 32:].max() > 128


def test_it_begins_with_the_judgement_and_names_every_take_everywhere(reported):
    page, _, what = reported()
    header = page.one("header")
    assert header.one("h1").words == "Car"
    assert header.one("p", "lead").words == what.judgement
    assert all(f"{take.name}: {take.judgement}" in header.words for take in what.takes)
    figures, film, *_ = page.all("table")
    names = ["source the floor", "plain 0.45", "tuned 0.45", "truth a perfect take"]
    assert [r.all("th")[0].words for r in figures.all("tr")[1:]] == names
    assert [r.all("th")[0].words for r in film.all("tr")[1:]] == ["source", "plain 0.45", "tuned 0.45", "truth"]
    assert [a.one("h3").words for a in page.all("article", "worst")] == ["plain 0.45", "tuned 0.45"]
    assert [h.words for h in page.one("table", "settings").one("thead").all("th")] == ["", "plain 0.45", "tuned 0.45"]


def test_the_table_says_units_the_better_side_and_the_best(reported):
    page, _, what = reported()
    table = page.all("table")[0]
    heads = [head.words for head in table.one("thead").all("th")]
    assert "Flickerlevels of 255↓ less is steadier" in heads
    assert "Composition1 is the frame itself↑ more is kept" in heads
    best = min(what.takes, key=lambda take: take.figures.warp_error)
    told = next(r for r in table.all("tr") if r.all("th")[0].words == best.name)
    assert told.all("td")[0].words == f"best {best.figures.warp_error:.2f}"


def test_a_plot_for_each_measure_with_all_lines_the_shots_and_the_worst_frames(reported):
    page, _, what = reported()
    plots = [figure.one("svg", "plot") for figure in page.all("figure", "over-time")]
    assert len(plots) == 7
    flicker = plots[0]
    assert flicker.children[0].words == "Flicker over time"
    lines = flicker.one("g", "lines").children
    assert [line.attributes["class"] for line in lines] == ["source", "truth", "take-0", "take-1"]
    every = [line for plot in plots for line in plot.one("g", "lines").children]
    assert all(len(line.all("path")) == 2 for line in every), "no line crosses a cut"
    rings = [ring.one("title").words for ring in lines[2].all("circle", "ring")]
    assert rings == [
        f"plain 0.45, frame {n}: {what.takes[0].series.warp_error[n - 1]:.2f}" for n in what.takes[0].worst[:3]
    ]
    assert [text.words for text in flicker.one("g", "shots").all("text")] == ["shot 1", "shot 2"]
    assert not lines[0].all("circle", "ring"), "the source is not judged"


def test_names_too_long_for_a_plot_stand_whole_below_it(reported):
    page, path, _ = reported(takes=(*LONG, "plain 0.45"))
    figures = [*page.all("figure", "over-time"), page.one("div", "pair").one("figure")]
    assert len(figures) == 8
    for figure in figures:
        named = figure.one("ul", "legend").all("li")
        assert {one.words for one in named} >= {*LONG, "plain 0.45", "source"}
        assert all(one.one("svg", "key") for one in named), "with its line"
        labels = [label for label in figure.one("g", "names").all("text") if label.all("title")]
        shown = {label.one("title").words: label.words.removeprefix(label.one("title").words) for label in labels}
        assert set(shown) == set(LONG), "which of them is meant is said where the mouse rests"
        assert len(set(shown.values())) == len(LONG), "no two look the same"
        assert all(letters(text) <= 24 and "…" in text for text in shown.values())
    assert "http" not in re.sub(r"data:[^\"]*", "", path.read_text(encoding="utf-8"))


def test_names_that_have_room_need_no_legend(reported):
    page, *_ = reported()
    assert not page.all("ul", "legend")
    assert all(not label.all("title") for group in page.all("g", "names") for label in group.all("text"))


def test_a_name_is_shortened_in_its_middle_by_how_wide_it_is():
    assert shortened("plain 0.45", 19) == "plain 0.45"
    assert shortened("tuned 0.45 a neon city by night smooth", 19) == "tuned 0.4…t smooth"  # an m is broad
    assert shortened("W" * 19, 19) == "WWWWW…WWWWW"
    assert shortened("夜の街の雨夜の街の雨", 10) == "夜の…の雨"
    for name in (*LONG, NASTY * 3):
        assert letters(shortened(name, 19)) < 19.1


def test_worst_frames_stand_beside_the_source_and_the_truth(reported):
    page, _, what = reported(shots=(1,))
    number = what.takes[0].worst[0]
    moment = page.all("article", "worst")[0].all("div", "moment")[0]
    captions = [caption.words for caption in moment.all("figcaption")]
    before = f"the take, frame {number - 1}"
    assert captions == [f"source, frame {number}", before, f"the take, frame {number}", f"the truth, frame {number}"]
    ours, theirs = (r.series.warp_error[number - 1] for r in (what.takes[0], what.source))
    assert moment.one("p").words == f"Frame {number} flickers by {ours:.2f} levels, and the source {theirs:.2f}."


def test_a_frame_after_a_cut_stands_without_the_one_before(reported, tmp_path: Path):
    _, _, what = reported(truth=False, takes=("tuned",))
    study, cut = Study.open(tmp_path / "study"), replace(what.takes[0], worst=(8,))
    report.write(study.report_folder, replace(what, rows=(what.source, cut)), study, quiet_job())
    (moment,) = parsed(study.report_path).all("div", "moment")
    assert [caption.words for caption in moment.all("figcaption")] == ["source, frame 8", "the take, frame 8"]
    assert moment.one("p").words == "Frame 8"


def test_what_differs_between_takes_is_set_apart(reported):
    page, *_ = reported()
    rows = page.one("table", "settings").one("tbody").all("tr")
    assert {r.one("th").words: r.attributes.get("class", "") for r in rows} == {
        "Way": "",
        "Prompt": "",
        "Strength": "differs",
    }
    assert rows[1].all("td")[0].words == "a <b>neon</b> night"


def test_names_of_users_are_text_and_never_tags(reported):
    page, path, _ = reported(takes=(NASTY, "\udcff surrogate\x00"), look=NASTY)
    assert not page.all("script") and not page.all("b")
    whole = path.read_text(encoding="utf-8")
    assert "<script" not in whole and "&lt;script&gt;" in whole
    assert page.all("article", "worst")[0].one("h3").words == NASTY
    assert f"“{NASTY}”" in page.one("div", "looks").words
    assert any("� surrogate�" in head.words for head in page.all("th"))


def test_one_take_two_frames_and_no_truth(reported):
    page, _, what = reported(count=2, takes=("tuned 0.45",), shots=(1,), truth=False)
    assert "truth" not in page.one("main").words
    assert [figure.one("h3").words for figure in page.all("figure", "over-time")] == [
        "Flicker",
        "Drift",
        "Look distance",
        "Composition",
    ]
    source, dot = page.all("figure", "over-time")[0].one("g", "lines").all("circle", "dot")
    assert source.one("title").words.startswith("source, frame 2: ")
    assert dot.one("title").words == f"tuned 0.45, frame 2: {what.takes[0].series.warp_error[1]:.2f}"
    assert "best" not in page.all("table")[0].words


def test_without_a_look_there_is_nothing_to_be_true_to(reported, tmp_path: Path):
    _, _, what = reported(look="")
    blind = [
        replace(r, figures=replace(r.figures, look_fidelity=None), series=replace(r.series, look_fidelity=()))
        for r in what.rows
    ]
    study = Study.open(tmp_path / "study")
    report.write(study.report_folder, replace(what, rows=tuple(blind)), study, quiet_job())
    page = parsed(study.report_path)
    assert "Steady and true" not in page.words and "Look distance" not in page.words


def test_it_can_be_read_on_light_on_dark_and_on_paper(reported):
    page, *_ = reported()
    style = page.one("style").words
    assert "prefers-color-scheme: dark" in style and "@media print" in style
    for scheme in (LIGHT, DARK):
        for name in ("ink", "soft", "source", *(f"take-{i}" for i in range(6))):
            for ground in ("ground", "shade"):
                assert contrast(scheme[name], scheme[ground]) > 4.5, (name, ground)  # WCAG 2.1, level AA


def contrast(a: str, b: str) -> float:
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    levels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in levels]
    return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))


def test_the_picture_for_the_panel_shows_every_line(reported):
    _, path, _ = reported(takes=("a", "b"), truth=False)
    seen = pictures.read(path.parent / "plot.png").astype(int)
    assert seen.shape == (256, 256, 3)
    for name in ("source", "take-0", "take-1"):
        wanted = [int(DARK[name][i : i + 2], 16) for i in (1, 3, 5)]
        assert (np.abs(seen - wanted).max(axis=2) < 16).sum() > 40, name


def test_a_picture_that_is_gone_is_said_and_the_old_report_stays(reported, tmp_path: Path):
    _, path, what = reported()
    before = path.read_bytes()
    study = Study.open(tmp_path / "study")
    for number in what.numbers:
        study.take("plain 0.45").picture_path(number).unlink()
    with pytest.raises(Failure, match=r"000001\.png") as said:
        report.write(study.report_folder, what, study, quiet_job())
    assert said.value.code is ErrorCode.DISK
    assert path.read_bytes() == before


def test_it_can_be_cancelled(reported, tmp_path: Path):
    _, path, what = reported()
    job, before = Job(1, lambda event, blobs: None), path.stat().st_mtime_ns
    job.cancel()
    with pytest.raises(Failure) as said:
        report.write(path.parent, what, Study.open(tmp_path / "study"), job)
    assert said.value.code is ErrorCode.CANCELLED
    assert path.stat().st_mtime_ns == before
