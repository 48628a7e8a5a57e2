"""A strip and its study find each other again, whatever is copied, renamed, moved or undone in between."""

from __future__ import annotations

import ntpath
import shutil
import sys
from collections.abc import Callable
from pathlib import Path, PureWindowsPath
from typing import Any

import bpy
import media as make
import pytest


@pytest.fixture
def identity(room: Any) -> Any:
    return room("sequencer.identity")


@pytest.fixture
def study(room: Any) -> Any:
    return room("backend.study")


@pytest.fixture
def strips(room: Any) -> Any:
    return room("sequencer.strips")


@pytest.fixture
def api(room: Any) -> Any:
    return room("backend.api")


@pytest.fixture
def studies(tmp_path: Path) -> Path:
    return tmp_path / "studies"


@pytest.fixture
def clip(scene: Any, media: Any) -> Any:
    return make.add_images(scene.sequence_editor, media.images(10), start=10, channel=2)


@pytest.fixture
def write(identity: Any, study: Any, api: Any, room: Any, studies: Path) -> Any:
    """What a job does: claims the strip's study and writes something into it."""

    def write(scene: Any, strip: Any, text: str = "") -> Any:
        folder, known, parent, owner = identity.claim(scene, strip, studies)
        framing = api.Framing((64, 48), api.Box(0, 0, 64, 48), (64, 48))
        media = room("sequencer.fingerprint").media_files(strip)
        if study.is_study(folder):
            written = study.Study.open(folder)
            written.set_owner(owner)
        else:
            source = api.Source(24.0, 1, 10, "print", media, framing, 48, api.Crop.BOX)
            written = study.Study.create(folder, known, parent, owner, source)
        (folder / "mark.txt").write_text(text or f"{scene.name}/{strip.name}")
        return written

    return write


@pytest.fixture
def kind(identity: Any, studies: Path) -> Any:
    return lambda scene, strip: identity.locate(scene, strip, studies).kind.value


def mark(written: Any) -> str:
    return (written.folder / "mark.txt").read_text()


def save(path: Path, **how: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert bpy.ops.wm.save_as_mainfile(filepath=str(path), **how) == {"FINISHED"}


def open_file(path: Path) -> Any:
    assert bpy.ops.wm.open_mainfile(filepath=str(path)) == {"FINISHED"}
    return bpy.context.scene


def timeline(action: Callable[[], Any]) -> Any:
    """Run a sequencer operator as its shortcut would."""
    area = max(bpy.context.window.screen.areas, key=lambda a: a.width * a.height)
    area.type = "SEQUENCE_EDITOR"
    region = next(r for r in area.regions if r.type == "WINDOW")
    with bpy.context.temp_override(window=bpy.context.window, area=area, region=region):
        return action()


def select(scene: Any, *chosen: Any) -> None:
    for strip in make.strips(scene.sequence_editor):
        strip.select = strip in chosen


def others(scene: Any, *known: Any) -> list[Any]:
    return [s for s in make.strips(scene.sequence_editor) if s not in known]


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


def split(scene: Any, clip: Any) -> Any:
    return clip.split(frame=15, split_method="SOFT")


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


# --- undo


def undo() -> Any:
    assert bpy.ops.ed.undo() == {"FINISHED"}
    return bpy.context.scene


@pytest.mark.parametrize("saved", [False, True])
def test_undo_past_the_first_write_finds_the_study_again(
    scene: Any, clip: Any, write: Any, kind: Any, strips: Any, tmp_path: Path, saved: bool
) -> None:
    if saved:
        save(tmp_path / "film.blend")
    bpy.ops.ed.undo_push(message="added")
    original = write(scene, clip)
    bpy.ops.ed.undo_push(message="sampled")
    scene = undo()
    clip = strips.strip_named(scene, "clip")
    assert (clip.steady.study_id, kind(scene, clip)) == ("", "REFOUND")
    assert write(scene, clip).folder == original.folder


def test_undo_past_a_copys_first_write_finds_its_own_study(
    scene: Any, clip: Any, write: Any, kind: Any, strips: Any
) -> None:
    original = write(scene, clip)
    name = split(scene, clip).name
    bpy.ops.ed.undo_push(message="split")
    own = write(scene, strips.strip_named(scene, name))
    bpy.ops.ed.undo_push(message="sampled")
    scene = undo()
    other = strips.strip_named(scene, name)
    assert (other.steady.study_id, kind(scene, other)) == (original.id, "REFOUND")
    assert write(scene, other).folder == own.folder


def test_another_file_of_the_same_name_is_not_refound(scene: Any, media: Any, clip: Any, write: Any, kind: Any) -> None:
    write(scene, clip)
    make.strips(scene.sequence_editor).remove(clip)
    again = make.add_images(scene.sequence_editor, media.images(9), start=10)
    assert (again.name, kind(scene, again)) == ("clip", "NEW")


def test_a_study_of_another_window_is_not_refound(scene: Any, media: Any, clip: Any, write: Any, kind: Any) -> None:
    write(scene, clip)
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)  # as a second Blender would begin
    scene = bpy.context.scene
    again = make.add_images(scene.sequence_editor_create(), media.images(10), start=10, channel=2)
    assert (again.name, kind(scene, again)) == ("clip", "NEW")


def test_a_strip_pasted_from_another_unsaved_window_is_a_copy(
    scene: Any, media: Any, clip: Any, write: Any, kind: Any
) -> None:
    written = write(scene, clip)
    place = clip.steady.study_folder
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    scene = bpy.context.scene
    again = make.add_images(scene.sequence_editor_create(), media.images(10), start=10, channel=2)
    again.steady.study_id, again.steady.study_folder = written.id, place
    assert kind(scene, again) == "COPY"


# --- saving


def test_the_first_save_brings_the_study_along(
    scene: Any, clip: Any, write: Any, kind: Any, studies: Path, tmp_path: Path, strips: Any
) -> None:
    before = write(scene, clip)
    save(tmp_path / "project" / "film.blend")
    after = tmp_path / "project" / "steady" / before.folder.name
    assert (after / "mark.txt").read_text() == "Scene/clip"
    assert list(studies.iterdir()) == []
    assert {p.name for p in after.iterdir()} == {"study.json", "mark.txt"}
    assert kind(scene, clip) == "OWN"
    scene = open_file(tmp_path / "project" / "film.blend")
    clip = strips.strip_named(scene, "clip")
    assert kind(scene, clip) == "OWN"
    assert write(scene, clip).owner.blend == "../../film.blend"


def test_across_file_systems(scene: Any, clip: Any, write: Any, kind: Any, identity: Any, tmp_path: Path) -> None:
    other = Path("/dev/shm") if sys.platform == "linux" else tmp_path
    written = write(scene, clip)
    target = other / tmp_path.name
    try:
        save(target / "film.blend")
        assert (target / "steady" / written.folder.name / "mark.txt").exists()
        assert (kind(scene, clip), written.folder.exists()) == ("OWN", False)
    finally:
        shutil.rmtree(target, ignore_errors=True)


def lay(room: Any, api: Any, scene: Any, strip: Any, written: Any) -> Any:
    files = make.write_pngs(written.take("day").folder, make.random_frames(10, 8, 8))
    framing = api.Framing((64, 48), api.Box(0, 0, 64, 48), (8, 8))
    return room("sequencer.takes").lay_take(scene, strip, files, 1, framing, "day", "{}")


def shown_file(take: Any) -> Path:
    return Path(bpy.path.abspath(take.directory)) / take.elements[3].filename


def test_takes_show_their_pictures_after_the_first_save_and_in_the_saved_file(
    scene: Any, clip: Any, write: Any, room: Any, api: Any, strips: Any, tmp_path: Path
) -> None:
    take = lay(room, api, scene, clip, write(scene, clip))
    save(tmp_path / "project" / "film.blend")
    assert shown_file(take).is_file()
    assert tmp_path / "project" / "steady" in shown_file(take).parents
    (tmp_path / "project").rename(tmp_path / "moved")
    scene = open_file(tmp_path / "moved" / "film.blend")
    take = strips.strip_named(scene, "clip day")
    assert take.directory.startswith("//steady/")
    assert shown_file(take).is_file()


def test_undo_past_the_first_save_leaves_takes_their_pictures(
    scene: Any, clip: Any, write: Any, kind: Any, room: Any, api: Any, strips: Any, tmp_path: Path
) -> None:
    lay(room, api, scene, clip, write(scene, clip))
    bpy.ops.ed.undo_push(message="laid")
    save(tmp_path / "film.blend")
    scene.frame_current = 17
    bpy.ops.ed.undo_push(message="moved the playhead")
    scene = undo()
    assert shown_file(strips.strip_named(scene, "clip day")).is_file()
    assert kind(scene, strips.strip_named(scene, "clip")) == "OWN"


def test_a_copy_saved_aside_leaves_all_as_it_was(
    scene: Any, clip: Any, write: Any, kind: Any, room: Any, api: Any, studies: Path, tmp_path: Path
) -> None:
    written = write(scene, clip)
    take = lay(room, api, scene, clip, written)
    save(tmp_path / "aside" / "copy.blend", copy=True)
    assert (kind(scene, clip), written.folder.exists()) == ("OWN", True)
    assert shown_file(take).is_file()


def test_a_failed_save_leaves_all_as_it_was(
    scene: Any, clip: Any, write: Any, kind: Any, room: Any, api: Any, tmp_path: Path
) -> None:
    written = write(scene, clip)
    take = lay(room, api, scene, clip, written)
    with pytest.raises(RuntimeError):
        bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "no such folder" / "film.blend"))
    assert (kind(scene, clip), written.folder.exists()) == ("OWN", True)
    assert shown_file(take).is_file()


@pytest.mark.parametrize("when", ["at the next save", "at the next write", "when the job ends"])
def test_a_study_that_is_being_written_moves_later(
    scene: Any,
    clip: Any,
    write: Any,
    kind: Any,
    identity: Any,
    room: Any,
    api: Any,
    strips: Any,
    tmp_path: Path,
    when: str,
) -> None:
    written = write(scene, clip)
    take = lay(room, api, scene, clip, written)
    with written.lock():
        save(tmp_path / "film.blend")
        assert (kind(scene, clip), written.folder.exists(), shown_file(take).is_file()) == ("OWN", True, True)
    if when == "at the next save":
        save(tmp_path / "film.blend")
    elif when == "at the next write":
        assert write(scene, clip).folder.parent == tmp_path / "steady"
    else:
        identity.give_back(clip, written.folder, "")
    assert (kind(scene, clip), written.folder.exists(), shown_file(take).is_file()) == ("OWN", False, True)
    scene = open_file(tmp_path / "film.blend")  # also the file as it was saved too early
    assert kind(scene, strips.strip_named(scene, "clip")) == "OWN"
    assert shown_file(strips.strip_named(scene, "clip day")).is_file()


def test_a_file_that_is_left_while_its_study_is_written_to_keeps_it(
    scene: Any, clip: Any, write: Any, kind: Any, room: Any, api: Any, strips: Any, studies: Path, tmp_path: Path
) -> None:
    """Blender ends before the study could be moved: it is moved the next time, or the time after."""
    written = write(scene, clip)
    lay(room, api, scene, clip, written)
    with written.lock():
        save(tmp_path / "film.blend")
        scene = open_file(tmp_path / "film.blend")
        assert kind(scene, strips.strip_named(scene, "clip")) == "OWN"
        save(tmp_path / "film.blend")
    scene = open_file(tmp_path / "film.blend")
    clip = strips.strip_named(scene, "clip")
    assert kind(scene, clip) == "OWN"
    assert write(scene, clip).folder == tmp_path / "steady" / written.folder.name
    assert list(studies.iterdir()) == []
    assert shown_file(strips.strip_named(scene, "clip day")).is_file()


def test_only_its_own_file_takes_such_a_study_along(
    scene: Any, clip: Any, write: Any, kind: Any, strips: Any, tmp_path: Path
) -> None:
    written = write(scene, clip)
    with written.lock():
        save(tmp_path / "film.blend")
        scene = open_file(tmp_path / "film.blend")
    save(tmp_path / "elsewhere" / "other.blend")
    assert written.folder.exists()
    assert kind(scene, strips.strip_named(scene, "clip")) == "COPY"
    scene = open_file(tmp_path / "film.blend")
    assert write(scene, strips.strip_named(scene, "clip")).folder.parent == tmp_path / "steady"


def test_a_relinked_study_stays_where_the_user_put_it(
    scene: Any, clip: Any, write: Any, identity: Any, tmp_path: Path
) -> None:
    save(tmp_path / "film.blend")
    written = write(scene, clip)
    (tmp_path / "large disk").mkdir()
    moved = written.folder.rename(tmp_path / "large disk" / written.folder.name)
    identity.relink(scene, clip, moved)
    assert write(scene, clip).folder == moved
    save(tmp_path / "film.blend")
    assert write(scene, clip).folder == moved


@pytest.mark.parametrize("where", ["same", "other"])
def test_save_as_leaves_the_old_files_study_intact(
    scene: Any, clip: Any, write: Any, kind: Any, strips: Any, tmp_path: Path, where: str
) -> None:
    first = tmp_path / "one" / "film.blend"
    second = first.with_name("film 2.blend") if where == "same" else tmp_path / "two" / "film.blend"
    save(first)
    original = write(scene, clip, "original")
    save(first)
    save(second)
    assert kind(scene, clip) == "COPY"
    own = write(scene, clip, "copy")
    assert (own.parent, own.folder.parent) == (original.id, second.parent / "steady")
    assert Path(bpy.path.abspath(clip.steady.parent_folder)).samefile(original.folder)
    save(second)
    assert (kind(scene, clip), mark(original), mark(own)) == ("OWN", "original", "copy")
    scene = open_file(first)
    clip = strips.strip_named(scene, "clip")
    assert (kind(scene, clip), clip.steady.study_id) == ("OWN", original.id)
    scene = open_file(second)
    assert kind(scene, strips.strip_named(scene, "clip")) == "OWN"


@pytest.mark.parametrize("where", ["same", "other"])
def test_a_saved_copy_of_a_saved_file(
    scene: Any, clip: Any, write: Any, kind: Any, strips: Any, room: Any, api: Any, tmp_path: Path, where: str
) -> None:
    first = tmp_path / "one" / "film.blend"
    second = first.with_name("film 2.blend") if where == "same" else tmp_path / "two" / "film.blend"
    save(first)
    original = write(scene, clip)
    lay(room, api, scene, clip, original)
    save(second, copy=True)
    assert (kind(scene, clip), clip.steady.study_folder) == ("OWN", "")
    assert write(scene, clip).folder == original.folder
    scene = open_file(second)
    assert kind(scene, strips.strip_named(scene, "clip")) == "COPY"
    assert shown_file(strips.strip_named(scene, "clip day")).is_file()


def test_save_as_and_back(scene: Any, clip: Any, write: Any, kind: Any, tmp_path: Path) -> None:
    save(tmp_path / "one" / "film.blend")
    original = write(scene, clip)
    save(tmp_path / "two" / "film.blend")
    save(tmp_path / "one" / "film.blend")
    assert (kind(scene, clip), clip.steady.study_folder) == ("OWN", "")
    assert write(scene, clip).folder == original.folder


def test_paths_are_kept_relative_where_windows_allows_it(room: Any) -> None:
    relative = room("sequencer.saving").relative
    inside, beside, away = (PureWindowsPath(p) for p in (r"C:\film\steady\car", r"C:\old\car", r"D:\car"))
    film = PureWindowsPath(r"C:\film")
    found = [relative(path, film, ntpath) for path in (inside, beside, away)]
    assert found == ["steady/car", "../old/car", ""]


# --- moved files


def test_a_renamed_file_keeps_its_studies(
    scene: Any, clip: Any, write: Any, kind: Any, strips: Any, tmp_path: Path
) -> None:
    save(tmp_path / "film.blend")
    write(scene, clip)
    save(tmp_path / "film.blend")
    (tmp_path / "film.blend").rename(tmp_path / "movie.blend")
    scene = open_file(tmp_path / "movie.blend")
    clip = strips.strip_named(scene, "clip")
    assert kind(scene, clip) == "OWN"
    assert write(scene, clip).owner.blend == "../../movie.blend"


def test_a_backup_is_a_copy(scene: Any, clip: Any, write: Any, kind: Any, strips: Any, tmp_path: Path) -> None:
    save(tmp_path / "film.blend")
    write(scene, clip)
    save(tmp_path / "film.blend")
    shutil.copy(tmp_path / "film.blend", tmp_path / "film.blend1")
    scene = open_file(tmp_path / "film.blend1")
    assert kind(scene, strips.strip_named(scene, "clip")) == "COPY"


def test_a_file_moved_with_its_studies(
    scene: Any, clip: Any, write: Any, kind: Any, strips: Any, tmp_path: Path
) -> None:
    save(tmp_path / "old" / "film.blend")
    write(scene, clip)
    save(tmp_path / "old" / "film.blend")
    (tmp_path / "old").rename(tmp_path / "new")
    scene = open_file(tmp_path / "new" / "film.blend")
    clip = strips.strip_named(scene, "clip")
    assert kind(scene, clip) == "OWN"
    assert write(scene, clip).folder.parent == tmp_path / "new" / "steady"


def test_a_file_moved_alone_finds_its_studies_where_they_were(
    scene: Any, clip: Any, write: Any, kind: Any, strips: Any, room: Any, api: Any, tmp_path: Path
) -> None:
    save(tmp_path / "old" / "film.blend")
    original = write(scene, clip)
    lay(room, api, scene, clip, original)
    save(tmp_path / "old" / "film.blend")
    (tmp_path / "new").mkdir()
    (tmp_path / "old" / "film.blend").rename(tmp_path / "new" / "film.blend")
    scene = open_file(tmp_path / "new" / "film.blend")
    clip = strips.strip_named(scene, "clip")
    assert kind(scene, clip) == "OWN"
    assert shown_file(strips.strip_named(scene, "clip day")).is_file()
    assert write(scene, clip).folder == original.folder
    assert clip.steady.study_folder.startswith("//../old/steady/")


def test_a_file_copied_elsewhere_alone_is_a_copy(
    scene: Any, clip: Any, write: Any, kind: Any, strips: Any, tmp_path: Path
) -> None:
    save(tmp_path / "old" / "film.blend")
    original = write(scene, clip)
    save(tmp_path / "old" / "film.blend")
    (tmp_path / "new").mkdir()
    shutil.copy(tmp_path / "old" / "film.blend", tmp_path / "new" / "film.blend")
    scene = open_file(tmp_path / "new" / "film.blend")
    clip = strips.strip_named(scene, "clip")
    assert kind(scene, clip) == "COPY"
    own = write(scene, clip, "copy")
    assert (own.parent, own.folder.parent) == (original.id, tmp_path / "new" / "steady")
    assert mark(original) == "Scene/clip"


def test_a_file_moved_away_from_its_moved_studies_is_relinked(
    scene: Any, clip: Any, write: Any, kind: Any, strips: Any, identity: Any, api: Any, room: Any, tmp_path: Path
) -> None:
    save(tmp_path / "old" / "film.blend")
    original = write(scene, clip)
    lay(room, api, scene, clip, original)
    save(tmp_path / "old" / "film.blend")
    (tmp_path / "new").mkdir()
    (tmp_path / "old" / "film.blend").rename(tmp_path / "new" / "film.blend")
    (tmp_path / "old").rename(tmp_path / "archive")
    scene = open_file(tmp_path / "new" / "film.blend")
    clip = strips.strip_named(scene, "clip")
    assert kind(scene, clip) == "LOST"
    with pytest.raises(api.Failure, match=r"The study of “clip” is not where it was\. Press Relink"):
        identity.claim(scene, clip, tmp_path / "studies")
    archived = tmp_path / "archive" / "steady" / original.folder.name
    assert identity.relink(scene, clip, archived).kind.value == "OWN"
    assert clip.steady.study_folder.startswith("//../archive/steady/")
    assert shown_file(strips.strip_named(scene, "clip day")).is_file()
    assert write(scene, clip).folder == archived


def test_a_strip_pasted_from_another_file_gets_its_own_study(
    scene: Any, clip: Any, write: Any, kind: Any, strips: Any, tmp_path: Path
) -> None:
    save(tmp_path / "one" / "film.blend")
    original = write(scene, clip)
    save(tmp_path / "one" / "film.blend")
    select(scene, clip)
    assert timeline(bpy.ops.sequencer.copy) == {"FINISHED"}
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    scene = bpy.context.scene
    scene.sequence_editor_create()
    if hasattr(bpy.context.workspace, "sequencer_scene"):
        bpy.context.workspace.sequencer_scene = scene
    save(tmp_path / "two" / "other.blend")
    assert timeline(bpy.ops.sequencer.paste) == {"FINISHED"}
    pasted = strips.strip_named(scene, "clip")
    assert (pasted.steady.study_id, kind(scene, pasted)) == (original.id, "COPY")
    own = write(scene, pasted, "copy")
    assert (own.parent, own.folder.parent) == (original.id, tmp_path / "two" / "steady")
    assert mark(original) == "Scene/clip"


def test_a_moved_study_is_relinked(
    scene: Any, clip: Any, write: Any, kind: Any, identity: Any, room: Any, api: Any, tmp_path: Path
) -> None:
    original = write(scene, clip)
    take = lay(room, api, scene, clip, original)
    elsewhere = tmp_path / "elsewhere" / "some name"
    elsewhere.parent.mkdir()
    original.folder.rename(elsewhere)
    assert kind(scene, clip) == "LOST"
    identity.relink(scene, clip, elsewhere)
    assert (kind(scene, clip), shown_file(take).is_file()) == ("OWN", True)


def test_a_renamed_study_folder_is_found(scene: Any, clip: Any, write: Any, kind: Any) -> None:
    original = write(scene, clip)
    original.folder.rename(original.folder.with_name("the car"))
    assert kind(scene, clip) == "OWN"


def test_relink_refuses_what_is_not_the_strips_study(
    scene: Any, media: Any, clip: Any, write: Any, identity: Any, api: Any, tmp_path: Path
) -> None:
    write(scene, clip)
    other = make.add_images(scene.sequence_editor, media.images(9), start=100, name="other")
    foreign = write(scene, other)
    with pytest.raises(api.Failure, match="is the study of “other”, and not of “clip”"):
        identity.relink(scene, clip, foreign.folder)
    with pytest.raises(api.Failure, match="holds no study"):
        identity.relink(scene, clip, tmp_path)


def test_a_linked_scene_is_refused(
    scene: Any, clip: Any, write: Any, kind: Any, identity: Any, api: Any, strips: Any, tmp_path: Path
) -> None:
    original = write(scene, clip)
    file = tmp_path / "film.blend"
    bpy.data.libraries.write(str(file), {scene}, path_remap="ABSOLUTE", fake_user=True)
    with bpy.data.libraries.load(str(file), link=True) as (_, into):
        into.scenes = [scene.name]
    linked = bpy.data.scenes[scene.name, str(file)]
    strip = strips.strips_of(linked)[0]
    for refused in (identity.claim, identity.relink):
        with pytest.raises(api.Failure, match=r"is linked from “film\.blend”: open that file"):
            refused(linked, strip, original.folder)
    assert kind(scene, clip) == "OWN"
    save(tmp_path / "project" / "mine.blend")
    assert kind(scene, clip) == "OWN"
