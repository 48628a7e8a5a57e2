"""A job may lose its strip while it waits or works: it ends in words, and can go on later."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import media as making
import pytest
import working
from backends import tick_until, wait_until
from drawn import drawn, text_of
from patience import promise
from working import COUNT, held, left_behind

session, clip, job = working.session, working.clip, working.job


@pytest.fixture
def queued(session: Any, job: Any, scene: Any, media: Any, room: Any) -> tuple[Any, Any]:
    """Another strip, and its job, which waits for the first one."""
    other = making.add_images(scene.sequence_editor, media.images(4), channel=2, name="Other")
    found = session.enqueue(room("operators.frames").sampling(scene, other))
    return other, found


def folders(root: Path) -> list[str]:
    return [path.name.partition("-")[0] for path in (root / "studies").iterdir()]


def test_a_cancelled_job_goes_on_where_it_stopped(job: Any, session: Any, clip: Any, tmp_path: Path, room: Any) -> None:
    assert bpy.ops.steady.cancel_job() == {"FINISHED"}
    assert job.state is room("session").JobState.CANCELLED
    assert [s.name for s in bpy.data.scenes] == ["Scene"]
    assert not left_behind()
    wait_until(lambda: session.state is room("session").State.READY, promise(5))
    some = held(tmp_path)
    assert 0 < some < COUNT
    again = session.enqueue(room("operators.frames").sampling(bpy.context.scene, clip))
    result = session.drain(again)
    assert held(tmp_path) == COUNT
    assert 0 < result.read <= COUNT - some


def test_only_what_waits_or_runs_can_be_cancelled(session: Any, job: Any) -> None:
    assert bpy.ops.steady.cancel_job(job=job.id) == {"FINISHED"}
    with pytest.raises(RuntimeError, match="No job is running"):
        bpy.ops.steady.cancel_job()


def test_the_same_job_is_not_queued_twice(session: Any, job: Any) -> None:
    with pytest.raises(RuntimeError, match="“Sample Frames” is already at work on “Drive”"):
        bpy.ops.steady.sample_frames(strip="Drive", scene="Scene")


def test_the_same_job_is_not_queued_twice_when_undo_took_the_id(
    session: Any, queued: tuple[Any, Any], tmp_path: Path
) -> None:
    other, _ = queued
    other.steady.study_id = ""
    with pytest.raises(RuntimeError, match="“Sample Frames” of “Other” waits already, with the same settings"):
        bpy.ops.steady.sample_frames(strip="Other", scene="Scene")
    assert sorted(folders(tmp_path)) == ["Drive", "Other"]


def test_a_renamed_strip_is_not_queued_twice(session: Any, job: Any, clip: Any) -> None:
    clip.name = "Renamed"
    with pytest.raises(RuntimeError, match="“Sample Frames” is already at work on “Drive”"):
        bpy.ops.steady.sample_frames(strip="Renamed", scene="Scene")


@pytest.fixture
def half(job: Any, clip: Any) -> Any:
    """What was cut off the strip that is being read: it carries the same id."""
    found = clip.split(frame=COUNT - 3, split_method="SOFT")
    assert found.steady.study_id == clip.steady.study_id
    return found


def test_a_half_that_is_cut_off_is_queued_beside_its_original(
    session: Any, job: Any, clip: Any, half: Any, scene: Any, room: Any
) -> None:
    own = session.enqueue(room("operators.frames").sampling(scene, half))
    assert half.steady.study_id != clip.steady.study_id
    result = session.drain(own)
    assert (job.result.total, result.total) == (COUNT, 4)
    assert (held(job.result.folder), held(result.folder)) == (COUNT, 4)


@pytest.mark.parametrize("first", ["original", "copy"])
def test_a_strip_and_its_copy_that_are_both_cancelled_in_the_queue(
    session: Any, queued: tuple[Any, Any], scene: Any, media: Any, room: Any, tmp_path: Path, first: str
) -> None:
    other, waiting = queued
    copy = making.add_images(scene.sequence_editor, media.images(4), channel=3, start=20, name="Other.001")
    copy.steady.study_id = other.steady.study_id  # as Blender's duplicate does
    its_own = session.enqueue(room("operators.frames").sampling(scene, copy))
    assert its_own.study != waiting.study
    for ending in (waiting, its_own) if first == "original" else (its_own, waiting):
        session.cancel(ending)
    assert (other.steady.study_id, copy.steady.study_id) == ("", "")
    assert folders(tmp_path) == ["Drive"]


def test_a_second_strip_waits_its_turn(session: Any, job: Any, scene: Any, media: Any, room: Any) -> None:
    other = making.add_images(scene.sequence_editor, media.images(4), channel=2, name="Other")
    assert bpy.ops.steady.sample_frames(strip="Other") == {"FINISHED"}
    assert job.state is room("session").JobState.DONE
    assert other.steady.study_id != bpy.context.scene.sequence_editor and other.steady.study_id


def test_a_strip_deleted_while_it_is_read(session: Any, job: Any, clip: Any, tmp_path: Path) -> None:
    making.strips(bpy.context.scene.sequence_editor).remove(clip)
    tick_until(session, lambda: job.finished)
    assert str(job.failure).startswith("“Drive” was deleted, or belongs to another study now. What was read is kept")
    assert held(tmp_path) > 0
    assert [s.name for s in bpy.data.scenes] == ["Scene"]
    assert not left_behind()


def test_what_ended_the_job_of_a_deleted_strip_stands_in_the_panel_of_the_jobs(
    session: Any, job: Any, clip: Any, scene: Any, media: Any, room: Any
) -> None:
    panel = room("panels.jobs").STEADY_PT_jobs
    making.strips(scene.sequence_editor).remove(clip)
    making.add_images(scene.sequence_editor, media.images(4), channel=2, name="Other")
    tick_until(session, lambda: job.finished)
    assert panel.poll(bpy.context)
    said = text_of(drawn(panel))
    assert said.startswith("Sample Frames: Drive “Drive” was deleted") and "What was read is kept" in said
    bpy.ops.steady.dismiss_notice(job=job.id)
    assert not panel.poll(bpy.context) and session.news == ()


def test_with_the_strip_undone_it_stands_in_the_panel_of_its_stage(
    session: Any, job: Any, clip: Any, scene: Any, media: Any, room: Any
) -> None:
    making.strips(scene.sequence_editor).remove(clip)
    tick_until(session, lambda: job.finished)
    again = making.add_images(scene.sequence_editor, media.images(4), name="Drive")
    again.steady.study_id, scene.sequence_editor.active_strip = job.study, again
    assert not room("panels.jobs").STEADY_PT_jobs.poll(bpy.context)
    assert "“Drive” was deleted" in text_of(drawn(room("panels.frames").STEADY_PT_frames))


def test_a_job_that_is_cancelled_in_the_queue_leaves_no_claim(queued: Any, tmp_path: Path, room: Any) -> None:
    other, waiting = queued
    assert sorted(folders(tmp_path)) == ["Drive", "Other"]
    assert bpy.ops.steady.cancel_job(job=waiting.id) == {"FINISHED"}
    assert waiting.state is room("session").JobState.CANCELLED
    assert folders(tmp_path) == ["Drive"]
    assert other.steady.study_id == ""


def test_a_strip_deleted_while_its_job_waits_leaves_no_folder(
    session: Any, queued: Any, scene: Any, tmp_path: Path
) -> None:
    other, waiting = queued
    making.strips(scene.sequence_editor).remove(other)
    tick_until(session, lambda: waiting.finished)
    said = "“Other” was deleted, or belongs to another study now. Undo, and press the button again."
    assert str(waiting.failure) == said
    assert folders(tmp_path) == ["Drive"]


def test_a_strip_deleted_and_its_job_cancelled_in_the_queue(
    session: Any, queued: Any, scene: Any, tmp_path: Path
) -> None:
    other, waiting = queued
    making.strips(scene.sequence_editor).remove(other)
    session.cancel(waiting)
    assert folders(tmp_path) == ["Drive"]


def test_both_halves_of_a_strip_that_was_cut_in_the_queue(session: Any, queued: Any, tmp_path: Path) -> None:
    other, waiting = queued
    half = other.split(frame=3, split_method="SOFT")
    assert half.steady.study_id == other.steady.study_id
    session.cancel(waiting)
    assert (other.steady.study_id, half.steady.study_id) == ("", "")
    assert folders(tmp_path) == ["Drive"]


def test_a_strip_moved_and_renamed_while_it_is_read(
    session: Any, job: Any, clip: Any, tmp_path: Path, room: Any
) -> None:
    room("sequencer.strips").set_content_start(clip, 1000)
    clip.channel, clip.name = 7, "Renamed"
    session.drain(job)
    assert held(tmp_path) == COUNT
    assert job.result.read == COUNT
