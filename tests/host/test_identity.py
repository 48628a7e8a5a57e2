"""A strip and its study find each other again, and a copy gets a study of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import identities
import media as make
import pytest
from identities import lay, mark, others, save, select, split, timeline

identity, study, strips, api, studies, clip, write, kind = (
    identities.identity,
    identities.study,
    identities.strips,
    identities.api,
    identities.studies,
    identities.clip,
    identities.write,
    identities.kind,
)


# --- the first time, and again


def test_a_new_strip_has_no_study(scene: Any, clip: Any, kind: Any, studies: Path) -> None:
    assert kind(scene, clip) == "NEW"
    assert not studies.exists()


def test_the_first_write_names_the_folder_and_the_strip(
    scene: Any, clip: Any, kind: Any, write: Any, studies: Path
) -> None:
    clip.name = "a/b:c?*é"
    written = write(scene, clip)
    assert written.folder == studies / f"a_b_c__é-{written.id}"
    assert (clip.steady.study_id, kind(scene, clip)) == (written.id, "OWN")
    owner = written.owner
    assert (owner.blend, owner.scene, owner.strip, written.parent) == ("", "Scene", "a/b:c?*é", "")


def test_the_second_write_goes_to_the_same_study(scene: Any, clip: Any, write: Any) -> None:
    assert write(scene, clip).folder == write(scene, clip).folder


def test_a_claimed_study_is_the_strips_before_anything_is_in_it(
    scene: Any, clip: Any, kind: Any, identity: Any, studies: Path
) -> None:
    folder, known, *_ = identity.claim(scene, clip, studies)
    assert (kind(scene, clip), identity.claim(scene, clip, studies)[:2]) == ("OWN", (folder, known))
    identity.give_back(clip, folder, known)
    assert kind(scene, clip) == "OWN"
    identity.give_back(clip, folder, "")
    assert (clip.steady.study_id, folder.exists(), kind(scene, clip)) == ("", False, "NEW")


def test_a_copys_claim_is_given_back_to_its_parent(
    scene: Any, clip: Any, write: Any, kind: Any, identity: Any, studies: Path, tmp_path: Path
) -> None:
    save(tmp_path / "one" / "film.blend")
    original = write(scene, clip)
    save(tmp_path / "two" / "film.blend")
    folder, *_ = identity.claim(scene, clip, studies)
    identity.give_back(clip, folder, original.id)
    assert (clip.steady.study_id, kind(scene, clip), folder.exists()) == (original.id, "COPY", False)
    assert write(scene, clip).parent == original.id


def test_in_a_saved_file_the_study_lies_beside_it(scene: Any, clip: Any, write: Any, tmp_path: Path) -> None:
    save(tmp_path / "film.blend")
    written = write(scene, clip)
    assert written.folder.parent == tmp_path / "steady"
    assert (written.owner.blend, clip.steady.study_folder) == ("../../film.blend", "")


def test_a_folder_that_cannot_be_written_is_said(
    scene: Any, clip: Any, identity: Any, api: Any, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(api.Failure, match="cannot be a folder"):
        identity.claim(scene, clip, tmp_path / "file")
    assert clip.steady.study_id == ""


def test_a_damaged_study_is_said_and_kept(
    scene: Any, clip: Any, write: Any, kind: Any, identity: Any, api: Any, studies: Path
) -> None:
    written = write(scene, clip)
    (written.folder / "study.json").write_text("{")
    with pytest.raises(api.Failure, match="is damaged"):
        identity.claim(scene, clip, studies)
    assert (written.folder / "study.json").read_text() == "{"


# --- copies


def duplicated(scene: Any, clip: Any) -> Any:
    select(scene, clip)
    assert timeline(bpy.ops.sequencer.duplicate) == {"FINISHED"}
    return others(scene, clip)[0]


def pasted(scene: Any, clip: Any) -> Any:
    select(scene, clip)
    assert timeline(bpy.ops.sequencer.copy) == {"FINISHED"}
    known = make.strips(scene.sequence_editor).keys()
    assert timeline(bpy.ops.sequencer.paste) == {"FINISHED"}
    return next(s for s in make.strips(scene.sequence_editor) if s.name not in known)


@pytest.mark.parametrize("copy", [split, duplicated, pasted], ids=lambda f: f.__name__)
def test_a_copied_strip_gets_its_own_study_at_its_first_write(
    scene: Any, clip: Any, write: Any, kind: Any, copy: Any, strips: Any
) -> None:
    original = write(scene, clip, "original")
    other = copy(scene, clip)
    clip = strips.strip_named(scene, "clip")
    assert other.steady.study_id == original.id
    assert (kind(scene, clip), kind(scene, other)) == ("OWN", "COPY")

    own = write(scene, other, "copy")
    assert (own.id != original.id, own.parent, own.folder.parent) == (True, original.id, original.folder.parent)
    assert (kind(scene, clip), kind(scene, other)) == ("OWN", "OWN")
    assert (mark(original), mark(write(scene, clip, "again"))) == ("original", "again")
    assert mark(own) == "copy"


def test_the_copy_may_use_its_parent(scene: Any, clip: Any, write: Any, tmp_path: Path) -> None:
    original = write(scene, clip)
    other = split(scene, clip)
    write(scene, other)
    third = split_again = other.split(frame=17, split_method="SOFT")
    write(scene, split_again)
    assert other.steady.parent_folder == str(original.folder)
    assert third.steady.ancestors.split() == [other.steady.study_id, original.id]


def test_a_copied_scene(scene: Any, clip: Any, write: Any, kind: Any, strips: Any) -> None:
    original = write(scene, clip)
    copy = scene.copy()
    twin = strips.strip_named(copy, "clip")
    assert (kind(scene, clip), kind(copy, twin)) == ("OWN", "COPY")
    assert write(copy, twin).parent == original.id
    assert mark(original) == "Scene/clip"


def test_when_the_owner_is_deleted_the_last_copy_takes_over(scene: Any, clip: Any, write: Any, kind: Any) -> None:
    original = write(scene, clip)
    other = split(scene, clip)
    make.strips(scene.sequence_editor).remove(clip)
    assert kind(scene, other) == "OWN"
    assert write(scene, other).folder == original.folder
    assert write(scene, other).owner.strip == other.name


def test_of_several_copies_without_an_owner_one_takes_over(scene: Any, clip: Any, write: Any, kind: Any) -> None:
    write(scene, clip)
    second = split(scene, clip)
    third = second.split(frame=17, split_method="SOFT")
    clip.name = "renamed"
    assert [kind(scene, s) for s in (clip, second, third)] == ["OWN", "COPY", "COPY"]
    make.strips(scene.sequence_editor).remove(clip)
    assert [kind(scene, s) for s in (second, third)] == ["OWN", "COPY"]
    write(scene, third)
    assert [kind(scene, s) for s in (second, third)] == ["OWN", "OWN"]


def test_a_renamed_strip_keeps_its_study(scene: Any, clip: Any, write: Any, kind: Any) -> None:
    original = write(scene, clip)
    clip.name = scene.name = "Hero"
    assert kind(scene, clip) == "OWN"
    assert write(scene, clip).owner.strip == "Hero"
    assert clip.steady.study_id == original.id


@pytest.mark.parametrize("renamed", ["before", "after"])
def test_a_renamed_strip_keeps_its_study_from_a_copy_that_lies_before_it(
    scene: Any, clip: Any, write: Any, kind: Any, strips: Any, renamed: str
) -> None:
    original = write(scene, clip, "original")
    if renamed == "before":
        clip.name = "Hero"
    other = duplicated(scene, clip)
    strips.set_content_start(other, -50)
    clip.name = "Hero"
    assert (kind(scene, clip), kind(scene, other)) == ("OWN", "COPY")
    assert (write(scene, other, "copy").parent, mark(original)) == (original.id, "original")


def test_where_the_copy_was_renamed_too_the_study_stays_with_the_takes(
    scene: Any, clip: Any, write: Any, kind: Any, strips: Any, room: Any, api: Any
) -> None:
    original = write(scene, clip)
    lay(room, api, scene, clip, original)
    other = duplicated(scene, clip)
    strips.set_content_start(other, -50)
    clip.name, other.name = "shot.010", "Opening"
    room("sequencer.follow").follow(scene)
    assert (kind(scene, clip), kind(scene, other)) == ("OWN", "COPY")


@pytest.mark.parametrize("renamed", ["strip", "scene"])
def test_a_renamed_strip_keeps_its_study_from_its_scenes_copy(
    scene: Any, clip: Any, write: Any, kind: Any, strips: Any, renamed: str
) -> None:
    write(scene, clip)
    copy = scene.copy()
    twin = strips.strip_named(copy, "clip")
    strips.set_content_start(twin, -50)
    (clip if renamed == "strip" else scene).name = "Hero"
    assert (kind(scene, clip), kind(copy, twin)) == ("OWN", "COPY")


def test_takes_are_not_taken_for_copies(scene: Any, clip: Any, write: Any, kind: Any, room: Any, api: Any) -> None:
    written = write(scene, clip)
    files = make.write_pngs(written.take("day").folder, make.random_frames(10, 8, 8))
    framing = api.Framing((64, 48), api.Box(0, 0, 64, 48), (8, 8))
    room("sequencer.takes").lay_take(scene, clip, files, 1, framing, "day", "{}")
    clip.name = "renamed"
    assert kind(scene, clip) == "OWN"


def test_a_take_is_not_restyled_itself(
    scene: Any, clip: Any, write: Any, kind: Any, room: Any, api: Any, identity: Any, studies: Path
) -> None:
    take = lay(room, api, scene, clip, write(scene, clip))
    assert kind(scene, take) == "COPY"
    with pytest.raises(api.Failure, match=r"“clip day” is a take of “clip”\. Select “clip” instead\."):
        identity.claim(scene, take, studies)
    make.strips(scene.sequence_editor).remove(clip)
    assert kind(scene, take) == "COPY"


def test_a_copy_with_takes_keeps_them_when_it_gets_its_own_study(
    scene: Any, clip: Any, write: Any, room: Any, api: Any, strips: Any
) -> None:
    written = write(scene, clip)
    files = make.write_pngs(written.take("day").folder, make.random_frames(10, 8, 8))
    framing = api.Framing((64, 48), api.Box(0, 0, 64, 48), (8, 8))
    take = room("sequencer.takes").lay_take(scene, clip, files, 1, framing, "day", "{}")
    other = split(scene, clip)
    follow = room("sequencer.follow").follow
    follow(scene)
    write(scene, other)
    strips.set_content_start(other, 100)
    follow(scene)
    (half,) = room("sequencer.takes").takes_of(scene, other)
    assert (strips.handles(half), strips.handles(take)) == ((105, 110), (10, 15))
