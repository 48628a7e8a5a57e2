"""A job may lose its backend, its file, the extension or its Blender: nothing is left running, and it can go on."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import bpy
import media as making
import pytest
import working
from backends import PYTHON, prefer, tick_until, wait_until
from conftest import PACKAGE, ROOT
from patience import LONG, promise
from working import COUNT, backend_pid, held, is_gone, left_behind

session, clip, job = working.session, working.clip, working.job


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


def test_reverting_a_file_that_was_saved_while_a_job_waited(
    session: Any, clip: Any, scene: Any, media: Any, tmp_path: Path, room: Any
) -> None:
    making.add_images(scene.sequence_editor, media.images(4), channel=2, name="Other")
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "edit.blend"))
    sampling, named = room("operators.frames").sampling, room("sequencer.strips").strip_named
    _, waiting = [session.enqueue(sampling(scene, named(scene, name))) for name in ("Drive", "Other")]
    bpy.ops.wm.save_mainfile()
    bpy.ops.wm.revert_mainfile()
    assert waiting.finished and not any((tmp_path / "steady").iterdir())
    assert bpy.ops.steady.sample_frames(strip="Other") == {"FINISHED"}
    assert held(tmp_path / "steady") == 4


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
