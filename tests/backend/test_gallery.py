"""The gallery: looks on disk, under names of their own, and which of them are chosen."""

from __future__ import annotations

from pathlib import Path

import pytest
from studies import noise

from backend import pictures
from backend.api import ErrorCode, Failure, Look, Painting
from backend.gallery import Gallery


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    return Gallery(tmp_path / "looks")


def hang(gallery: Gallery, frame: int, stamp: str = "") -> Look:
    (name,) = gallery.free_names(frame, 1)
    look = Look(name, frame, "neon painting", "pocket", Painting(0.75, 50, 7.5, 3), "", 0.6, False)
    pictures.write(gallery.picture_path(name), noise(abs(frame)), stamp)
    gallery.add(look)
    return look


def test_a_gallery_that_was_never_used_is_empty(gallery: Gallery):
    assert (gallery.looks(), gallery.chosen(), gallery.stamped()) == ([], [], {})
    assert gallery.free_names(3, 2) == ["003-1", "003-2"]


def test_looks_come_back_by_frame_and_in_the_order_in_which_they_came(gallery: Gallery):
    hung = [hang(gallery, frame) for frame in (12, *[3] * 11, -2, 1003)]
    by_frame = sorted(hung, key=lambda look: look.frame)
    assert gallery.looks() == by_frame
    assert [look.name for look in by_frame][:3] == ["-002-1", "003-1", "003-2"]
    assert [look.name for look in by_frame][-3:] == ["003-11", "012-1", "1003-1"]


def test_frames_that_are_named_alike_do_not_share_their_count(gallery: Gallery):
    hang(gallery, 2)
    hang(gallery, -2)
    hang(gallery, 1002)
    assert [gallery.free_names(frame, 1) for frame in (2, -2, 1002)] == [["002-2"], ["-002-2"], ["1002-2"]]


def test_a_picture_whose_note_was_never_written_is_no_look_and_is_not_overwritten(gallery: Gallery):
    pictures.write(gallery.picture_path("003-1"), noise(1))
    (gallery.folder / "003-5.png.4711-123456.tmp").write_bytes(b"half")
    assert gallery.looks() == []
    assert gallery.free_names(3, 1) == ["003-2"]


def test_sweeping_removes_what_a_killed_writer_left_and_no_look(gallery: Gallery):
    gallery.sweep()
    look = hang(gallery, 3)
    (gallery.folder / "003-2.png.4711-123456.tmp").write_bytes(b"half")
    gallery.sweep()
    assert gallery.looks() == [look]
    assert {path.name for path in gallery.folder.iterdir()} == {"003-1.png", "003-1.json"}


def test_a_name_that_was_deleted_in_between_is_not_given_again(gallery: Gallery):
    for _ in range(3):
        hang(gallery, 3)
    (gallery.folder / "003-2.png").unlink()
    assert [look.name for look in gallery.looks()] == ["003-1", "003-3"]
    assert gallery.free_names(3, 1) == ["003-4"]


def test_exactly_those_are_chosen(gallery: Gallery):
    first, second, third = (hang(gallery, 3).name for _ in range(3))
    gallery.choose([first, third])
    assert [look.name for look in gallery.chosen()] == [first, third]
    gallery.choose([second])
    assert [look.name for look in gallery.chosen()] == [second]
    gallery.choose([])
    assert gallery.chosen() == []


def test_a_name_that_is_none_is_refused_and_nothing_is_changed(gallery: Gallery):
    first = hang(gallery, 3).name
    gallery.choose([first])
    with pytest.raises(Failure, match=r"There is no look “003-9”\.") as caught:
        gallery.choose(["003-9"])
    assert caught.value.code is ErrorCode.BAD_INPUT
    assert [look.name for look in gallery.chosen()] == [first]


def test_a_look_is_found_by_what_it_came_from(gallery: Gallery):
    looks = [hang(gallery, 3, stamp) for stamp in ("a", "b", "a")]
    assert gallery.stamped() == {"a": looks[0], "b": looks[1]}


def test_the_size_is_told_without_decoding(gallery: Gallery):
    name = hang(gallery, 3).name
    assert gallery.size(name) == (96, 64)


def test_a_damaged_note_is_said(gallery: Gallery):
    hang(gallery, 3)
    (gallery.folder / "003-1.json").write_text("{", encoding="utf-8")
    with pytest.raises(Failure, match=r"“.*003-1\.json” is damaged"):
        gallery.looks()
