"""The filmstrip in the panel: read as the backend wrote it, and a click that goes where coverage is thin."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import media as make
import numpy as np
import pytest

pytest_plugins = ["tiny"]


@pytest.fixture
def thumbnails(room: Any) -> Any:
    return room("panels.thumbnails")


def test_it_is_drawn_with_the_choice_and_read_in_all_its_pixels(clip: Any, study: Any, thumbnails: Any) -> None:
    bpy.ops.steady.sample_frames()
    rows = thumbnails.rows_of(study().filmstrip_path)
    assert rows.shape[1:] == (640, 4)
    image = bpy.data.images.load(str(study().filmstrip_path))
    image.alpha_mode = "CHANNEL_PACKED"
    pixels = np.array(image.pixels[:]).reshape(rows.shape)[::-1]
    bpy.data.images.remove(image)
    assert np.array_equal(rows, np.rint(pixels * 255))
    path = study().filmstrip_path
    thumbnails.of_sheet(path, 1)  # without a window it has no number
    assert tuple(thumbnails._collections[0][f"{path} 1"].image_size) == (640, rows.shape[0])


def test_any_other_picture_is_left_to_blender(thumbnails: Any, tmp_path: Path) -> None:
    (file,) = make.write_pngs(tmp_path, make.random_frames(1, 16, 8))
    assert thumbnails.rows_of(file) is None
    thumbnails.of_sheet(file, 0)
    assert f"{file} 0" in thumbnails._collections[0]


@pytest.mark.parametrize(
    ("worst", "far", "words"),
    [
        (0.1, False, "They cover the strip well"),
        (0.3, False, "They cover the strip: no frame is far"),
        (0.6, True, "Parts of the strip look like none of them"),
    ],
)
def test_coverage_is_said_in_words(room: Any, worst: float, far: bool, words: str) -> None:
    api, frames = room("backend.api"), room("panels.frames")
    parts = (api.Far(4, 6, worst),) if far else ()
    reference = api.Reference((1, 5), (1,), worst, 0.1, parts, "")
    assert frames.in_words(reference).startswith(words)
    assert [frames.frames_of(part) for part in (api.Far(4, 6, 1.0), api.Far(4, 4, 1.0))] == ["Frames 4–6", "Frame 4"]


def test_a_click_goes_to_a_frame_by_its_number(clip: Any) -> None:
    assert bpy.ops.steady.go_to_frame(number=3) == {"FINISHED"}
    assert bpy.context.scene.frame_current == 12
