"""Blender saves by itself while a job runs: `tests/gui/run tests/gui/autosave_in_window.py`.

A modal operator would keep it from that. Once a minute is the most often that Blender's preferences can have it."""

from __future__ import annotations

import importlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import bpy

ROOT = Path(importlib.import_module("bl_ext.local.steady_diffusion").__path__[0]).resolve()
sys.path[:0] = [str(ROOT / "tests" / "gui"), str(ROOT / "tests" / "host")]
shared = importlib.import_module("window")
window, room = shared.Window(globals()), shared.room
COUNT, LONG = 8, 900  # frames; seconds that a busy machine may take


def steps(folder: Path) -> Iterator[None]:
    shared.prefer(folder)
    (folder / "temporary").mkdir()
    paths = bpy.context.preferences.filepaths
    paths.temporary_directory = str(folder / "temporary")
    paths.use_auto_save_temporary_files, paths.auto_save_time = True, 1
    settings = shared.small_drive(folder, COUNT).steady
    settings.prompt, settings.iterations = "a paper cutout of a city", 100_000  # it takes longer than the minute
    yield from window.open_sidebar()
    window.press(bpy.ops.steady.restyle)
    job = room("session").current.jobs[-1]
    yield from window.until(lambda: saved(folder) or job.finished, LONG)
    assert not job.finished, f"the job was over before Blender saved: {job.failure}"
    (file,) = saved(folder)
    window.log(f"Blender saved {file.stat().st_size} bytes while “{job.title}” ran")
    window.press(bpy.ops.steady.cancel_job)
    yield from window.until(lambda: job.finished, LONG)
    with bpy.data.libraries.load(str(file)) as (inside, _):
        assert inside.scenes, "what was saved can be opened"


def saved(folder: Path) -> list[Path]:
    return [path for path in (folder / "temporary").glob("**/*.blend") if path.stat().st_size]


window.run(steps(Path(tempfile.mkdtemp(prefix="steady-gui-"))))
