"""Installing, removing, starting and stopping the backend from Blender, with real venv, pip and backend."""

from __future__ import annotations

import importlib
import itertools
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import bpy
import media as making
import pytest
from backends import PYTHON, prefer, tick_until
from conftest import ROOT
from patience import promise

sys.path.append(str(ROOT / "tests" / "backend"))
wheels: Any = importlib.import_module("wheels")


@pytest.fixture
def data(scene: Any, room: Any, tmp_path: Path) -> Iterator[Path]:
    """The data folder that the preferences name, with nothing installed in it, and Blender online."""
    chosen = prefer(tmp_path)
    chosen.backend_python = ""
    system = bpy.context.preferences.system
    before, system.use_online_access = system.use_online_access, True
    yield tmp_path / "data"
    room("session").current.close()
    system.use_online_access = before
    prefer(tmp_path)


@pytest.fixture
def tiny(room: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The requirements are a package of a few bytes, and pip sees nothing but that."""
    shelf = tmp_path / "shelf"
    wheels.repack_pip(shelf)
    wheels.make_wheel(shelf, "tiny-brush", "1.0", "colour = 'red'")
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("tiny-brush==1.0\n")
    monkeypatch.setattr(room("backend.installer.environment"), "REQUIREMENTS", requirements)
    for name, value in {"CONFIG_FILE": os.devnull, "NO_INDEX": "1", "FIND_LINKS": str(shelf)}.items():
        monkeypatch.setenv(f"PIP_{name}", value)


def test_installed_then_removed(data: Path, tiny: None, room: Any, capfd: pytest.CaptureFixture[str]) -> None:
    environment, preferences = room("backend.installer.environment"), room("preferences")
    folder = data / f"backend-{room('backend.api').VERSION}"
    (data / "studies").mkdir(parents=True)
    assert bpy.ops.steady.install_backend() == {"FINISHED"}
    assert environment.check(folder) is environment.State.READY
    assert preferences.backend_launch(preferences.preferences()).python == folder / "bin" / "python"
    assert "The backend is installed: " in capfd.readouterr().out

    environment.REQUIREMENTS.write_text("tiny-nowhere==1.0\n")  # a next version wants what nobody has
    with pytest.raises(RuntimeError, match="The package server has no tiny-nowhere") as failed:
        bpy.ops.steady.install_backend()
    assert "Traceback" not in str(failed.value)
    assert str(folder / "install.log") in str(failed.value)

    capfd.readouterr()
    assert bpy.ops.steady.remove_backend() == {"FINISHED"}
    told = capfd.readouterr().out
    assert "The backend is removed: " in told
    assert "MB are free again." in told
    assert [path.name for path in data.iterdir()] == ["studies"]


def test_what_another_version_left_is_told_and_freed_alone(
    data: Path, tiny: None, room: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    """An update of the extension makes an environment of its own, and the old one stays: gigabytes."""
    environment, folder = room("backend.installer.environment"), data / f"backend-{room('backend.api').VERSION}"
    old, broken_off = data / "backend-0.0.1", data / "backend-0.0.2"
    for left, complete in ((old, True), (broken_off, False)):
        (left / "bin").mkdir(parents=True)
        (left / "bin" / "python").write_bytes(bytes(3_000_000))
        environment.write_record(
            left, environment.Record(complete, False, "older", sys.executable, "3.11", "cpu", "", "", 1_649_000_000)
        )
    assert environment.others(data) == [old, broken_off]
    assert bpy.ops.steady.install_backend() == {"FINISHED"}
    told = capfd.readouterr().out
    assert "What other versions installed takes 1.6 GB and more: " in told, "what is broken off is not counted"
    assert "Another Blender may use it." in told
    assert environment.others(data) == [old, broken_off]

    assert bpy.ops.steady.remove_backend(others=True) == {"FINISHED"}
    assert "What other versions installed is removed: 6.0 MB are free again." in capfd.readouterr().out
    assert environment.backends(data) == [folder]
    assert environment.check(folder) is environment.State.READY
    with pytest.raises(RuntimeError, match="No other version has left a backend"):
        bpy.ops.steady.remove_backend(others=True)
    assert bpy.ops.steady.install_backend() == {"FINISHED"}
    assert "other versions" not in capfd.readouterr().out


def test_what_is_broken_off_has_no_size_at_once(data: Path, room: Any) -> None:
    """Its files would be counted while Blender waits."""
    recorded = room("operators.installing").recorded
    whole, broken_off = leave(room, data / "backend-0.0.1"), leave(room, data / "backend-0.0.2", complete=False)
    assert recorded([whole]) == "1.6 GB"
    assert recorded([whole, broken_off]) == "1.6 GB and more"
    assert recorded([broken_off]) == "space"


def test_the_tooltip_says_which_of_them_the_button_removes(data: Path, room: Any) -> None:
    described = room("operators.installing").STEADY_OT_remove_backend.description
    assert described(bpy.context, SimpleNamespace(others=False)) == "", "then Blender shows the operator's own"
    told = described(bpy.context, SimpleNamespace(others=True))
    assert told.startswith("Keep the backend that this version uses")
    assert "Another Blender on this computer may use it" in told
    assert told in room("translations.german").GERMAN


def test_freeing_other_versions_leaves_the_backend_at_work(data: Path, room: Any, tmp_path: Path) -> None:
    session = room("session").current
    prefer(tmp_path)
    assert bpy.ops.steady.start_backend() == {"FINISHED"}
    pid = session._link.child.process.pid
    old = leave(room, data / "backend-0.0.1")
    assert bpy.ops.steady.remove_backend(others=True) == {"FINISHED"}
    assert not old.exists()
    assert session.state is room("session").State.READY
    assert session._link.child.process.pid == pid

    leave(room, old)
    assert bpy.ops.steady.remove_backend() == {"FINISHED"}
    assert session.state is room("session").State.OFF


@pytest.mark.skipif(os.name == "nt", reason="the other version's Python is a script here")
def test_freeing_the_other_version_that_is_at_work_stops_it_first(data: Path, room: Any, tmp_path: Path) -> None:
    """The preferences may name the Python of a folder that this version makes no use of by itself."""
    session, old = room("session").current, leave(room, data / "backend-0.0.1")
    (old / "bin").mkdir()
    python = old / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{PYTHON}" "$@"\n')
    python.chmod(0o755)
    prefer(tmp_path).backend_python = str(python)
    assert bpy.ops.steady.start_backend() == {"FINISHED"}
    assert bpy.ops.steady.remove_backend(others=True) == {"FINISHED"}
    assert not old.exists()
    assert session.state is room("session").State.OFF


def leave(room: Any, folder: Path, complete: bool = True) -> Path:
    """What another version has installed, or was broken off at."""
    environment = room("backend.installer.environment")
    folder.mkdir(parents=True)
    record = environment.Record(complete, False, "older", sys.executable, "3.11", "cpu", "", "", 1_600_000_000)
    environment.write_record(folder, record)
    return folder


def test_cancelling_keeps_what_is_there(data: Path, tiny: None, room: Any) -> None:
    session, environment = room("session").current, room("backend.installer.environment")
    folder = data / f"backend-{room('backend.api').VERSION}"
    job = session.enqueue(room("operators.installing").installing(folder))
    tick_until(session, lambda: job.progress.text == "Making an environment")
    asked = time.monotonic()
    assert bpy.ops.steady.cancel_job() == {"FINISHED"}
    assert time.monotonic() - asked < promise(2.0)
    assert environment.check(folder) is environment.State.INCOMPLETE
    with pytest.raises(RuntimeError, match="installation was broken off"):
        bpy.ops.steady.start_backend()
    assert bpy.ops.steady.install_backend() == {"FINISHED"}
    assert environment.check(folder) is environment.State.READY


def test_nothing_is_downloaded_while_blender_is_offline(data: Path) -> None:
    bpy.context.preferences.system.use_online_access = False
    with pytest.raises(RuntimeError, match=r"Blender is offline\. .* switch on “Allow Online Access”"):
        bpy.ops.steady.install_backend()
    assert not data.exists()


def test_going_offline_before_the_job_had_its_turn(data: Path, room: Any) -> None:
    session = room("session").current
    job = session.enqueue(room("operators.installing").installing(data / "backend-0"))
    bpy.context.preferences.system.use_online_access = False
    with pytest.raises(room("backend.api").Failure, match="Blender is offline"):
        session.drain(job)
    assert not data.exists()


def test_connect_only_installs_nothing(data: Path) -> None:
    room_preferences = bpy.context.preferences.addons["bl_ext.dev.steady_diffusion"].preferences
    room_preferences.connect_only = True
    with pytest.raises(RuntimeError, match="“Connect Only” is on"):
        bpy.ops.steady.install_backend()


def test_removing_what_was_never_installed(data: Path) -> None:
    (data / "backend-mine").mkdir(parents=True)
    (data / "backend-mine" / "photo.png").touch()
    with pytest.raises(RuntimeError, match="No backend is installed in the data folder"):
        bpy.ops.steady.remove_backend()
    assert (data / "backend-mine" / "photo.png").exists()


def test_starting_and_stopping(data: Path, room: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    session = room("session")
    with pytest.raises(RuntimeError, match=r"The backend is not installed\. Press “Install Backend”"):
        bpy.ops.steady.start_backend()
    prefer(tmp_path)
    assert bpy.ops.steady.start_backend() == {"FINISHED"}
    assert session.current.state is session.State.READY
    assert "The backend is ready: " in capfd.readouterr().out
    with pytest.raises(RuntimeError, match="The backend is running"):
        bpy.ops.steady.start_backend()
    assert bpy.ops.steady.stop_backend() == {"FINISHED"}
    assert session.current.state is session.State.OFF
    with pytest.raises(RuntimeError, match="The backend is not running"):
        bpy.ops.steady.stop_backend()


def test_stopping_a_stuck_backend_in_a_window_returns_at_once(data: Path, room: Any, tmp_path: Path) -> None:
    """Without a window Blender calls `execute`, whatever it is asked: so what it calls in one is called here."""
    session, operators = room("session").current, room("operators.backend")
    prefer(tmp_path)
    assert bpy.ops.steady.start_backend() == {"FINISHED"}
    pid = session._link.child.process.pid
    os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    assert operators.STEADY_OT_stop_backend.invoke(None, bpy.context, None) == {"FINISHED"}
    assert time.monotonic() - began < promise(0.1)
    assert bpy.ops.steady.start_backend() == {"FINISHED"}  # once the other is gone
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_stopping_a_stuck_backend_in_a_script_waits(data: Path, room: Any, tmp_path: Path) -> None:
    prefer(tmp_path)
    assert bpy.ops.steady.start_backend() == {"FINISHED"}
    pid = room("session").current._link.child.process.pid
    os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    assert bpy.ops.steady.stop_backend() == {"FINISHED"}
    assert time.monotonic() - began < promise(3.0)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_backend_that_is_stuck_can_be_stopped_although_its_job_runs(
    data: Path, room: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, api, state = room("session").current, room("backend.api"), room("session").State
    prefer(tmp_path)
    monkeypatch.setattr(session, "stuck_after", 2.0)
    assert bpy.ops.steady.start_backend() == {"FINISHED"}

    held: list[bool] = []

    def steps() -> Any:
        os.kill(session._link.child.process.pid, signal.SIGSTOP)
        held.append(True)
        yield from session.answer(session.ask(api.Ping()))

    job = session.enqueue(room("session").HostJob("Tune", "Drive", steps, study="0123abcd"))
    tick_until(session, lambda: bool(held))  # on a busy machine it can seem stuck while it starts, too
    with pytest.raises(RuntimeError, match="A job is running: wait for it, or cancel it first"):
        bpy.ops.steady.stop_backend()
    tick_until(session, lambda: session.state is state.STUCK)
    assert session.problem.hint.startswith("Wait, or stop it")
    assert bpy.ops.steady.stop_backend() == {"FINISHED"}
    assert session.state is state.OFF
    tick_until(session, lambda: job.finished)
    assert job.failure.code is api.ErrorCode.LOST


def test_while_a_job_is_paused_it_is_to_be_resumed_or_cancelled_first(data: Path, room: Any, tmp_path: Path) -> None:
    session, waiting = room("session").current, room("session").Step(waiting=True)
    leave(room, data / "backend-0.0.1")
    prefer(tmp_path)
    assert bpy.ops.steady.start_backend() == {"FINISHED"}
    job = session.enqueue(
        room("session").HostJob("Tune", "Drive", lambda: (waiting for _ in itertools.count()), "0123abcd")
    )
    session.tick()
    session.pause(job)
    for operator in ("stop_backend", "install_backend", "remove_backend"):
        with pytest.raises(RuntimeError, match=r"A job is paused\. Resume or cancel it first\."):
            getattr(bpy.ops.steady, operator)()


def test_a_job_runs_on_the_backend_that_the_preferences_name_by_then(
    data: Path, room: Any, tmp_path: Path, media: Any
) -> None:
    session, frames = room("session").current, room("operators.frames")
    chosen = prefer(tmp_path)
    assert bpy.ops.steady.start_backend() == {"FINISHED"}
    before = session._link.child.process.pid
    other = tmp_path / "other environment"
    other.symlink_to(PYTHON.parents[1])
    chosen.backend_python = str(other / "bin" / "python")
    strip = making.add_images(bpy.context.scene.sequence_editor, media.images(3), name="Drive")
    assert session.drain(session.enqueue(frames.sampling(bpy.context.scene, strip))).total == 3
    assert session._link.how.python == other / "bin" / "python"
    assert session._link.child.process.pid != before


def test_an_emptied_folder_of_the_preferences_means_the_usual_place(room: Any, tmp_path: Path) -> None:
    usual, preferences = room("backend.processes").data_folder(), room("preferences")
    chosen = prefer(tmp_path)
    chosen.data_folder = chosen.studies_folder = ""
    assert preferences.data_folder(chosen) == usual
    assert preferences.studies_folder(chosen) == usual / "studies"
