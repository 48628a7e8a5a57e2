"""Opening the example: an edit of its own, with the clip, its sound and the settings to go on with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
import pytest
from backends import prefer


@pytest.fixture(autouse=True)
def backend(scene: Any, room: Any, tmp_path: Path) -> Iterator[None]:
    prefer(tmp_path)
    yield
    room("session").current.close()


def test_the_example_is_an_edit_of_its_own_ready_to_be_sampled(scene: Any, room: Any, tmp_path: Path) -> None:
    strips = room("sequencer.strips")
    assert bpy.ops.steady.open_example(folder=str(tmp_path)) == {"FINISHED"}
    opened = bpy.data.scenes["Steady Example"]
    movie, sound = (strips.strip_named(opened, name) for name in ("Example", "Example Sound"))
    assert movie.type == "MOVIE"
    assert strips.handles(movie) == (1, 97)
    assert opened.sequence_editor.active_strip == movie
    assert (opened.render.resolution_x, opened.render.resolution_y) == (512, 288)
    assert (opened.frame_start, opened.frame_end, opened.render.fps) == (1, 96, 24)
    assert (sound is not None) == bpy.app.build_options.audaspace
    assert not strips.strips_of(scene), "the user's own edit stays as it is"
    settings = movie.steady
    assert (settings.model, settings.short_side, settings.preset) == ("pocket", 64, "POCKET")
    assert settings.prompt == "a paper cutout of a red car in a day city"
    assert bpy.ops.steady.sample_frames(scene=opened.name, strip="Example") == {"FINISHED"}


def test_what_opening_it_costs_is_known_once_it_was_done(room: Any, tmp_path: Path) -> None:
    foreseen, estimates = room("panels.foreseen"), room("backend.estimates")
    layout = Lines()
    foreseen.below_example(layout)
    assert layout.said == []
    bpy.ops.steady.open_example(folder=str(tmp_path))
    foreseen.below_example(layout)
    size = room("backend.space").in_words(sum((tmp_path / f"example.{e}").stat().st_size for e in ("mkv", "wav")))
    assert " ".join(layout.said).startswith("About ") and f", {size} on the disk." in " ".join(layout.said)
    (job,) = (job for job in room("session").current.jobs if job.title == "Open Example")
    known = foreseen.foresee_movie(foreseen.EXAMPLE, 96, 512 * 288)
    assert known.seconds == pytest.approx(job.pace.elapsed, abs=0.5) and known.seconds > 0
    (tmp_path / "data" / estimates.FILE).unlink()


class Lines:
    """What a panel says, below one another."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def column(self, **_: Any) -> Lines:
        return self

    def label(self, text: str, **_: Any) -> None:
        self.said.append(text)


def test_a_folder_that_cannot_be_written_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RuntimeError, match="file"):
        bpy.ops.steady.open_example(folder=str(tmp_path / "file"))
    assert "Steady Example" not in bpy.data.scenes
