"""A click that is refused before a job begins: what was said to it stands in the panel, until it may be mended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import bpy
import pytest
from drawn import drawn, text_of

pytest_plugins = ["tiny"]
BORROWS = "“Drive” uses the tuning of “Bus”."


@pytest.fixture
def click(room: Any, session: Any) -> Callable[..., str]:
    """As a button of the sidebar does it, which bpy without a window does not; what the window says at its bottom."""

    def invoke(operator: type, **given: Any) -> str:
        said: list[str] = []
        ours = {name: value for name, value in vars(operator).items() if not name.startswith("__")}
        stand_in = type(operator.__name__, tuple(b for b in operator.__bases__ if b is not bpy.types.Operator), ours)()
        stand_in.properties = SimpleNamespace(is_property_set=lambda name: False)
        stand_in.report = lambda level, text: said.append(text)
        vars(stand_in).update({"scene": "", "strip": "", **given})
        outcome = stand_in.invoke(bpy.context, None)
        assert outcome == ({"CANCELLED"} if said else {"FINISHED"})
        return " ".join(said)

    return invoke


@pytest.fixture
def panel(room: Any) -> Callable[[str], str]:
    return lambda name: text_of(drawn(getattr(room(f"panels.{name}"), f"STEADY_PT_{name}")))


@pytest.fixture
def refused(clip: Any, room: Any, click: Any, panel: Any) -> Any:
    """A click on Tune, where the strip uses another one's tuning. The operator."""
    operator = room("operators.tune").STEADY_OT_fine_tune
    clip.steady.tuning_from = "Bus"
    assert click(operator).startswith(BORROWS)
    assert BORROWS in panel("tune")
    return operator


def test_it_stands_where_it_belongs_and_nowhere_else(refused: Any, panel: Any, clip: Any) -> None:
    assert "Empty “Tuning From” to give it its own." in panel("tune")
    assert BORROWS not in panel("looks") + panel("render") + panel("restyle")
    assert clip.steady.study_id == ""


def test_it_goes_when_the_settings_are_others(refused: Any, panel: Any, clip: Any) -> None:
    clip.steady.tuning_from = ""
    assert BORROWS not in panel("tune")


def test_the_next_click_that_is_not_refused_takes_it_away(
    refused: Any, panel: Any, clip: Any, click: Any, session: Any
) -> None:
    clip.steady.tuning_from = ""
    assert click(refused) == ""
    session.cancel_all(wait=True)
    session._finished.clear()
    assert not session.refusals


def test_a_job_that_ends_may_have_mended_it(refused: Any, panel: Any, session: Any) -> None:
    bpy.ops.steady.sample_frames()
    assert BORROWS not in panel("tune")


def test_a_look_that_is_chosen_may_have_mended_it(clip: Any, room: Any, click: Any, panel: Any, study: Any) -> None:
    bpy.ops.steady.design_looks(look_frame=2)
    click(room("operators.smooth").STEADY_OT_propagate_looks)
    assert "No look is chosen." in panel("smooth")
    bpy.ops.steady.choose_look(look="002-1")
    assert "No look is chosen." not in panel("smooth")


def test_another_strip_says_nothing_of_it(refused: Any, panel: Any, clip: Any) -> None:
    other = clip.split(frame=12, split_method="SOFT")
    bpy.context.scene.sequence_editor.active_strip = other
    assert BORROWS not in panel("tune")


def test_it_is_gone_with_the_file(refused: Any, session: Any) -> None:
    session.close()
    assert not session.refusals


def test_an_export_is_of_no_strip(clip: Any, room: Any, click: Any, panel: Any, session: Any, tmp_path: Path) -> None:
    operator, file = room("operators.export").STEADY_OT_export_movie, str(tmp_path / "edit.mp4")
    assert click(operator, filepath=file, width=0) == ""
    assert click(operator, filepath=file, width=0).startswith("An export is already at work.")
    assert "An export is already at work." in panel("compare")
    session.cancel_all(wait=True)
    assert "An export is already at work." not in panel("compare")


def test_who_waits_for_a_job_is_told_by_its_error_alone(clip: Any, session: Any, panel: Any) -> None:
    clip.steady.tuning_from = "Bus"
    with pytest.raises(RuntimeError, match=BORROWS):
        bpy.ops.steady.fine_tune()
    assert not session.refusals
    assert BORROWS not in panel("tune")
