"""The main job on the example, as a user does it: open it, restyle it, and judge what became of it."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import bpy  # after `from_source`, which says where Blender keeps its settings
from from_source import ROOT, enable, room

DEMO = ROOT / "demo"
STRIP = "Example"


def main() -> None:
    shutil.rmtree(DEMO, ignore_errors=True)
    DEMO.mkdir()
    enable()
    say("opening the example")
    with chatter_to("open"):
        bpy.ops.steady.open_example(folder=str(DEMO))
    scene = next(s for s in bpy.data.scenes if s.name.startswith(f"Steady {STRIP}"))
    bpy.ops.wm.save_as_mainfile(filepath=str(DEMO / "restyled.blend"))
    write_movie(scene, "source")
    strip = room("sequencer.strips").strip_named(scene, STRIP)
    restyle(scene, strip)
    write_movie(scene, "restyled")
    bpy.ops.wm.save_mainfile()
    room("session").current.close()  # before another process loads the model
    say("judging the takes by the truth, which is known of this world")
    backend = room("preferences").preferences().backend_python
    study = next((DEMO / "steady").glob(f"*-{strip.steady.study_id}"))
    subprocess.run([backend, "-m", "tools.demo_figures", DEMO, study], cwd=ROOT, check=True)
    say("done")
    for name in ("source.mp4", "restyled.mp4", "before-after.png", "report.html", "measures.json", "restyled.blend"):
        print(f"  {(DEMO / name).relative_to(ROOT)}")


def restyle(scene: Any, strip: Any) -> None:
    say(f"restyling it: {strip.steady.prompt}")
    with chatter_to("restyle"):
        bpy.ops.steady.restyle(scene=scene.name, strip=STRIP, way="TUNED")


def write_movie(scene: Any, name: str) -> None:
    say(f"writing {name}.mp4")
    with chatter_to(f"{name}.mp4"):
        lacks = room("sequencer.export").write_movie(scene, DEMO / f"{name}.mp4")
    if lacks:
        print(lacks)


@contextmanager
def chatter_to(name: str) -> Iterator[None]:
    """Blender writes a line for each frame, past Python."""
    sys.stdout.flush()
    terminal = os.dup(1)
    (DEMO / "logs").mkdir(exist_ok=True)
    with (DEMO / "logs" / f"{name}.log").open("wb") as log:
        os.dup2(log.fileno(), 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(terminal, 1)
        os.close(terminal)


started = time.monotonic()


def say(text: str) -> None:
    print(f"demo {time.monotonic() - started:5.1f} s: {text}", flush=True)


main()
bpy.ops.preferences.addon_disable(module="bl_ext.dev.steady_diffusion")
sys.stdout.flush()
os._exit(0)  # bpy 4.2 crashes and 4.5 hangs in an ordinary exit while anything is still registered
