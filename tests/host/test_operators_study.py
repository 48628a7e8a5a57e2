"""A study that was moved is relinked; a backend that someone else started is connected to, and outlives the job."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
import media as making
import pytest
from backends import PYTHON, prefer, wait_until
from conftest import ROOT
from patience import LONG


@pytest.fixture
def session(scene: Any, room: Any, tmp_path: Path) -> Iterator[Any]:
    prefer(tmp_path)
    current = room("session").current
    yield current
    current.close()


@pytest.fixture
def clip(scene: Any, media: Any) -> Any:
    strip = making.add_images(scene.sequence_editor, media.images(4), name="Drive")
    strip.steady.short_side = 64
    scene.sequence_editor.active_strip = strip
    return strip


def test_a_study_that_was_moved_is_relinked(session: Any, clip: Any, tmp_path: Path, capfd: Any) -> None:
    bpy.ops.steady.sample_frames()
    study = next((tmp_path / "studies").iterdir())
    moved = study.rename(tmp_path / "elsewhere")
    with pytest.raises(RuntimeError, match=r"The study of “Drive” is not where it was\. Press Relink"):
        bpy.ops.steady.sample_frames()
    assert bpy.ops.steady.relink_study(directory=str(moved)) == {"FINISHED"}
    assert "Info: “Drive” has its study again." in capfd.readouterr().out
    assert bpy.ops.steady.sample_frames() == {"FINISHED"}
    assert "0 frames were read." in capfd.readouterr().out
    assert not any((tmp_path / "studies").iterdir())


def test_the_study_of_another_strip_is_refused(session: Any, clip: Any, scene: Any, media: Any, tmp_path: Path) -> None:
    other = making.add_images(scene.sequence_editor, media.images(2), channel=2, name="Other")
    bpy.ops.steady.sample_frames()
    bpy.ops.steady.sample_frames(strip="Other")
    study = next((tmp_path / "studies").glob("Drive-*"))
    known = other.steady.study_id
    with pytest.raises(RuntimeError, match=r"is the study of “Drive”, and not of “Other”"):
        bpy.ops.steady.relink_study(strip="Other", directory=str(study))
    with pytest.raises(RuntimeError, match="holds no study"):
        bpy.ops.steady.relink_study(strip="Other", directory=str(tmp_path))
    assert other.steady.study_id == known


@pytest.mark.parametrize("what", ["moved away", "damaged"])
def test_a_strip_whose_study_is_not_to_be_had_begins_anew(
    session: Any, clip: Any, tmp_path: Path, capfd: Any, room: Any, what: str
) -> None:
    bpy.ops.steady.sample_frames()
    known, study = clip.steady.study_id, next((tmp_path / "studies").iterdir())
    if what == "moved away":
        study.rename(tmp_path / "away")
        said = "The study of “Drive” is not where it was. Press Relink and choose its folder, or press Begin Anew."
    else:
        (study / "study.json").write_text("{")
        said = "is damaged: it is not JSON."
    with pytest.raises(RuntimeError, match=re.escape(said)):
        bpy.ops.steady.sample_frames()
    assert bpy.ops.steady.begin_study() == {"FINISHED"}
    assert "Info: “Drive” has no study any more: the next click begins one." in capfd.readouterr().out
    assert (clip.steady.study_id, clip.steady.ancestors) == ("", known)
    assert bpy.ops.steady.sample_frames() == {"FINISHED"}
    assert "4 frames were read." in capfd.readouterr().out
    assert clip.steady.study_id not in ("", known)


def test_its_takes_stay_those_of_a_strip_that_begins_anew(scene: Any, clip: Any, room: Any, media: Any) -> None:
    clip.steady.study_id, clip.steady.ancestors = "0123abcd", "89abcdef"
    take = making.add_images(scene.sequence_editor, media.images(2), channel=2, name="Drive plain")
    take.steady.study_id, take.steady.take_name = "0123abcd", "plain"
    bpy.ops.steady.begin_study(strip="Drive")
    assert clip.steady.ancestors == "0123abcd 89abcdef"
    assert room("sequencer.takes").takes_of(scene, clip) == [take]


def test_a_study_that_can_be_read_is_not_given_up(session: Any, clip: Any) -> None:
    said = "“Drive” has no study that is lost or damaged. To begin anew, move the folder of its study away first."
    for _ in ("without a study", "with its own"):
        with pytest.raises(RuntimeError, match=said):
            bpy.ops.steady.begin_study()
        bpy.ops.steady.sample_frames()


@pytest.mark.parametrize("named", [True, False])
def test_a_backend_that_waits_is_connected_to(
    session: Any, clip: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: bool
) -> None:
    """Where the user says, or else where both sides look by themselves, wherever the data are kept."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    file = tmp_path / "there.json" if named else tmp_path / "home" / "steady-diffusion" / "connection.json"
    command = [str(PYTHON), "-m", "backend", "serve", "--wait", *(("--connection", str(file)) if named else ())]
    waiting = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, env={**os.environ})
    try:
        wait_until(file.exists, LONG)
        chosen = prefer(tmp_path)
        chosen.connect_only, chosen.connection_file, chosen.backend_python = True, str(file) if named else "", ""
        assert bpy.ops.steady.sample_frames() == {"FINISHED"}
        assert len(list(tmp_path.rglob("frames/*.png"))) == 4
        session.stop()
        assert waiting.poll() is None
        assert bpy.ops.steady.sample_frames() == {"FINISHED"}
    finally:
        waiting.terminate()
        waiting.wait(LONG)
