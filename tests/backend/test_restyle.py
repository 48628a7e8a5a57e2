"""All stages on a study folder, as `python -m backend` runs them: what is done, what is skipped, what is refused."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import fields
from pathlib import Path

import pytest
from PIL import Image
from studies import begin, put, release, sample

from backend import study
from backend.__main__ import main
from backend.api import Engine, Look, Painting, Recipe, Reference, Way
from backend.commands.looks import usual_frame
from backend.commands.words import ENGINE, RECIPE, TUNED, way_of
from backend.picking import best, chosen_for, frame_for_look
from backend.pictures import Pixels
from backend.pocket.captions import Style
from backend.pocket.world import Clip
from backend.presets import LOOK_GUIDANCE
from backend.study import Study

Capsys = pytest.CaptureFixture[str]

FRAMES = 4
CLIP = Clip(23, FRAMES, (64, 64))
PROMPT = CLIP.caption(0, Style.SEPIA)
OTHER = CLIP.caption(0, Style.TOON)
FEW = ["--iterations", "2", "--crops", "2", "--spread", "0", "--steps", "8", "--device", "cpu"]
LOOKS = ["--look-steps", "4", "--look-guidance", "1", "--candidates", "2"]


def photos() -> list[Pixels]:
    return [CLIP.photo(number) for number in range(FRAMES)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "Überfahrt-0a1b2c3d"
    sample(made, photos())
    with study.locked(made):  # the Blender that sampled it is done
        pass
    return made


def restyle(capsys: Capsys, folder: Path, *words: object) -> dict:
    code = main(["restyle", str(folder), "--json", *FEW, *LOOKS, *map(str, words)])
    said = capsys.readouterr()
    assert code == 0, said.err
    return json.loads(said.out)


def written(folder: Path) -> dict[str, int]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.stat().st_mtime_ns for path in files}


def test_everything_and_the_second_time_nothing(folder: Path, capsys: Capsys):
    first = restyle(capsys, folder, "--prompt", PROMPT)
    assert (first["done"], first["skipped"]) == (["frames", "looks", "tune", "render"], [])
    kept = Study.open(folder)
    assert Path(first["folder"]) == kept.take(first["take"]).folder
    assert kept.take(first["take"]).numbers() == [1, 2, 3, 4]
    reference = kept.reference()
    assert reference is not None
    (look,) = kept.gallery.chosen()
    assert (look.name, look.prompt) == (first["looks"][0], PROMPT)
    assert look.frame == frame_for_look(reference, 1, FRAMES)
    assert look.composition == max(other.composition for other in kept.gallery.looks())

    before = written(folder)
    again = restyle(capsys, folder, "--prompt", PROMPT)
    assert (again["done"], again["skipped"]) == ([], ["frames", "looks", "tune", "render"])
    assert again["take"] == first["take"]
    assert written(folder) == before


def test_a_stage_is_done_again_when_what_it_hangs_on_changes(folder: Path, capsys: Capsys):
    first = restyle(capsys, folder, "--prompt", PROMPT)
    longer = restyle(capsys, folder, "--prompt", PROMPT, "--iterations", 3)
    assert longer["done"] == ["tune", "render"]
    assert longer["take"] != first["take"]
    assert Study.open(folder).take(first["take"]).numbers() == [1, 2, 3, 4]  # nothing that is finished goes

    (worst,) = {look.name for look in Study.open(folder).gallery.looks()} - set(longer["looks"])
    assert main(["choose-looks", str(folder), worst]) == 0
    assert "chosen" in capsys.readouterr().out
    other = restyle(capsys, folder, "--prompt", PROMPT)
    assert (other["looks"], other["done"]) == ([worst], ["tune", "render"])  # what somebody chose stands
    anew = restyle(capsys, folder, "--prompt", PROMPT, "--look-seed", 7)
    assert (anew["looks"] != [worst], anew["done"][0]) == (True, "looks")  # until looks are wished otherwise


@pytest.mark.parametrize("damage", ["cut off", "of another version"])
def test_a_note_of_a_tuning_that_cannot_be_read_is_made_again(folder: Path, capsys: Capsys, damage: str):
    first = restyle(capsys, folder, "--prompt", PROMPT)
    note = folder / "tune" / "tuned.json"
    plain = json.loads(note.read_text(encoding="utf-8"))
    plain["recipe"]["warped"] = 0
    note.write_text("{" if damage == "cut off" else json.dumps(plain), encoding="utf-8")
    again = restyle(capsys, folder, "--prompt", PROMPT)
    assert (again["take"], again["done"]) == (first["take"], ["tune"]), "what it had learned was there still"


def test_an_image_from_outside_and_two_prompts(folder: Path, capsys: Capsys, tmp_path: Path):
    file = tmp_path / "painted elsewhere.png"
    Image.fromarray(CLIP.painted(2, Style.SEPIA)).save(file)
    answer = restyle(capsys, folder, "--prompt", PROMPT, "--look", file, "--frame", 3)
    (look,) = Study.open(folder).gallery.chosen()
    assert (look.frame, look.model, [look.name]) == (3, "", answer["looks"])
    assert restyle(capsys, folder, "--prompt", PROMPT, "--look", file, "--frame", 3)["done"] == []

    assert main(["restyle", str(folder), "--look", str(file), "--prompt", PROMPT, "--prompt", OTHER]) == 1
    assert capsys.readouterr().err.splitlines()[-1].startswith("One image is a look for one prompt.")
    two = ["restyle", str(folder), "--json", *FEW, "--candidates", "2", "--prompt", PROMPT, "--prompt", OTHER]
    assert main(two) == 0  # how looks are painted is not said
    both = json.loads(capsys.readouterr().out)
    assert both["looks"] == [look.name, *(made.name for made in Study.open(folder).gallery.chosen() if made != look)]
    assert [made.prompt for made in Study.open(folder).gallery.looks()] == [OTHER, OTHER, PROMPT], "none for PROMPT"
    assert look in Study.open(folder).gallery.chosen(), "what was brought stays chosen"
    assert main(two) == 0
    assert json.loads(capsys.readouterr().out)["done"] == []


def test_what_somebody_chose_stands_beside_the_looks_of_a_second_prompt(folder: Path, capsys: Capsys):
    first = restyle(capsys, folder, "--prompt", PROMPT)
    (worst,) = {look.name for look in Study.open(folder).gallery.looks()} - set(first["looks"])
    assert main(["choose-looks", str(folder), worst]) == 0
    assert "chosen" in capsys.readouterr().out
    both = restyle(capsys, folder, "--prompt", OTHER, "--prompt", PROMPT)
    chosen = {look.prompt: look.name for look in Study.open(folder).gallery.chosen()}
    assert chosen[PROMPT] == worst
    assert sorted(both["looks"]) == sorted([worst, chosen[OTHER]])


def shows_now(folder: Path, number: int, rgb: Pixels) -> None:
    """The strip was read again, and one of its frames shows something else."""
    begin(folder, Study.open(folder).source)
    put(folder, number, rgb)
    release(folder)


def test_a_look_whose_frame_has_changed_is_painted_again(folder: Path, capsys: Capsys):
    first = restyle(capsys, folder, "--prompt", PROMPT, "--frame", 2)
    shows_now(folder, 2, Clip(29, FRAMES, (64, 64)).photo(2))
    again = restyle(capsys, folder, "--prompt", PROMPT, "--frame", 2)
    assert again["looks"] != first["looks"]
    assert {"looks", "tune"} <= set(again["done"])
    assert restyle(capsys, folder, "--prompt", PROMPT, "--frame", 2)["done"] == []


def test_an_image_from_outside_stands_and_it_is_said_that_its_frame_has_changed(
    folder: Path, capsys: Capsys, tmp_path: Path
):
    file = tmp_path / "painted elsewhere.png"
    Image.fromarray(CLIP.painted(2, Style.SEPIA)).save(file)
    first = restyle(capsys, folder, "--prompt", PROMPT, "--look", file, "--frame", 3)
    shows_now(folder, 3, Clip(29, FRAMES, (64, 64)).photo(2))
    assert main(["restyle", str(folder), "--json", *FEW, "--prompt", PROMPT]) == 0  # how looks are painted is not said
    again = json.loads(capsys.readouterr().out)
    assert again["looks"] == first["looks"]
    assert any("painted when frame 3 showed something else" in warning for warning in again["warnings"])


def test_looks_of_other_prompts_stay_chosen(folder: Path, capsys: Capsys):
    both = restyle(capsys, folder, "--prompt", PROMPT, "--prompt", OTHER)
    alone = restyle(capsys, folder, "--prompt", PROMPT)
    assert [look.name for look in Study.open(folder).gallery.chosen()] == sorted(both["looks"])
    assert "tune" in alone["skipped"]


def test_a_strip_of_one_frame_has_one_reference_frame_whatever_is_asked_for(tmp_path: Path, capsys: Capsys):
    folder = tmp_path / "still-0a1b2c3d"
    sample(folder, photos()[:1])
    release(folder)
    answer = restyle(capsys, folder, "--prompt", PROMPT, "--reference", 30)
    kept = Study.open(folder)
    reference = kept.reference()
    assert reference is not None
    assert (reference.numbers, reference.warning) == ((1,), "")
    assert kept.take(answer["take"]).numbers() == [1]
    assert restyle(capsys, folder, "--prompt", PROMPT, "--reference", 30)["done"] == []


def test_fast_and_other_frames(folder: Path, capsys: Capsys):
    answer = restyle(capsys, folder, "--prompt", PROMPT, "--fast", 2, "--reference", 2, "--take", "quick")
    assert answer["take"] == "quick"
    kept = Study.open(folder)
    reference = kept.reference()
    assert reference is not None and len(reference.numbers) == 2
    assert kept.take("quick").note()["way"] == "fast"


def test_reference_frames_are_chosen_again_when_the_strip_has_grown(folder: Path, capsys: Capsys, tmp_path: Path):
    file = tmp_path / "look.png"
    Image.fromarray(CLIP.painted(0, Style.SEPIA)).save(file)
    words = ["--prompt", PROMPT, "--look", file, "--frame", 1]
    restyle(capsys, folder, *words)
    longer = Clip(23, 2 * FRAMES, (64, 64))
    sample(folder, [longer.photo(number) for number in range(2 * FRAMES)])
    release(folder)
    assert "frames" in restyle(capsys, folder, *words)["done"]
    reference = Study.open(folder).reference()
    assert reference is not None and reference.numbers == tuple(range(1, 2 * FRAMES + 1))


# --- one stage at a time, and what is said about it


def test_every_stage_as_a_person_reads_it(folder: Path, capsys: Capsys, tmp_path: Path):
    def said(*words: object) -> tuple[str, str]:
        assert main([*map(str, words)]) == 0
        captured = capsys.readouterr()
        return captured.out, captured.err

    file = tmp_path / "look.png"
    Image.fromarray(CLIP.painted(0, Style.SEPIA)).save(file)
    said("frames", folder, "--count", 2)
    out, _ = said("bring-look", folder, file, "--frame", 1, "--prompt", PROMPT)
    assert out.startswith("001-1  composition ")
    assert str(folder / "looks" / "001-1.png") in out
    said("choose-looks", folder, "001-1")
    out, err = said("tune", folder, "--iterations", 2, "--crops", 2, "--spread", 0, "--steps", 8)
    assert out.startswith("2 steps, loss ")
    assert "2/2" in err.splitlines()[-1]
    out, err = said("render", folder, "--steps", 8)
    assert out.startswith("4 frames, 4 of them rendered now: ")
    assert "Rendering" in err
    out, _ = said("render", folder, "--way", "plain", "--prompt", PROMPT, "--steps", 8, "--model", "pocket")
    plain = Study.open(folder).take("plain 0.45").note()
    assert plain["painting"]["guidance"] == LOOK_GUIDANCE, "as in Blender"
    out, _ = said("looks", folder, "--prompt", OTHER, "--count", 1, "--steps", 4, "--guidance", 1)
    assert out.startswith(f"{usual_frame(folder):03}-")


@pytest.mark.parametrize(
    ("fast", "way", "said"),
    [(None, None, None), (8, None, Way.FAST), (4, "fast", Way.FAST), (None, "plain", Way.PLAIN)],
)
def test_fast_alone_says_the_way(fast: int | None, way: str | None, said: Way | None):
    assert way_of(Namespace(fast=fast, way=way)) is said


def test_fast_goes_with_no_other_way(folder: Path, capsys: Capsys):
    assert main(["render", str(folder), "--way", "plain", "--fast", "4"]) == 1
    assert "--fast does not go with --way plain. Leave one of them out" in capsys.readouterr().err


def test_several_processes_are_for_single_stages(folder: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    assert main(["restyle", str(folder), "--prompt", PROMPT]) == 1
    assert "tune and render by several" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--prompt", " "], "The prompt is empty."),
        (["--prompt", "a car", "--strength", "0"], "trength"),
        (["--prompt", "a car", "--model", "/nowhere.ckpt"], ".ckpt"),
        (["--prompt", "a car", "--frame", "99"], "The study does not hold frame 99."),
        (["--prompt", "a car", "--look", "/nowhere.png"], "nowhere.png"),
        (["--prompt", "a car", "--device", "abacus"], "abacus"),
    ],
)
def test_what_is_wrong_is_one_line(folder: Path, capsys: Capsys, words: list[str], said: str):
    assert main(["restyle", str(folder), *words]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    last = captured.err.splitlines()[-1]
    assert said in last
    assert "Traceback" not in captured.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--rank", "0"], "The rank is 0."),
        (["--noise", "1.5"], "The share of the noise is 1.5."),
        (["--fast", "9999"], "9999 steps do not fit"),
        (["--fast", "2", "--steps", "8", "--strength", "0.125"], "2 steps do not fit below timestep 1. Raise the"),
        (["--attend", "11"], "The attention to the look is 11."),
        (["--look-strength", "1"], "No look can be painted so: The strength is 1. Choose one between 0 and 1"),
        (["--look-strength", "0"], "No look can be painted so: The strength is 0. Choose one between 0 and 1"),
        (["--look-steps", "1"], "No look can be painted so: A strength of 0.75 is less than one of 1 steps. Raise"),
        (["--candidates", "0"], "0 candidates are too few."),
        (["--frame", "99"], "The study does not hold frame 99."),
        (["--model", "/nowhere"], "There is no model “/nowhere”."),
        (["--device", "abacus"], "abacus"),
        (["--look", "/nowhere.png"], "nowhere.png"),
    ],
)
def test_what_a_later_stage_would_refuse_is_refused_before_any_work(
    folder: Path, capsys: Capsys, words: list[str], said: str
):
    before = written(folder)
    assert main(["restyle", str(folder), "--prompt", PROMPT, *words]) == 1
    assert said in capsys.readouterr().err
    assert written(folder) == before


def test_the_prompt_of_an_image_is_refused_before_any_work_where_it_is_too_long(
    folder: Path, tmp_path: Path, capsys: Capsys
):
    file, before = tmp_path / "look.png", written(folder)
    Image.fromarray(CLIP.painted(0, Style.SEPIA)).save(file)
    assert main(["restyle", str(folder), "--prompt", "neon " * 31, "--look", str(file)]) == 1
    assert "The prompt has 31 tokens and the model reads 30: it would not see “neon”." in capsys.readouterr().err
    assert written(folder) == before


# --- the words


def test_every_field_of_the_contract_can_be_said():
    for kind, options in ((Engine, ENGINE), (Painting, TUNED), (Recipe, RECIPE)):
        assert set(options) == {field.name for field in fields(kind)}


# --- what is picked where nobody has said


def reference_of(numbers: tuple[int, ...], shots: tuple[int, ...]) -> Reference:
    return Reference(numbers, shots, 0.0, 0.0, (), "")


@pytest.mark.parametrize(
    ("numbers", "shots", "last", "frame"),
    [
        ((50,), (1,), 100, 50),
        ((1, 40, 100), (1,), 100, 40),
        ((10, 30, 60), (1, 21), 60, 30),  # most of the longer shot, and not what lies on the other side of the cut
        ((1, 2, 3, 4), (1,), 4, 2),  # all alike: one in the middle
    ],
)
def test_the_frame_that_stands_for_most(numbers: tuple[int, ...], shots: tuple[int, ...], last: int, frame: int):
    assert frame_for_look(reference_of(numbers, shots), 1, last) == frame


def test_picking_among_looks():
    def look(name: str, prompt: str, composition: float, chosen: bool = False) -> Look:
        return Look(name, 3, prompt, "pocket", None, "", composition, False, chosen)

    looks = [look("003-1", "a", 0.5), look("003-2", "a", 0.8), look("003-3", "b", 0.9, chosen=True)]
    assert [found.name for found in best(looks, ("a", "b"))] == ["003-2", "003-3"]
    assert [found.name for found in chosen_for(looks, ("b",), None)] == ["003-3"]
    assert chosen_for(looks, ("a", "b"), None) == []
    assert chosen_for(looks, ("b",), 4) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Painted by “pocket”, since --model names no other, with the preset “scene”; --preset pocket suits it"),
        (["--model", "pocket", "--preset", "pocket"], "Painted by “pocket”, with the preset “pocket”."),
        (["--model", "maker/city"], "Painted by “maker/city”, with the preset “scene”."),
    ],
)
def test_it_says_first_what_paints_and_by_which_preset(folder: Path, capsys: Capsys, words: list[str], said: str):
    assert main(["restyle", str(folder), "--prompt", " ", *words]) == 1
    assert capsys.readouterr().err.splitlines()[0].startswith(said)
