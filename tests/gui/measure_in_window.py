"""Measuring in a real window, by its buttons: `tests/gui/run tests/gui/measure_in_window.py`.

Two plain takes of a small strip, their figures and plot in the panel, and what makes them out of date."""

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
COUNT, LONG = 12, 600  # seconds that a busy machine may take for a stage


def steps(folder: Path) -> Iterator[None]:
    shared.prefer(folder)
    shared.small_drive(folder, COUNT)
    shared.open_panels("measure")
    window.begin()
    yield from window.wait(1.0)
    yield from window.open_sidebar()
    for part in (refuse, render, measure, outdated, cancel_and_go_on):
        window.log("---", part.__name__)
        yield from part()


def strip() -> Any:
    return room("sequencer.strips").strip_named(bpy.context.window.scene, "Drive")


def found() -> Any:
    return room("panels.overview").overview(strip())


def last_job() -> Any:
    return room("session").current.jobs[-1]


def done() -> Iterator[None]:
    yield from window.until(lambda: last_job().finished, LONG)
    assert last_job().failure is None, last_job().failure


def refuse() -> Iterator[None]:
    """Without a take there is nothing to begin."""
    try:
        window.press(bpy.ops.steady.measure_take)
    except RuntimeError as error:
        assert "There is no take to measure yet." in str(error), error
    else:
        raise AssertionError("it began")
    assert not strip().steady.study_id
    yield from window.picture(PICTURES / "60-nothing-to-measure.png")


def render() -> Iterator[None]:
    strip().steady.prompt = "a neon tron painting of a red car in a night city"
    strip().steady.way = "PLAIN"
    window.press(bpy.ops.steady.design_looks)
    yield from done()
    window.press(bpy.ops.steady.choose_look, look=found().looks[0].name)
    for strength in (0.45, 0.75):
        strip().steady.strength = strength
        window.press(bpy.ops.steady.render_take)
        yield from done()
    yield from window.picture(PICTURES / "61-not-measured.png")


def measure() -> Iterator[None]:
    window.press(bpy.ops.steady.measure_take)
    yield from done()
    yield from window.wait(1.5)  # the overview is read again, and the plot loads by and by
    measured = found().measured
    assert [row.name for row in measured.rows] == ["source", "plain 0.45", "plain 0.75"]
    assert measured.judgement and not found().outdated
    yield from window.picture(PICTURES / "62-measured.png")


def outdated() -> Iterator[None]:
    window.press(bpy.ops.steady.choose_look, look=found().looks[1].name)
    yield from window.until(lambda: found().outdated == "Other looks were chosen since.", LONG)
    window.override()["area"].tag_redraw()  # as a click does
    yield from window.picture(PICTURES / "63-outdated.png")


def cancel_and_go_on() -> Iterator[None]:
    window.press(bpy.ops.steady.measure_take)
    window.press(bpy.ops.steady.cancel_job)
    yield from window.until(lambda: last_job().finished, LONG)
    assert last_job().state is room("session").JobState.CANCELLED, last_job().failure
    window.press(bpy.ops.steady.measure_take)
    yield from done()
    yield from window.until(lambda: not found().outdated, LONG)


window.run(steps(Path(tempfile.mkdtemp(prefix="steady-gui-"))))
