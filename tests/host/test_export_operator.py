"""`steady.export_movie` as a script calls it: the edit in a file, and refusals in a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import pytest

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


def test_what_cannot_be_exported_is_said(edit: Any, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="There is no file to write the movie to"):
        bpy.ops.steady.export_movie(filepath="")
    (tmp_path / "taken.mp4").mkdir()
    with pytest.raises(RuntimeError, match=r"taken\.mp4” is a folder"):
        bpy.ops.steady.export_movie(filepath=str(tmp_path / "taken.mp4"))


def test_an_empty_edit_has_nothing_to_export(studio: Path) -> None:
    scene = bpy.data.scenes.new("Empty")
    with bpy.context.temp_override(scene=scene):
        bpy.context.window.scene = scene
        if hasattr(bpy.context.workspace, "sequencer_scene"):
            bpy.context.workspace.sequencer_scene = scene
        assert not bpy.ops.steady.export_movie.poll()
    bpy.data.scenes.remove(scene)
