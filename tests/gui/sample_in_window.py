"""Sampling in a real window: `blender-gui shot . tests/gui/sample_in_window.py OUT.png Steady`. Ends with `all passed`.

Presses the buttons that a user presses, and leaves pictures beside OUT.png. What is pressed returns at once; what is
cancelled, deleted, killed, reloaded or left behind for another file ends in words and can go on later."""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy

ROOT = Path(importlib.import_module("bl_ext.local.steady_diffusion").__path__[0]).resolve()
sys.path[:0] = [str(ROOT / "tests" / name) for name in ("gui", "host", "")]
make = importlib.import_module("media")
shared, promise = importlib.import_module("window"), importlib.import_module("patience").promise
window, room = shared.Window(globals()), shared.room
PICTURES = shared.PICTURES


def prepare(folder: Path) -> Any:
    shared.prefer(folder)
    scene = bpy.context.window.scene
    scene.render.resolution_x, scene.render.resolution_y = 512, 288
    drive = make.moving_square(48, 512, 288) + make.random_frames(12, 512, 288)
    strip = make.add_images(scene.sequence_editor, make.write_pngs(folder / "drive", drive), channel=2, name="Drive")
    long = make.add_images(scene.sequence_editor, [folder / "drive" / "0001.png"], start=80, channel=2, name="Long")
    room("sequencer.strips").set_handles(long, 80, 1080)
    strip.steady.short_side, strip.steady.reference_count = 288, 8
    long.steady.short_side = 288
    with bpy.context.temp_override(**window.override()):
        bpy.ops.ed.undo_push(message="Prepare")
    return scene


def steps(folder: Path) -> Iterator[None]:
    scene = prepare(folder)
    yield from window.open_sidebar()
    for part in (refuse, sample, undo, search, cancel, delete, kill, load, disable, reload, leave):
        window.log("---", part.__name__)
        yield from part(scene, folder)


def strip_named(name: str) -> Any:
    return room("sequencer.strips").strip_named(bpy.context.window.scene, name)


def choose(name: str) -> None:
    editor = bpy.context.window.scene.sequence_editor
    for other in room("sequencer.strips").strips_of(editor):
        other.select = other.name == name
    editor.active_strip = strip_named(name) if name else None


def session() -> Any:
    return room("session").current


def last_job() -> Any:
    return session().jobs[-1]


def refuse(scene: Any, folder: Path) -> Iterator[None]:
    choose("")
    with bpy.context.temp_override(**window.override()):
        assert not bpy.ops.steady.sample_frames.poll()
        assert not bpy.ops.steady.cancel_job.poll()
    yield from window.picture(PICTURES / "1-no-strip.png")


def search(scene: Any, folder: Path) -> Iterator[None]:
    """F3 finds what menus hold."""
    choose("Drive")
    before = session().jobs
    yield from window.search("sample fr", PICTURES / "8-search.png")
    yield from window.until(lambda: session().jobs != before and last_job().finished, 10)
    assert (last_job().title, last_job().strip) == ("Sample Frames", "Drive")
    assert last_job().failure is None, last_job().failure


def sample(scene: Any, folder: Path) -> Iterator[None]:
    choose("Drive")
    before = [s.name for s in bpy.data.scenes], [i.name for i in bpy.data.images], scene.frame_current
    assert window.press(bpy.ops.steady.sample_frames) == {"FINISHED"}
    job = last_job()
    yield from window.until(lambda: job.progress.done > 0 or job.finished, 60)
    window.shoot(str(PICTURES / "2-sampling.png"))
    yield from window.until(lambda: job.finished, 60)
    assert job.failure is None, job.failure
    assert ([s.name for s in bpy.data.scenes], [i.name for i in bpy.data.images], scene.frame_current) == before
    study = next((folder / "studies").glob("Drive-*"))
    assert len(list((study / "frames").glob("*.png"))) == 60
    chosen = json.loads((study / "reference.json").read_text())["numbers"]
    assert len(chosen) == 8
    window.log("chosen:", chosen)
    yield from window.picture(PICTURES / "3-sampled.png")


def undo(scene: Any, folder: Path) -> Iterator[None]:
    """Undoing the click takes the study's id away; the study is found again, and nothing is read twice."""
    known = strip_named("Drive").steady.study_id
    with bpy.context.temp_override(**window.override()):
        bpy.ops.ed.undo_push(message="Something else")
        bpy.ops.ed.undo()
        assert strip_named("Drive").steady.study_id == known
        bpy.ops.ed.undo()
    yield
    assert strip_named("Drive").steady.study_id == ""
    choose("Drive")
    window.press(bpy.ops.steady.sample_frames)
    job = last_job()
    yield from window.until(lambda: job.finished, 30)
    assert job.failure is None, job.failure
    assert job.result.read == 0
    assert strip_named("Drive").steady.study_id == known


def begin_long(name: str = "Long") -> Iterator[None]:
    choose(name)
    window.press(bpy.ops.steady.sample_frames)
    yield from window.until(lambda: last_job().finished or last_job().progress.done > 5, 60)
    assert not last_job().finished, last_job().failure


def cancel(scene: Any, folder: Path) -> Iterator[None]:
    yield from begin_long()
    job = last_job()
    window.press(bpy.ops.steady.sample_frames, strip="Drive")
    waiting = last_job()
    assert waiting is not job
    yield from window.picture(PICTURES / "4-queue.png")
    window.press(bpy.ops.steady.cancel_job, job=waiting.id)
    window.press(bpy.ops.steady.cancel_job)
    assert job.state is waiting.state is room("session").JobState.CANCELLED
    assert not list(Path(tempfile.gettempdir()).glob(f"steady-frames-{os.getpid()}-*"))
    yield from window.picture(PICTURES / "5-cancelled.png")
    assert session().state is room("session").State.READY


def delete(scene: Any, folder: Path) -> Iterator[None]:
    yield from begin_long()
    job = last_job()
    held = len(list(folder.rglob("Long-*/frames/*.png")))
    assert held > 5, "a job that was cancelled goes on where it stopped"
    room("sequencer.strips").collection_of(bpy.context.window.scene.sequence_editor).remove(strip_named("Long"))
    yield from window.until(lambda: job.finished, 10)
    window.log(job.failure)
    assert "was deleted, or belongs to another study now" in str(job.failure)
    with bpy.context.temp_override(**window.override()):
        bpy.ops.ed.undo_push(message="Delete")
        bpy.ops.ed.undo()
    yield
    assert strip_named("Long")


def kill(scene: Any, folder: Path) -> Iterator[None]:
    yield from begin_long()
    job = last_job()
    os.kill(backend(), signal.SIGKILL)
    yield from window.until(lambda: job.finished, promise(2))
    window.log(job.failure)
    assert session().state is room("session").State.LOST
    yield from window.picture(PICTURES / "6-backend-killed.png")


def backend() -> int:
    return session()._link.child.process.pid


def gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


def load(scene: Any, folder: Path) -> Iterator[None]:
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "edit.blend"))
    yield from begin_long()
    job, pid = last_job(), backend()
    bpy.ops.wm.open_mainfile(filepath=str(folder / "edit.blend"))
    yield
    assert job.state is room("session").JobState.CANCELLED
    assert gone(pid)
    assert len(bpy.data.scenes) == 1
    yield from begin_long()
    yield from window.picture(PICTURES / "7-going-on.png")
    bpy.ops.steady.cancel_job()


def disable(scene: Any, folder: Path) -> Iterator[None]:
    yield from begin_long()
    job, pid = last_job(), backend()
    bpy.ops.preferences.addon_disable(module=shared.PACKAGE)
    assert job.state is room("session").JobState.CANCELLED
    assert gone(pid)
    yield from window.picture(PICTURES / "9-disabled.png")
    bpy.ops.preferences.addon_enable(module=shared.PACKAGE)
    shared.prefer(folder)
    yield from window.open_sidebar()


def reload(scene: Any, folder: Path) -> Iterator[None]:
    yield from begin_long()
    job, pid = last_job(), backend()
    bpy.ops.script.reload()
    yield from window.wait(1.0)
    assert job.state is room("session").JobState.CANCELLED
    assert gone(pid)
    with bpy.context.temp_override(**window.override()):
        assert bpy.ops.steady.sample_frames.poll()


def leave(scene: Any, folder: Path) -> Iterator[None]:
    """Blender quits while a job runs: `run` looks whether its backend is gone."""
    yield from begin_long()
    window.log("leaves process", backend())


window.run(steps(Path(tempfile.mkdtemp(prefix="steady-gui-"))))
