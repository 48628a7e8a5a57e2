"""The command line: `python -m backend` on a study folder, for a terminal, a log and a program."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from studies import ID, begin, noise, pan, place, sample, source, still

from backend import pictures, processes, study
from backend.__main__ import main
from backend.study import Study

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "ein Ordner" / study.folder_name("Überfahrt /:?* 🚗", ID)
    sample(made, still(place(1), 20) + pan(place(2), np.linspace(0, 60, 10)))
    with study.locked(made):  # the Blender that sampled it is done
        pass
    return made


def backend(*words: object, **more) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "backend", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False, **more)


def test_help_names_every_command():
    done = backend("--help")
    assert done.returncode == 0
    words = "serve frames lay-back looks bring-look choose-looks tune render measure restyle"
    for word in words.split():
        assert word in done.stdout


@pytest.mark.parametrize("word", ["looks", "tune", "render", "restyle"])
def test_the_help_of_a_stage_tells_its_defaults(word: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit, match="0"):
        main([word, "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "--model NAME “pocket”, a diffusers folder, a .safetensors file, or a hub id (default: pocket)" in said
    assert f"(default: {0.75 if word == 'looks' else 0.45})" in said


def test_the_help_of_fetch_tells_that_the_tab_looks_elsewhere(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit, match="0"):
        main(["fetch", "--help"])
    said = "".join(capsys.readouterr().out.split())
    assert "(default:thehub'sowncache;" in said
    assert f"“{processes.data_folder() / 'models'}”".replace(" ", "") in said


def test_help_does_not_wait_for_torch():
    code = (
        "import sys; from backend.__main__ import main\ntry: main(['--help'])\nexcept SystemExit: print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert not {"torch", "cv2", "numpy"} & set(loaded.split())


@pytest.mark.parametrize("words", [[], ["paint"], ["frames"], ["frames", "x", "--count", "many"], ["lay-back", "--no"]])
def test_a_wrong_command_is_told_how_it_goes(words: list[str]):
    done = backend(*words)
    assert done.returncode == 2
    assert "usage: python -m backend" in done.stderr


def test_reference_frames_are_chosen_again(folder: Path):
    done = backend("frames", folder, "--count", 4)
    assert done.returncode == 0, done.stderr
    reference = Study.open(folder).reference()
    assert reference is not None
    lines = done.stdout.splitlines()
    assert lines[0] == f"Reference frames: {' '.join(map(str, reference.numbers))}"
    assert lines[1] == "Shots begin at: 1 21"
    assert "1 is a hard cut" in lines[2]
    assert "Looking at the frames 30/30" in done.stderr


def test_part_of_a_strip_and_its_warning(folder: Path):
    done = backend("frames", folder, "--count", 1, "--first", 11, "--last", 25)
    assert done.returncode == 0
    assert "Shots begin at: 11 21" in done.stdout
    assert "look like nothing in the reference set: raise the count." in done.stdout.splitlines()[-1]


def test_a_program_gets_json(folder: Path):
    done = backend("frames", folder, "--count", 4, "--json")
    answer = json.loads(done.stdout)
    assert len(answer["numbers"]) == 4
    assert answer["shots"] == [1, 21]
    events = [json.loads(line) for line in done.stderr.splitlines()]
    assert events[-1] == {"method": "progress", "job": 0, "done": 30, "total": 30, "text": "Looking at the frames"}


def test_the_frames_come_back_as_a_take(folder: Path):
    done = backend("lay-back", folder, "--take", "as it was")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"30 frames in {folder / 'takes' / 'as it was'}"
    for number in (1, 30):
        taken = pictures.read(folder / "takes" / "as it was" / f"{number:06}.png")
        assert (taken == pictures.read(folder / "frames" / f"{number:06}.png")).all()
    again = backend("lay-back", folder, "--take", "as it was")
    assert again.returncode == 1
    assert again.stderr == "The study already has a take “as it was”. Choose another name, or delete that take first.\n"


def test_takes_are_measured_and_the_report_is_named(folder: Path):
    assert backend("lay-back", folder, "--take", "as it was").returncode == 0
    done = backend("measure", folder)
    assert done.returncode == 0, done.stderr
    head, source, taken, blank, judgement, report = done.stdout.splitlines()
    assert head.split() == ["warp", "error", "to", "the", "first", "composition"]
    assert source.split()[1:] == taken.removeprefix("as it was").split()
    assert blank == ""
    assert judgement == "“as it was” is as steady as the strip itself."
    assert report == f"The report: {folder / 'report' / 'report.html'}"
    assert "Measuring frame 1 of 30" in done.stderr
    again = backend("measure", folder, "--take", "as it was", "--json")
    assert [row["name"] for row in json.loads(again.stdout)["rows"]] == ["source", "as it was"]
    assert "Measuring" not in again.stderr
    lacking = backend("measure", folder, "--take", "neon")
    assert (lacking.returncode, lacking.stderr) == (1, "There is no take “neon”. Choose among “as it was”.\n")


@pytest.mark.parametrize("command", ["frames", "lay-back"])
def test_what_is_wrong_is_one_line_and_no_traceback(command: str, tmp_path: Path):
    done = backend(command, tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"“{tmp_path}” holds no study. Choose the folder that holds the strip's study.json.\n"


def test_what_is_wrong_is_json_too(folder: Path):
    done = backend("frames", folder, "--count", 0, "--json")
    assert (done.returncode, done.stdout) == (1, "")
    said = json.loads(done.stderr)
    assert said["method"] == "error"
    assert said["code"] == -32006
    assert "choose at least one" in said["message"]
    assert said["hint"]


@pytest.mark.parametrize("encoding", ["cp1252", "cp1251"])
def test_json_is_json_also_where_pipes_have_windows_s_code_page(folder: Path, encoding: str):
    """A program reads UTF-8, and an ASCII subset is that everywhere."""
    windows = os.environ | {"PYTHONUTF8": "0", "PYTHONIOENCODING": encoding}
    done = backend("lay-back", folder, "--take", "früh", "--json", env=windows)
    assert Path(json.loads(done.stdout)["folder"]) == folder / "takes" / "früh"
    again = backend("lay-back", folder, "--take", "früh", "--json", env=windows)
    assert json.loads(again.stderr.splitlines()[-1])["message"] == "The study already has a take “früh”."


@pytest.mark.parametrize("words", [[], ["--json"]])
def test_what_nobody_foresaw_is_said_last_after_its_traceback(words: list[str], folder: Path, tmp_path: Path):
    (tmp_path / "cv2.py").write_text("raise RuntimeError('built for another machine')", encoding="utf-8")
    done = backend("frames", folder, *words, env=os.environ | {"PYTHONPATH": str(tmp_path)})
    assert (done.returncode, done.stdout) == (1, "")
    said, text = done.stderr.splitlines(), "“frames” failed: RuntimeError: built for another machine."
    hint = "The lines before this one have the details: please report them."
    if words:
        assert json.loads(said[-1]) == {"method": "error", "code": -32603, "message": text, "hint": hint}
    else:
        assert said[-1] == f"{text} {hint}"
    assert "Traceback (most recent call last):" in said


def test_a_study_that_is_not_complete_or_damaged_is_said(folder: Path):
    (folder / "frames" / "000007.png").unlink()
    assert "lacks 1 of 30 frames, the first is frame 7" in backend("frames", folder).stderr
    (folder / "study.json").write_text("{", encoding="utf-8")
    done = backend("frames", folder)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "is damaged" in done.stderr


def test_a_study_that_another_program_writes_is_left_alone(folder: Path):
    begin(folder, Study.open(folder).source)
    done = backend("frames", folder)
    assert done.returncode == 1
    assert "is being written by process" in done.stderr


def test_an_interrupt_ends_it_cleanly(tmp_path: Path):
    folder = tmp_path / "study"
    begin(folder, source(1, 600))
    kept = Study.open(folder)
    pictures.write(kept.frame_path(1), noise(1), kept.stamp())
    one = kept.frame_path(1).read_bytes()
    for number in range(2, 601):
        kept.frame_path(number).write_bytes(one)
    with study.locked(folder):
        pass
    command = [sys.executable, "-m", "backend", "frames", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, encoding="utf-8") as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("Looking at the frames")
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
    assert process.returncode == 130
    assert said.splitlines()[-1] == "Cancelled. What is finished stays: run it again to go on."
    assert not (folder / "lock.json").exists()
    assert not (folder / "reference.json").exists()


def test_a_console_that_lacks_letters_is_no_reason_to_fail(folder: Path):
    done = backend("lay-back", folder, env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0, done.stderr
    assert "\\xdcberfahrt" in done.stdout
