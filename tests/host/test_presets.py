"""Presets: those that ship, the user's own as files of Blender's, and what a damaged one says."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import bpy
import media as making
import pytest
from backends import prefer


@pytest.fixture
def strip(scene: Any, media: Any, tmp_path: Path) -> Any:
    prefer(tmp_path)
    made = making.add_images(scene.sequence_editor, media.images(2))
    scene.sequence_editor.active_strip = made
    return made


@pytest.fixture
def presets(room: Any) -> Any:
    rooms, menu = room("operators.presets"), bpy.types.STEADY_MT_presets
    label = menu.bl_label
    yield rooms
    menu.bl_label = label  # Blender writes the last preset's name there
    for file in rooms.files():
        file.unlink()


class Row:
    """The row of the presets, as it is drawn."""

    def __init__(self, presets_panel: Any, settings: Any) -> None:
        self.name, self.buttons = "", []
        presets_panel.draw(self, settings)

    def row(self, **_: Any) -> Row:
        return self

    def menu(self, _: str, text: str, **__: Any) -> None:
        self.name = text

    def operator(self, _: str, icon: str, **__: Any) -> Any:
        self.buttons.append((icon, SimpleNamespace()))
        return self.buttons[-1][1]


@pytest.fixture
def named(strip: Any, presets: Any, room: Any) -> Any:
    return lambda: Row(room("panels.presets"), strip.steady).name.removeprefix("Preset: ")


def test_a_shipped_preset_is_a_click(strip: Any, named: Any, capfd: Any) -> None:
    assert named() == "Scene"
    assert bpy.ops.steady.use_preset(preset="PERSON") == {"FINISHED"}
    assert (strip.steady.preset, named()) == ("PERSON", "Person")
    assert "The strip has the preset “Person”." in capfd.readouterr().out


def test_the_small_model_comes_with_its_own_settings(strip: Any) -> None:
    assert bpy.ops.steady.use_pocket() == {"FINISHED"}
    assert (strip.steady.model, strip.steady.preset) == ("pocket", "POCKET")


def test_settings_are_kept_as_a_preset_of_blenders_and_used_again(strip: Any, presets: Any, named: Any) -> None:
    settings = strip.steady
    settings.preset, settings.rank, settings.candidates, settings.prompt = "PERSON", 3, 7, "an oil painting"
    settings.smooth_two_styles, settings.spread_steps = True, 77
    assert bpy.ops.steady.add_preset(name="Night drives") == {"FINISHED"}
    (file,) = presets.files()
    assert Path(bpy.utils.user_resource("SCRIPTS")) in file.parents
    assert "settings.rank = 3" in file.read_text() and "oil painting" not in file.read_text()
    assert named() == "Night drives"

    settings.preset, settings.candidates, settings.prompt = "SCENE", 4, "neon"
    settings.smooth_two_styles, settings.spread_steps = False, 500
    assert named() == "Scene"
    assert bpy.ops.steady.load_preset(filepath=str(file)) == {"FINISHED"}
    assert (settings.rank, settings.candidates, settings.iterations, settings.prompt) == (3, 7, 400, "neon")
    assert (settings.smooth_two_styles, settings.spread_steps) == (True, 77)
    assert named() == "Night drives"
    settings.rank = 4
    assert named() == "Custom"

    assert bpy.ops.steady.add_preset(name="Night drives", remove_name=True) == {"FINISHED"}
    assert presets.files() == []


def test_a_preset_of_ones_own_is_named_also_where_a_shipped_one_stands(
    strip: Any, presets: Any, room: Any, capfd: Any
) -> None:
    strip.steady.candidates = 7
    assert Row(room("panels.presets"), strip.steady).name == "Preset: Scene"
    bpy.ops.steady.add_preset(name="HD looks")
    row = Row(room("panels.presets"), strip.steady)
    assert row.name == "Preset: HD looks", "what the − beside it removes"
    assert [icon for icon, _ in row.buttons] == ["ADD", "REMOVE"]
    assert (row.buttons[1][1].name, row.buttons[1][1].remove_name) == ("HD looks", True)
    bpy.ops.steady.use_preset(preset="SCENE")
    assert "The strip has the preset “Scene”." in capfd.readouterr().out


def test_a_preset_keeps_all_but_what_is_of_the_strip_alone(strip: Any, presets: Any, room: Any) -> None:
    of_the_strip = "model prompt render_prompt seed look_seed tune_seed smooth_seed use_range range_start range_end"
    is_choice, settings = room("operators.refusals").is_choice, strip.steady
    choices = {setting.identifier for setting in settings.bl_rna.properties if is_choice(setting)}
    assert choices - set(presets.KEPT) == {*of_the_strip.split(), "look_frame", "tuning_from"}
    settings.smooth_always = True
    bpy.ops.steady.add_preset(name="Learns")
    settings.smooth_always = False
    assert bpy.ops.steady.load_preset(filepath=str(presets.files()[0])) == {"FINISHED"}
    assert settings.smooth_always


def test_a_preset_is_read_again_only_when_its_file_changed(strip: Any, presets: Any) -> None:
    bpy.ops.steady.add_preset(name="Mine")
    (file,) = presets.files()
    assert presets.own_of(strip.steady) == "Mine"
    before, text = file.stat(), file.read_text()
    file.write_text(text.replace("settings.rank = 16", "settings.rank = 17"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert presets.own_of(strip.steady) == "Mine", "it was remembered"
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert presets.own_of(strip.steady) == ""


def test_the_menu_lists_the_shipped_ones_and_then_ones_own(strip: Any, presets: Any, room: Any) -> None:
    bpy.ops.steady.add_preset(name="Mine")
    assert bpy.types.STEADY_MT_presets.preset_subdir == presets.FOLDER
    assert [file.stem for file in presets.files()] == ["Mine"]


def test_a_preset_is_read_and_never_run(strip: Any, tmp_path: Path) -> None:
    file = tmp_path / "Evil.py"
    file.write_text(f"import bpy\nopen({str(tmp_path / 'ran')!r}, 'w')\nsettings.rank = 5\nsettings.model = 'x'\n")
    assert bpy.ops.steady.load_preset(filepath=str(file)) == {"FINISHED"}
    assert (strip.steady.rank, strip.steady.model) == (5, "stable-diffusion-v1-5/stable-diffusion-v1-5")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "“Broken.py” is no preset of Steady Diffusion."),
        ("settings.rank = = 5", "“Broken.py” is no preset of Steady Diffusion."),
        ("settings.rank = 5\nsettings.way = 'SLOW'", "The preset “Broken” says “SLOW” for “way”"),
    ],
)
def test_a_damaged_preset_changes_nothing(strip: Any, tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "Broken.py"
    file.write_text(text)
    with pytest.raises(RuntimeError, match=said.replace(".", r"\.")):
        bpy.ops.steady.load_preset(filepath=str(file))
    assert strip.steady.rank == 16
