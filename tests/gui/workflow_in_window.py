"""The whole work on the example in a real window, with a picture of each state: `tests/gui/run workflow_in_window`.

Few frames and few steps: what is looked at is the tab. `make docs-pictures` cuts the manual's pictures from these."""

from __future__ import annotations

import importlib
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
own = importlib.import_module("own_work")
window, room = shared.Window(globals()), shared.room
hand, pages, ticks = pointing.Hand(window), pointing.Pages(), ticking.Ticks(window, own.Own(room))
PICTURES = shared.PICTURES / "workflow"
COUNT, LONG = 16, 900  # frames; seconds that a busy machine may take for a stage
FILES = {"timers.close_before_load", "follow.on_file", "saving.before_save", "saving.after_save"}
BUTTONS = {
    f"STEADY_OT_{name}.execute" for name in ("pause_job", "resume_job", "cancel_job", "choose_look", "delete_take")
}
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
        for part in PARTS:
            window.log("---", part.__name__)
            ticks.doing = part.__name__
            yield from part(folder)
        ticks.doing = "reload"
        yield from reload(folder)
        ticks.doing = ""
        ticks.check(FILES | BUTTONS)
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
    if wanted:
        pages.open(*wanted)
        yield from window.wait(0.5)
    yield from hand.picture(PICTURES / f"{name}.png")


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


def read(folder: Path) -> Iterator[None]:
    """The first stage by its own button: the frames of the part, and as many references as were asked for."""
    pages.open("frames")
    yield from hand.click("bpy.ops.steady.sample_frames(")
    yield from done()
    assert last_job().title == "Sample Frames" and found().total == COUNT == last_job().result.read
    assert len(found().reference.numbers) == 6


def restyle(folder: Path) -> Iterator[None]:
    """It is paused where the model is tuned, and goes on."""
    pages.open("restyle")
    yield from hand.click("bpy.ops.steady.restyle(")
    yield from window.until(lambda: last_job().progress.text.startswith("Tuning") or last_job().finished, LONG)
    pages.open("jobs", "restyle")
    yield from hand.click("bpy.ops.steady.pause_job(", pointing.BEFORE_THE_END)
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
    yield from hand.click("bpy.ops.steady.design_looks(")
    yield from window.until(lambda: last_job().progress.text.startswith("Painting") or last_job().finished, LONG)
    pages.open("jobs")
    yield from hand.click("bpy.ops.steady.cancel_job(", pointing.AT_THE_END)
    yield from window.until(lambda: last_job().finished, LONG)
    assert last_job().title == "Make Looks" and last_job().state is room("session").JobState.CANCELLED
    yield from picture("12-cancelled", "looks")


def tune(folder: Path) -> Iterator[None]:
    """What was tuned for is not tuned again."""
    yield from picture("13-tune", "tune")
    before = found().tuning
    yield from hand.click("bpy.ops.steady.fine_tune(")
    yield from done()
    assert last_job().title == "Tune" and found().tuning == before


def render(folder: Path) -> Iterator[None]:
    strip().steady.way = "PLAIN"
    yield from picture("14-out-of-date", "render")
    yield from hand.click("bpy.ops.steady.render_take(")
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
    pages.open("measure")
    yield from hand.click("bpy.ops.steady.measure_take(")
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
    pages.open("compare")
    yield from hand.click("bpy.ops.steady.compare(")
    yield from done()
    assert room("sequencer.compare").comparison_of(scene(), strip()) is not None
    yield from export(folder)
    yield from picture("21-compare", "compare")


def export(folder: Path) -> Iterator[None]:
    """The button asks where to, and Return takes the name that stands there: that of the .blend."""
    bpy.context.preferences.view.filebrowser_display_type = "SCREEN"  # and no window of its own
    yield from hand.click("bpy.ops.steady.export_movie(")
    yield from window.wait(1.0)
    yield from window.take_the_name()
    yield from window.until(lambda: last_job().title == "Export", LONG)
    yield from done()
    assert (folder / "edit.mp4").stat().st_size > 1000


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


PARTS = (example, read, restyle, undo, frames, looks, tune, render, smooth, measure, takes, compare, disk, fail)

window.run(steps(Path(tempfile.mkdtemp(prefix="steady-gui-"))))
