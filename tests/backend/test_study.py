"""The study: a folder that a person can open, that says what is wrong with it, and that holds only whole things."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from studies import FRAMING, ID, OWNER, SOURCE, noise, source

from backend import disk, pictures, study
from backend.api import Box, ErrorCode, Failure, Far, Framing, Reference
from backend.fingerprint import fingerprint_of, stamp_of, stamped, unstamped
from backend.study import Study

ROOT = Path(__file__).parents[2]


@pytest.fixture
def kept(tmp_path: Path) -> Study:
    return Study.create(tmp_path / study.folder_name("Car", ID), ID, "", OWNER, SOURCE)


def refusal(action, *args) -> Failure:
    with pytest.raises(Failure) as caught:
        action(*args)
    return caught.value


# --- study.json


def test_a_study_is_read_as_it_was_written(kept: Study):
    kept.set_fingerprint("frames", "f1")
    kept.set_fingerprint("reference", "r1")
    kept.set_owner(OWNER)
    again = Study.open(kept.folder)
    assert (again.id, again.parent, again.owner, again.source) == (ID, "", OWNER, SOURCE)
    assert again.fingerprint("frames") == "f1"
    assert again.fingerprint("tune") == ""


def test_what_another_process_wrote_meanwhile_stays(kept: Study):
    other = replace(OWNER, blend="../other.blend")
    Study.open(kept.folder).set_owner(other)
    kept.set_fingerprint("frames", "f1")
    again = Study.open(kept.folder)
    assert (again.owner, again.fingerprint("frames")) == (other, "f1")


def test_a_person_can_read_study_json(kept: Study):
    plain = json.loads((kept.folder / "study.json").read_text(encoding="utf-8"))
    assert plain["schema"] == 1
    assert plain["owner"] == {"blend": "../film.blend", "scene": "Scene", "strip": "Car"}
    assert plain["source"]["media"] == ["/films/car.mp4"]
    assert plain["fingerprints"] == {}


def test_nothing_is_written_when_nothing_changes(kept: Study):
    before = (kept.folder / "study.json").stat().st_mtime_ns
    kept.set_source(SOURCE)
    assert (kept.folder / "study.json").stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda plain: "", "it is not JSON"),
        (lambda plain: json.dumps(plain)[:100], "it is not JSON"),
        (lambda plain: "\x00" * 512, "it is not JSON"),
        (lambda plain: "[1]", "it is not an object"),
        (lambda plain: json.dumps({**plain, "schema": "one"}), "schema should be int"),
        (lambda plain: json.dumps({k: v for k, v in plain.items() if k != "owner"}), "lacks “owner”"),
        (lambda plain: json.dumps({**plain, "source": {**plain["source"], "fps": "x"}}), "fps should be float"),
        (lambda plain: json.dumps({**plain, "fingerprints": ["x"]}), "fingerprints"),
        (lambda plain: json.dumps({**plain, "fingerprints": {"frames": 1}}), "fingerprints"),
        (lambda plain: json.dumps({**plain, "id": "../../etc"}), "id is not eight hex digits"),
    ],
)
def test_a_damaged_study_says_so_in_one_sentence(kept: Study, damage, said: str):
    path = kept.folder / "study.json"
    path.write_text(damage(json.loads(path.read_text(encoding="utf-8"))), encoding="utf-8")
    failure = refusal(Study.open, kept.folder)
    assert failure.code is ErrorCode.BAD_STUDY
    assert said in failure.message
    assert "is damaged" in failure.message
    assert "backup" in failure.hint


def test_study_json_of_bytes_that_are_no_text_is_damaged(kept: Study):
    (kept.folder / "study.json").write_bytes(b'{"schema": 1, "id": "\xff\xfe"}')
    assert "is not JSON" in refusal(Study.open, kept.folder).message


def test_a_newer_study_asks_for_an_update(kept: Study):
    path = kept.folder / "study.json"
    path.write_text(json.dumps({"schema": 2, "anything": "else"}), encoding="utf-8")
    failure = refusal(Study.open, kept.folder)
    assert "newer Steady Diffusion" in failure.message
    assert "Update" in failure.hint


def test_a_folder_without_a_study_is_refused(tmp_path: Path):
    assert "holds no study" in refusal(Study.open, tmp_path).message
    assert "holds no study" in refusal(Study.open, tmp_path / "missing").message


def test_a_study_is_not_made_over_another(kept: Study):
    failure = refusal(Study.create, kept.folder, "ffffffff", "", OWNER, SOURCE)
    assert "already holds a study" in failure.message


@pytest.mark.parametrize("wrong", ["", "123", "0A1B2C3D", "../a/b/c", "0a1b2c3d4"])
def test_an_id_is_eight_hex_digits(tmp_path: Path, wrong: str):
    assert refusal(Study.create, tmp_path / "s", wrong, "", OWNER, SOURCE).code is ErrorCode.BAD_PARAMS


def test_blender_can_read_studies_with_its_own_python():
    code = "import backend.study, sys; print({'numpy', 'cv2', 'PIL', 'torch'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "set()", done.stderr


# --- names and finding


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Car", "Car"),
        ('a/b\\c:d?e*f|g<h>i"j', "a_b_c_d_e_f_g_h_i_j"),
        ("my clip.mp4", "my clip.mp4"),
        ("Überfahrt 東京 🚗", "Überfahrt 東京 🚗"),
        ("U\u0308ber", "Über"),
        ("tab\tand\nline", "tab_and_line"),
        ("trailing. . ", "trailing"),
        (" .hidden", "hidden"),
        ("..", "strip"),
        ("", "strip"),
        ("CON", "_CON"),
        ("nul.mp4", "_nul.mp4"),
        ("console", "console"),
        ("com1", "_com1"),
        ("x" * 300, "x" * 80),
    ],
)
def test_every_strip_name_makes_a_file_name(name: str, safe: str):
    assert study.safe_name(name) == safe


@pytest.mark.parametrize("name", ["é" * 300, "🚗" * 100, "a" * 79 + "é", "\ud800 half a character"])
def test_a_long_or_broken_name_is_cut_between_characters(name: str):
    safe = study.safe_name(name)
    assert 0 < len(safe.encode()) <= 80


@pytest.mark.parametrize("name", ["Überfahrt 東京 🚗 /:?*", "a [b] {c} #d %e 'f' $g", "CON", "x" * 300])
def test_a_study_lives_under_every_strip_name(tmp_path: Path, name: str):
    folder = tmp_path / "ein Ordner mit ümläuten [1]" / study.folder_name(name, ID)
    made = Study.create(folder, ID, "", OWNER, SOURCE)
    pictures.write(made.frame_path(1), noise(1), made.stamp())
    assert study.find(folder.parent, ID) == folder
    assert Study.open(folder).frame_numbers() == [1]


def test_a_study_is_found_by_its_id_in_a_renamed_folder(kept: Study):
    moved = kept.folder.rename(kept.folder.with_name("what a user calls it"))
    assert study.find(moved.parent, ID) == moved
    assert study.find(moved.parent, "ffffffff") is None
    assert study.find(moved.parent / "missing", ID) is None


def test_a_damaged_study_is_still_found_by_name_so_that_it_can_be_said(kept: Study):
    (kept.folder / "study.json").write_text("{", encoding="utf-8")
    assert study.find(kept.folder.parent, ID) == kept.folder
    assert study.all_in(kept.folder.parent) == []


def test_a_copied_folder_does_not_stand_for_another_id(kept: Study):
    other = Study.create(kept.folder.with_name("Car-ffffffff"), "12345678", "", OWNER, SOURCE)
    assert study.find(other.folder.parent, "ffffffff") is None
    assert [found.id for found in study.all_in(other.folder.parent)] == [ID, "12345678"]


# --- frames


def test_frames_are_numbered_from_the_content_start_also_before_it(kept: Study):
    for number in (-12, 0, 1, 1234567):
        pictures.write(kept.frame_path(number), noise(1), kept.stamp())
    assert kept.frame_path(-12).name == "-000012.png"
    assert kept.frame_path(1).name == "000001.png"
    assert kept.alpha_path(1).name == "000001.alpha.png"
    assert kept.frame_numbers() == [-12, 0, 1, 1234567]
    pictures.write(kept.alpha_path(7), noise(1)[..., 0], kept.stamp())
    assert kept.frame_numbers() == [-12, 0, 1, 1234567]


def test_only_whole_frames_count(kept: Study):
    for number in range(1, 5):
        pictures.write(kept.frame_path(number), noise(number), kept.stamp())
    whole = kept.frame_path(2).read_bytes()
    kept.frame_path(2).write_bytes(whole[:-20])
    kept.frame_path(3).write_bytes(b"")
    kept.frame_path(4).write_bytes(b"no picture at all" * 30)
    assert kept.frame_numbers() == [1]


def test_frames_of_other_settings_do_not_count_until_the_user_goes_back(kept: Study):
    pictures.write(kept.frame_path(1), noise(1), kept.stamp())
    kept.set_source(source(fingerprint="the strip was flipped"))
    assert kept.frame_numbers() == []
    kept.set_source(source(1, 20))
    assert kept.frame_numbers() == [1]
    kept.set_source(source(framing=Framing((96, 64), Box(8, 0, 80, 64), (80, 64))))
    assert kept.frame_numbers() == []


def test_sweeping_removes_what_no_longer_counts_and_nothing_else(kept: Study):
    for number, stamp in ((1, kept.stamp()), (2, "0123")):
        pictures.write(kept.alpha_path(number), noise(number)[..., 0], stamp)
        pictures.write(kept.frame_path(number), noise(number), stamp)
    (kept.folder / "frames" / "000003.png.99-abc.tmp").write_bytes(b"half")
    (kept.folder / "study.json.99-abc.tmp").write_bytes(b"half")
    (kept.folder / "notes.txt").write_text("the user's own", encoding="utf-8")
    kept.sweep()
    assert sorted(p.name for p in kept.folder.rglob("*") if p.is_file()) == [
        "000001.alpha.png",
        "000001.png",
        "notes.txt",
        "study.json",
    ]


def test_the_frames_fingerprint_is_about_their_content(kept: Study):
    for number in (1, 2):
        pictures.write(kept.frame_path(number), noise(number), kept.stamp())
    before = kept.frames_fingerprint([1, 2])
    assert kept.frames_fingerprint([1, 2]) == before
    assert kept.frames_fingerprint([1]) != before
    pictures.write(kept.frame_path(2), noise(2), "0123abcd")
    assert kept.frames_fingerprint([1, 2]) == before, "its media file was only touched"
    pictures.write(kept.frame_path(2), noise(3), kept.stamp())
    assert kept.frames_fingerprint([1, 2]) != before


def test_an_id_in_a_picture_does_not_change_the_picture(tmp_path: Path):
    pixels = noise(5)
    pictures.write(tmp_path / "a.png", pixels, "0123abcd")
    assert stamp_of(tmp_path / "a.png") == "0123abcd"
    assert (pictures.read(tmp_path / "a.png") == pixels).all()
    (tmp_path / "b.png").write_bytes(pictures.encode(pixels))
    assert stamp_of(tmp_path / "b.png") == ""
    (tmp_path / "c.png").write_bytes(stamped(pictures.encode(pixels), ""))
    assert stamp_of(tmp_path / "c.png") == ""
    assert unstamped(stamped(pictures.encode(pixels), "a stamp")) == pictures.encode(pixels)
    assert unstamped(pictures.encode(pixels)) == pictures.encode(pixels)
    assert stamp_of(tmp_path / "missing.png") is None


# --- reference and takes


def test_the_reference_set_is_read_as_it_was_written(kept: Study):
    assert kept.reference() is None
    reference = Reference((1, 7), (1, 5), 0.5, 0.1, (Far(9, 11, 0.5),), "Frames 9–11 …")
    kept.set_reference(reference, {1: 0.0, 2: 0.25})
    assert kept.reference() == reference
    plain = json.loads((kept.folder / "reference.json").read_text(encoding="utf-8"))
    assert plain["distances"] == {"1": 0.0, "2": 0.25}


def test_a_damaged_reference_set_says_so(kept: Study):
    (kept.folder / "reference.json").write_text('{"numbers": "all"}', encoding="utf-8")
    assert "“" + str(kept.folder / "reference.json") + "” is damaged" in refusal(kept.reference).message


def test_a_take_is_a_folder_with_a_note(kept: Study):
    take = kept.take("neon: tuned?")
    assert take.folder == kept.folder / "takes" / "neon_ tuned_"
    assert kept.takes() == []
    assert take.note() == {}
    take.set_note({"strength": 0.45})
    pictures.write(take.picture_path(3), noise(3))
    assert [(t.name, t.numbers()) for t in kept.takes()] == [("neon: tuned?", [3])]
    assert take.note()["strength"] == 0.45


def test_a_take_of_which_nothing_was_written_is_begun_again(kept: Study):
    """Its note did not fit on the disk, or its writer was killed."""
    empty = kept.take("tuned 0.45").folder
    empty.mkdir(parents=True)
    (empty / f"take.json.7-a1b2c3{disk.TEMPORARY}").touch()
    assert kept.take_to_fill("tuned 0.45", "mine").folder == empty
    pictures.write(kept.take("tuned 0.45").picture_path(1), noise(1))
    assert kept.take_to_fill("tuned 0.45", "mine").name == "tuned 0.45 2", "Blender may show it"


def test_takes_are_read_once_with_their_notes_and_a_damaged_one_hides_no_other(kept: Study):
    for name, note in {"plain": {"complete": True}, "broken off": {"complete": False}, "laid back": {}}.items():
        kept.take(name).set_note(note)
    kept.take("gone").set_note({})
    (kept.take("gone").folder / "take.json").write_text("{", encoding="utf-8")
    found, damaged = kept.noted_takes()
    assert {take.name: take.whole for take in found} == {"plain": True, "broken off": False, "laid back": True}
    assert [(name, "it is not JSON" in why.message) for name, why in damaged.items()] == [("gone", True)]
    kept.take("plain").set_note({"complete": False})
    assert found[-1].name == "plain" and found[-1].whole, "it speaks of the moment in which it was read"
    assert not kept.take("plain").whole


@pytest.mark.parametrize("last", ["7", None, 7.0])
def test_a_note_that_says_no_number_of_its_last_picture_tells_no_time(kept: Study, last: object):
    kept.take("neon").set_note({"last": last})
    assert kept.take("neon").made_at() == 0


# --- fingerprints


def test_fingerprints_tell_values_apart_that_look_alike():
    alike = [(1,), ("1",), (1.0,), (b"1",), ("1", ""), ("", "1"), ((1,),), ([1, 1],), ((1,), (1,)), (None,), (True,)]
    assert len({fingerprint_of(*parts) for parts in alike}) == len(alike)
    assert fingerprint_of(FRAMING) == fingerprint_of(Framing((96, 64), Box(0, 0, 96, 64), (96, 64)))


def test_fingerprints_are_the_same_on_every_machine():
    assert fingerprint_of("ü", 1, 0.1, SOURCE, Path("a/b")) == fingerprint_of("ü", 1, 0.1, SOURCE, Path("a") / "b")
    assert fingerprint_of("steady", 1) == "f777969e9f3bea73d494dae3e8574ad3"
