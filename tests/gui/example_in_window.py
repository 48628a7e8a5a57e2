"""The example as a newcomer opens it, in a real window: `tests/gui/run tests/gui/example_in_window.py`."""

from __future__ import annotations

import importlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import bpy

ROOT = Path(importlib.import_module("bl_ext.local.steady_diffusion").__file__ or "").resolve().parent
sys.path.insert(0, str(ROOT / "tests" / "gui"))
window = importlib.import_module("window")
FOLDER = Path(tempfile.mkdtemp(prefix="steady-gui-"))
here = window.Window(globals())


def steps() -> Iterator[None]:
    chosen = window.room("preferences").preferences()
    chosen.backend_python = str(ROOT / ".venv-backend/bin/python")
    chosen.data_folder, chosen.studies_folder = str(FOLDER / "data"), str(FOLDER / "studies")
    session = window.room("session").current
    yield from here.open_sidebar()
    here.press(bpy.ops.steady.open_example)
    yield from here.until(lambda: not session.jobs or session.jobs[-1].finished, 120)
    assert session.jobs[-1].failure is None, session.jobs[-1].failure
    scene = bpy.context.window_manager.windows[0].scene
    assert scene.name == "Steady Example"
    assert window.room("sequencer.strips").active_strip(bpy.context).name == "Example"
    here.press(bpy.ops.steady.sample_frames)
    yield from here.until(lambda: session.jobs[-1].finished, 120)
    assert session.jobs[-1].failure is None, session.jobs[-1].failure
    assert len(session.jobs[-1].result.reference.numbers) == 30
    with bpy.context.temp_override(**here.override()):
        bpy.ops.sequencer.view_all()
    scene.frame_set(48)
    yield from here.picture(ROOT / "build" / "gui" / "10-example.png")


here.run(steps())
