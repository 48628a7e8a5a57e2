"""The edit as a movie: what is in it, and that the scene's own render settings are the same before and after."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import bpy
import media as making
import pytest
from backends import PYTHON

LOOK = """
import cv2, json, sys
movie = cv2.VideoCapture(sys.argv[1])
count, width, height = (int(movie.get(n)) for n in (cv2.CAP_PROP_FRAME_COUNT, 3, 4))
code = int(movie.get(cv2.CAP_PROP_FOURCC)).to_bytes(4, "little").decode()
print(json.dumps([count, width, height, code]))
"""


def seen(movie: Path) -> list[Any]:
    """How many frames, how wide, how high, and coded how, by a reader that is not Blender."""
    asked = subprocess.run([PYTHON, "-c", LOOK, movie], check=True, capture_output=True, text=True)
    return json.loads(asked.stdout)


def settings_of(scene: Any) -> dict[str, Any]:
    owners = (scene.render, scene.render.image_settings, scene.render.ffmpeg)
    plain = {"BOOLEAN", "INT", "FLOAT", "ENUM", "STRING"}
    all_of = [(o, p) for o in owners for p in o.bl_rna.properties if p.type in plain and not getattr(p, "is_array", 0)]
    return {f"{type(o).__name__}.{p.identifier}": getattr(o, p.identifier) for o, p in all_of}


@pytest.fixture
def edit(scene: Any, media: Any) -> Any:
    making.add_images(scene.sequence_editor, media.images(6), name="Drive")
    scene.frame_start, scene.frame_end, scene.frame_step, scene.frame_current = 1, 6, 2, 3
    return scene


def test_a_movie_of_the_scenes_range(edit: Any, room: Any, tmp_path: Path) -> None:
    written: list[tuple[int, int]] = []
    lacks = room("sequencer.export").write_movie(edit, tmp_path / "new" / "Überfahrt.mp4", lambda *n: written.append(n))
    assert seen(tmp_path / "new" / "Überfahrt.mp4") == [6, 64, 48, "h264"]
    assert written == [(n, 6) for n in range(1, 7)]
    has_sound = b"mp4a" in (tmp_path / "new" / "Überfahrt.mp4").read_bytes()
    assert has_sound is bpy.app.build_options.audaspace is not bool(lacks)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["Überfahrt.mp4"]


@pytest.mark.parametrize("format_before", ["PNG", "OPEN_EXR", "FFMPEG"])
def test_the_render_settings_are_given_back(edit: Any, room: Any, tmp_path: Path, format_before: str) -> None:
    image = edit.render.image_settings
    if hasattr(image, "media_type"):
        image.media_type = "VIDEO" if format_before == "FFMPEG" else "IMAGE"
    image.file_format = format_before
    if format_before != "FFMPEG":
        image.color_mode, image.color_depth = "RGBA", "16"
    edit.render.ffmpeg.format, edit.render.ffmpeg.codec, edit.render.ffmpeg.gopsize = "MKV", "FFV1", 3
    edit.render.filepath, edit.render.use_sequencer, edit.render.use_file_extension = "//mine/", False, True
    before = settings_of(edit)
    room("sequencer.export").write_movie(edit, tmp_path / "out.mp4")
    assert settings_of(edit) == before
    assert (edit.frame_step, edit.frame_current) == (2, 3)


def test_a_movie_that_cannot_be_written_leaves_the_old_one(edit: Any, room: Any, tmp_path: Path) -> None:
    api, old = room("backend.api"), tmp_path / "out.mp4"
    old.write_bytes(b"the one before")
    edit.render.resolution_x = 63
    before = settings_of(edit)
    with pytest.raises(api.Failure, match=r"out\.mp4"):
        room("sequencer.export").write_movie(edit, old)
    assert old.read_bytes() == b"the one before"
    assert list(tmp_path.iterdir()) == [old]
    assert settings_of(edit) == before


def test_a_file_that_is_named_as_a_draft_might_be_stays(edit: Any, room: Any, tmp_path: Path) -> None:
    mine = tmp_path / "draft-out.mp4"
    mine.write_bytes(b"a draft of the user's own")
    room("sequencer.export").write_movie(edit, tmp_path / "out.mp4")
    assert mine.read_bytes() == b"a draft of the user's own"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["draft-out.mp4", "out.mp4"]


def test_a_cancelled_export_ends_and_leaves_the_old_movie(
    edit: Any, room: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    api, old, rendered = room("backend.api"), tmp_path / "out.mp4", []
    old.write_bytes(b"the one before")

    def told(done: int, total: int) -> None:
        if done == 2:
            raise api.Failure(api.ErrorCode.CANCELLED, "Cancelled.")

    def count(*_: Any) -> None:
        rendered.append(edit.frame_current)

    bpy.app.handlers.render_post.append(count)
    try:
        with pytest.raises(api.Failure, match=r"^Cancelled\.$"):
            room("sequencer.export").write_movie(edit, old, told)
    finally:
        bpy.app.handlers.render_post.remove(count)
    assert old.read_bytes() == b"the one before"
    assert list(tmp_path.iterdir()) == [old]
    assert rendered == [1, 2]
    assert edit.frame_current == 3
    assert "Traceback" not in capfd.readouterr().err


def test_what_cannot_become_a_movie_is_refused_before_it_is_rendered(edit: Any, room: Any, tmp_path: Path) -> None:
    api, export = room("backend.api"), room("sequencer.export")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(api.Failure, match="a file is in its way"):
        export.check(edit, tmp_path / "file" / "out.mp4")
    with pytest.raises(api.Failure, match="is a folder"):
        export.check(edit, tmp_path)
    edit.render.resolution_x, edit.render.resolution_percentage = 254, 50
    with pytest.raises(api.Failure, match="127×"):
        export.check(edit, tmp_path / "out.mp4")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
