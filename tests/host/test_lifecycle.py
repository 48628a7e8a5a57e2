"""A job may lose its strip, its backend, its file or the extension: it ends in words, and can go on later."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import bpy
import media as making
import pytest
from backends import PYTHON, prefer, tick_until, wait_until
from conftest import PACKAGE, ROOT
from patience import LONG, promise

COUNT = 100


@pytest.fixture
def session(scene: Any, room: Any, tmp_path: Path, monkeypatch: Any) -> Iterator[Any]:
    with tempfile.TemporaryDirectory(prefix="st-") as own:  # a short path: sockets come to lie in it
        monkeypatch.setattr(tempfile, "tempdir", own)
        yield from session_in(tmp_path, room)


def session_in(tmp_path: Path, room: Any) -> Iterator[Any]:
    prefer(tmp_path)
    current = room("session").current
    yield current
    room("session").current.close()


@pytest.fixture
def clip(scene: Any, tmp_path: Path) -> Any:
    """A strip that takes a while: many frames of an image."""
    file = making.write_pngs(tmp_path / "media", making.random_frames(1, 64, 48))
    strip = making.add_images(scene.sequence_editor, file, start=1, name="Drive")
    strip.frame_final_end = COUNT + 1
    strip.steady.short_side, strip.steady.reference_count = 64, 4
    return strip


@pytest.fixture
def job(session: Any, clip: Any, room: Any) -> Any:
    """The job that a click on “Sample Frames” starts, in the middle of its work."""
    frames = room("operators.frames")
    found = session.enqueue(frames.sampling(bpy.context.scene, clip))
    tick_until(session, lambda: found.progress.done >= 5)
    assert not found.finished
    return found


def held(root: Path) -> int:
    return len(list(root.rglob("frames/*.png")))


def backend_pid(session: Any) -> int:
    return session._link.child.process.pid


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] == "Z"


def left_behind() -> list[str]:
    return [path.name for path in Path(tempfile.gettempdir()).glob("steady-frames-*")]


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
    with pytest.raises(RuntimeError, match="“Sample Frames” is already at work on “Other”"):
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


def test_the_backend_dies_while_it_works(session: Any, job: Any, clip: Any, tmp_path: Path, room: Any) -> None:
    os.kill(backend_pid(session), signal.SIGKILL)
    began = time.monotonic()
    tick_until(session, lambda: job.finished)
    assert time.monotonic() - began < promise(2)
    assert "The backend ended" in job.failure.message
    assert session.state is room("session").State.LOST
    assert [s.name for s in bpy.data.scenes] == ["Scene"]
    assert bpy.ops.steady.sample_frames(strip="Drive") == {"FINISHED"}
    assert held(tmp_path) == COUNT


def test_the_first_save_while_a_job_runs(session: Any, job: Any, clip: Any, tmp_path: Path) -> None:
    """The study is being written, and comes beside the file when that is done."""
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "edit.blend"))
    assert not (tmp_path / "steady").exists()
    session.drain(job)
    assert held(tmp_path / "steady") == held(tmp_path) == COUNT
    assert bpy.ops.steady.sample_frames(strip="Drive") == {"FINISHED"}
    assert held(tmp_path) == COUNT


def test_loading_another_file(session: Any, job: Any, tmp_path: Path, room: Any) -> None:
    pid, began = backend_pid(session), time.monotonic()
    bpy.ops.wm.read_homefile(use_factory_startup=True)
    assert time.monotonic() - began < promise(4)
    assert job.state is room("session").JobState.CANCELLED
    assert session.state is room("session").State.OFF
    assert is_gone(pid)
    assert not left_behind()


def test_loading_a_saved_file_and_going_on(session: Any, clip: Any, tmp_path: Path, room: Any) -> None:
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "edit.blend"))
    job = session.enqueue(room("operators.frames").sampling(bpy.context.scene, clip))
    tick_until(session, lambda: job.progress.done >= 5)
    bpy.ops.wm.save_mainfile()
    assert len(bpy.data.scenes) == 2  # the copy that is being rendered, which the saved file must not show
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "edit.blend"))
    some = held(tmp_path)
    assert some < COUNT
    assert bpy.ops.steady.sample_frames(strip="Drive") == {"FINISHED"}
    assert held(tmp_path) == COUNT
    assert len(list((tmp_path / "steady").iterdir())) == 1


def test_disabling_the_extension(session: Any, job: Any, clip: Any, tmp_path: Path, room: Any) -> None:
    import addon_utils

    pid, began = backend_pid(session), time.monotonic()
    addon_utils.disable(PACKAGE, default_set=True)
    assert time.monotonic() - began < promise(3)
    assert is_gone(pid)
    assert job.state is room("session").JobState.CANCELLED
    assert [s.name for s in bpy.data.scenes] == ["Scene"]
    assert addon_utils.enable(PACKAGE, default_set=True) is not None
    prefer(tmp_path)
    assert bpy.ops.steady.sample_frames(strip="Drive") == {"FINISHED"}
    assert held(tmp_path) == COUNT


def test_reloading_the_extension(session: Any, job: Any, tmp_path: Path, extension: Any) -> None:
    """What “Reload Scripts” does with each extension."""
    import addon_utils

    pid = backend_pid(session)
    addon_utils.disable(PACKAGE)
    importlib.reload(sys.modules[PACKAGE])
    assert addon_utils.enable(PACKAGE) is not None
    assert is_gone(pid)
    prefer(tmp_path)
    assert bpy.ops.steady.sample_frames(strip="Drive") == {"FINISHED"}
    assert held(tmp_path) == COUNT


BLENDER_THAT_ENDS = """
import os, pathlib, sys
folder, python, end = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
import bpy, addon_utils
package = "bl_ext.dev.steady_diffusion"
repos = bpy.context.preferences.extensions.repos
repos.new(name="dev", module="dev", custom_directory=str(folder / "repo"), remote_url="")
addon_utils.enable(package, default_set=True)
chosen = bpy.context.preferences.addons[package].preferences
chosen.backend_python, chosen.data_folder, chosen.studies_folder = python, str(folder / "data"), str(folder / "studies")
scene = bpy.context.scene
editor = scene.sequence_editor_create()
strips = editor.strips if hasattr(editor, "strips") else editor.sequences
scene.render.resolution_x, scene.render.resolution_y = 64, 48
length = {"length": 400} if bpy.app.version >= (5, 0) else {"frame_end": 401}
strip = strips.new_effect(name="Drive", type="COLOR", channel=1, frame_start=1, **length)
strip.steady.short_side = 64
from bl_ext.dev.steady_diffusion import session
from bl_ext.dev.steady_diffusion.operators import frames
import time
job = session.current.enqueue(frames.sampling(scene, strip))
while job.progress.done < 3:
    time.sleep(session.current.tick())
print("BACKEND", session.current._link.child.process.pid, flush=True)
if end == "quit":
    bpy.utils._on_exit()  # what Blender does when it quits
    os._exit(0)
sys.stdin.readline()
print("READ", session.current.drain(job).total, flush=True)
session.current.close()
os._exit(0)
"""


@pytest.mark.parametrize("end", ["quit", "kill"])
def test_blender_ends_while_a_job_runs(end: str, tmp_path: Path, extension: Any) -> None:
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / "steady_diffusion").symlink_to(ROOT)
    blender = start_blender([str(tmp_path), str(PYTHON), end], tmp_path)
    try:
        assert blender.stdout
        pid = said_backend(blender.stdout)
        if end == "kill":
            blender.kill()
        blender.wait(LONG)
        wait_until(lambda: is_gone(pid), promise(5))
    finally:
        blender.kill()
        blender.wait()


def test_two_blenders_with_two_backends_do_not_meet(tmp_path: Path, extension: Any) -> None:
    """One is killed in the middle of its work; the other one's goes on."""
    blenders = []
    try:
        for name in ("first", "second"):
            (tmp_path / name / "repo").mkdir(parents=True)
            (tmp_path / name / "repo" / "steady_diffusion").symlink_to(ROOT)
            blenders.append(start_blender([str(tmp_path / name), str(PYTHON), "go on"], tmp_path / name))
        first, second = blenders
        assert first.stdout and second.stdout and second.stdin
        pids = [said_backend(first.stdout), said_backend(second.stdout)]
        assert pids[0] != pids[1]
        first.kill()
        first.wait()
        wait_until(lambda: is_gone(pids[0]), promise(5))
        assert not is_gone(pids[1])
        second.stdin.write("go on\n")
        second.stdin.flush()
        assert "READ 400\n" in second.stdout.readlines()
        assert held(tmp_path / "second") == 400 > held(tmp_path / "first") > 0
        wait_until(lambda: is_gone(pids[1]), promise(5))
    finally:
        for blender in blenders:
            blender.kill()
            blender.communicate()


def said_backend(output: Iterable[str]) -> int:
    heard = []
    for line in output:
        if line.startswith("BACKEND"):
            return int(line.split()[1])
        heard.append(line)
    raise AssertionError("".join(heard))


def start_blender(arguments: list[str], folder: Path) -> subprocess.Popen[str]:
    """Another Blender of the version under test, with the extension."""
    environment = {**os.environ, "BLENDER_USER_RESOURCES": str(folder / "user")}
    script = folder / "script.py"
    script.write_text(BLENDER_THAT_ENDS)
    if bpy.app.binary_path:
        script.write_text(f"import sys\nsys.argv[1:] = sys.argv[sys.argv.index('--') + 1 :]\n{BLENDER_THAT_ENDS}")
        command = [bpy.app.binary_path, "-b", "--factory-startup", "--python", str(script), "--"]
    else:
        command = [sys.executable, str(script)]
    return subprocess.Popen(
        [*command, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
    )
