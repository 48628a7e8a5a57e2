"""The tab in German, before, while and after a strip is restyled: `tests/gui/run tests/gui/german_in_window.py`."""

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
COUNT, LONG = 8, 600  # seconds that a busy machine may take for all stages


def steps(folder: Path) -> Iterator[None]:
    shared.prefer(folder)
    strip = shared.small_drive(folder, COUNT)
    shared.open_panels("jobs", "restyle", "frames", "tune", "render", "takes", "compare", "disk", "backend")
    speak_german()
    looked_up()
    window.begin()
    yield from window.wait(1.0)
    yield from window.open_sidebar()
    yield from window.picture(PICTURES / "80-german.png")
    strip.steady.prompt = "a neon tron painting of a red car in a night city"
    window.press(bpy.ops.steady.restyle)
    yield from window.until(lambda: last_job().progress.text.startswith("Tuning") or last_job().finished, LONG)
    yield from window.picture(PICTURES / "81-german-restyling.png")
    yield from window.until(lambda: last_job().finished, LONG)
    assert last_job().failure is None, last_job().failure
    yield from window.picture(PICTURES / "82-german-restyled.png")
    assert bpy.app.translations.locale == "de_DE", bpy.app.translations.locale
    yield from fails(strip, folder)
    yield from narrow()


def fails(strip: Any, folder: Path) -> Iterator[None]:
    """What the backend says is known again."""
    strip.steady.model = str(folder / "kein-Modell")
    window.press(bpy.ops.steady.restyle)
    yield from window.until(lambda: last_job().finished, LONG)
    said = room("translations").say(str(last_job().failure))
    window.log(said)
    assert said.startswith("Es gibt kein Modell „"), said
    yield from window.picture(PICTURES / "83-german-failed.png")


def narrow() -> Iterator[None]:
    """The sidebar's edge is pulled to the right, until half of it is left."""
    sidebar = next(region for region in window.override()["area"].regions if region.type == "UI")
    y = bpy.context.window_manager.windows[0].height - (sidebar.y + sidebar.height // 2)
    edge, most = sidebar.x, int(0.4 * sidebar.width)
    window.type("mousemove", str(edge), str(y))
    yield from window.wait(0.5)
    window.type("mousedown", "1")
    for right in range(0, most, 10):
        window.type("mousemove", str(edge + right), str(y))
        yield from window.wait(0.05)
    window.type("mouseup", "1")
    yield from window.wait(0.5)
    window.override()["area"].tag_redraw()
    window.log("the sidebar is", sidebar.width, "pixels wide")
    assert sidebar.width > 100, "it was closed"
    yield from window.picture(PICTURES / "84-german-narrow.png")


def speak_german() -> None:
    view = bpy.context.preferences.view
    view.language = "de_DE"
    view.use_translate_interface = view.use_translate_tooltips = True


def looked_up() -> None:
    """As Blender looks up what it draws: names of operators in a context of their own, all else in none."""
    look = bpy.app.translations.pgettext
    assert look("Restyle", "Operator") == "Umgestalten", look("Restyle", "Operator")
    assert look("Fast") != "Schnell" == look("Fast", "Steady")  # Blender's own means another word
    assert look("1  Reference Frames") == "1  Referenzbilder"
    tip = bpy.ops.steady.render_take.get_rna_type().description
    assert bpy.app.translations.pgettext_tip(tip).startswith("Jedes Bild des Streifens malen"), tip
    assert room("translations").say("{count} studies", count=3) == "3 Studien"
    german = room("translations.german").GERMAN
    told = [english for english, text in german.items() if look(english) == english != text]
    assert not told, told
    theirs = {english: look(english) for english, text in german.items() if look(english) != text}
    window.log(f"Blender says {len(theirs)} of {len(german)} in words of its own:", theirs)


def last_job() -> Any:
    return room("session").current.jobs[-1]


window.run(steps(Path(tempfile.mkdtemp(prefix="steady-gui-"))))
