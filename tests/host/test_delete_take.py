"""A take is deleted for good: its strips, its pictures, and nothing that anybody else needs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import bpy
import identities
import media as make
import pytest
import test_takes_list as listed

study, strips, api, studies = identities.study, identities.strips, identities.api, identities.studies
identity, clip, write = identities.identity, identities.clip, identities.write
takes, written, render = listed.takes, listed.written, listed.render


@pytest.fixture
def laid(written: Any) -> Any:
    """Two takes, in the edit and in the study; the night is the one that is seen."""
    for name in ("day", "night"):
        render(written, name)
        bpy.ops.steady.show_take(take=name)
    return written


def folder(laid: Any, name: str) -> Path:
    return laid.take(name).folder


def test_its_strip_and_its_pictures_go_and_the_others_stay(laid: Any, takes: Any, clip: Any, capfd: Any) -> None:
    assert bpy.ops.steady.delete_take(take="day") == {"FINISHED"}
    assert listed.names(takes()) == ["night"]
    assert not folder(laid, "day").exists()
    assert len(list(folder(laid, "night").iterdir())) == 11
    assert clip.mute, "the night still covers it"
    assert "The take “day” was deleted: " in capfd.readouterr().out


def test_with_the_last_one_that_is_shown_the_original_is_seen_again(laid: Any, takes: Any, clip: Any) -> None:
    bpy.ops.steady.delete_take(take="night")
    assert not clip.mute
    assert [take.mute for take in takes()] == [True]


def test_beside_a_part_that_is_left_the_original_is_seen_again(written: Any, clip: Any, takes: Any) -> None:
    render(written, "whole")
    render(written, "part", first=4, last=7)
    for name in ("whole", "part"):
        bpy.ops.steady.show_take(take=name)
    bpy.ops.steady.delete_take(take="whole")
    assert [(take.steady.take_name, take.mute) for take in takes()] == [("part", False)]
    assert not clip.mute


def test_an_original_that_is_seen_besides_stays_so(laid: Any, clip: Any) -> None:
    clip.mute = False
    bpy.ops.steady.delete_take(take="day")
    assert not clip.mute


def test_one_that_is_only_in_the_study(laid: Any, takes: Any) -> None:
    render(laid, "dusk")
    assert bpy.ops.steady.delete_take(take="dusk") == {"FINISHED"}
    assert not folder(laid, "dusk").exists()
    assert len(takes()) == 2


def test_a_strip_whose_pictures_are_gone_goes_too(laid: Any, takes: Any) -> None:
    shutil.rmtree(folder(laid, "night"))
    assert bpy.ops.steady.delete_take(take="night") == {"FINISHED"}
    assert listed.names(takes()) == ["day"]


def test_all_strips_that_show_it_go_in_every_scene(laid: Any, takes: Any, scene: Any) -> None:
    other = scene.copy()
    bpy.ops.steady.delete_take(take="night")
    left = [s.steady.take_name for s in make.strips(other.sequence_editor) if s.steady.take_name]
    assert left == ["day"]
    assert listed.names(takes()) == ["day"]


def test_undo_brings_the_strip_back(laid: Any, scene: Any) -> None:
    bpy.ops.ed.undo_push(message="laid")
    bpy.ops.steady.delete_take("EXEC_DEFAULT", True, take="night")
    scene = identities.undo()
    assert "clip night" in [strip.name for strip in make.strips(scene.sequence_editor)]
    assert not folder(laid, "night").exists(), "its pictures stay deleted, as the question says"


# --- refusals


def refusal(laid: Any, takes: Any, name: str = "night") -> str:
    """What is said, and nothing is deleted."""
    before = listed.names(takes())
    with pytest.raises(RuntimeError) as said:
        bpy.ops.steady.delete_take(take=name)
    assert listed.names(takes()) == before
    assert len(list(folder(laid, name).iterdir())) == 11
    return str(said.value)


def test_not_while_a_job_works_on_its_study(laid: Any, takes: Any, clip: Any, scene: Any, room: Any) -> None:
    session = room("session").current
    job = session.enqueue(room("operators.claims").claimed("Render Take", scene, clip, lambda claim: iter(())))
    try:
        assert "“Render Take” is at work on “clip”. Wait for it, or cancel it first." in refusal(laid, takes)
    finally:
        session.cancel(job)


def test_not_while_another_program_writes_to_the_study(laid: Any, takes: Any, study: Any) -> None:
    holder = {"pid": 1, "started": "then", "host": "a farm node", "lease": 0.0}
    (laid.folder / study.LOCK).write_text(json.dumps(holder))
    assert "is being written by process 1 on “a farm node”" in refusal(laid, takes)


def test_not_from_a_copy_that_only_shares_the_study(laid: Any, takes: Any, scene: Any, clip: Any) -> None:
    scene.sequence_editor.active_strip = identities.split(scene, clip)
    assert "The take “night” belongs to “clip”, which “clip.001” was copied from" in refusal(laid, takes)


def test_not_while_an_effect_is_made_from_it(laid: Any, takes: Any, scene: Any) -> None:
    make.add_effect(scene.sequence_editor, "GAUSSIAN_BLUR", 10, 10, channel=6, input1=takes()[1])
    assert "“Gaussian_Blur” is made from the take “night”. Delete that strip first." in refusal(laid, takes)


def test_not_while_another_strip_shows_its_pictures(laid: Any, takes: Any, scene: Any) -> None:
    files = sorted(folder(laid, "night").glob("*.png"))
    make.add_images(scene.sequence_editor, files, start=10, channel=8, name="beside")
    assert "“beside” is made from the take “night”" in refusal(laid, takes)
