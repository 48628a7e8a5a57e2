"""The main job on the example, as a user does it: open it, restyle it, and judge what became of it."""

import argparse
import os
import shutil
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import bpy  # before `from_source`: only with it are Blender's own modules, such as `addon_utils`, found
from from_source import ROOT, enable, room

USUAL = ROOT / "demo"
STRIP = "Example"
QUICK_FRAMES, QUICK = 8, {"candidates": 1, "look_steps": 8, "iterations": 8, "steps": 8}
LEFT = ("source.mp4", "restyled.mp4", "before-after.png", "report.html", "measures.json", "restyled.blend")


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tools/host tools/demo.py", description=__doc__)
    parser.add_argument("--folder", type=Path, default=USUAL, help="a new one; left out, demo/ is made anew")
    parser.add_argument("--quick", action="store_true", help="few frames and few steps, to see that it runs")
    return parser.parse_args(sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else [])


def main() -> None:
    wanted = asked()
    if wanted.folder == USUAL:
        shutil.rmtree(USUAL, ignore_errors=True)
    demo = Demo(wanted.folder)
    enable()
    say("opening the example")
    with demo.chatter_to("open"):
        bpy.ops.steady.open_example(folder=str(demo.folder))
    scene = next(s for s in bpy.data.scenes if s.name.startswith(f"Steady {STRIP}"))
    strip = room("sequencer.strips").strip_named(scene, STRIP)
    if wanted.quick:
        hurry(scene, strip)
    bpy.ops.wm.save_as_mainfile(filepath=str(demo.folder / "restyled.blend"))
    demo.write_movie(scene, "source")
    demo.restyle(scene, strip)
    demo.write_movie(scene, "restyled")
    bpy.ops.wm.save_mainfile()
    room("session").current.close()  # before another process loads the model
    say("judging the takes by the truth, which is known of this world")
    backend = room("preferences").preferences().backend_python
    study = next((demo.folder / "steady").glob(f"*-{strip.steady.study_id}"))
    figures = [backend, "-m", "tools.demo_figures", demo.folder, study, *(["20"] if wanted.quick else [])]
    subprocess.run(figures, cwd=ROOT, check=True)
    say("done")
    for name in LEFT:
        print(f"  {demo.folder.name}/{name}")


def hurry(scene: Any, strip: Any) -> None:
    scene.frame_end = strip.frame_final_duration = QUICK_FRAMES
    for name, value in QUICK.items():
        setattr(strip.steady, name, value)


class Demo:
    """What is left of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.folder.mkdir()

    def restyle(self, scene: Any, strip: Any) -> None:
        say(f"restyling it: {strip.steady.prompt}")
        with self.chatter_to("restyle"):
            bpy.ops.steady.restyle(scene=scene.name, strip=STRIP, way="TUNED")

    def write_movie(self, scene: Any, name: str) -> None:
        say(f"writing {name}.mp4")
        with self.chatter_to(f"{name}.mp4"):
            lacks = room("sequencer.export").write_movie(scene, self.folder / f"{name}.mp4")
        if lacks:
            print(lacks)

    @contextmanager
    def chatter_to(self, name: str) -> Iterator[None]:
        aside, logs = room("operators.command").chatter_aside, self.folder / "logs"
        logs.mkdir(exist_ok=True)
        with (logs / f"{name}.log").open("wb") as log, aside(log.fileno()):
            yield


started = time.monotonic()


def say(text: str) -> None:
    print(f"demo {time.monotonic() - started:5.1f} s: {text}", flush=True)


try:
    main()
    code = 0
except BaseException:
    traceback.print_exc()
    code = 1
bpy.ops.preferences.addon_disable(module="bl_ext.dev.steady_diffusion")
sys.stdout.flush()
os._exit(code)  # bpy 4.2 crashes and 4.5 hangs in an ordinary exit while anything is still registered
