"""What the tab tells who has read nothing, in a real window: `tests/gui/run tests/gui/guidance_in_window.py`.

The first run, a queue, pausing, the notice at the end, a backend that dies, and what is still said after a reload and
of a strip that was deleted."""

from __future__ import annotations

import importlib
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy

ROOT = Path(importlib.import_module("bl_ext.local.steady_diffusion").__path__[0]).resolve()
sys.path[:0] = [str(ROOT / "tests" / "gui"), str(ROOT / "tests" / "host")]
make = importlib.import_module("media")
shared = importlib.import_module("window")
window, room = shared.Window(globals()), shared.room
PICTURES = ROOT / "build" / "gui"
PYTHON = os.environ.get("STEADY_BACKEND_PYTHON") or str(ROOT / ".venv-backend" / "bin" / "python")
COUNT, LONG = 8, 600  # seconds that a busy machine may take for a stage


def prepare(folder: Path) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    chosen = room("preferences").preferences()
    chosen.data_folder, chosen.studies_folder = str(folder / "data"), str(folder / "studies")
    scene = bpy.context.window.scene
    scene.render.resolution_x, scene.render.resolution_y = 112, 64
    files = make.write_pngs(folder / "drive", make.moving_square(COUNT, 112, 64))
    for channel, name in ((2, "Drive"), (3, "Walk")):
        small(make.add_images(scene.sequence_editor, files, channel=channel, name=name).steady)
    scene.sequence_editor.active_strip = strip("Drive")
    with bpy.context.temp_override(**window.override()):
        bpy.ops.screen.screen_full_area()  # the whole tab is to be seen


def small(settings: Any) -> None:
    settings.short_side, settings.reference_count = 64, 4
    settings.candidates, settings.prompt = 2, "a neon tron painting of a red car in a night city"
    settings.look_steps, settings.steps, settings.iterations, settings.batch, settings.crops = 8, 8, 30, 2, 2
    settings.spread = 0


def steps(folder: Path) -> Iterator[None]:
    prepare(folder)
    yield from window.wait(1.0)
    yield from window.open_sidebar()
    for part in (first_run, presets, queue_and_pause, notice, dies, reload, strayed):
        window.log("---", part.__name__)
        yield from part(folder)


def strip(name: str = "Drive") -> Any:
    return room("sequencer.strips").strip_named(bpy.context.window.scene, name)


def current() -> Any:
    return room("session").current


def running() -> Any:
    return current().running


def busy() -> bool:
    return any(not job.finished for job in current().jobs)


def tuning_or_over() -> bool:
    return not busy() or (running() is not None and "loss" in running().progress.text)


def picture(name: str) -> Iterator[None]:
    yield from window.picture(PICTURES / f"{name}.png")


def first_run(folder: Path) -> Iterator[None]:
    """Nothing is installed, Blender is offline, and the model is not here."""
    bpy.context.preferences.system.use_online_access = False
    yield from picture("40-first-run")
    bpy.context.preferences.system.use_online_access = True
    yield from picture("41-online")
    bpy.context.preferences.system.use_online_access = False
    room("preferences").preferences().backend_python = PYTHON


def presets(folder: Path) -> Iterator[None]:
    with bpy.context.temp_override(**window.override()):
        for name in ("Drive", "Walk"):
            assert bpy.ops.steady.use_pocket(strip=name) == {"FINISHED"}
            small(strip(name).steady)
        assert bpy.ops.steady.add_preset(name="Quick trial") == {"FINISHED"}
        bpy.ops.wm.call_menu(name="STEADY_MT_presets")
    yield from picture("42-presets")
    window.type("key", "Escape")
    yield from window.wait(0.5)
    yield from picture("43-before-the-first-run")


def queue_and_pause(folder: Path) -> Iterator[None]:
    """Two strips for the night; the first one is paused, and goes on."""
    for name in ("Drive", "Walk"):
        strip(name).steady.iterations = 3000
        assert window.press(bpy.ops.steady.restyle, strip=name) == {"FINISHED"}
    yield from window.until(tuning_or_over, LONG)
    assert running(), [job.failure for job in current().jobs]
    yield from window.wait(6.0)  # until it can say what is left
    yield from picture("44-running")
    window.press(bpy.ops.steady.pause_job)
    yield from window.until(lambda: current().state is room("session").State.OFF, LONG)
    assert current().paused.strip == "Drive" and not running()
    yield from picture("45-paused")
    window.press(bpy.ops.steady.resume_job)
    yield from window.until(tuning_or_over, LONG)
    assert running().strip == "Drive", running().failure
    yield from picture("46-resumed")
    for _ in range(2):
        window.press(bpy.ops.steady.cancel_job)
        yield
    yield from picture("47-cancelled")


def notice(folder: Path) -> Iterator[None]:
    """The end of a job is said in the status bar, and taken away by its X."""
    current().NEWS_AFTER = 0.0
    strip().steady.iterations = 30
    window.press(bpy.ops.steady.restyle)
    yield from window.until(lambda: not busy(), LONG)
    assert [job.failure for job in current().news] == [None]
    yield from picture("48-done")
    strip().steady.seed = 7
    yield from picture("49-what-the-next-costs")
    window.press(bpy.ops.steady.dismiss_notice)
    assert not current().news


def killed_while_tuning(name: str) -> Iterator[None]:
    strip(name).steady.iterations = 3000
    window.press(bpy.ops.steady.restyle, strip=name)
    yield from window.until(tuning_or_over, LONG)
    os.kill(current()._link.child.process.pid, signal.SIGKILL)
    yield from window.until(lambda: not busy(), LONG)


def dies(folder: Path) -> Iterator[None]:
    """Somebody kills the backend while it tunes: a button goes on."""
    yield from killed_while_tuning("Drive")
    yield from picture("50-lost")
    window.press(bpy.ops.steady.copy_details)
    copied = bpy.context.window_manager.clipboard
    assert "Restyle: LOST: The backend ended" in copied and str(Path.home()) not in copied, copied
    window.log(copied)


def reload(folder: Path) -> Iterator[None]:
    file = folder / "edit.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(file))
    bpy.ops.wm.open_mainfile(filepath=str(file))
    yield from window.wait(2.0)
    yield from window.open_sidebar()
    assert not current().jobs
    yield from picture("51-after-reload")
    found = room("panels.overview").overview(strip())
    assert found.trouble.title == "Restyle", found


def strayed(folder: Path) -> Iterator[None]:
    """What failed on a strip that was deleted since stands in Jobs, until it is clicked away."""
    yield from killed_while_tuning("Walk")
    room("sequencer.strips").collection_of(bpy.context.window.scene.sequence_editor).remove(strip("Walk"))
    yield from picture("52-strayed")
    failed = current().jobs[-1]
    assert room("panels.jobs").strayed() == [failed]
    window.press(bpy.ops.steady.dismiss_notice, job=failed.id)
    assert failed not in current().jobs


window.run(steps(Path(tempfile.mkdtemp(prefix="steady-gui-"))))
