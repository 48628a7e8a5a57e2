"""From a strip to a take in a real window, by its buttons: `tests/gui/run tests/gui/restyle_in_window.py`.

A small strip and few steps: what is looked at is the tab and how smooth Blender stays, and not the picture."""

from __future__ import annotations

import importlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy

ROOT = Path(importlib.import_module("bl_ext.local.steady_diffusion").__path__[0]).resolve()
sys.path[:0] = [str(ROOT / "tests" / "gui"), str(ROOT / "tests" / "host")]
shared = importlib.import_module("window")
window, room = shared.Window(globals()), shared.room
PICTURES = shared.PICTURES
COUNT, LONG = 8, 600  # seconds that a busy machine may take for a stage


def steps(folder: Path) -> Iterator[None]:
    shared.prefer(folder)
    shared.small_drive(folder, COUNT)
    window.begin()
    scene = bpy.context.window.scene
    yield from window.wait(1.0)
    yield from window.open_sidebar()
    for part in (refuse, restyle, undo, choose, cancel_and_go_on):
        window.log("---", part.__name__)
        yield from part(scene)


def strip() -> Any:
    return room("sequencer.strips").strip_named(bpy.context.window.scene, "Drive")


def takes() -> list[Any]:
    return room("sequencer.takes").takes_of(bpy.context.window.scene, strip())


def looks() -> list[Any]:
    return list(room("panels.overview").overview(strip()).looks)


def last_job() -> Any:
    return room("session").current.jobs[-1]


def done() -> Iterator[None]:
    yield from window.until(lambda: last_job().finished, LONG)
    assert last_job().failure is None, last_job().failure


def refuse(scene: Any) -> Iterator[None]:
    """Without a prompt there is nothing to begin."""
    yield from window.picture(PICTURES / "20-ready.png")
    try:
        window.press(bpy.ops.steady.restyle)
    except RuntimeError as error:
        assert "There is no prompt yet." in str(error), error
    else:
        raise AssertionError("it began")
    assert not strip().steady.study_id


def restyle(scene: Any) -> Iterator[None]:
    strip().steady.prompt = "a neon tron painting of a red car in a night city"
    assert window.press(bpy.ops.steady.restyle) == {"FINISHED"}
    yield from window.until(lambda: last_job().progress.text.startswith("Tuning") or last_job().finished, LONG)
    yield from window.picture(PICTURES / "21-restyling.png")
    yield from done()
    (take,) = takes()
    assert room("sequencer.strips").handles(take) == (1, 1 + COUNT)
    yield from window.picture(PICTURES / "22-restyled.png")


def undo(scene: Any) -> Iterator[None]:
    """The take is a step of its own: undone it is gone from the edit, and one click lays it in again."""
    with bpy.context.temp_override(**window.override()):
        bpy.ops.ed.undo()
    yield
    assert not takes()
    window.press(bpy.ops.steady.restyle)
    yield from done()
    assert last_job().result.laid.rendered.rendered == 0
    assert len(takes()) == 1


def choose(scene: Any) -> Iterator[None]:
    """A click chooses one look and no other; with another prompt there are more to choose from."""
    strip().steady.prompt = "an oil painting of a red car in a night city"
    window.press(bpy.ops.steady.design_looks)
    yield from done()
    first, second = (look.name for look in looks() if "oil" in look.prompt)
    window.press(bpy.ops.steady.choose_look, look=first)
    window.press(bpy.ops.steady.choose_look, look=second, extend=True)
    assert [look.name for look in looks() if look.chosen] == [first, second]
    yield from window.picture(PICTURES / "23-chosen.png")


def cancel_and_go_on(scene: Any) -> Iterator[None]:
    strip().steady.iterations = 2000
    window.press(bpy.ops.steady.fine_tune)
    yield from window.until(lambda: last_job().progress.done > 20 or last_job().finished, LONG)
    assert not last_job().finished, last_job().failure
    yield from window.picture(PICTURES / "25-tuning.png")
    window.press(bpy.ops.steady.cancel_job)
    yield from window.picture(PICTURES / "26-cancelled.png")
    assert last_job().state is room("session").JobState.CANCELLED


window.run(steps(Path(tempfile.mkdtemp(prefix="steady-gui-"))))
