"""The example: a movie that is to the bit what the world drew, as long a sound of an engine, and what it refuses."""

from __future__ import annotations

import wave
from pathlib import Path

import cv2
import numpy as np
import pytest
from model_files import refused
from studies import quiet_job

from backend.api import DrawExample, ErrorCode
from backend.pocket.world import Clip
from backend.stages import example

FPS = 24


def draw(folder: Path, frames: int = 4, width: int = 128, height: int = 64) -> tuple[Path, Path, str]:
    made = example.draw(DrawExample(str(folder), frames, width, height, FPS), [], quiet_job())
    return Path(made.movie), Path(made.sound), made.caption


def test_the_movie_is_what_the_world_drew(tmp_path: Path) -> None:
    movie, _, said = draw(tmp_path)
    world = Clip(example.SEED, 4, (128, 64), "day", "clear", "car", "red")
    held = cv2.VideoCapture(str(movie))
    for number in range(4):
        assert (held.read()[1][..., ::-1] == world.photo(number)).all()
    assert not held.read()[0]
    assert held.get(cv2.CAP_PROP_FPS) == FPS
    assert said == world.caption(0, "paper")


def test_its_sound_is_as_long_and_like_an_engine(tmp_path: Path) -> None:
    _, sound, _ = draw(tmp_path, frames=12)
    with wave.open(str(sound), "rb") as file:
        assert file.getnframes() == round(12 / FPS * file.getframerate())
    heard = example.engine(4.0) / 32767
    assert np.sqrt((heard**2).mean()) > 0.05 and np.abs(heard).max() < 1
    power = np.abs(np.fft.rfft(heard * np.hanning(len(heard)))) ** 2
    pitch = np.fft.rfftfreq(len(heard), 1 / example.RATE)
    assert power[(pitch > 15) & (pitch < 500)].sum() > 0.8 * power.sum(), "a low rumble, with little above it"
    assert 38 < pitch[power.argmax()] < 54, "that turns 46 times a second, more or less"


def test_what_is_there_is_not_drawn_again(tmp_path: Path) -> None:
    """Windows lets nobody replace a movie that Blender shows."""
    made = draw(tmp_path)
    before = [(path, path.stat().st_ino, path.stat().st_mtime_ns) for path in sorted(tmp_path.iterdir())]
    assert len(before) == 3 and draw(tmp_path) == made
    assert [(path, path.stat().st_ino, path.stat().st_mtime_ns) for path in sorted(tmp_path.iterdir())] == before


def test_what_is_another_or_half_is_drawn_anew(tmp_path: Path) -> None:
    movie, sound, _ = draw(tmp_path / "drawn")
    wanted = {path.name: path.read_bytes() for path in (movie, sound)}
    other, noise, _ = draw(tmp_path / "other", frames=5)
    draw(tmp_path / "other")
    assert frames_of(other) == frames_of(movie) and noise.read_bytes() == wanted[sound.name], "another length"

    sound.write_bytes(wanted[sound.name][:1000])
    movie.write_bytes(wanted[movie.name][: len(wanted[movie.name]) // 2])
    draw(tmp_path / "drawn")
    assert frames_of(movie) == frames_of(other) and sound.read_bytes() == wanted[sound.name], "what a full disk left"

    another = Clip(example.SEED + 1, 4, (128, 64), "day", "clear", "car", "red")
    example._write_movie(movie, another, DrawExample(str(movie.parent), 4, 128, 64, FPS), quiet_job())
    assert frames_of(movie) != frames_of(other)
    draw(tmp_path / "drawn")
    assert frames_of(movie) == frames_of(other), "what an earlier version of the world drew"


def frames_of(movie: Path) -> list[bytes]:
    held, found = cv2.VideoCapture(str(movie)), []
    while (read := held.read())[0]:
        found.append(np.ascontiguousarray(read[1]).tobytes())
    return found


def test_a_size_that_the_world_cannot_draw_is_refused(tmp_path: Path) -> None:
    with pytest.raises(example.Failure, match="multiples of 8"):
        draw(tmp_path, width=100)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    failure = refused(lambda: draw(tmp_path / "file"), ErrorCode.DISK)
    assert str(tmp_path / "file") in failure.message
    assert (tmp_path / "file").read_bytes() == b""
