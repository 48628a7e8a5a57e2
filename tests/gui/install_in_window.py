"""Installing in a real window: `blender-gui shot . tests/gui/install_in_window.py OUT.png Steady`.

Ends with `all passed`, and leaves a picture of the progress in steady-install-midway.png among the temporary files.
The button starts a job and returns; Blender stays smooth while pip works; the panel shows progress, and the end."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy

ROOT = Path(importlib.import_module("bl_ext.local.steady_diffusion").__path__[0]).resolve()
sys.path[:0] = [str(ROOT / "tests" / "gui"), str(ROOT / "tests" / "backend")]
window, pointing = importlib.import_module("window"), importlib.import_module("pointing")
own_work = importlib.import_module("own_work")
wheels: Any = importlib.import_module("wheels")
room, here = window.room, window.Window(globals())
log, shoot, override = here.log, here.shoot, here.override
MIDWAY = Path(tempfile.gettempdir(), "steady-install-midway.png")
LONGEST = 0.1  # seconds of the processor that we may take between two ticks: more is seen as a hitch


def prepare(folder: Path) -> None:
    wheels.repack_pip(folder / "shelf")
    wheels.make_wheel(folder / "served", "tiny-brush", "1.0", padding=4_000_000)
    server = wheels.Server(folder / "served")
    server.bytes_per_second = 500_000
    (folder / "requirements.txt").write_text("tiny-brush==1.0\n")
    settings = {"CONFIG_FILE": os.devnull, "INDEX_URL": server.url, "FIND_LINKS": str(folder / "shelf")}
    os.environ.update({f"PIP_{name}": value for name, value in settings.items()})
    room("backend.installer.environment").REQUIREMENTS = folder / "requirements.txt"
    room("preferences").preferences().data_folder = str(folder / "data")


def open_sidebar() -> Iterator[None]:
    area = override()["area"]
    area.spaces.active.show_region_ui = True
    for _ in range(25):  # its tabs are known once it has been drawn
        yield
    next(region for region in area.regions if region.type == "UI").active_panel_category = "Steady"


def steps(folder: Path) -> Iterator[None]:
    prepare(folder)
    yield from open_sidebar()
    session, environment = room("session").current, room("backend.installer.environment")
    bpy.context.preferences.system.use_online_access = False
    with bpy.context.temp_override(**override()):
        assert not bpy.ops.steady.install_backend.poll()
    bpy.context.preferences.system.use_online_access = True
    own = own_work.Own(room)
    yield from pointing.Hand(here).click("bpy.ops.steady.install_backend(")
    (job,) = session.jobs
    ticks, ours, texts, last, shot = [0.0], [own.taken()], [], time.monotonic(), False
    while not job.finished:
        yield
        now = time.monotonic()
        ticks.append(now - last - 0.02)
        ours.append(own.taken())
        last = now
        texts.append(job.progress.text)
        if job.progress.text.startswith("Downloading tiny_brush: 2") and not shot:
            shot = True
            shoot(str(MIDWAY))
    log("job:", job.state.value, job.failure or "", list(dict.fromkeys(texts)))
    log(f"longest pause between two ticks {1000 * max(ticks):.0f} ms of {len(ticks)}, ours {1000 * max(ours):.0f} ms")
    assert job.failure is None
    (installed,) = environment.backends(folder / "data")
    assert environment.check(installed) is environment.State.READY
    assert 0 < max(ours) < LONGEST


here.run(steps(Path(tempfile.mkdtemp(prefix="steady-gui-"))))
