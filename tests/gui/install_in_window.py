"""Installing in a real window: `blender-gui shot . tests/gui/install_in_window.py OUT.png Steady`.

Ends with `all passed`, and leaves a picture of the progress in steady-install-midway.png among the temporary files.
The button starts a job and returns; Blender stays smooth while pip works; the panel shows progress, and the end."""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import bpy

ROOT = Path(importlib.import_module("bl_ext.local.steady_diffusion").__path__[0]).resolve()
sys.path[:0] = [str(ROOT / "tests" / "gui"), str(ROOT / "tests" / "backend")]
window = importlib.import_module("window")
wheels: Any = importlib.import_module("wheels")
room, here = window.room, window.Window(globals())
log, shoot, override = here.log, here.shoot, here.override
MIDWAY = Path(tempfile.gettempdir(), "steady-install-midway.png")
LONGEST = 0.1  # seconds that a tick may take: more is seen as a hitch
IDLE = 3.0  # seconds of nothing, to compare with: others may be at work on this machine
REDRAW = 0.2  # seconds between two drawings, as a running job asks for them


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


def median(late: list[float]) -> float:
    return sorted(late)[len(late) // 2]


def idle() -> Generator[None, None, float]:
    """How late a tick of the window is that does nothing, but is drawn as often as with a job."""
    began = last = drawn = time.monotonic()
    late = [0.0]
    while last - began < IDLE:
        if last - drawn > REDRAW:
            drawn = last
            override()["area"].tag_redraw()
        yield
        now = time.monotonic()
        late.append(now - last - 0.02)
        last = now
    return median(late)


def steps(folder: Path) -> Iterator[None]:
    prepare(folder)
    yield from open_sidebar()
    session, environment = room("session").current, room("backend.installer.environment")
    bpy.context.preferences.system.use_online_access = False
    with bpy.context.temp_override(**override()):
        assert not bpy.ops.steady.install_backend.poll()
    bpy.context.preferences.system.use_online_access = True
    usual = yield from idle()
    with bpy.context.temp_override(**override()):
        began = time.monotonic()
        assert bpy.ops.steady.install_backend("INVOKE_DEFAULT") == {"FINISHED"}
        log(f"the button returned after {1000 * (time.monotonic() - began):.0f} ms")
    (job,) = session.jobs
    ticks, texts, last, shot = [0.0], [], time.monotonic(), False
    while not job.finished:
        yield
        now = time.monotonic()
        ticks.append(now - last - 0.02)
        last = now
        texts.append(job.progress.text)
        if job.progress.text.startswith("Downloading tiny_brush: 2") and not shot:
            shot = True
            shoot(str(MIDWAY))
    log("job:", job.state.value, job.failure or "", list(dict.fromkeys(texts)))
    log(
        f"longest pause between two ticks {1000 * max(ticks):.0f} ms of {len(ticks)}, median {1000 * median(ticks):.0f}"
    )
    log(f"median with nothing to do {1000 * usual:.0f} ms")
    assert job.failure is None
    (installed,) = environment.backends(folder / "data")
    assert environment.check(installed) is environment.State.READY
    assert median(ticks) < max(LONGEST, 2 * usual)


here.run(steps(Path(tempfile.mkdtemp(prefix="steady-gui-"))))
