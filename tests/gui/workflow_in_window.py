"""The whole work on the example in a real window, with a picture of each state: `tests/gui/run workflow_in_window`.

Few frames and few steps: what is looked at is the tab. `make docs-pictures` cuts the manual's pictures from these."""

from __future__ import annotations

import importlib
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy

ROOT = Path(importlib.import_module("bl_ext.local.steady_diffusion").__path__[0]).resolve()
sys.path.insert(0, str(ROOT / "tests" / "gui"))
shared = importlib.import_module("window")
pointing, ticking = importlib.import_module("pointing"), importlib.import_module("ticking")
window, room = shared.Window(globals()), shared.room
hand, pages, ticks = pointing.Hand(window), pointing.Pages(), ticking.Ticks(window)
PICTURES = shared.PICTURES / "workflow"
COUNT, LONG = 16, 900  # frames; seconds that a busy machine may take for a stage
SETTINGS = 30  # pixels from the top of the last button of a stage to the header of its settings


def steps(folder: Path) -> Iterator[None]:
    shared.prefer(folder)
    PICTURES.mkdir(parents=True, exist_ok=True)
    with bpy.context.temp_override(**window.override()):
        bpy.ops.screen.screen_full_area()  # the whole tab is to be seen
    pages.open("restyle")
    yield from window.wait(1.0)
    yield from window.open_sidebar()
    yield from ticks.idle()
    try:
        for part in (example, restyle, undo, frames, looks, tune, render, smooth, measure, takes, compare, disk, fail):
            window.log("---", part.__name__)
            ticks.doing = part.__name__
            yield from part(folder)
        ticks.doing = ""
        yield from reload(folder)
    finally:
        ticks.stop()
        pages.close()


def strip() -> Any:
    return room("sequencer.strips").strip_named(scene(), "Example")


def scene() -> Any:
    return bpy.context.window_manager.windows[0].scene


def laid() -> list[Any]:
    return room("sequencer.takes").takes_of(scene(), strip())


def found() -> Any:
    return room("panels.overview").overview(strip())


def last_job() -> Any:
    return room("session").current.jobs[-1]


def done() -> Iterator[None]:
    yield from window.until(lambda: last_job().finished, LONG)
    assert last_job().failure is None, last_job().failure
    yield from window.wait(1.5)  # what the study holds is read again, and pictures load by and by


def picture(name: str, *wanted: str) -> Iterator[None]:
    """Of the whole window, and where its sidebar is."""
    if wanted:
        pages.open(*wanted)
        yield from window.wait(0.5)
    area, sidebar = window.override()["area"], hand.sidebar()
    window.type("mousemove", "300", "300")  # no button is to be lit
    area.tag_redraw()
    top = bpy.context.window_manager.windows[0].height - (sidebar.y + sidebar.height)
    box = [sidebar.x, top, sidebar.x + sidebar.width, top + sidebar.height]
    (PICTURES / f"{name}.json").write_text(json.dumps(box))
    yield from window.picture(PICTURES / f"{name}.png")


def example(folder: Path) -> Iterator[None]:
    yield from picture("01-empty")
    yield from hand.click("bpy.ops.steady.open_example(")
    yield from done()
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "edit.blend"))
    with bpy.context.temp_override(**window.override()):
        bpy.ops.sequencer.view_all()
    yield from picture("02-example")
    settings = strip().steady
    settings.use_range, settings.range_start, settings.range_end = True, 1, COUNT
    settings.reference_count, settings.look_steps, settings.steps = 6, 16, 16
    settings.iterations, settings.batch, settings.crops, settings.spread = 60, 2, 2, 8
    settings.smooth_steps, settings.smooth_width, settings.smooth_rate, settings.spread_steps = 80, 8, 4e-3, 40
    scene().frame_end = COUNT
    scene().frame_set(COUNT // 2)
    with bpy.context.temp_override(**window.override()):
        bpy.ops.ed.undo_push(message="Prepare")


def restyle(folder: Path) -> Iterator[None]:
    """It is paused where the model is tuned, and goes on."""
    yield from hand.click("bpy.ops.steady.restyle(")
    yield from window.until(lambda: last_job().progress.text.startswith("Tuning") or last_job().finished, LONG)
    window.press(bpy.ops.steady.pause_job)
    yield from window.until(lambda: room("session").current.state is room("session").State.OFF, LONG)
    assert room("session").current.paused is last_job()
    yield from picture("03-paused", "jobs", "restyle")
    yield from hand.click("bpy.ops.steady.resume_job(")
    yield from window.until(lambda: last_job().progress.picture is not None or last_job().finished, LONG)
    yield from picture("04-running")
    yield from done()
    (take,) = laid()
    assert room("sequencer.strips").handles(take) == (1, 1 + COUNT)
    yield from picture("05-restyled", "restyle")


def undo(folder: Path) -> Iterator[None]:
    """The take is a step of its own: undone it is gone from the edit, and one more key brings it back."""
    for way, count in (("undo", 0), ("redo", 1)):
        with bpy.context.temp_override(**window.override()):
            getattr(bpy.ops.ed, way)()
        yield
        assert len(laid()) == count, way


def frames(folder: Path) -> Iterator[None]:
    yield from picture("10-frames", "frames")


def looks(folder: Path) -> Iterator[None]:
    """Clicks choose another look and the first one again; more are painted, and that job is cancelled."""
    pages.open("looks")
    first = next(look.name for look in found().looks if look.chosen)
    other = next(look.name for look in found().looks if not look.chosen)
    for name in (other, first):
        yield from hand.click(f'bpy.ops.steady.choose_look(look="{name}"')
        yield from window.until(lambda name=name: [look.name for look in found().looks if look.chosen] == [name], LONG)
    yield from picture("11-looks")
    strip().steady.candidates = 64
    window.press(bpy.ops.steady.design_looks, more=True)
    yield from window.until(lambda: last_job().progress.text.startswith("Painting") or last_job().finished, LONG)
    window.press(bpy.ops.steady.cancel_job)
    yield from window.until(lambda: last_job().finished, LONG)
    assert last_job().state is room("session").JobState.CANCELLED, last_job().failure
    yield from picture("12-cancelled")


def tune(folder: Path) -> Iterator[None]:
    yield from picture("13-tune", "tune")


def render(folder: Path) -> Iterator[None]:
    strip().steady.way = "PLAIN"
    yield from picture("14-out-of-date", "render")
    window.press(bpy.ops.steady.render_take)
    yield from done()
    assert len(laid()) == 2
    yield from picture("15-render")


def smooth(folder: Path) -> Iterator[None]:
    pages.open("smooth")
    yield from hand.click("bpy.ops.steady.propagate_looks(", below=SETTINGS)
    yield from picture("16-to-smooth")
    yield from hand.click("bpy.ops.steady.smooth_take(")
    yield from done()
    assert len(laid()) == 3
    window.press(bpy.ops.steady.propagate_looks)
    yield from done()
    assert len(laid()) == 4
    yield from picture("17-smooth")


def measure(folder: Path) -> Iterator[None]:
    window.press(bpy.ops.steady.measure_take)
    yield from done()
    yield from picture("18-measure", "measure")
    assert found().measured.judgement and not found().outdated


def takes(folder: Path) -> Iterator[None]:
    """A click on the bin asks first, and says how much it is."""
    yield from picture("19-takes", "takes")
    name = laid()[-1].steady.take_name
    yield from hand.click(f'bpy.ops.steady.delete_take(take="{name}"', pointing.AT_THE_END)
    yield from window.picture(PICTURES / "20-delete.png")
    window.type("key", "Return")
    yield from window.until(lambda: name not in {take.steady.take_name for take in laid()}, LONG)
    assert len(laid()) == 3


def compare(folder: Path) -> Iterator[None]:
    strip().steady.way = "TUNED"
    window.press(bpy.ops.steady.compare)
    yield from done()
    window.press(bpy.ops.steady.export_movie, filepath=str(folder / "edit.mp4"))
    yield from done()
    yield from picture("21-compare", "compare")


def disk(folder: Path) -> Iterator[None]:
    yield from picture("22-disk", "disk")
    window.point_at(window.override()["area"])
    with bpy.context.temp_override(**window.override()):
        bpy.ops.steady.clean_up("INVOKE_DEFAULT", True)
    yield from window.picture(PICTURES / "23-clean-up.png")
    window.type("key", "Escape")
    yield from window.wait(0.5)


def fail(folder: Path) -> Iterator[None]:
    strip().steady.model = str(folder / "a-model-that-is-not-there")
    strip().steady.seed = 1
    window.press(bpy.ops.steady.restyle)
    yield from window.until(lambda: last_job().finished, LONG)
    assert last_job().failure is not None
    yield from picture("24-failed", "restyle")


def reload(folder: Path) -> Iterator[None]:
    """The takes are there, and what failed is still said."""
    bpy.ops.wm.save_mainfile()
    bpy.ops.wm.open_mainfile(filepath=str(folder / "edit.blend"))
    yield from window.wait(2.0)
    yield from window.open_sidebar()
    assert not room("session").current.jobs and len(laid()) == 3 and found().trouble.title == "Restyle"
    yield from picture("25-after-reload")


window.run(steps(Path(tempfile.mkdtemp(prefix="steady-gui-"))))
