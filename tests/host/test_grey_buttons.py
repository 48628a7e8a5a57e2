"""In the sequencer a button is grey while the strip has nothing that it could work on, and says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bpy
import pytest

pytest_plugins = ["tiny"]

NO_REPORT = "There is no report yet. Press Measure."
NEEDS = {
    "smooth_take": "There is no take to smooth yet. Render one.",
    "measure_take": "There is no take to measure yet. Render one.",
    "propagate_looks": "No look is chosen. Choose one to five",
    "open_report": NO_REPORT,
}


@pytest.fixture
def grey(clip: Any) -> Callable[[], set[str]]:
    """Which of them are grey in the sequencer: each says why."""
    window = bpy.context.window_manager.windows[0]
    area = window.screen.areas[0]
    area.type = "SEQUENCE_EDITOR"

    def look() -> set[str]:
        found = set()
        with bpy.context.temp_override(window=window, area=area):
            for name, why in NEEDS.items():
                operator = getattr(bpy.ops.steady, name)
                if not operator.poll():
                    found.add(name)
                    with pytest.raises(RuntimeError, match=why):
                        operator()
        return found

    return look


def test_what_has_nothing_to_work_on_is_grey_and_says_why(clip: Any, grey: Callable[[], set[str]]) -> None:
    assert grey() == set(NEEDS)
    bpy.ops.steady.sample_frames()
    assert grey() == set(NEEDS), "a study with neither looks nor takes"
    bpy.ops.steady.restyle(way="PLAIN")
    assert grey() == {"propagate_looks", "open_report"}
    bpy.ops.steady.design_looks(look_frame=2)
    assert grey() == {"open_report"}, "only the click asks whether one is chosen"
    bpy.ops.steady.measure_take()
    assert grey() == set()


def test_a_script_outside_the_sequencer_may_name_any_strip(clip: Any) -> None:
    assert all(getattr(bpy.ops.steady, name).poll() for name in NEEDS)
