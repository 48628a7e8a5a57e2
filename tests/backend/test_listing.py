"""The takes of a study as the list in the panel has them."""

from __future__ import annotations

from pathlib import Path

import pytest
from studies import ID, OWNER, SOURCE

from backend import disk, listing, study
from backend.api import KeyFigures
from backend.listing import Made
from backend.measurements import Figures, Kind, Row, Series
from backend.stages import measure
from backend.study import Study

PAINTING = {"strength": 0.45, "steps": 50, "guidance": 1.0, "seed": 0}


@pytest.fixture
def kept(tmp_path: Path) -> Study:
    return Study.create(tmp_path / study.folder_name("Car", ID), ID, "", OWNER, SOURCE)


def test_a_take_is_listed_with_its_size_and_a_picture_from_its_middle(kept: Study):
    take = kept.take("neon")
    for number in range(1, 6):
        disk.write(take.picture_path(number), bytes(1000))
    take.set_note({"way": "tuned", "painting": PAINTING, "prompt": "neon", "first": 1, "last": 5, "complete": True})
    (listed,) = listing.takes(kept.folder)
    assert (listed.name, listed.made, listed.prompt) == ("neon", Made("tuned", "", 0.45, 50), "neon")
    assert listed.size == 5000 + (take.folder / "take.json").stat().st_size
    assert (listed.frames, listed.complete, listed.picture) == (5, True, take.picture_path(3))
    assert listed.figures is None


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ({"way": "fast", "fast": 4, "painting": PAINTING}, Made("fast", "", 0.45, 4)),
        ({"way": "plain", "fast": 0, "painting": PAINTING}, Made("plain", "", 0.45, 50)),
        ({"method": "lay-back"}, Made("lay-back")),
        ({"method": "smooth", "source": "tuned 0.45"}, Made("smooth", "tuned 0.45")),
        ({"painting": "none"}, Made()),
        ({}, Made()),
    ],
)
def test_how_it_was_made_is_said_as_far_as_its_note_does(note: dict, said: Made):
    assert listing.made(note) == said


@pytest.mark.parametrize(("look", "truth"), [(0.1234, 31.44), (None, None)])
def test_what_was_measured_is_listed_as_measuring_notes_it(kept: Study, look: float, truth: float):
    kept.take("neon").set_note({"first": 1, "last": 3})
    figures = Figures(3.126, 4.0, 0.9, look, truth)
    row = Row("neon", Kind.TAKE, "takes/neon", "m", figures, Series((), (), ()), (), "Steady.")
    measure._note(kept, row)
    (listed,) = listing.takes(kept.folder)
    assert listed.figures == KeyFigures("neon", 3.126, 4.0, look, 0.9, truth)


def test_measures_that_cannot_be_read_are_left_out(kept: Study):
    kept.take("neon").set_note({"measures": {"warp": "x"}})
    assert listing.takes(kept.folder)[0].figures is None


def test_a_take_that_was_broken_off_says_so(kept: Study):
    kept.take("neon").set_note({"complete": False})
    (listed,) = listing.takes(kept.folder)
    assert (listed.complete, listed.frames, listed.picture) == (False, 0, None)


def test_a_study_that_cannot_be_read_lists_nothing(kept: Study, tmp_path: Path):
    (kept.take("neon").folder).mkdir(parents=True)
    (kept.take("neon").folder / "take.json").write_text("{")
    assert listing.takes(kept.folder) == ()
    assert listing.takes(tmp_path / "nothing") == ()
