"""`steady.measure_take` and its report, as scripts call them and as the panel shows them."""

from __future__ import annotations

import json
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import pytest
from backends import tick_until
from tiny import COUNT, OIL

pytest_plugins = ["tiny"]


@pytest.fixture
def rendered(clip: Any) -> Any:
    """The strip with one plain take."""
    assert bpy.ops.steady.restyle(way="PLAIN") == {"FINISHED"}
    return clip


@pytest.fixture
def panel(room: Any) -> Callable[[Any], tuple[str, str]]:
    """What the header of the panel says, and why: read anew, as it does by itself after a second."""
    measure, overview = room("panels.measure").STEADY_PT_measure, room("panels.overview")

    def look(strip: Any) -> tuple[str, str]:
        overview._read.clear()
        found = overview.overview(strip)
        return measure.standing(measure, strip, found)[0], measure.why(measure, strip, found) if found else ""

    return look


def written(study: Any) -> dict[str, Any]:
    return json.loads(study().measures_path.read_text(encoding="utf-8"))


def test_a_take_is_measured_beside_its_source_and_reported(rendered: Any, study: Any, panel: Any, capfd: Any) -> None:
    assert panel(rendered) == ("Not started", "")
    assert bpy.ops.steady.measure_take() == {"FINISHED"}
    found = written(study)
    assert [(row["name"], row["kind"]) for row in found["rows"]] == [("source", "source"), ("plain 0.45", "take")]
    assert found["numbers"] == list(range(1, COUNT + 1))
    told = capfd.readouterr().out
    assert found["judgement"] in told and str(study().report_path) in told
    page = study().report_path.read_text(encoding="utf-8")
    assert "Drive" in page and "plain 0.45" in page
    assert panel(rendered) == ("Done", "")


def test_what_stands_is_not_measured_again(rendered: Any, study: Any) -> None:
    bpy.ops.steady.measure_take()
    before = study().report_path.stat().st_mtime_ns
    assert bpy.ops.steady.measure_take() == {"FINISHED"}
    assert study().report_path.stat().st_mtime_ns == before


def test_the_panel_says_what_is_new_since(rendered: Any, study: Any, panel: Any) -> None:
    bpy.ops.steady.measure_take()
    bpy.ops.steady.render_take(way="PLAIN", strength=0.6)
    assert panel(rendered) == ("Out of date", "“plain 0.6” was not measured yet.")
    bpy.ops.steady.measure_take()
    assert panel(rendered)[0] == "Done"

    bpy.ops.steady.design_looks(prompt=OIL, look_frame=2)
    bpy.ops.steady.choose_look(look=study().gallery.looks()[0].name)
    assert panel(rendered) == ("Out of date", "Other looks were chosen since.")
    bpy.ops.steady.measure_take()
    assert panel(rendered)[0] == "Done"
    assert written(study)["looks"] == [study().gallery.chosen()[0].name]

    take = study().take("plain 0.6")
    take.set_note({key: value for key, value in take.note().items() if key != "schema"} | {"fingerprint": "another"})
    assert panel(rendered) == ("Out of date", "“plain 0.6” was rendered again since.")
    bpy.ops.steady.measure_take()
    assert panel(rendered)[0] == "Done", "also where it shows the same as before"


def test_the_panel_is_drawn_with_figures_and_a_plot(rendered: Any, room: Any) -> None:
    drawn = DrawnLayout()
    measure, overview = room("panels.measure"), room("panels.overview")
    panel = measure.STEADY_PT_measure
    panel.draw_stage(panel, drawn, rendered, overview.overview(rendered))
    assert drawn.operators == ["steady.measure_take"]

    bpy.ops.steady.measure_take()
    overview._read.clear()
    found = overview.overview(rendered)
    assert (found.folder / "report" / "plot.png").is_file()
    drawn = DrawnLayout()
    panel._found(panel, drawn, found, found.measured)
    assert drawn.operators == ["steady.open_report"] and drawn.icons == 1
    figures = [f"{value:.2f}" for row in found.measured.rows for value in (row.warp_error, row.warp_error_first)]
    assert {"Flicker", "Drift", "Kept", "source", "plain 0.45", *figures} <= set(drawn.labels)
    assert not {"To the truth", "dB", "SSIM", "Excess"} & set(drawn.labels), "of a real strip no truth is known"
    assert " ".join(found.measured.judgement.split()) in " ".join(drawn.labels)


def test_the_panel_shows_what_the_truth_says_of_the_strip_and_of_takes(room: Any) -> None:
    """As they are of the example: the truth itself has nothing to be nearer to."""
    figures, drawn = room("backend.api").KeyFigures, DrawnLayout()
    source = figures("source", 3.5, 7.25, 0.8, 1.0, 13.8, 0.412, 0.5)
    take, truth = figures("tuned", 8.25, 9.5, 0.3, 0.55, 18.7, 0.623, 6.4), figures("truth", 4.0, 5.0, 0.1, 0.6)
    room("panels.measure").tables(drawn, [source, take, truth])
    usual = [("", "Flicker", "Drift", "Look", "Kept"), ("source", "3.50", "7.25", "0.800", "1.00")]
    usual += [("tuned", "8.25", "9.50", "0.300", "0.55"), ("truth", "4.00", "5.00", "0.100", "0.60")]
    told = [("To the truth", "dB", "SSIM", "Excess"), ("source", "13.8", "0.412", "0.50")]
    told += [("tuned", "18.7", "0.623", "6.40")]
    assert drawn.labels == [word for line in usual + told for word in line]


def test_the_panel_has_a_dash_where_no_frame_could_be_compared(room: Any) -> None:
    figures, drawn = room("backend.api").KeyFigures, DrawnLayout()
    room("panels.measure").tables(drawn, [figures(name, None, None, None, 1.0) for name in ("source", "tuned")])
    assert drawn.labels == ["", "Flicker", "Drift", "Kept", "source", "–", "–", "1.00", "tuned", "–", "–", "1.00"]
    assert room("panels.takes").measured(figures("tuned", None, None, 0.5, 1.0)) == "Look 0.500"


class DrawnLayout:
    """Notes what is drawn: Blender gives a layout only to a window."""

    def __init__(self, root: DrawnLayout | None = None) -> None:
        self.root = root or self
        self.labels: list[str] = []
        self.operators: list[str] = []
        self.icons = 0

    def label(self, text: str = "", **_: Any) -> None:
        self.root.labels.append(text)

    def operator(self, name: str, **_: Any) -> None:
        self.root.operators.append(name)

    def template_icon(self, icon_value: int, scale: float) -> None:
        self.root.icons += 1

    def _part(self, *_: Any, **__: Any) -> DrawnLayout:
        return DrawnLayout(self.root)

    box = row = column = split = grid_flow = _part


def test_one_take_of_several(rendered: Any, study: Any) -> None:
    bpy.ops.steady.render_take(way="PLAIN", strength=0.6)
    assert bpy.ops.steady.measure_take(take="plain 0.6") == {"FINISHED"}
    assert [row["name"] for row in written(study)["rows"]] == ["source", "plain 0.6"]
    with pytest.raises(RuntimeError, match=r"has no whole take “night”.*Choose “plain 0\.45” or “plain 0\.6”"):
        bpy.ops.steady.measure_take(take="night")


def test_without_a_take_nothing_is_begun(clip: Any) -> None:
    with pytest.raises(RuntimeError, match=r"There is no take to measure yet\. Render one\."):
        bpy.ops.steady.measure_take()
    assert clip.steady.study_id == ""
    with pytest.raises(RuntimeError, match=r"There is no report yet\. Press Measure\."):
        bpy.ops.steady.open_report()


def test_the_report_is_opened_in_the_browser(
    rendered: Any, study: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser of the user's own choice, as $BROWSER names it."""
    browser, opened = tmp_path / "browser", tmp_path / "opened"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > "{opened}.part" && mv "{opened}.part" "{opened}"\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{browser} %s")
    monkeypatch.setattr(webbrowser, "_tryorder", None)  # it looks for browsers once
    bpy.ops.steady.measure_take()
    assert bpy.ops.steady.open_report() == {"FINISHED"}
    assert opened.read_text() == study().report_path.as_uri()


def test_in_a_window_it_is_a_job_that_can_be_cancelled(rendered: Any, room: Any, panel: Any) -> None:
    session, claims = room("session").current, room("operators.claims")
    measure, frames, order = (room(f"{name}") for name in ("operators.measure", "operators.frames", "settings.order"))
    wanted = order.order_of(rendered.steady)

    def steps(claim: Any) -> Any:
        sampled = yield from frames.sample(claim)
        return (yield from measure.measure((), claim, wanted, sampled))

    job = session.enqueue(claims.claimed("Measure", bpy.context.scene, rendered, steps))
    tick_until(session, lambda: job.finished or job.progress.waiting)
    session.cancel(job)
    tick_until(session, lambda: job.finished)
    assert bpy.ops.steady.measure_take() == {"FINISHED"}
    assert panel(rendered)[0] == "Done"


def test_a_command_line_measures_too(clip: Any, room: Any, study: Any) -> None:
    headless, words, printed = (room(f"{n}") for n in ("operators.headless", "operators.command_words", "backend.jobs"))

    def call(*said: str) -> Any:
        asked = words.parser("batch").parse_args(["--strip", "Drive", "--way", "plain", *said])
        return headless.work(asked, printed.PrintedJob())

    assert call().report == "", "only where it is asked for"
    first, second = call("--measure"), call("--measure")
    assert Path(first.report) == Path(second.report) == study().report_path
    assert first.judgement == second.judgement == written(study)["judgement"]
    assert "measure" in first.done and "measure" in second.skipped
    assert f"measured: {first.report}\n{first.judgement}" in first.text()


def test_a_report_below_a_path_that_only_its_long_form_opens(
    rendered: Any, study: Any, room: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """By the rule that Windows has: the folder cannot be seen under its name, but under the one that `disk` makes."""
    bpy.ops.steady.measure_take()
    measure, disk, folder = room("operators.measure"), room("backend.disk"), study().folder
    behind = folder.rename(tmp_path / folder.name)
    monkeypatch.setattr(disk, "long_path", lambda path: Path(str(path).replace(str(folder), str(behind))))
    rendered.steady.study_folder = str(folder)
    assert measure.report_of(rendered) == folder / "report" / "report.html"
    drawn, panel, overview = DrawnLayout(), room("panels.measure").STEADY_PT_measure, room("panels.overview")
    overview._read.clear()
    found = overview.overview(rendered)
    panel._found(panel, drawn, found, found.measured)
    assert drawn.icons == 1
    behind.rename(folder)


# --- the last, because the module's file has a name from here on


def test_a_command_line_names_the_study_where_the_first_save_brought_it_with_its_report(
    clip: Any, room: Any, study: Any, studio: Path, panel: Any
) -> None:
    headless, words, printed = (room(f"{n}") for n in ("operators.headless", "operators.command_words", "backend.jobs"))
    said = ["--strip", "Drive", "--way", "plain", "--measure", "--save-as", str(studio / "first.blend")]
    answer = headless.work(words.parser("batch").parse_args(said), printed.PrintedJob())
    assert Path(answer.study) == study().folder and Path(answer.study).parent == studio / "steady"
    assert Path(answer.report) == study().report_path and Path(answer.report).is_file()
    text = answer.text()
    assert f"frames in {answer.study}\n" in text and f"measured: {answer.report}\n" in text
    assert panel(clip)[0] == "Done"
