"""Restyling without a window, as a farm does it: batch.py and `--command`, each in a Blender of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import bpy
import farm
import media as making
import pytest
from backends import PYTHON, prefer
from conftest import ROOT
from farm import MORE, WORDS, answer_of, batch, called, opened, python_kept

edit, own = farm.edit, farm.own


def test_a_strip_becomes_a_movie_and_the_file_stays_as_it_was(own: Path) -> None:
    before = own.read_bytes()
    done = batch(own, *WORDS, *MORE, "--export", "out/film.mp4")
    answer = answer_of(done)
    assert answer["done"] == ["frames", "looks", "tune", "render"]
    assert Path(answer["export"]) == own.parent / "out" / "film.mp4"
    assert (own.parent / "out" / "film.mp4").stat().st_size > 1000
    assert own.read_bytes() == before
    assert answer["saved"] == ""
    assert Path(answer["study"]).parent == own.parent / "steady"
    events = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    texts = [event["text"] for event in events]
    for part in ("Reading frame", "Painting looks", "Tuning", "Rendering", "Exporting"):
        assert any(text.startswith(part) for text in texts), part

    again = answer_of(batch(own, *WORDS, *MORE, "--save-as", "saved.blend"))
    assert (again["done"], again["take"]) == ([], answer["take"])  # the study is found although nothing was saved
    assert own.read_bytes() == before
    scene = opened(own.parent / "saved.blend")
    take = making.strips(scene.sequence_editor)[again["strip"]]
    assert take.steady.take_name == answer["take"]
    assert [Path(bpy.path.abspath(take.directory), e.filename).is_file() for e in take.elements] == [True] * 6
    assert scene.render.image_settings.file_format == "PNG"


def test_a_cancelled_export_ends_with_its_code_and_leaves_what_was_there(own: Path) -> None:
    opened(own).frame_end = 200_000  # it would take hours
    bpy.ops.wm.save_mainfile()
    before = sorted(path.name for path in own.parent.iterdir())
    film = own.parent / "film.mp4"
    film.write_bytes(b"the one before")
    words = [*WORDS, *MORE, "--way", "plain", "--range", 1, 1, "--export", film.name]
    with subprocess.Popen(**called(own, *words), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        heard = []
        for line in process.stderr:
            heard.append(line)
            if "Exporting" in line:
                process.send_signal(signal.SIGTERM)
                break
        heard += process.stderr.readlines()
        answer = process.stdout.read()
        assert process.wait(120) == 130, "".join(heard[-40:])
    errors = [json.loads(line) for line in heard if line.startswith('{"method": "error"')]
    assert [error["message"] for error in errors] == ["Cancelled."]
    assert not any(line.startswith("{") for line in answer.splitlines())
    assert film.read_bytes() == b"the one before"
    assert sorted(path.name for path in own.parent.iterdir()) == sorted([*before, "film.mp4", "steady", "user"])


def test_a_file_that_can_no_longer_be_saved_by_then_keeps_nobody_from_the_export(own: Path) -> None:
    late, film = own.with_name("later") / "late.blend", own.with_name("film.gif")
    late.parent.mkdir()
    words = [*WORDS, *MORE, "--way", "plain", "--save-as", late, "--export", film.name]
    with subprocess.Popen(**called(own, *words), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        heard = []
        for line in process.stderr:
            heard.append(line)
            if "Rendering" in line and late.parent.is_dir():
                late.parent.rmdir()
        answer = process.stdout.read()
        assert process.wait(120) == 1, "".join(heard[-40:])
    error = json.loads(heard[-1])
    assert (error["method"], error["message"].startswith("The file could not be saved: ")) == ("error", True)
    assert error["hint"] == f"The take is kept in its study. The edit is exported to “{film}”."
    assert film.read_bytes()[:6] == b"GIF89a"
    assert not any(line.startswith("{") for line in answer.splitlines())


def test_a_part_of_it_as_a_square_with_an_image_of_ones_own(own: Path, tmp_path: Path) -> None:
    look = making.write_png(tmp_path / "look.png", making.moving_square(6, 64, 64)[2])
    part = ["--range", 2, 4, "--crop", "square", "--look", look, "--frame", 3]
    answer = answer_of(batch(own, *WORDS, *MORE, *part, "--compare", "--export", "compared.gif", "--save"))
    assert answer["frames"] == 3
    assert (own.parent / "compared.gif").read_bytes()[:6] == b"GIF89a"
    assert answer["saved"] == str(own)
    (note,) = Path(answer["study"], "looks").glob("*.json")
    assert json.loads(note.read_text(encoding="utf-8"))["brought"] == str(look)
    edit = making.strips(opened(own).sequence_editor)
    strip, compared = edit["Shot"], edit[answer["comparison"]]
    assert (compared.type, compared.frame_final_start, compared.frame_final_end) == ("META", 2, 5)
    assert [part.name for part in making.strips(compared) if part.type == "IMAGE"][1] == "Plain 0.45"
    kept = strip.steady
    assert (kept.crop, kept.use_range, kept.range_start, kept.range_end) == ("SQUARE", True, 2, 4)
    assert (kept.iterations, kept.model) == (4, "pocket")


def test_the_command_of_blenders_own_restyles_and_refuses_as_batch_does(own: Path, room: Any, capfd: Any) -> None:
    """What `--command steady_diffusion` calls, also where there is no command line to call it from."""
    bpy.ops.wm.open_mainfile(filepath=str(own))
    few = ["--way", "plain", "--steps", "8", "--backend-python", str(PYTHON), "--json"]
    command = room("operators.command")
    with python_kept(room):
        assert command.run(["restyle", *WORDS, *few, "--export", str(own.with_name("film.gif"))]) == 0
        said = capfd.readouterr()
        assert command.run(["restyle", "--strip", "Twice", *few]) == 1
        refused = capfd.readouterr()
    answer = json.loads(next(line for line in said.out.splitlines() if line.startswith("{")))
    assert (answer["strip"], answer["frames"], answer["done"]) == ("Shot plain 0.45", 6, ["frames", "render"])
    assert own.with_name("film.gif").read_bytes()[:6] == b"GIF89a"
    assert '"text": "Rendering frame 1 of 6' in said.err
    last = refused.err.splitlines()[-1]
    assert json.loads(last)["message"] == "The scenes “Other” and “Scene” each have a strip “Twice”."
    assert last.isascii(), "JSON for whatever code page a pipe has"
    assert refused.out == ""


def test_a_model_on_the_disk_is_meant_from_where_the_command_is_called(
    scene: Any, media: Any, room: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The backend works in another folder."""
    words, chosen = room("operators.command_words"), prefer(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models" / "city").mkdir(parents=True)
    for said, meant in (
        ("models/city", str(tmp_path / "models" / "city")),
        ("maker/city", "maker/city"),
        ("pocket", "pocket"),
    ):
        asked = words.parser("x").parse_args(["--strip", "Shot", "--model", said, "--models", "hub"])
        assert words.wanted(asked)["model"] == meant
        words.prefer(asked)
        assert chosen.models_folder == str(tmp_path / "hub")
    chosen.models_folder = ""


def test_what_a_run_prefers_is_not_kept(edit: Path, room: Any, tmp_path: Path) -> None:
    """A Blender with a window saves its preferences when it ends."""
    words, chosen = room("operators.command_words"), prefer(tmp_path)
    before = chosen.backend_python, chosen.models_folder, chosen.device, chosen.precision, chosen.may_download
    said = ["--strip", "Shot", "--backend-python", "/a/python", "--models", "/hub", "--device", "mps", "--precision"]
    with words.preferred(words.parser("x").parse_args([*said, "half"])):
        assert (chosen.backend_python, chosen.models_folder) == ("/a/python", "/hub")
        assert (chosen.device, chosen.precision) == ("mps", "HALF")
    assert before == (
        chosen.backend_python,
        chosen.models_folder,
        chosen.device,
        chosen.precision,
        chosen.may_download,
    )
    bpy.ops.wm.open_mainfile(filepath=str(edit))
    refused = ["--strip", "Shoot", "--device", "mps"]
    assert room("operators.command").main(refused, "batch") == 1
    assert chosen.device == before[2]


AFTERWARDS = """
import json, os, runpy, sys
import bpy

def kept():
    known = bpy.context.preferences
    repositories = [[repo.name, repo.module, repo.custom_directory] for repo in known.extensions.repos]
    return [repositories, sorted(addon.module for addon in known.addons), known.is_dirty]

before, end = kept(), os._exit
os._exit = lambda code: end(print(json.dumps([code, before, kept()]), flush=True) or 0)
script, *words = sys.argv[sys.argv.index("--") + 1 :]
sys.argv = ["blender", "--", *words]
runpy.run_path(script, run_name="__main__")
"""


@pytest.mark.parametrize(("words", "code"), [(["--help"], 0), (["--strip", "Shot"], 1)])
def test_batch_leaves_the_preferences_as_they_were(tmp_path: Path, words: list[str], code: int) -> None:
    """In a window they are saved when Blender ends, with the folder of this run in them, which is gone by then."""
    (tmp_path / "look.py").write_text(AFTERWARDS, encoding="utf-8")
    blender = [bpy.app.binary_path, "-b", "--factory-startup", "--python"] if bpy.app.binary_path else [sys.executable]
    command = [*blender, str(tmp_path / "look.py"), "--", str(ROOT / "batch.py"), *words]
    own = os.environ | {"BLENDER_USER_RESOURCES": str(tmp_path / "user")}
    done = subprocess.run(command, env=own, encoding="utf-8", capture_output=True, check=False)
    ended, before, after = json.loads(done.stdout.splitlines()[-1])
    assert (ended, after) == (code, before), done.stderr
    assert (ROOT / "batch.py").is_file()


def test_every_word_is_a_setting_of_the_strip(scene: Any, media: Any, room: Any) -> None:
    words = room("operators.command_words")
    strip = making.add_images(scene.sequence_editor, media.images(2), name="Shot")
    said = ["--preset", "article", "--sampler", "unipc", "--method", "lora", "--look-share", "0.25", "--fast", "6"]
    words.take_over(words.parser("x").parse_args(["--strip", "Shot", *said, "--tuning-seed", "9"]), strip.steady)
    kept = strip.steady
    assert (kept.sampler, kept.method, kept.looks_share, kept.pairing) == ("UNIPC", "LORA", 0.25, "LITERAL")
    assert (kept.way, kept.fast_steps, kept.tune_seed, kept.guidance) == ("FAST", 6, 9, 7.5)
    for _, usual, options, name_of in words.GROUPS:
        assert all(hasattr(kept, name_of(field)) and hasattr(usual, field) for field in options)


ENABLING = """
import sys
import addon_utils, bpy
repositories = bpy.context.preferences.extensions.repos
repositories.new(name="own", module="own", custom_directory=sys.argv[-1], remote_url="")
assert addon_utils.enable("bl_ext.own.steady_diffusion", default_set=True)
bpy.ops.wm.save_userpref()
"""

if bpy.app.binary_path:  # Blender's modules for Python have no command line

    def test_blenders_own_command_line_ends_with_a_file_or_a_sentence_and_a_code(own: Path, tmp_path: Path) -> None:
        (tmp_path / "repository").mkdir()
        (tmp_path / "repository" / "steady_diffusion").symlink_to(ROOT, target_is_directory=True)
        (tmp_path / "enable.py").write_text(ENABLING, encoding="utf-8")
        user = {"BLENDER_USER_RESOURCES": str(tmp_path / "user"), "OMP_NUM_THREADS": "1"}
        kept: dict[str, Any] = {"env": os.environ | user, "encoding": "utf-8", "cwd": own.parent}

        def blender(*words: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run([bpy.app.binary_path, "-b", *words], capture_output=True, check=False, **kept)

        enabling = ["--python-exit-code", "1", "--python", str(tmp_path / "enable.py")]
        enabled = blender(*enabling, "--", str(tmp_path / "repository"))
        assert enabled.returncode == 0, enabled.stderr
        command = [str(own), "--command", "steady_diffusion", "restyle"]
        few = ["--way", "plain", "--steps", "8", "--backend-python", str(PYTHON), "--json"]
        answer = answer_of(blender(*command, *WORDS, *few, "--export", "film.gif"))
        assert (answer["strip"], answer["frames"]) == ("Shot plain 0.45", 6)
        assert own.with_name("film.gif").read_bytes()[:6] == b"GIF89a"
        for name, said in (("Twice", "The scenes “Other” and “Scene” each have"), ("Shoot", "This file has no strip")):
            refused = blender(*command, "--strip", name, *few)
            assert refused.returncode == 1, refused.stderr
            assert json.loads(refused.stderr.splitlines()[-1])["message"].startswith(said)
        assert blender(*command, "--no-such-word").returncode == 2
