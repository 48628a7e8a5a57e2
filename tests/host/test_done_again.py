"""*Restart and Resume* does the very job that failed: what its operator was given is given to the button."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bpy
import media as making
import pytest
from backends import prefer
from drawn import given

pytest_plugins = ["tiny"]

TAKES = ("day", "night")
IS_SETTING = {"frame_start", "frame_end", "more"}  # what they are given becomes the strip's settings, too
OF_ANY = {"scene", "strip", "filter_image", "filter_folder"}


@pytest.fixture
def picture(tmp_path: Path) -> str:
    return str(making.write_pngs(tmp_path / "painted", making.random_frames(1, 64, 64))[0])


@pytest.fixture
def lost(clip: Any, study: Any, session: Any, studio: Path) -> Iterator[None]:
    """A study with two takes, and a backend that does not come up any more."""
    bpy.ops.steady.sample_frames()
    for name in TAKES:
        study().take(name).set_note({"first": 1, "last": 6, "complete": True, "way": "plain"})
    session.stop(wait=True)
    prefer(studio).backend_python = "/no/such/python"
    yield
    prefer(studio)


@pytest.fixture
def button(room: Any) -> Callable[[str, str], dict[str, Any]]:
    """What the button below the failure is given."""

    def found(stage: str, operator: str) -> dict[str, Any]:
        (own,) = given(getattr(room(f"panels.{stage}"), f"STEADY_PT_{stage}"), operator, "Restart and Resume")
        return own

    return found


@pytest.mark.parametrize(
    ("stage", "operator", "said", "again"),
    [
        ("smooth", "smooth_take", {"take": "day"}, {"take": "day"}),
        ("smooth", "smooth_take", {}, {"take": "night"}),
        ("measure", "measure_take", {"take": "day"}, {"take": "day"}),
        ("measure", "measure_take", {}, {"take": ""}),
        ("compare", "compare", {"high": 0.875}, {"high": 0.875}),
        ("restyle", "restyle", {"seed": 3}, {}),
        ("looks", "bring_look", {}, {"frame": 4}),
    ],
)
def test_the_job_that_failed_is_done_again_and_no_other(
    lost: None,
    session: Any,
    room: Any,
    button: Any,
    picture: str,
    stage: str,
    operator: str,
    said: dict[str, Any],
    again: dict[str, Any],
) -> None:
    bpy.context.scene.frame_set(13)
    if operator == "bring_look":
        said, again = {"filepath": picture}, {**again, "filepath": picture}
    with pytest.raises(RuntimeError, match="/no/such/python"):
        getattr(bpy.ops.steady, operator)(**said)
    bpy.context.scene.frame_set(11)  # what was meant then counts
    for _ in range(2):
        assert button(stage, operator) == again
        session._finished.clear()  # as loading a file does
        room("panels.overview")._read.clear()


def test_whatever_an_operator_is_given_is_a_setting_or_is_given_again(room: Any, extension: Any) -> None:
    for cls in room("panels.remedies").below(room("operators.stage").StageOperator):
        if hasattr(cls, "bl_idname"):
            operator = getattr(bpy.ops.steady, cls.bl_idname.removeprefix("steady."))
            own = set(operator.get_rna_type().properties.keys()) - {"rna_type"}
            assert own - OF_ANY - IS_SETTING == {*cls.overrides, *cls.again}, cls.__name__
