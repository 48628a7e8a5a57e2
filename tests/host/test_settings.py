"""The settings of a strip: presets, the models that are suggested, and what a click makes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import media as making
import pytest
from backends import prefer


@pytest.fixture
def settings(scene: Any, media: Any, tmp_path: Path) -> Any:
    prefer(tmp_path)
    return making.add_images(scene.sequence_editor, media.images(2)).steady


def test_a_new_strip_is_a_scene_with_the_recipe_that_won(settings: Any, room: Any) -> None:
    api, order = room("backend.api"), room("settings.order").order_of(settings)
    assert settings.preset == "SCENE"
    assert (order.recipe, order.painting) == (api.Recipe(), api.Tune("").painting)
    assert order.look == api.MakeLooks("", 1, ("",), 1).painting
    assert (order.way, order.tuned_for, order.batch) == (api.Way.TUNED, 0, 0)


def test_a_preset_stands_for_as_long_as_its_settings_do(settings: Any) -> None:
    settings.preset = "PERSON"
    assert (round(settings.strength, 6), settings.iterations) == (0.325, 400)
    assert settings.preset == "PERSON"
    settings.rank = 3
    assert settings.preset == "CUSTOM"
    settings.preset = "ARTICLE"
    assert (settings.method, settings.pairing, settings.crops, settings.rank) == ("WHOLE", "LITERAL", 1, 16)
    settings.preset = "CUSTOM"
    assert settings.preset == "ARTICLE", "it changes nothing"


def test_every_setting_of_a_preset_reaches_the_stages(settings: Any, room: Any) -> None:
    presets, order_of = room("backend.presets"), room("settings.order").order_of
    for preset, wanted in presets.PRESETS.items():
        settings.preset = preset.name
        assert (order_of(settings).recipe, order_of(settings).painting) == (wanted.recipe, wanted.painting)


def test_a_share_of_looks_is_one_that_tuning_takes(settings: Any, room: Any) -> None:
    settings.looks_share = 0.0
    assert room("settings.order").order_of(settings).recipe.looks == 0.01


def test_a_fast_take_is_tuned_for_its_steps(settings: Any, room: Any) -> None:
    settings.way, settings.fast_steps = "FAST", 3
    assert room("settings.order").order_of(settings).tuned_for == 3


def test_fast_is_eight_steps_or_four_or_another_number(settings: Any, room: Any) -> None:
    settings.way = "FAST"
    for pace, steps in (("EIGHT", 8), ("FOUR", 4)):
        settings.pace = pace
        assert (settings.pace, settings.fast_steps, room("settings.order").order_of(settings).tuned_for) == (
            pace,
            steps,
            steps,
        )
    settings.fast_steps = 6
    assert settings.pace == "CUSTOM"
    settings.pace = "CUSTOM"
    assert settings.fast_steps == 6, "it changes nothing"


def test_the_small_decoder_is_of_fast_takes_only(settings: Any, room: Any) -> None:
    order_of = room("settings.order").order_of
    settings.small_decoder = True
    assert not order_of(settings).small_decoder
    settings.way = "FAST"
    assert order_of(settings).small_decoder


def test_the_computers_own_choices_come_from_the_preferences(settings: Any, room: Any, tmp_path: Path) -> None:
    chosen, api = room("preferences").preferences(), room("backend.api")
    settings.model, chosen.device, chosen.precision = "pocket", "cpu", "FULL"
    models = str(tmp_path / "data" / "models")
    wanted = api.Engine("pocket", models, may_download=False, device="cpu", precision=api.Precision.FULL)
    assert room("settings.order").order_of(settings).engine == wanted
    chosen.device, chosen.precision = "", "AUTO"


def test_a_model_beside_the_file_is_named_as_blender_does(settings: Any, room: Any, tmp_path: Path) -> None:
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "edit.blend"))
    strip = making.strips(bpy.context.scene.sequence_editor)[0]
    strip.steady.model = "//model.safetensors"
    assert room("settings.order").order_of(strip.steady).engine.model == str(tmp_path / "model.safetensors")


def test_models_are_suggested(settings: Any, room: Any, tmp_path: Path) -> None:
    (tmp_path / "data/models/mine/unet").mkdir(parents=True)
    (tmp_path / "data/models/mine.safetensors").touch()
    found = [name for name, _ in room("settings.painting").suggested(settings, bpy.context, "")]
    assert found[:1] == ["stable-diffusion-v1-5/stable-diffusion-v1-5"]
    assert found[2:] == ["pocket", str(tmp_path / "data/models/mine"), str(tmp_path / "data/models/mine.safetensors")]
