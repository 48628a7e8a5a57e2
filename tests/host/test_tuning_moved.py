"""The first save of a file moves the study whose tuning a waiting job was told to borrow: it finds it again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import media as making
from tiny import COUNT

pytest_plugins = ["tiny"]


def test_a_job_that_waits_while_the_file_is_first_saved_borrows_the_tuning_where_it_is_then(
    clip: Any, study: Any, studio: Path, room: Any, tmp_path: Path
) -> None:
    scene, session = bpy.context.scene, room("session").current
    assert bpy.ops.steady.restyle() == {"FINISHED"}
    files = making.write_pngs(tmp_path / "other", making.moving_square(COUNT, 64, 64))
    other = making.add_images(scene.sequence_editor, files, start=30, channel=2, name="Other")
    other.steady.short_side, other.steady.model, other.steady.steps, other.steady.tuning_from = 64, "pocket", 8, "Drive"
    restyle = room("operators.headless").restyling(scene, other, None, False, False, False)
    compare = room("operators.compare").comparing(scene, other)
    for job in (restyle, compare):
        session.enqueue(job)
    before = study().folder
    bpy.ops.wm.save_as_mainfile(filepath=str(studio / "edit.blend"))
    assert study().folder == studio / "steady" / before.name
    assert session.drain(restyle).strip == "Other tuned 0.45"
    assert session.drain(compare).strip == "Other compared"
