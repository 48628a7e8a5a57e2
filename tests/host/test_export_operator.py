"""`steady.export_movie` as a script calls it: the edit in a file, and refusals in a sentence."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import bpy
import pytest
from backends import PYTHON, tick_until

pytest_plugins = ["tiny"]


@pytest.fixture
def edit(clip: Any) -> Any:
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end = 10, 13
    return scene


def test_the_edit_is_exported_and_the_render_settings_stay(edit: Any, tmp_path: Path, capfd: Any) -> None:
    before = edit.render.filepath, edit.render.image_settings.file_format
    assert bpy.ops.steady.export_movie(filepath=str(tmp_path / "cut")) == {"FINISHED"}
    movie = tmp_path / "cut.mp4"
    assert movie.read_bytes()[4:8] == b"ftyp"
    assert (edit.render.filepath, edit.render.image_settings.file_format) == before
    assert f"The edit is in “{movie}”." in capfd.readouterr().out


LOOK = """
import json, sys
from PIL import Image, ImageSequence
with Image.open(sys.argv[1]) as whole:
    times = [frame.info["duration"] for frame in ImageSequence.Iterator(whole)]
    print(json.dumps([whole.size, whole.info.get("loop"), sum(times), len(times)]))
"""


def test_the_ending_makes_it_a_gif(edit: Any, tmp_path: Path, capfd: Any) -> None:
    """Rendered in this Blender and put together by the backend, in the pace of the edit."""
    edit.render.fps, edit.render.fps_base = 25, 2.0  # 12.5 frames a second
    gif = tmp_path / "kurz und gut.gif"
    gif.write_bytes(b"the one before")
    assert bpy.ops.steady.export_movie(filepath=str(gif), width=32) == {"FINISHED"}
    asked = subprocess.run([PYTHON, "-c", LOOK, gif], check=True, capture_output=True, text=True)
    assert json.loads(asked.stdout) == [[32, 32], 0, 320, 4]
    assert f"The edit is in “{gif}”." in capfd.readouterr().out
    assert edit.render.image_settings.file_format == "PNG"
    assert [path.name for path in tmp_path.iterdir() if path.name != "clip"] == [gif.name]


def test_a_gif_that_waited_plays_in_the_pace_that_the_edit_has_by_then(edit: Any, room: Any, tmp_path: Path) -> None:
    session, gif = room("session").current, tmp_path / "cut.gif"
    edit.render.fps, edit.render.fps_base = 25, 1.0
    job = session.enqueue(room("operators.export").exporting(edit, gif, width=32))
    edit.render.fps_base = 2.0
    session.drain(job)
    asked = subprocess.run([PYTHON, "-c", LOOK, gif], check=True, capture_output=True, text=True)
    assert json.loads(asked.stdout)[2] == 320


def test_a_gif_has_the_shape_that_the_edit_has_on_the_screen(edit: Any, tmp_path: Path) -> None:
    edit.render.pixel_aspect_x, edit.render.pixel_aspect_y = 1.0, 2.0
    assert bpy.ops.steady.export_movie(filepath=str(tmp_path / "cut.gif"), width=32) == {"FINISHED"}
    asked = subprocess.run([PYTHON, "-c", LOOK, tmp_path / "cut.gif"], check=True, capture_output=True, text=True)
    assert json.loads(asked.stdout)[0] == [32, 64]


def test_a_cancelled_gif_leaves_the_old_one(edit: Any, room: Any, tmp_path: Path) -> None:
    """As from the panel, at the moment when the backend begins. It is so wide that there is time to cancel it."""
    session, gif = room("session").current, tmp_path / "cut.gif"
    gif.write_bytes(b"the one before")
    job = session.enqueue(room("operators.export").exporting(edit, gif, width=2000))
    doing = ("Choosing the colours", "Writing the GIF")
    tick_until(session, lambda: job.finished or job.progress.text in doing, 120)
    session.cancel(job)
    tick_until(session, lambda: session.heeded and not list(tmp_path.glob("*.tmp")), 60)
    written = gif.read_bytes()
    if written != b"the one before":  # the backend was done before this process had its turn
        assert (written[:6], written[-1:]) == (b"GIF89a", b";")
    else:
        assert job.failure.code is room("backend.api").ErrorCode.CANCELLED
    with pytest.raises(room("backend.api").Failure, match="is a folder"):
        room("operators.export").exporting(edit, tmp_path / "clip")


def test_a_second_export_waits_for_the_first(edit: Any, room: Any, tmp_path: Path) -> None:
    session, exporting = room("session").current, room("operators.export").exporting
    job = session.enqueue(exporting(edit, tmp_path / "one.mp4"))
    with pytest.raises(room("backend.api").Failure, match="An export is already at work"):
        exporting(edit, tmp_path / "two.mp4")
    session.cancel(job)
    exporting(edit, tmp_path / "two.mp4")


def test_what_cannot_be_exported_is_said(edit: Any, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="There is no file to write the movie to"):
        bpy.ops.steady.export_movie(filepath="")
    (tmp_path / "taken.mp4").mkdir()
    with pytest.raises(RuntimeError, match=r"taken\.mp4” is a folder"):
        bpy.ops.steady.export_movie(filepath=str(tmp_path / "taken.mp4"))
    with pytest.raises(RuntimeError, match=r"“cut\.avi” ends in “\.avi”\. Write \.mp4 or \.gif\."):
        bpy.ops.steady.export_movie(filepath=str(tmp_path / "cut.avi"))


def test_an_empty_edit_has_nothing_to_export(studio: Path) -> None:
    scene = bpy.data.scenes.new("Empty")
    with bpy.context.temp_override(scene=scene):
        bpy.context.window.scene = scene
        if hasattr(bpy.context.workspace, "sequencer_scene"):
            bpy.context.workspace.sequencer_scene = scene
        assert not bpy.ops.steady.export_movie.poll()
    bpy.data.scenes.remove(scene)
