"""F3 finds every stage by the words that people type: `tests/gui/run tests/gui/search_in_window.py`.

By the key, the words and Return, as a hand does it. What came of each is looked at; a person looks at the pictures."""

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
PICTURES = shared.PICTURES / "search"
COUNT, LONG = 8, 600  # frames; seconds that a busy machine may take for a stage
SOON = 30  # and to do what was found
FINDS = {  # what stands first for what is typed, by the title of the job that it starts
    "restyle": "Restyle",
    "stable diffusion": "Restyle",
    "deflicker": "Smooth Take",
    "consistent": "Render Take",
    "video to video": "Render Take",
    "train the model": "Tune",
    "lora": "Tune",
    "key frames": "Propagate Looks",
    "flicker": "Smooth Take",
    "temporal": "Measure",
    "reference fr": "Sample Frames",
}


def steps(folder: Path) -> Iterator[None]:
    shared.prefer(folder)
    PICTURES.mkdir(parents=True, exist_ok=True)
    settings = shared.small_drive(folder, COUNT).steady
    settings.prompt = "a neon tron painting of a red car in a night city"
    window.begin()
    yield from window.wait(1.0)
    yield from window.open_sidebar()
    for part in (grey, go, restyle, stages, looks, pause, takes, delete):
        window.log("---", part.__name__)
        yield from part()


def strip() -> Any:
    return room("sequencer.strips").strip_named(bpy.context.window.scene, "Drive")


def laid() -> list[Any]:
    return room("sequencer.takes").takes_of(bpy.context.window.scene, strip())


def chosen() -> list[str]:
    return [look.name for look in room("panels.overview").overview(strip()).chosen]


def current() -> Any:
    return room("session").current


def last_job() -> Any:
    return current().jobs[-1]


def search(words: str) -> Iterator[None]:
    yield from window.search(words, PICTURES / f"{words.replace(' ', '-')}.png")


def starts(words: str, title: str) -> Iterator[None]:
    """The job that stands for the operator: on the strip, and a new one."""
    before = list(current().jobs)
    yield from search(words)
    yield from window.until(lambda: list(current().jobs) != before, SOON)
    assert (last_job().title, last_job().strip) == (title, "Drive"), (words, last_job().title)


def grey() -> Iterator[None]:
    """It is found also where it cannot be done; then Return does nothing."""
    yield from search("delete take")
    window.type("key", "Escape")
    yield from window.wait(0.5)
    assert not current().jobs and not strip().steady.study_id


def restyle() -> Iterator[None]:
    yield from starts("stylize", "Restyle")
    yield from window.until(lambda: last_job().finished, LONG)
    assert last_job().failure is None, last_job().failure
    assert len(laid()) == 1


def stages() -> Iterator[None]:
    """Each is cancelled once it is there: what it does is looked at elsewhere."""
    for words, title in FINDS.items():
        yield from starts(words, title)
        if not last_job().finished:  # what is up to date has nothing to do
            window.press(bpy.ops.steady.cancel_job)
        yield from window.until(lambda: last_job().finished, LONG)


def looks() -> Iterator[None]:
    """One is chosen by its name; and the frame of the next ones is that under the playhead."""
    other = next(look.name for look in room("panels.overview").overview(strip()).looks if not look.chosen)
    yield from search(f"choose look {other}")
    yield from window.until(lambda: chosen() == [other], SOON)
    bpy.context.window.scene.frame_set(5)
    yield from search("looks of the frame")
    yield from window.until(lambda: strip().steady.look_frame == 5, SOON)


def go() -> Iterator[None]:
    """It asks for the number, and offers that of the frame at the playhead, or the nearest one."""
    bpy.context.window.scene.frame_set(100)
    yield from search("go to a frame")
    yield from window.wait(0.5)
    window.type("key", "Return")
    yield from window.until(lambda: bpy.context.window.scene.frame_current == COUNT, SOON)


def pause() -> Iterator[None]:
    strip().steady.iterations, strip().steady.look_frame = 3000, 0
    window.press(bpy.ops.steady.fine_tune)
    job = last_job()
    yield from window.until(lambda: job.finished or "loss" in job.progress.text, LONG)
    yield from search("pause")
    yield from window.until(lambda: current().paused is job, SOON)
    yield from search("resume")
    yield from window.until(lambda: current().running is job, LONG)
    yield from search("cancel job")
    yield from window.until(lambda: job.finished, LONG)
    assert job.state is room("session").JobState.CANCELLED, job.failure


def takes() -> Iterator[None]:
    """The original alone, and the take again."""
    yield from search("show only original")
    yield from window.until(lambda: laid()[0].mute and not strip().mute, SOON)
    yield from search("show take tuned")
    yield from window.until(lambda: not laid()[0].mute, SOON)


def delete() -> Iterator[None]:
    """It asks first."""
    name = laid()[0].steady.take_name
    folder = room("panels.overview").overview(strip()).folder / "takes" / name
    assert folder.is_dir()
    yield from search("delete take tuned")
    yield from window.picture(PICTURES / "asks.png")
    assert folder.is_dir()
    window.type("key", "Return")
    yield from window.until(lambda: not folder.exists() and not laid(), LONG)


window.run(steps(Path(tempfile.mkdtemp(prefix="steady-gui-"))))
