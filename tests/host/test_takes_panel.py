"""What the panels of takes and of the disk say, and that drawing them counts nothing."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import bpy
import drawn
import identities
import pytest
import test_takes_list as listed

study, strips, api = identities.study, identities.strips, identities.api
identity, clip, write, studies = identities.identity, identities.clip, identities.write, identities.studies
takes, written, render = listed.takes, listed.written, listed.render


@pytest.fixture
def aside(room: Any) -> Any:
    room("panels.overview")._read.clear()  # what was read counts for a second
    return room("panels.aside")


@pytest.fixture
def rows(room: Any, clip: Any, takes: Any, aside: Any) -> Any:
    """What the list has once sizes are counted."""
    panel = room("panels.takes")

    def read() -> list[Any]:
        panel.takes_of_study(room("panels.overview").overview(clip))
        aside.take_in(wait=True)
        return panel.rows_of(takes(), panel.takes_of_study(room("panels.overview").overview(clip)))

    return read


def test_every_take_is_listed_with_what_can_be_done_with_it(written: Any, rows: Any) -> None:
    for name in ("day", "dusk", "night"):
        render(written, name)
    for name in ("day", "dusk"):
        bpy.ops.steady.show_take(take=name)
    found = rows()
    assert [(row.name, len(row.laid)) for row in found] == [("dusk", 1), ("day", 1), ("night", 0)]
    assert [[name for name, _ in row.buttons] for row in found[1:]] == [
        ["steady.solo_take", "steady.delete_take"],
        ["steady.replace_take", "steady.solo_take", "steady.delete_take"],
    ]
    assert all(row.texts[0].endswith(" kB  ·  10 frames") for row in found)


def test_before_sizes_are_counted_nothing_is_said_to_be_gone(written: Any, takes: Any, room: Any) -> None:
    render(written, "day")
    bpy.ops.steady.show_take(take="day")
    (row,) = room("panels.takes").rows_of(takes(), None)
    assert (row.name, row.texts, row.gone) == ("day", (), False)


def test_a_take_that_was_broken_off_can_only_be_deleted(written: Any, rows: Any) -> None:
    render(written, "day")
    written.take("day").set_note({"first": 1, "last": 20, "complete": False})
    (row,) = rows()
    assert row.texts[1] == "Broken off after 10 frames"
    assert [name for name, _ in row.buttons] == ["steady.delete_take"]


@pytest.fixture
def german(room: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Blender that speaks it: bpy as a module knows no languages."""
    texts = room("translations.german").GERMAN
    said = SimpleNamespace(pgettext_iface=lambda text, context="*": texts.get(text, text), locale="de_DE")
    monkeypatch.setattr(room("translations"), "bpy", SimpleNamespace(app=SimpleNamespace(translations=said)))


PAINTED = {"way": "fast", "fast": 4, "painting": {"strength": 0.45, "steps": 16}, "complete": True}
MEASURED = {
    "warp_error": 13.468,
    "warp_error_first": 9.0,
    "composition": 0.8,
    "look_fidelity": 0.1124,
    "psnr_truth": 31.44,
}


def texts_of(written: Any, rows: Any, note: dict[str, Any]) -> tuple[str, ...]:
    """Of a take with this note, without its size."""
    render(written, "day")
    written.take("day").set_note({"first": 1, "last": 10, **note})
    first, *others = rows()[0].texts
    return (first.partition("  ·  ")[2], *others)


def test_how_a_take_was_made_and_what_was_measured_of_it_is_said(written: Any, rows: Any) -> None:
    assert texts_of(written, rows, PAINTED | {"measures": MEASURED}) == (
        "Fast, strength 0.45, 4 steps",
        "Flicker 13.47  ·  Look 0.112  ·  31.4 dB",
    )


@pytest.mark.parametrize(
    ("note", "said"),
    [
        (
            PAINTED | {"measures": MEASURED},
            ("Schnell, Stärke 0.45, 4 Schritte", "Unruhe 13.47  ·  Look 0.112  ·  31.4 dB"),
        ),
        ({"method": "smooth", "source": "plain"}, ("Geglättet, aus plain",)),
        ({"method": "propagate"}, ("Ausgebreitet",)),
        ({"complete": False}, ("10 Bilder", "Abgebrochen nach 10 Bildern")),
    ],
)
def test_so_it_is_in_german(written: Any, rows: Any, german: None, note: dict[str, Any], said: tuple[str, ...]) -> None:
    assert texts_of(written, rows, note) == said


def test_the_rows_of_the_table_that_are_no_takes_have_german_names(room: Any, german: None) -> None:
    figures, lines = room("backend.api").KeyFigures, []
    rows = [figures(name, 3.5, 7.25, 0.8, 1.0, 13.8) for name in ("source", "day", "truth")]
    room("panels.measure").tables(drawn.Layout(lines), rows)
    words = [text for _, text in lines]
    assert [word for word in words if word in ("Quelle", "day", "Wahrheit", "Zur Wahrheit")] == [
        *("Quelle", "day", "Wahrheit", "Zur Wahrheit", "Quelle", "day", "Wahrheit"),
    ]
    assert not {"source", "truth", "To the truth"} & set(words)


def test_a_take_whose_pictures_are_gone_says_so(written: Any, rows: Any) -> None:
    render(written, "day")
    bpy.ops.steady.show_take(take="day")
    assert [row.gone for row in rows()] == [False]
    shutil.rmtree(written.take("day").folder)
    assert [(row.name, row.gone) for row in rows()] == [("day", True)]


def test_the_takes_of_a_study_that_is_elsewhere_are_not_gone(
    written: Any, clip: Any, takes: Any, room: Any, aside: Any, tmp_path: Path
) -> None:
    render(written, "day")
    bpy.ops.steady.show_take(take="day")
    written.folder.rename(tmp_path / "elsewhere")
    panel, found = room("panels.takes"), room("panels.overview").overview(clip)
    assert found.lost
    (row,) = panel.rows_of(takes(), panel.takes_of_study(found))
    assert (row.name, row.gone) == ("day", False)


def test_what_a_study_takes_on_the_disk_is_said_once_it_is_counted(written: Any, room: Any, aside: Any) -> None:
    disk, space = room("panels.disk"), room("backend.space")
    disk._looked.clear()
    render(written, "day")
    assert disk.sizes_of(disk.studies()) == [None]
    aside.take_in(wait=True)
    assert disk.sizes_of(disk.studies()) == [space.size_of(written.folder)]


def test_a_study_that_comes_or_goes_is_noticed(
    scene: Any, clip: Any, written: Any, room: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = room("panels.disk")
    monkeypatch.setattr(disk, "KEPT", 1e9)
    disk._looked.clear()
    record = written.folder / "study.json"
    away = record.rename(record.with_suffix(".away"))  # claimed, and not written yet
    assert disk.studies() == []
    away.rename(record)
    session = room("session").current
    session.drain(room("session").HostJob("Sample Frames", "clip", lambda: iter(())))
    assert [(one.name, bool(one.strips)) for one in disk.studies()] == [("clip", True)]
    assert disk.studies() is disk.studies(), "drawing again looks for nothing"
    listed.make.strips(scene.sequence_editor).remove(clip)
    assert [(one.name, bool(one.strips)) for one in disk.studies()] == [("clip", False)]
    bpy.ops.steady.clean_up(studies=True)
    assert disk.studies() == []


def test_what_takes_long_is_asked_on_a_thread_and_only_once(aside: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside, "KEPT", 1e9)  # on a busy machine its seconds may pass in between
    go_on, asked = threading.Event(), []

    def slow() -> int:
        asked.append(threading.current_thread())
        assert go_on.wait(60)
        return len(asked)

    for _ in range(3):
        assert aside.recent("slow", 1, slow) is None
    go_on.set()
    assert aside.take_in(wait=True)
    assert aside.recent("slow", 1, slow) == 1
    assert len(asked) == 1
    assert asked[0] is not threading.main_thread()
    assert aside.recent("slow", 2, slow) == 1, "what was found last is shown until the new answer is there"
    aside.take_in(wait=True)
    assert aside.recent("slow", 2, slow) == 2


def test_an_answer_that_fails_is_drawn_as_none(aside: Any, capfd: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside, "KEPT", 1e9)
    aside.recent("broken", 1, lambda: 1 // 0)
    aside.take_in(wait=True)
    assert aside.recent("broken", 1, lambda: 1 // 0) is None
    assert "ZeroDivisionError" in capfd.readouterr().err
