"""The list of takes, the filmstrip and the clean-up in a real window: `tests/gui/run takes_list_in_window.py`.

The pictures are drawn here and not painted: what is looked at is the tab."""

from __future__ import annotations

import importlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
import numpy as np

ROOT = Path(importlib.import_module("bl_ext.local.steady_diffusion").__path__[0]).resolve()
sys.path[:0] = [str(ROOT / "tests" / "gui"), str(ROOT / "tests" / "host")]
make = importlib.import_module("media")
shared = importlib.import_module("window")
window, room = shared.Window(globals()), shared.room
PICTURES = shared.PICTURES
COUNT, WIDE, HIGH = 24, 160, 96
LONG = 600  # seconds that a busy machine may take
STYLES = {"tuned 0.45": (40, 200, 250), "plain 0.45": (250, 160, 40), "tuned 0.6 steady": (220, 70, 200)}
FIGURES = {"tuned 0.45": (3.13, 0.118, 31.4), "plain 0.45": (9.82, 0.302, 19.7)}


def drawing(number: int, colour: tuple[int, int, int]) -> Any:
    """A sun over hills, and a car that drives along."""
    down, right = np.mgrid[0:HIGH, 0:WIDE]
    picture = np.zeros((HIGH, WIDE, 3)) + np.array(colour) * (0.3 + 0.7 * (1 - down / HIGH))[..., None]
    picture[(down - 26) ** 2 + (right - 120) ** 2 < 150] = (255, 240, 190)
    picture[down > 62 + 9 * np.sin((right + 2 * number) / 14)] = np.array(colour) * 0.25
    x = 8 + 4 * number
    picture[70:84, x : x + 34] = (235, 60, 50)
    picture[62:70, x + 8 : x + 26] = (250, 220, 210)
    return picture.clip(0, 255).astype(np.uint8)


def prepare(folder: Path) -> Any:
    shared.prefer(folder)
    scene = bpy.context.window.scene
    scene.render.resolution_x, scene.render.resolution_y = WIDE, HIGH
    files = make.write_pngs(folder / "drive", [drawing(n, (120, 170, 230)) for n in range(COUNT)])
    strip = make.add_images(scene.sequence_editor, files, channel=2, name="Drive")
    strip.steady.short_side, strip.steady.reference_count = 96, 12
    scene.sequence_editor.active_strip = strip
    shared.open_panels("restyle", "takes", "disk")
    with bpy.context.temp_override(**window.override()):
        bpy.ops.ed.undo_push(message="Prepare")
        bpy.ops.screen.screen_full_area()
    return scene


def strip(name: str = "Drive") -> Any:
    return room("sequencer.strips").strip_named(bpy.context.window.scene, name)


def activate(which: Any) -> None:
    bpy.context.window.scene.sequence_editor.active_strip = which  # undo has made another scene of it


def takes() -> list[Any]:
    return room("sequencer.takes").takes_of(bpy.context.window.scene, strip())


def study() -> Any:
    folder = room("sequencer.places").folder_of(strip())
    return room("backend.study").Study.open(folder)


def names() -> list[tuple[str, bool]]:
    return [(take.steady.take_name, take.mute) for take in takes()]


def render() -> None:
    """What rendering and measuring leave in the study."""
    api, plain = room("backend.api"), room("backend.plain")
    for name, colour in STYLES.items():
        take = study().take(name)
        files = make.write_pngs(take.folder, [drawing(n, colour) for n in range(COUNT)])
        for number, file in sorted(enumerate(files, 1), reverse=True):
            file.rename(take.picture_path(number))
        painting = plain.to_json(api.Render("", "", api.Way.TUNED, "").painting)
        note = {"way": name.split()[0], "painting": painting, "first": 1, "last": COUNT, "complete": True}
        if name in FIGURES:
            flicker, look, truth = FIGURES[name]
            measured = {"warp_error": flicker, "warp_error_first": flicker, "composition": 0.9}
            note["measures"] = measured | {"look_fidelity": look, "psnr_truth": truth}
        take.set_note(note | {"prompt": "neon", "fingerprint": name})


def steps(folder: Path) -> Iterator[None]:
    scene = prepare(folder)
    yield from window.wait(1.0)
    yield from window.open_sidebar()
    for part in (sample, lay, compare, delete, borrow, clean):
        window.log("---", part.__name__)
        yield from part(scene)


def last_job() -> Any:
    return room("session").current.jobs[-1]


def sample(scene: Any) -> Iterator[None]:
    window.press(bpy.ops.steady.sample_frames)
    yield from window.until(lambda: last_job().finished, LONG)
    assert last_job().failure is None, last_job().failure
    yield from window.picture(PICTURES / "30-filmstrip.png")


def lay(scene: Any) -> Iterator[None]:
    render()
    room("panels.overview")._read.clear()
    for name in list(STYLES)[:2]:
        window.press(bpy.ops.steady.show_take, take=name)
    assert names() == [("tuned 0.45", True), ("plain 0.45", False)]
    yield from window.wait(3.0)
    yield from window.picture(PICTURES / "31-takes.png")
    area = window.override()["area"]
    sidebar = next(region for region in area.regions if region.type == "UI")
    with bpy.context.temp_override(**window.override() | {"region": sidebar}):
        bpy.ops.view2d.scroll_down(page=True)
    yield from window.wait(1.0)
    area.tag_redraw()
    yield from window.picture(PICTURES / "35-disk.png")


def compare(scene: Any) -> Iterator[None]:
    window.press(bpy.ops.steady.solo_take, take="tuned 0.45")
    assert names() == [("tuned 0.45", False), ("plain 0.45", True)]
    yield
    window.press(bpy.ops.steady.solo_take, take="")
    assert not strip().mute
    window.press(bpy.ops.steady.solo_take, take="tuned 0.45")
    window.press(bpy.ops.steady.replace_take, take="tuned 0.6 steady")
    assert names() == [("tuned 0.6 steady", False), ("plain 0.45", True)]
    with bpy.context.temp_override(**window.override()):
        bpy.ops.ed.undo()
    yield
    assert names() == [("tuned 0.45", False), ("plain 0.45", True)]


def delete(scene: Any) -> Iterator[None]:
    """A click asks first, and says how much it is."""
    window.point_at(window.override()["area"])
    folder = study().take("plain 0.45").folder
    with bpy.context.temp_override(**window.override()):
        bpy.ops.steady.delete_take("INVOKE_DEFAULT", True, take="plain 0.45")
    yield from window.picture(PICTURES / "32-delete.png")
    assert folder.is_dir()
    window.type("key", "Return")
    yield from window.until(lambda: not folder.exists(), LONG)
    assert names() == [("tuned 0.45", False)]


def borrow(scene: Any) -> Iterator[None]:
    """A strip that was split from a studied one is offered what that one has."""
    api = room("backend.api")
    gallery = study().gallery
    gallery.folder.mkdir(exist_ok=True)
    gallery.picture_path("005-1").write_bytes(study().frame_path(5).read_bytes())
    gallery.add(api.Look("005-1", 5, "neon", "pocket", None, "", 0.9, False, chosen=True))
    other = strip().split(frame=13, split_method="SOFT")
    activate(other)
    yield from window.wait(0.5)
    window.override()["area"].tag_redraw()  # the panel grows with the next drawing
    yield from window.picture(PICTURES / "34-copied.png")
    window.press(bpy.ops.steady.use_parent)
    yield from window.until(lambda: last_job().finished, LONG)
    assert last_job().failure is None, last_job().failure
    assert last_job().result.left == 1, last_job().result
    activate(takes()[0])
    yield from window.wait(0.5)
    window.override()["area"].tag_redraw()
    yield from window.picture(PICTURES / "36-take.png")
    window.press(bpy.ops.steady.select_source)
    activate(strip())


def clean(scene: Any) -> Iterator[None]:
    folder = study().take("tuned 0.6 steady").folder
    window.point_at(window.override()["area"])
    with bpy.context.temp_override(**window.override()):
        bpy.ops.steady.clean_up("INVOKE_DEFAULT", True)
    yield from window.picture(PICTURES / "33-clean-up.png")
    window.type("key", "Escape")
    yield from window.wait(0.5)
    assert folder.is_dir()


window.run(steps(Path(tempfile.mkdtemp(prefix="steady-gui-"))))
