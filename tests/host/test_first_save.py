"""A study begun before the first save comes beside the file, also when the sampling does not run to its end."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import bpy
import pytest
import working
from backends import PYTHON, tick_until
from conftest import ROOT
from working import backend_pid, held

session, clip, job = working.session, working.clip, working.job


def save(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    bpy.ops.wm.save_as_mainfile(filepath=str(path))


def cancel_and_save(path: Path) -> None:
    bpy.ops.steady.cancel_job()
    save(path)


def save_and_cancel(path: Path) -> None:
    save(path)
    bpy.ops.steady.cancel_job()


def save_and_load_another(path: Path) -> None:
    save(path)
    bpy.ops.wm.read_homefile(use_factory_startup=True)


@pytest.mark.parametrize("end", [cancel_and_save, save_and_cancel, save_and_load_another])
def test_a_sampling_that_does_not_run_to_its_end(job: Any, tmp_path: Path, room: Any, end: Any) -> None:
    studies = tmp_path / "studies"
    end(tmp_path / "edit.blend")
    assert list(studies.iterdir()) == []
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "edit.blend"))
    scene = bpy.context.scene
    drive = room("sequencer.strips").strip_named(scene, "Drive")
    assert room("sequencer.identity").locate(scene, drive, studies).kind.value == "OWN"
    assert held(tmp_path / "steady") > 0
    assert bpy.ops.steady.sample_frames(strip="Drive") == {"FINISHED"}
    assert len(list((tmp_path / "steady").iterdir())) == 1
    assert list(studies.iterdir()) == []


def test_another_process_may_write_right_after_a_cancelled_sampling(job: Any, tmp_path: Path) -> None:
    bpy.ops.steady.cancel_job()
    (folder,) = (tmp_path / "studies").iterdir()
    command = [str(PYTHON), "-m", "backend", "lay-back", str(folder), "--take", "day"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stderr
    assert f"The study lacks {100 - held(folder)} of 100 frames" in said


def test_a_file_saved_into_another_folder_uses_the_frames_of_the_first(
    session: Any, clip: Any, tmp_path: Path, room: Any
) -> None:
    clip.frame_final_end = 13
    save(tmp_path / "one" / "edit.blend")
    assert bpy.ops.steady.sample_frames(strip="Drive") == {"FINISHED"}
    save(tmp_path / "two" / "edit.blend")
    result = session.drain(session.enqueue(room("operators.frames").sampling(bpy.context.scene, clip)))
    assert (result.read, result.total) == (0, 12)
    assert held(tmp_path / "two") == held(tmp_path / "one") == 12


def test_a_study_that_is_begun_after_the_file_was_saved_as_another_is_that_ones(
    session: Any, clip: Any, tmp_path: Path, room: Any
) -> None:
    """Nothing of it was there when the first file was left, also where two jobs waited for it."""
    clip.frame_final_end, scene = 13, bpy.context.scene
    claimed, sample = room("operators.claims").claimed, room("operators.frames").sample
    save(tmp_path / "film 1.blend")
    first, second = [session.enqueue(claimed(title, scene, clip, sample)) for title in ("Tune", "Render Take")]
    save(tmp_path / "film 2.blend")
    clip.name = "Renamed"
    for waiting in (first, second):
        study = room("backend.study").Study.open(session.drain(waiting).folder)
        assert (study.owner.blend, study.owner.strip) == ("../../film 2.blend", "Renamed")
    assert room("sequencer.identity").locate(scene, clip, tmp_path / "studies").kind.value == "OWN"


def test_one_that_was_written_before_stays_the_first_files(session: Any, clip: Any, tmp_path: Path, room: Any) -> None:
    clip.frame_final_end = 13
    save(tmp_path / "film 1.blend")
    assert bpy.ops.steady.sample_frames(strip="Drive") == {"FINISHED"}
    waiting = session.enqueue(room("operators.frames").sampling(bpy.context.scene, clip))
    save(tmp_path / "film 2.blend")
    study = room("backend.study").Study.open(session.drain(waiting).folder)
    assert study.owner.blend == "../../film 1.blend"


def test_a_new_study_whose_file_is_first_saved_while_its_job_waits(
    session: Any, clip: Any, tmp_path: Path, room: Any
) -> None:
    clip.frame_final_end = 13
    waiting = session.enqueue(room("operators.frames").sampling(bpy.context.scene, clip))
    save(tmp_path / "edit.blend")
    assert session.drain(waiting).read == 12
    assert list((tmp_path / "studies").iterdir()) == []
    assert held(tmp_path / "steady") == 12
    assert room("sequencer.identity").locate(bpy.context.scene, clip, tmp_path / "studies").kind.value == "OWN"


def test_a_job_that_waits_while_the_file_is_first_saved_finds_its_study_again(
    session: Any, clip: Any, tmp_path: Path, room: Any
) -> None:
    clip.frame_final_end = 13
    assert bpy.ops.steady.sample_frames(strip="Drive") == {"FINISHED"}
    waiting = session.enqueue(room("operators.frames").sampling(bpy.context.scene, clip))
    save(tmp_path / "edit.blend")
    assert session.drain(waiting).read == 0
    assert list((tmp_path / "studies").iterdir()) == []
    assert len(list((tmp_path / "steady").iterdir())) == 1


def test_a_file_that_is_first_saved_while_its_framing_is_looked_for(
    session: Any, clip: Any, tmp_path: Path, room: Any
) -> None:
    """The study is not written to yet, so it moves at once."""
    looking = begin_anew(session, clip, room)
    tick_until(session, lambda: looking.progress.text == "Looking for what the strip shows")
    save(tmp_path / "edit.blend")
    assert session.drain(looking).read == 12
    assert_beside_the_file(looking, tmp_path)


def test_a_file_that_is_first_saved_before_the_backend_has_heard_of_the_job(
    session: Any, clip: Any, tmp_path: Path, room: Any
) -> None:
    asking = begin_anew(session, clip, room)
    os.kill(backend_pid(session), signal.SIGSTOP)
    tick_until(session, lambda: bool(asking.answers))
    save(tmp_path / "edit.blend")
    os.kill(backend_pid(session), signal.SIGCONT)
    assert session.drain(asking).read == 12
    assert_beside_the_file(asking, tmp_path)


def begin_anew(session: Any, clip: Any, room: Any) -> Any:
    """The job that samples a strip whose study is of other settings."""
    clip.frame_final_end = 13
    assert bpy.ops.steady.sample_frames(strip="Drive") == {"FINISHED"}
    clip.steady.short_side = 72
    return session.enqueue(room("operators.frames").sampling(bpy.context.scene, clip))


def assert_beside_the_file(job: Any, folder: Path) -> None:
    assert list((folder / "studies").iterdir()) == []
    (found,) = (folder / "steady").iterdir()
    assert job.result.folder == found
    assert held(found) == 12
    assert not (found / "lock.json").exists()
