"""What restyling without a window refuses: in one sentence with a code, and before any work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import bpy
import farm
import media as making
import pytest
from backends import PYTHON, prefer
from conftest import ROOT
from farm import WORDS, python_kept

edit, own = farm.edit, farm.own


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--strip", "Shoot"], "This file has no strip “Shoot”. Write the name as the sequencer shows it."),
        (["--strip", "Twice"], "The scenes “Other” and “Scene” each have a strip “Twice”."),
        (["--strip", "Twice", "--scene", "Nowhere"], "There is no scene “Nowhere” in this file."),
        (["--strip", "Shot"], "There is no prompt yet."),
        (["--strip", "Shot", "--prompt", "x", "--strength", "0"], "0.0 is out of bounds for “strength”"),
        (["--strip", "Shot", "--prompt", "x", "--way", "plain", "--fast", "4"], "--fast does not go with --way plain."),
        (["--strip", "Shot", "--prompt", "x", "--seed", "3917432234"], "3917432234 is out of bounds for “seed”."),
        (["--strip", "Shot", "--prompt", "x", "--export", str(ROOT / "batch.py" / "x.mp4")], "a file is in its way"),
        (["--strip", "Shot", "--prompt", "x", "--look", "nowhere.png"], "There is no image “nowhere.png”."),
        (["--strip", "Shot", "--prompt", "x", "--download"], "Write --online-mode before the file's name."),
        (["--strip", "Shot", "--prompt", "x", "--backend-python", "/nowhere/python"], "is not there"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_a_code(edit: Path, room: Any, capfd: Any, words: list[str], said: str):
    bpy.ops.wm.open_mainfile(filepath=str(edit))
    with python_kept(room):
        assert room("operators.command").main(words, "batch") == 1
    lines = capfd.readouterr().err.splitlines()
    assert said in lines[-1]
    assert not any("Traceback" in line for line in lines)


@pytest.mark.parametrize(
    ("place", "said"),
    [("nowhere/x.blend", "No such file or directory"), ("edit.blend/x.blend", "Not a directory"), ("", "a folder")],
)
def test_a_file_that_cannot_be_saved_is_refused_before_the_work(
    own: Path, room: Any, capfd: Any, place: str, said: str
) -> None:
    bpy.ops.wm.open_mainfile(filepath=str(own))
    before = sorted(own.parent.rglob("*"))
    few = ["--way", "plain", "--steps", "8", "--backend-python", str(PYTHON), "--export", str(own.with_name("x.gif"))]
    with python_kept(room):
        assert room("operators.command").main([*WORDS, *few, "--save-as", str(own.parent / place)], "batch") == 1
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith(f"The file cannot be saved as “{own.parent / place}”: ") and said in line
    assert sorted(own.parent.rglob("*")) == before


@pytest.mark.parametrize("words", [[], ["--json"]])
def test_what_nobody_foresaw_is_said_last_after_its_traceback(
    edit: Path, room: Any, capfd: Any, words: list[str]
) -> None:
    bpy.ops.wm.open_mainfile(filepath=str(edit))
    assert room("operators.command").main([*WORDS, *words, "--export", "no\0folder/x.gif"], "batch") == 1
    lines, text = capfd.readouterr().err.splitlines(), "“restyle” failed: ValueError: "
    if words:
        error = json.loads(lines[-1])
        assert (error["method"], error["code"]) == ("error", -32603)
        assert error["message"].startswith(text)
    else:
        assert lines[-1].startswith(text)
    assert "Traceback (most recent call last):" in lines


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--strength", "1"], "The strength is 1. Choose one between 0 and 1"),
        (["--look-strength", "1"], "No look can be painted so: The strength is 1. Choose one between 0 and 1"),
        (["--look-steps", "1"], "No look can be painted so: A strength of 0.75 is less than one of 1 steps. Raise"),
        (["--look-strength", "1", "--way", "plain", "--compare"], "No look can be painted so: The strength is 1."),
        (["--fast", "2", "--strength", "0.125", "--steps", "8"], "2 steps do not fit below timestep 1. Raise the"),
    ],
)
def test_what_a_stage_would_refuse_in_the_end_is_refused_before_anything_is_done(
    edit: Path, room: Any, capfd: Any, words: list[str], said: str
) -> None:
    bpy.ops.wm.open_mainfile(filepath=str(edit))
    before = edit.read_bytes()
    with python_kept(room):
        words = ["--strip", "Shot", "--prompt", "x", "--backend-python", str(PYTHON), *words, "--save"]
        assert room("operators.command").main(words, "batch") == 1
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith(said)
    assert edit.read_bytes() == before
    strip = next(s for s in making.strips(bpy.data.scenes["Scene"].sequence_editor) if s.name == "Shot")
    assert strip.steady.study_id == "", "no frame was read"


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--look", "x.png"],
        ["--look-steps", "9"],
        ["--way", "plain", "--look-steps", "9"],
        ["--way=plain", "--compare"],
    ],
)
def test_the_prompt_of_a_take_is_none_of_a_look(own: Path, room: Any, capfd: Any, words: list[str]) -> None:
    scene = farm.opened(own)
    strip = next(s for s in making.strips(scene.sequence_editor) if s.name == "Shot")
    strip.steady.render_prompt, strip.steady.model = "an oil painting", "pocket"
    (picture,) = making.write_pngs(own.parent / "x", making.random_frames(1, 64, 64))
    words = [str(picture) if word == "x.png" else word for word in words]
    with python_kept(room):
        assert room("operators.command").main(["--strip", "Shot", "--backend-python", str(PYTHON), *words], "x") == 1
    assert capfd.readouterr().err.splitlines() == ["There is no prompt yet. Write what the strip is to look like."]
    assert strip.steady.study_id == "", "no frame was read"


def test_a_wrong_word_is_told_how_it_goes(room: Any, capfd: Any) -> None:
    command = room("operators.command")
    assert command.run(["restyle", "--strip"]) == 2
    assert "usage: blender -b FILE.blend --command steady_diffusion restyle" in capfd.readouterr().err
    assert command.run(["paint"]) == 2
    assert command.run(["restyle", "--help"]) == 0
    assert "--export FILE" in capfd.readouterr().out


def test_a_python_that_would_not_be_used_is_refused(room: Any, tmp_path: Path) -> None:
    words, chosen = room("operators.command_words"), prefer(tmp_path)
    chosen.connect_only = True
    with pytest.raises(room("backend.api").Failure, match="only connects to a backend, and starts none"):
        words.prefer(words.parser("x").parse_args(["--strip", "Shot", "--backend-python", str(PYTHON)]))
    chosen.connect_only = False
