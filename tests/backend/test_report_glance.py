"""What the panel knows of a report without reading all of it, and when it says that it should be measured again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from studies import noise, sample

from backend import disk, glance, pictures
from backend.api import Look
from backend.measurements import Figures, Kind, Measurements, Row, Series, key_figures
from backend.study import Study

FIGURES, NONE = Figures(3.5, 7.25, 0.8, 0.125, 24.5, 0.75, 1.5), Series((), (), ())


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Two frames, a chosen look and another one, and a take."""
    sample(tmp_path, [noise(1), noise(2)])
    found = Study.open(tmp_path)
    disk.make_folder(found.gallery.folder)
    for name in ("001-1", "001-2"):
        pictures.write(found.gallery.picture_path(name), noise(3))
        found.gallery.add(Look(name, 1, "neon", "pocket", None, "", 0.8, moved=False, chosen=name == "001-1"))
    note(found, "plain", "a")
    return found


def note(study: Study, name: str, fingerprint: str, complete: bool = True, **more: Any) -> None:
    made: dict[str, Any] = {"fingerprint": fingerprint, "first": 1, "last": 2, "complete": complete}
    study.take(name).set_note(made | more)


def measured(study: Study) -> Measurements:
    rows = [Row(take.name, Kind.TAKE, f"takes/{take.name}", "", FIGURES, NONE, ()) for take in study.takes()]
    source = Row("source", Kind.SOURCE, "frames", "", replace(FIGURES, psnr_truth=None), NONE, ())
    return Measurements((1, 2), (1,), (None, 0.5), ("001-1",), (source, *rows), "All is well.", "Look again.")


@pytest.fixture
def changed(study: Study) -> Callable[[], str]:
    glance.write(study, measured(study))

    def ask() -> str:
        now, then = Study.open(study.folder), glance.read(study)
        assert then is not None
        return glance.changed(then, now, now.takes())

    return ask


def test_it_says_what_the_report_says(study: Study, changed: Callable[[], str]):
    found = glance.read(study)
    assert found is not None and (found.judgement, found.warning) == ("All is well.", "Look again.")
    assert found.rows == tuple(key_figures(row) for row in measured(study).rows)
    assert changed() == ""


def test_other_looks_are_noticed(study: Study, changed: Callable[[], str]):
    study.gallery.choose(["001-1", "001-2"])
    assert changed() == "Other looks were chosen since."
    study.gallery.choose(["001-1"])
    assert changed() == ""


def test_new_changed_and_deleted_takes_are_noticed(study: Study, changed: Callable[[], str]):
    note(study, "tuned", "b", complete=False)
    assert changed() == "", "what is still being rendered is no take yet"
    note(study, "tuned", "b")
    assert changed() == "“tuned” was not measured yet."
    (study.take("tuned").folder / "take.json").unlink()
    note(study, "plain", "c")
    assert changed() == "“plain” was rendered again since."
    note(study, "plain", "a", measures={"warp_error": 1.0}, warning="something is said of it")
    assert changed() == ""
    (study.take("plain").folder / "take.json").unlink()
    assert changed() == "“plain” is not there any more, or not whole."


def test_a_take_that_was_smoothed_again_from_other_pictures_is_noticed(study: Study, changed: Callable[[], str]):
    note(study, "plain", "a", shots=[{"first": 1, "last": 2, "stamp": "other pictures"}])
    assert changed() == "“plain” was rendered again since."


def test_a_take_that_was_not_asked_for_is_not_taken_for_measured(study: Study):
    alone = measured(study)
    note(study, "tuned", "b")
    glance.write(study, alone, every=False)
    found = glance.read(study)
    assert found is not None and glance.changed(found, study, study.takes()) == "“tuned” was not measured yet."


def test_frames_that_were_read_anew_are_noticed(study: Study, changed: Callable[[], str]):
    study.set_source(replace(study.source, fingerprint="other media"))
    assert changed() == "The strip's frames were read anew since."


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"schema": 1}', b'{"schema": 99, "rows": []}'])
def test_what_cannot_be_read_is_as_if_nothing_was_measured(study: Study, damage: bytes):
    assert glance.read(study) is None
    disk.write(study.report_folder / glance.NAME, damage)
    assert glance.read(study) is None
