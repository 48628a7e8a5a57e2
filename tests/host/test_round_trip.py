"""Strip → frames → take → render gives back every byte, whatever the scene does to its colours."""

from __future__ import annotations

import itertools
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import media as make
import numpy as np
import pytest
import working
from backends import PYTHON
from conftest import ROOT

session = working.session
COUNT = 3


def view(scene: Any, **settings: Any) -> None:
    for name, value in settings.items():
        setattr(scene.view_settings, name, value)


def agx(scene: Any) -> None:
    view(scene, view_transform="AgX")


def filmic(scene: Any) -> None:
    view(scene, view_transform="Filmic")
    view(scene, look="High Contrast")


def exposed(scene: Any) -> None:
    view(scene, view_transform="AgX", exposure=1.7, gamma=0.8)


def balanced(scene: Any) -> None:
    if hasattr(scene.view_settings, "use_white_balance"):  # since Blender 4.3
        view(scene, use_white_balance=True, white_balance_temperature=4200.0, white_balance_tint=25.0)


def curved(scene: Any) -> None:
    view(scene, use_curve_mapping=True)
    scene.view_settings.curve_mapping.curves[3].points.new(0.5, 0.8)
    scene.view_settings.curve_mapping.update()


def exported_otherwise(scene: Any) -> None:
    scene.render.image_settings.color_management = "OVERRIDE"
    scene.render.image_settings.view_settings.view_transform = "AgX"


def on_display(name: str) -> Callable[[Any], None]:
    def choose(scene: Any) -> None:
        scene.display_settings.display_device = name
        view(scene, view_transform="Standard" if "2100" in name else "AgX", exposure=0.4)

    choose.__name__ = name
    return choose


DISPLAYS = ["Display P3", "Rec.1886", "Rec.2020", *(["Rec.2100-PQ"] if bpy.app.version >= (5, 0) else [])]


def sequenced_linear(scene: Any) -> None:
    scene.sequencer_colorspace_settings.name = "Linear Rec.709"


SCENES = [agx, filmic, exposed, balanced, curved, exported_otherwise, *map(on_display, DISPLAYS), sequenced_linear]


def edit(scene: Any, frame: int, folder: Path) -> bytes:
    """What a user gets who renders this frame of the edit, with the scene's own colours."""
    settings = scene.render.image_settings
    if hasattr(settings, "media_type"):
        settings.media_type = "IMAGE"
    settings.file_format, settings.color_mode, settings.color_depth = "TARGA_RAW", "RGBA", "8"
    scene.frame_start = scene.frame_end = frame
    scene.render.filepath = str(folder / "edit-####.tga")
    bpy.ops.render.render(animation=True, scene=scene.name)
    return next(folder.glob("edit-*.tga")).read_bytes()


@pytest.fixture
def frames_of(room: Any) -> Any:
    """The framing, and the frames of a strip as height × width × RGB(A)."""
    extract, strips, api = room("sequencer.extract"), room("sequencer.strips"), room("backend.api")

    def frames_of(scene: Any, strip: Any, short_side: int = 48) -> tuple[Any, list[Any]]:
        address = strips.Address.of(scene, strip)
        found = extract.extract(address, list(strips.numbers(strip)), None, short_side, api.Crop.BOX)
        framing, *frames = [item for item in found if item is not None]
        return framing, [pixels(frame) for frame in frames]

    return frames_of


def pixels(frame: Any) -> Any:
    rgb = np.frombuffer(frame.rgb, np.uint8).reshape(frame.height, frame.width, 3)
    if frame.alpha is None:
        return rgb
    return np.dstack([rgb, np.frombuffer(frame.alpha, np.uint8).reshape(frame.height, frame.width)])


@pytest.mark.parametrize("colours", SCENES, ids=lambda f: f.__name__)
def test_every_byte_comes_back(scene: Any, room: Any, frames_of: Any, tmp_path: Path, colours: Any) -> None:
    source = make.random_frames(COUNT, 64, 48)
    strip = make.add_images(scene.sequence_editor, make.write_pngs(tmp_path / "in", source), start=5)
    scene.view_settings.view_transform = "Standard"
    colours(scene)
    before = edit(scene, 6, tmp_path)

    framing, frames = frames_of(scene, strip)
    assert framing.size == (64, 48)
    assert all(itertools.starmap(np.array_equal, zip(frames, source, strict=True)))

    files = make.write_pngs(tmp_path / "take", frames)
    take = room("sequencer.takes").lay_take(scene, strip, files, 1, framing, "take", "{}")
    assert strip.mute
    assert edit(scene, 6, tmp_path) == before
    again, returned = frames_of(scene, take)
    assert again == framing
    assert all(itertools.starmap(np.array_equal, zip(returned, source, strict=True)))


def test_every_byte_comes_back_by_way_of_the_backend(
    scene: Any, session: Any, room: Any, frames_of: Any, tmp_path: Path
) -> None:
    """Strip → operator → socket → study → take, as a user's frames go."""
    source = make.random_frames(COUNT, 96, 64)
    scene.render.resolution_x, scene.render.resolution_y = 96, 64
    strip = make.add_images(scene.sequence_editor, make.write_pngs(tmp_path / "in", source), start=5, name="Noise")
    exposed(scene)
    strip.steady.short_side = 64
    before = edit(scene, 6, tmp_path)
    assert bpy.ops.steady.sample_frames(strip="Noise") == {"FINISHED"}
    (study,) = (tmp_path / "studies").iterdir()
    command = [str(PYTHON), "-m", "backend", "lay-back", str(study), "--take", "as it was"]
    subprocess.run(command, cwd=ROOT, check=True)
    files = sorted((study / "takes" / "as it was").glob("*.png"))
    framing = room("backend.study").Study.open(study).source.framing
    take = room("sequencer.takes").lay_take(scene, strip, files, 1, framing, "as it was", "{}")
    assert edit(scene, 6, tmp_path) == before
    _, returned = frames_of(scene, take, 64)
    assert all(itertools.starmap(np.array_equal, zip(returned, source, strict=True)))


def test_transparency_comes_back_too(scene: Any, room: Any, frames_of: Any, tmp_path: Path) -> None:
    source = make.random_frames(COUNT, 64, 48, channels=4)
    for frame in source:
        frame[..., 3] |= 1  # what is wholly transparent has no colour to give back
    strip = make.add_images(scene.sequence_editor, make.write_pngs(tmp_path / "in", source), start=5)
    make.add_images(
        scene.sequence_editor, make.write_pngs(tmp_path / "below", make.random_frames(3, 64, 48)), start=5, channel=4
    )
    strip.channel = 5
    agx(scene)
    before = edit(scene, 6, tmp_path)
    framing, frames = frames_of(scene, strip)
    assert all(itertools.starmap(np.array_equal, zip(frames, source, strict=True)))
    room("sequencer.takes").lay_take(scene, strip, make.write_pngs(tmp_path / "take", frames), 1, framing, "take", "{}")
    assert edit(scene, 6, tmp_path) == before


def test_a_placed_strip_comes_back_where_it_was(scene: Any, room: Any, frames_of: Any, tmp_path: Path) -> None:
    """A picture of 40 × 24 pixels somewhere on a canvas of odd size, faded: its box is its own size."""
    scene.render.resolution_x, scene.render.resolution_y = 97, 71
    source = make.random_frames(COUNT, 72, 48)
    strip = make.add_images(scene.sequence_editor, make.write_pngs(tmp_path / "in", source), start=-7, channel=3)
    strip.transform.offset_x, strip.transform.offset_y = 9, -6
    strip.transform.filter = "NEAREST"
    strip.blend_alpha = 0.5
    agx(scene)
    scene.frame_set(0)
    framing, frames = frames_of(scene, strip)
    assert framing.size == (framing.box.width, framing.box.height) == (72, 48)
    assert all(itertools.starmap(np.array_equal, zip(frames, source, strict=True)))
    strip.steady.mute_original = False
    take = room("sequencer.takes").lay_take(
        scene, strip, make.write_pngs(tmp_path / "take", frames), 1, framing, "take", "{}"
    )
    again, returned = frames_of(scene, take)
    assert again == framing
    assert all(itertools.starmap(np.array_equal, zip(returned, source, strict=True)))


@pytest.mark.parametrize("kind", ["GAUSSIAN_BLUR", "CROSS"])
def test_an_effect_that_is_muted_with_its_inputs_still_gives_its_frames(
    scene: Any, room: Any, frames_of: Any, tmp_path: Path, kind: str
) -> None:
    editor = scene.sequence_editor
    pictures = make.write_pngs(tmp_path / "in", make.random_frames(COUNT, 64, 48))
    parts = {f"input{i}": make.add_images(editor, pictures[i : i + 1], start=5, channel=i) for i in (1, 2)}
    if kind == "GAUSSIAN_BLUR":
        del parts["input2"]
    effect = make.add_effect(editor, kind, start=5, length=1, channel=4, **parts)
    framing, before = frames_of(scene, effect)
    room("sequencer.takes").lay_take(
        scene, effect, make.write_pngs(tmp_path / "take", before), 1, framing, "take", "{}"
    )
    assert effect.mute
    assert all(itertools.starmap(np.array_equal, zip(frames_of(scene, effect)[1], before, strict=True)))


def test_at_the_usual_working_size(scene: Any, room: Any, frames_of: Any, tmp_path: Path) -> None:
    """512 × 512 from the middle of a wide canvas, as it is worked on by default."""
    scene.render.resolution_x, scene.render.resolution_y = 1024, 576
    source = make.random_frames(COUNT, 512, 512)
    strip = make.add_images(scene.sequence_editor, make.write_pngs(tmp_path / "in", source), start=5)
    agx(scene)
    before = edit(scene, 6, tmp_path)
    framing, frames = frames_of(scene, strip, 512)
    assert framing.size == (512, 512)
    assert all(itertools.starmap(np.array_equal, zip(frames, source, strict=True)))
    room("sequencer.takes").lay_take(scene, strip, make.write_pngs(tmp_path / "take", frames), 1, framing, "take", "{}")
    assert edit(scene, 6, tmp_path) == before
