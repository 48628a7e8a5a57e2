"""Presets: those that ship, the user's own as files of Blender's, and what a damaged one says."""

from __future__ import annotations

from pathlib import Path
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


def test_a_shipped_preset_is_a_click(strip: Any, presets: Any, capfd: Any) -> None:
    assert presets.name_of(strip.steady) == "Scene"
    assert bpy.ops.steady.use_preset(preset="PERSON") == {"FINISHED"}
    assert (strip.steady.preset, presets.name_of(strip.steady)) == ("PERSON", "Person")
    assert "The strip has the preset “Person”." in capfd.readouterr().out


def test_the_small_model_comes_with_its_own_settings(strip: Any) -> None:
    assert bpy.ops.steady.use_pocket() == {"FINISHED"}
    assert (strip.steady.model, strip.steady.preset) == ("pocket", "POCKET")


def test_settings_are_kept_as_a_preset_of_blenders_and_used_again(strip: Any, presets: Any) -> None:
    settings = strip.steady
    settings.preset, settings.rank, settings.candidates, settings.prompt = "PERSON", 3, 7, "an oil painting"
    settings.smooth_two_styles, settings.spread_steps = True, 77
    assert bpy.ops.steady.add_preset(name="Night drives") == {"FINISHED"}
    (file,) = presets.files()
    assert Path(bpy.utils.user_resource("SCRIPTS")) in file.parents
    assert "settings.rank = 3" in file.read_text() and "oil painting" not in file.read_text()
    assert presets.name_of(settings) == "Night drives"

    settings.preset, settings.candidates, settings.prompt = "SCENE", 4, "neon"
    settings.smooth_two_styles, settings.spread_steps = False, 500
    assert presets.name_of(settings) == "Scene"
    assert bpy.ops.steady.load_preset(filepath=str(file)) == {"FINISHED"}
    assert (settings.rank, settings.candidates, settings.iterations, settings.prompt) == (3, 7, 400, "neon")
    assert (settings.smooth_two_styles, settings.spread_steps) == (True, 77)
    assert presets.name_of(settings) == "Night drives"
    settings.rank = 4
    assert presets.name_of(settings) == "Custom"

    assert bpy.ops.steady.add_preset(name="Night drives", remove_name=True) == {"FINISHED"}
    assert presets.files() == []


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
