"""Looks as a script makes, brings and chooses them: the operators, on a real strip with the pocket model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import bpy
import media as making
import pytest
from tiny import NEON, OIL

pytest_plugins = ["tiny"]


@pytest.fixture
def looks(study: Any) -> Any:
    return lambda: study().gallery.looks()


def chosen(looks: Any) -> list[str]:
    return [look.name for look in looks() if look.chosen]


def test_samples_the_strip_and_makes_candidates(clip: Any, looks: Any, capfd: Any) -> None:
    assert bpy.ops.steady.design_looks() == {"FINISHED"}
    made = looks()
    assert [look.prompt for look in made] == [NEON, NEON]
    assert [look.painting.seed for look in made] == [0, 1]
    assert not any(look.chosen for look in made)
    assert "2 looks; the best keeps" in capfd.readouterr().out


def test_the_same_again_paints_nothing_and_more_goes_on_with_other_seeds(clip: Any, looks: Any) -> None:
    bpy.ops.steady.design_looks()
    bpy.ops.steady.design_looks()
    assert len(looks()) == 2
    bpy.ops.steady.design_looks(more=True)
    assert [look.painting.seed for look in looks()] == [0, 1, 2, 3]


def test_what_a_script_gives_becomes_the_strips_setting(clip: Any, looks: Any) -> None:
    bpy.ops.steady.design_looks(strip="Drive", prompt=OIL, look_frame=5, candidates=1)
    (look,) = looks()
    assert (look.prompt, look.frame) == (OIL, 5)
    assert (clip.steady.prompt, clip.steady.look_frame, clip.steady.candidates) == (OIL, 5, 1)


def test_one_look_is_chosen_or_several(clip: Any, looks: Any) -> None:
    bpy.ops.steady.design_looks(look_frame=2)
    assert bpy.ops.steady.choose_look(look="002-1") == {"FINISHED"}
    assert chosen(looks) == ["002-1"]
    bpy.ops.steady.choose_look(look="002-2", extend=True)
    assert chosen(looks) == ["002-1", "002-2"]
    bpy.ops.steady.choose_look(look="002-1", extend=True)
    assert chosen(looks) == ["002-2"]
    with pytest.raises(RuntimeError, match="There is no look “002-9”"):
        bpy.ops.steady.choose_look(look="002-9")


def test_an_image_from_outside_is_a_chosen_look_of_the_frame_under_the_playhead(
    clip: Any, looks: Any, tmp_path: Path
) -> None:
    bpy.context.scene.frame_set(12)
    (painted,) = making.write_pngs(tmp_path / "painted", making.moving_square(1, 128, 128))
    assert bpy.ops.steady.bring_look(filepath=str(painted)) == {"FINISHED"}
    (look,) = looks()
    assert (look.frame, look.prompt, look.brought, look.chosen) == (3, NEON, str(painted), True)


def test_an_image_whose_prompt_the_model_cannot_hold_is_not_brought(clip: Any, looks: Any, tmp_path: Path) -> None:
    (painted,) = making.write_pngs(tmp_path / "painted", making.moving_square(1, 128, 128))
    with pytest.raises(RuntimeError, match="The prompt has 31 tokens and the model reads 30: it would not see “neon”"):
        bpy.ops.steady.bring_look(filepath=str(painted), prompt="neon " * 31)
    assert looks() == []


@pytest.mark.parametrize("operator", ["design_looks", "bring_look", "restyle"])
def test_without_a_prompt_nothing_is_begun(clip: Any, operator: str) -> None:
    clip.steady.prompt = "  "
    with pytest.raises(RuntimeError, match=r"There is no prompt yet\. Write what the strip is to look like\."):
        getattr(bpy.ops.steady, operator)()
    assert clip.steady.study_id == ""


def test_a_model_that_is_not_there(clip: Any) -> None:
    with pytest.raises(RuntimeError, match="“maker/none” is not on this computer"):
        bpy.ops.steady.design_looks(model="maker/none")


def test_a_strip_without_looks_has_none_to_choose(clip: Any) -> None:
    with pytest.raises(RuntimeError, match=r"“Drive” has no looks of its own yet\. Press Make Looks\."):
        bpy.ops.steady.choose_look(look="001-1")


def test_the_frame_under_the_playhead(clip: Any) -> None:
    for frame, number in ((12, 3), (1, 1), (99, 6)):
        bpy.context.scene.frame_set(frame)
        assert bpy.ops.steady.look_here() == {"FINISHED"}
        assert clip.steady.look_frame == number


# --- the best has moved what the frame shows


class Box:
    """Notes what is drawn: Blender gives a layout only to a window."""

    def __init__(self) -> None:
        self.labels: list[str] = []
        self.buttons: list[Any] = []

    def label(self, text: str = "", **_: Any) -> None:
        self.labels.append(text)

    def operator(self, name: str, text: str, **_: Any) -> Any:
        self.buttons.append(SimpleNamespace(name=name, text=text))
        return self.buttons[-1]

    def box(self, **_: Any) -> Box:
        return self

    column = box


def test_a_click_below_the_warning_makes_looks_at_the_lower_strength_beside_the_others(
    clip: Any, looks: Any, study: Any, room: Any
) -> None:
    panel = room("panels.looks").STEADY_PT_looks
    clip.steady.look_strength, clip.steady.look_steps = 0.95, 10
    bpy.ops.steady.design_looks(look_frame=2)
    gallery = study().gallery
    before = {look.name: gallery.picture_path(look.name).read_bytes() for look in looks()}
    drawn = Box()
    panel._warning(panel, drawn, clip)
    assert " ".join(drawn.labels) == "Even the best of these has moved what the frame shows: try strength 0.6."
    (button,) = drawn.buttons
    assert (button.name, button.text) == ("steady.design_looks", "Make Looks at Strength 0.60")

    assert bpy.ops.steady.design_looks(look_strength=button.look_strength) == {"FINISHED"}
    assert [(look.name, look.painting.strength) for look in looks()] == [
        ("002-1", 0.95),
        ("002-2", 0.95),
        ("002-3", 0.6),
        ("002-4", 0.6),
    ]
    assert before.items() <= {n: gallery.picture_path(n).read_bytes() for n in before}.items()
    assert round(clip.steady.look_strength, 6) == 0.6


def test_without_a_warning_there_is_nothing_to_click(clip: Any, room: Any) -> None:
    panel, drawn = room("panels.looks").STEADY_PT_looks, Box()
    panel._warning(panel, drawn, clip)
    assert (drawn.labels, drawn.buttons) == ([], [])


# --- a click that comes to nothing


def test_a_second_click_on_more_looks_changes_no_seed(clip: Any, looks: Any, room: Any) -> None:
    bpy.ops.steady.design_looks()
    session, stage = room("session").current, room("operators.stage")
    claimed, order = room("operators.claims").claimed, room("settings.order").order_of(clip.steady)
    label = room("operators.looks").STEADY_OT_design_looks.bl_label
    wanted = (replace(order, prompt=OIL, look=replace(order.look, seed=order.candidates)),)
    job = session.enqueue(claimed(label, bpy.context.scene, clip, lambda claim: iter(()), wanted))
    assert stage.is_choice(clip.steady.bl_rna.properties["look_seed"])
    with pytest.raises(RuntimeError, match="waits already"):
        bpy.ops.steady.design_looks(more=True, prompt=OIL)
    session.cancel(job)
    assert (clip.steady.look_seed, clip.steady.prompt) == (0, NEON)
    assert not clip.steady.is_property_set("look_seed")


def test_a_strength_that_the_setting_cannot_have_is_refused(clip: Any) -> None:
    with pytest.raises(RuntimeError, match=r"“Strength” is 0\. Choose from 0\.01 to 1\."):
        bpy.ops.steady.render_take(strength=0.0, seed=5, way="PLAIN")
    assert not any(clip.steady.is_property_set(name) for name in ("strength", "seed", "way", "study_id"))


def test_a_look_stands_while_its_frame_shows_what_it_showed(clip: Any, studio: Path, looks: Any, room: Any) -> None:
    bpy.ops.steady.design_looks(look_frame=2)
    bpy.ops.steady.choose_look(look="002-1")
    bpy.ops.steady.restyle()
    assert chosen(looks) == ["002-1"]
    clip.use_flip_x = True
    bpy.ops.steady.restyle()
    (now,) = chosen(looks)
    assert now not in ("002-1", "002-2")


def test_an_image_from_outside_stands_and_one_is_told_that_its_frame_has_changed(
    clip: Any, looks: Any, tmp_path: Path, capfd: Any
) -> None:
    (painted,) = making.write_pngs(tmp_path / "painted", making.moving_square(1, 128, 128))
    bpy.ops.steady.bring_look(filepath=str(painted), frame=2)
    bpy.ops.steady.restyle()
    assert "showed something else" not in capfd.readouterr().out
    clip.use_flip_x = True
    bpy.ops.steady.restyle()
    assert chosen(looks) == ["002-1"]
    assert "The look 002-1 was painted when frame 2 showed something else" in capfd.readouterr().out
