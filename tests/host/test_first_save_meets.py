"""The first save of a file moves a study just when the backend is about to take its lock."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
from backends import tick_until, wait_until
from patience import LONG

pytest_plugins = ["tiny"]


def test_a_backend_that_was_refused_meanwhile_is_asked_again(clip: Any, study: Any, studio: Path, room: Any) -> None:
    """Blender itself holds the study for the moment in which it moves it."""
    scene, session, render = bpy.context.scene, room("session").current, room("operators.render")
    assert bpy.ops.steady.sample_frames() == {"FINISHED"}
    clip.steady.way = "PLAIN"
    wanted, before = room("settings.order").order_of(clip.steady), study().folder
    job = room("operators.claims").claimed("Render", scene, clip, lambda claim: render.painted(None, claim, wanted))
    session.enqueue(job)
    with room("backend.study").locked(before):
        tick_until(session, lambda: bool(job.answers))
        wait_until(lambda: job.answers[0].finished, LONG)
    bpy.ops.wm.save_as_mainfile(filepath=str(studio / "edit.blend"))
    assert not before.exists()
    assert Path(session.drain(job).folder).is_relative_to(studio / "steady" / before.name)
