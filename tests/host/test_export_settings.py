"""An export borrows the render settings, and gives back every one of them."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest
from exports import edit as edit
from exports import settings_of


def put_format(image: Any, name: str, **more: Any) -> None:
    if hasattr(image, "media_type"):
        image.media_type = "VIDEO" if name == "FFMPEG" else "IMAGE"
    image.file_format = name
    for setting, value in more.items():
        setattr(image, setting, value)


@pytest.mark.parametrize("kind", ["MOVIE", "GIF"])
@pytest.mark.parametrize("format_before", ["PNG", "OPEN_EXR", "FFMPEG"])
def test_the_render_settings_are_given_back(
    edit: Any, room: Any, tmp_path: Path, format_before: str, kind: str
) -> None:
    more = {} if format_before == "FFMPEG" else {"color_mode": "RGBA", "color_depth": "16"}
    put_format(edit.render.image_settings, format_before, **more)
    edit.render.ffmpeg.format, edit.render.ffmpeg.codec, edit.render.ffmpeg.gopsize = "MKV", "FFV1", 3
    edit.render.filepath, edit.render.use_sequencer, edit.render.use_file_extension = "//mine/", False, True
    before, export = settings_of(edit), room("sequencer.export")
    if kind == "MOVIE":
        export.write_movie(edit, tmp_path / "out.mp4")
    else:
        list(export.pictures(edit, tmp_path))
    assert settings_of(edit) == before
    assert (edit.frame_step, edit.frame_current) == (2, 3)


@pytest.mark.parametrize("kind", ["MOVIE", "GIF"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize(
    "coded", ["MKV FFV1", "MKV H264", "MPEG4 H264", "QUICKTIME QTRLE", "QUICKTIME PNG", "AVI HUFFYUV", "MPEG1 NONE"]
    + ["MPEG2 MPEG2", "OGG THEORA", "WEBM WEBM", "QUICKTIME NONE"],
)  # fmt: skip
def test_a_movie_s_own_format_is_given_back(edit: Any, room: Any, coded: str, mode: str, kind: str) -> None:
    """Nothing is rendered: it is Blender that makes settings anew as soon as a format changes."""
    render, (container, codec) = room("sequencer.export_render"), coded.split()
    put_format(edit.render.image_settings, "FFMPEG")
    edit.render.ffmpeg.format, edit.render.ffmpeg.codec, edit.render.ffmpeg.gopsize = container, codec, 3
    edit.render.ffmpeg.audio_codec, edit.render.ffmpeg.constant_rate_factor = "MP3", "LOSSLESS"
    with contextlib.suppress(TypeError):  # not every codec has an alpha
        edit.render.image_settings.color_mode = mode
    before = settings_of(edit)
    with render.render_settings(edit, render.Order(edit.name, render.Kind[kind], "/nowhere")):
        pass
    assert settings_of(edit) == before
