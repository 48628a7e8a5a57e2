"""The reference frames in one picture: in order, as large as the panel lets them be, with how well they cover."""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np
import pytest
import studies

from backend import filmstrip, pictures
from backend.api import ChooseReference
from backend.coverage import FAR
from backend.stages import frames
from backend.study import FILMSTRIP, Study


def plain(colour: tuple[int, int, int], wide: int = 64, high: int = 48):
    return np.full((high, wide, 3), colour, np.uint8)


def test_the_frames_come_in_order_row_by_row():
    drawn = filmstrip.tiles([plain((n * 40, 10, 10)) for n in range(5)], across=2)
    high = (filmstrip.WIDTH - filmstrip.GAP) // 2 * 48 // 64
    assert drawn.shape == (3 * high + 2 * filmstrip.GAP, filmstrip.WIDTH, 4)
    centres = [(row * (high + filmstrip.GAP) + high // 2, x) for row in range(3) for x in (100, 500)]
    assert [int(drawn[y, x, 0]) for y, x in centres[:5]] == [0, 40, 80, 120, 160]
    assert drawn[centres[5]][3] == 0, "nothing is drawn where there is no frame"


@pytest.mark.parametrize(
    ("count", "aspect", "across"), [(30, 16 / 9, 4), (30, 1.0, 6), (12, 16 / 9, 3), (1, 16 / 9, 1), (4, 1.0, 2)]
)
def test_the_whole_is_nearly_a_square(count: int, aspect: float, across: int):
    assert filmstrip.columns(count, aspect) == across


def test_the_line_below_tells_near_from_far():
    distances = [0.0] * 50 + [FAR * 2] * 50
    drawn = filmstrip.line([10], distances)
    left, right = drawn[-1, 50, :3], drawn[-1, -50, :3]
    assert tuple(left) == filmstrip.NEAR
    assert tuple(right) == filmstrip.AWAY
    marked = np.flatnonzero(drawn[0, :, 3])
    assert abs(marked.mean() - 10.5 / 100 * filmstrip.WIDTH) < 2


def test_one_far_frame_of_a_long_strip_is_seen():
    distances = [0.0] * 10_000
    distances[4321] = FAR * 2
    drawn = filmstrip.line([0], distances)[-1, :, :3]
    (at,) = np.flatnonzero((drawn == filmstrip.AWAY).all(axis=-1))
    assert at == 4321 * filmstrip.WIDTH // 10_000


def test_it_is_drawn_with_the_choice_and_only_then(tmp_path: Path):
    folder = tmp_path / "study"
    clip = [*studies.still(studies.place(1), 6), *studies.still(studies.place(2), 6)]
    studies.sample(folder, clip)
    frames.choose(ChooseReference(str(folder), 2, 1, 12), [], studies.quiet_job())
    path = folder / FILMSTRIP
    assert Study.open(folder).filmstrip_path == path
    drawn = pictures.read_with_alpha(path)
    assert drawn.shape[1] == filmstrip.WIDTH
    before = path.stat().st_mtime_ns
    frames.choose(ChooseReference(str(folder), 2, 1, 12), [], studies.quiet_job())
    assert path.stat().st_mtime_ns == before
    path.unlink()
    frames.choose(ChooseReference(str(folder), 2, 1, 12), [], studies.quiet_job())
    assert path.is_file(), "a study of an older version gets one"


def test_its_rows_are_stored_as_they_are():
    """So that Blender's Python can read it."""
    pixels = filmstrip.sheet([plain((1, 2, 3)), plain((4, 5, 6))], [0, 1], [0.0, 0.1, 0.0])
    data = filmstrip.encode(pixels)
    assert data[24:29] == bytes((8, 6, 0, 0, 0))
    parts, at = [], 33
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        parts += [data[at + 8 : at + 8 + length]] if data[at + 4 : at + 8] == b"IDAT" else []
        at += length + 12
    rows = np.frombuffer(zlib.decompress(b"".join(parts)), np.uint8).reshape(pixels.shape[0], -1)
    assert not rows[:, 0].any()
    assert np.array_equal(rows[:, 1:].reshape(pixels.shape), pixels)
