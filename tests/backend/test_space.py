"""How much of the disk studies take, what of them may go, and how it goes."""

from __future__ import annotations

import json
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from studies import ID, OWNER, SOURCE

from backend import disk, space, study, tuning
from backend.api import ErrorCode, Failure, Look, Recipe, Tune
from backend.space import Kind
from backend.study import Study

FAR_AWAY = {"pid": 1, "started": "then", "host": f"not {socket.gethostname()}", "lease": 0.0}


@pytest.fixture
def kept(tmp_path: Path) -> Study:
    return Study.create(tmp_path / study.folder_name("Car", ID), ID, "", OWNER, SOURCE)


def lay(kept: Study, name: str, count: int = 3, size: int = 1000) -> Path:
    take = kept.take(name)
    for number in range(1, count + 1):
        disk.write(take.picture_path(number), bytes(size))
    take.set_note({"first": 1, "last": count})
    return take.folder


def look(kept: Study, name: str, chosen: bool) -> None:
    disk.write(kept.gallery.picture_path(name), bytes(500))
    kept.gallery.add(Look(name, 1, "neon", "pocket", None, "", 1.0, False, chosen=chosen))


def tuned(kept: Study, step: int, iterations: int, fingerprint: str = "f", warning: str = "") -> None:
    folder, painting = kept.tuning_folder, Tune("").painting
    made = tuning.Tuning("f", "pocket", "b", Recipe(), painting, 0, (421,), ("neon",), 300, 0.1, 1.0, warning)
    tuning.write(folder, made)
    tuning.set_halfway(folder, tuning.Halfway(fingerprint, step, iterations))
    disk.write(folder / tuning.STATE, bytes(3000))


def kinds(kept: Study, *shown: Path) -> list[Kind]:
    return [spare.kind for spare in space.spare_in(kept, shown)]


def refusal(action, *args) -> Failure:
    with pytest.raises(Failure) as caught:
        action(*args)
    return caught.value


# --- how much there is


def test_a_folder_is_as_large_as_all_that_lies_below_it(tmp_path: Path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "x").write_bytes(bytes(10))
    (tmp_path / "a" / "b" / "y").write_bytes(bytes(32))
    assert space.size_of(tmp_path) == 42
    assert space.size_of(tmp_path / "a" / "x") == 10
    assert space.size_of(tmp_path / "nothing") == 0


def test_what_a_link_points_to_is_not_in_the_study(tmp_path: Path):
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "large").write_bytes(bytes(100_000))
    (tmp_path / "near").mkdir()
    (tmp_path / "near" / "link").symlink_to(tmp_path / "far")
    assert space.size_of(tmp_path / "near") < 1000


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0.0 kB"), (940, "0.9 kB"), (42_000, "42 kB"), (999_600, "1.0 MB"), (9_940_000, "9.9 MB"), (3.2e9, "3.2 GB")],
)
def test_sizes_are_said_as_file_managers_say_them(size: int, words: str):
    assert space.in_words(int(size)) == words


# --- what may go


def test_takes_that_no_strip_shows_may_go_also_those_without_a_note(kept: Study):
    shown, other = lay(kept, "day"), lay(kept, "night")
    disk.write(kept.take("half").picture_path(1), bytes(7))
    spare = space.spare_in(kept, {shown})
    assert [(one.name, one.kind, one.strip) for one in spare] == [
        ("half", Kind.TAKE, "Car"),
        ("night", Kind.TAKE, "Car"),
    ]
    assert spare[0].size == 7
    assert spare[1].size == 3000 + (other / "take.json").stat().st_size


def test_unchosen_looks_may_go_once_one_is_chosen(kept: Study):
    look(kept, "001-1", chosen=False)
    look(kept, "001-2", chosen=False)
    assert kinds(kept) == []
    look(kept, "001-2", chosen=True)
    (spare,) = space.spare_in(kept, ())
    assert (spare.kind, spare.count) == (Kind.LOOKS, 1)
    assert spare.size > 500
    space.remove(spare)
    assert [left.name for left in kept.gallery.looks()] == ["001-2"]
    assert {path.name for path in kept.gallery.folder.iterdir()} == {"001-2.png", "001-2.json"}


def test_the_name_of_a_look_that_is_gone_never_comes_again(kept: Study):
    """Who was taught a look knows it by its name."""
    for number in range(1, 5):
        look(kept, f"001-{number}", chosen=number == 2)
    space.remove(space.spare_in(kept, ())[0])
    assert kept.gallery.free_names(1, 2) == ["001-5", "001-6"]
    look(kept, "001-2", chosen=False)
    look(kept, "001-5", chosen=True)
    space.remove(space.spare_in(kept, ())[0])
    assert kept.gallery.free_names(1, 1) == ["001-6"]
    assert kept.gallery.free_names(2, 1) == ["002-1"]
    assert [left.name for left in kept.gallery.looks()] == ["001-5"]
    (kept.gallery.folder / "names.json").write_text("{", encoding="utf-8")
    assert kept.gallery.free_names(1, 1) == ["001-6"], "by what is there"


def test_the_state_of_a_finished_tuning_may_go_and_what_it_taught_stays(kept: Study):
    tuned(kept, 300, 300)
    (spare,) = space.spare_in(kept, ())
    assert spare.kind is Kind.STATE
    assert spare.size > 3000
    space.remove(spare)
    assert tuning.read(kept.tuning_folder) is not None
    assert tuning.halfway(kept.tuning_folder) is None
    assert not (kept.tuning_folder / tuning.STATE).exists()


def test_the_state_of_a_tuning_that_can_go_on_stays(kept: Study):
    tuned(kept, 100, 300)
    assert kinds(kept) == []
    tuned(kept, 300, 300, fingerprint="another")
    assert kinds(kept) == []
    tuned(kept, 100, 300, warning="It went astray.")
    assert kinds(kept) == [Kind.STATE]


def test_each_has_a_key_of_its_own_that_stays(kept: Study):
    lay(kept, "day")
    lay(kept, "night")
    tuned(kept, 300, 300)
    keys = [spare.key for spare in (*space.spare_in(kept, ()), space.whole(kept))]
    assert len(set(keys)) == 4
    assert keys == [spare.key for spare in (*space.spare_in(kept, ()), space.whole(kept))]


# --- how it goes


def test_a_whole_study_goes(kept: Study):
    lay(kept, "day")
    tuned(kept, 1, 2)
    (kept.folder / "notes.txt").write_text("mine")
    spare = space.whole(kept)
    assert spare.size == space.size_of(kept.folder)
    space.remove(spare)
    assert not kept.folder.exists()


def test_a_take_goes_by_its_name_also_from_a_folder_with_another(kept: Study):
    folder = lay(kept, "day").rename(kept.folder / "takes" / "by hand")
    stays = lay(kept, "night")
    size = space.size_of(folder)
    assert space.remove_take(kept, "day") == size > 3000
    assert not folder.exists()
    assert stays.is_dir()
    assert space.remove_take(kept, "day") == 0


def test_a_damaged_take_keeps_no_other_from_going(kept: Study):
    night, day = lay(kept, "night"), lay(kept, "day")
    (night / "take.json").write_text("{")
    assert space.remove_take(kept, "day") > 3000
    assert not day.exists()
    refused = refusal(space.remove_take, kept, "night")
    assert refused.code is ErrorCode.BAD_STUDY
    assert (night / "000001.png").is_file()


@pytest.mark.parametrize("what", ["whole", "take"])
def test_nothing_goes_while_somebody_writes(kept: Study, what: str):
    folder = lay(kept, "day")
    (kept.folder / study.LOCK).write_text(json.dumps(FAR_AWAY))
    spare = space.whole(kept) if what == "whole" else space.spare_in(kept, ())[0]
    refused = refusal(space.remove, spare)
    assert refused.code is ErrorCode.STUDY_LOCKED
    assert refusal(space.remove_take, kept, "day").code is ErrorCode.STUDY_LOCKED
    assert len(list(folder.iterdir())) == 4
    assert study.is_study(kept.folder)


def test_a_study_behind_a_link_is_left_alone(kept: Study, tmp_path: Path):
    lay(kept, "day")
    link = tmp_path / "linked"
    link.symlink_to(kept.folder)
    refused = refusal(space.remove, replace(space.whole(kept), folder=link, paths=(link,)))
    assert refused.message == f"“{link}” is a link to a folder somewhere else."
    assert len(list((kept.folder / "takes" / "day").iterdir())) == 4


def test_links_in_a_study_go_and_what_they_point_to_stays(kept: Study, tmp_path: Path):
    (tmp_path / "film").mkdir()
    (tmp_path / "film" / "reel").write_text("precious")
    (kept.folder / "film").symlink_to(tmp_path / "film")
    space.remove(space.whole(kept))
    assert not kept.folder.exists()
    assert (tmp_path / "film" / "reel").read_text() == "precious"
