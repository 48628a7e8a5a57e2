"""A take in a real window stays with its source: `tests/gui/run tests/gui/takes_in_window.py`. Ends with `all passed`.

By script, operator, mouse, undo and redo, and through the first save of the file."""

from __future__ import annotations

import importlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy

PACKAGE = "bl_ext.local.steady_diffusion"
ROOT = Path(importlib.import_module(PACKAGE).__file__ or "").resolve().parent
sys.path[:0] = [str(ROOT / "tests" / "gui"), str(ROOT / "tests" / "host")]
window = importlib.import_module("window")
make = importlib.import_module("media")
room, here = window.room, window.Window(globals())
log, override = here.log, here.override
FOLDER = Path(tempfile.mkdtemp(prefix="steady-gui-"))


def shown(name: str) -> tuple[int, ...]:
    """Content start and handles of a strip, looked up anew because undo makes new ones."""
    strips = room("sequencer.strips")
    strip = strips.strip_named(bpy.context.scene, name)
    return (strips.content_start(strip), *strips.handles(strip))


def names() -> list[str]:
    return sorted(strip.name for strip in room("sequencer.strips").strips_of(bpy.context.scene))


def select(name: str) -> None:
    for strip in room("sequencer.strips").strips_of(bpy.context.scene):
        strip.select = strip.name == name


def use(operator: Any, *how: Any, **settings: Any) -> None:
    with bpy.context.temp_override(**override()):
        told = operator(*how, **settings)
    assert told & {"FINISHED", "RUNNING_MODAL"}, told


def point(right: int) -> None:
    """Move the mouse over the timeline, so far to the right of its middle."""
    there = override()
    region, window = there["region"], there["window"]
    x, y = region.x + region.width // 2 + right, window.height - region.y - region.height // 2
    subprocess.run(["xdotool", "mousemove", str(x), str(y)], check=True)


def wait(ticks: int = 8) -> Iterator[None]:
    for _ in range(ticks):
        yield


def steps(scene: Any) -> Iterator[None]:
    files = make.write_pngs(FOLDER / "in", make.random_frames(20, 64, 48))
    clip = make.add_images(scene.sequence_editor_create(), files, start=10, channel=2)
    written = study(scene, clip, files)
    lay(scene, clip, written)
    use(bpy.ops.ed.undo_push, message="laid")

    room("sequencer.strips").set_content_start(clip, 30)
    yield from wait()
    assert shown("clip") == shown("clip day") == (30, 30, 50)
    yield from by_operator()
    yield from by_mouse()
    yield from by_cut()
    yield from by_saving(written.folder)


def study(scene: Any, clip: Any, files: list[Path]) -> Any:
    """What a job leaves behind, in a file that was never saved."""
    api = room("backend.api")
    folder, known, parent, owner = room("sequencer.identity").claim(scene, clip, FOLDER / "studies")
    framing = api.Framing((64, 48), api.Box(0, 0, 64, 48), (64, 48))
    source = api.Source(24.0, 1, 20, "print", tuple(map(str, files)), framing, 48, api.Crop.BOX)
    return room("backend.study").Study.create(folder, known, parent, owner, source)


def lay(scene: Any, clip: Any, written: Any) -> None:
    pictures = make.write_pngs(written.take("day").folder, make.random_frames(20, 64, 48, seed=5))
    room("sequencer.takes").lay_take(scene, clip, pictures, 1, written.source.framing, "day", "{}")


def by_operator() -> Iterator[None]:
    select("clip")
    use(bpy.ops.transform.seq_slide, "EXEC_DEFAULT", True, value=(12, 0))
    yield from wait()
    assert shown("clip") == shown("clip day") == (42, 42, 62)
    for operator, start in ((bpy.ops.ed.undo, 10), (bpy.ops.ed.redo, 42)):
        use(operator)
        yield from wait()
        assert shown("clip") == shown("clip day") == (start, start, start + 20)
    log("operator, undo and redo: the take is with its source")


def by_mouse() -> Iterator[None]:
    select("clip")
    point(0)
    yield from wait()
    use(bpy.ops.transform.seq_slide, "INVOKE_DEFAULT", True)
    for right in (60, 120):
        point(right)
        yield from wait()
    assert shown("clip")[0] > 42 and shown("clip day")[0] == 42, "a drag must be left alone until it ends"
    subprocess.run(["xdotool", "click", "1"], check=True)
    yield from wait(12)
    assert shown("clip") == shown("clip day") and shown("clip")[0] > 42
    log("mouse: the take comes along when the drag ends")


def by_cut() -> Iterator[None]:
    select("clip")
    start, left, right = shown("clip")
    use(bpy.ops.sequencer.split, "EXEC_DEFAULT", True, frame=left + 7, type="SOFT", side="BOTH")
    yield from wait(12)
    assert (shown("clip day"), shown("clip day.001")) == ((start, left, left + 7), (start, left + 7, right))
    use(bpy.ops.ed.undo)
    yield from wait(12)
    assert names() == ["clip", "clip day"] and shown("clip day") == (start, left, right)
    log("cut: the take is cut, and whole again after undo")


def by_saving(before: Path) -> Iterator[None]:
    use(bpy.ops.wm.save_as_mainfile, filepath=str(FOLDER / "project" / "film.blend"))
    yield from wait()
    after = FOLDER / "project" / "steady" / before.name
    assert (after / "study.json").is_file() and not before.exists()
    select("clip")
    use(bpy.ops.transform.seq_slide, "EXEC_DEFAULT", True, value=(5, 0))
    for operator in (bpy.ops.ed.undo, bpy.ops.ed.undo):  # to before the file was saved
        use(operator)
        yield from wait()
        take = room("sequencer.strips").strip_named(bpy.context.scene, "clip day")
        assert (Path(bpy.path.abspath(take.directory)) / take.elements[0].filename).is_file()
    log("first save: the study came along, and undo leaves the take its pictures")


(FOLDER / "project").mkdir()
here.run(steps(bpy.context.scene), pause=0.1)
