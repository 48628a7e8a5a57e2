"""Studies come along with the first save, and stay the first file's when it is saved as another."""

from __future__ import annotations

import ntpath
import os
import shutil
import sys
from pathlib import Path, PureWindowsPath
from typing import Any

import bpy
import identities
import pytest
from identities import lay, mark, open_file, save, shown_file, split, undo

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


@pytest.mark.parametrize("end", ["it has ended", "the file is opened again"])
def test_a_study_whose_takes_are_being_rendered_moves_later(
    scene: Any,
    clip: Any,
    write: Any,
    kind: Any,
    room: Any,
    api: Any,
    strips: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    end: str,
) -> None:
    """The render goes on to read their pictures where they were."""
    follow, saving, written = room("sequencer.follow"), room("sequencer.saving"), write(scene, clip)
    take = lay(room, api, scene, clip, written)
    shown = shown_file(take)
    with monkeypatch.context() as patched:
        patched.setattr(follow, "is_busy", lambda: True)
        save(tmp_path / "film.blend")
        assert (kind(scene, clip), write(scene, clip).folder, shown_file(take)) == ("OWN", written.folder, shown)
        save(tmp_path / "aside.blend", copy=True)
        assert shown_file(take) == shown and shown.is_file()
        assert saving.settle_later() == follow.INTERVAL and bpy.app.timers.is_registered(saving.settle_later)
    if end == "it has ended":
        assert saving.settle_later() is None
    else:
        scene = open_file(tmp_path / "film.blend")
        clip, take = strips.strip_named(scene, "clip"), strips.strip_named(scene, "clip day")
        write(scene, clip)
    assert (kind(scene, clip), written.folder.exists(), shown_file(take).is_file()) == ("OWN", False, True)
    assert tmp_path / "steady" in shown_file(take).parents


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


def test_a_relinked_study_stays_on_another_drive(
    scene: Any, clip: Any, write: Any, kind: Any, identity: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where Windows knows no relative way to it, and all paths are written in full."""
    save(tmp_path / "film.blend")
    written, drive, relpath = write(scene, clip), tmp_path / "D", os.path.relpath
    drive.mkdir()
    moved = written.folder.rename(drive / written.folder.name)

    def on_windows(path: Any, start: Any = os.curdir) -> str:
        if len({drive in (Path(one), *Path(one).parents) for one in (path, start)}) == 2:
            raise ValueError("path is on mount 'C:', start on mount 'D:'")
        return relpath(path, start)

    monkeypatch.setattr(os.path, "relpath", on_windows)
    identity.relink(scene, clip, moved)
    for _ in range(2):
        again = write(scene, clip)
        assert (again.folder, again.owner.blend) == (moved, (tmp_path / "film.blend").as_posix())
        save(tmp_path / "film.blend")
    assert (kind(scene, clip), clip.steady.study_folder) == ("OWN", str(moved))


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
    relative = room("sequencer.places").relative
    inside, beside, away = (PureWindowsPath(p) for p in (r"C:\film\steady\car", r"C:\old\car", r"D:\car"))
    film = PureWindowsPath(r"C:\film")
    found = [relative(path, film, ntpath) for path in (inside, beside, away)]
    assert found == ["steady/car", "../old/car", ""]


# --- saved with a claim that comes to nothing


def test_a_file_that_was_saved_while_a_claim_waited_begins_anew(
    scene: Any, clip: Any, write: Any, kind: Any, identity: Any, strips: Any, studies: Path, tmp_path: Path
) -> None:
    """As of a job in the queue: whoever leaves the file gives its claim back, and the file on the disk carries it."""
    save(tmp_path / "film.blend")
    folder, *_ = identity.claim(scene, clip, studies)
    save(tmp_path / "film.blend")
    identity.give_back(clip, folder, "")
    scene = open_file(tmp_path / "film.blend")
    clip = strips.strip_named(scene, "clip")
    assert (clip.steady.study_id, kind(scene, clip)) == ("", "NEW")
    assert write(scene, clip).folder.parent == tmp_path / "steady"


def test_a_copy_that_was_saved_while_its_claim_waited_is_a_copy_again(
    scene: Any, clip: Any, write: Any, kind: Any, identity: Any, strips: Any, studies: Path, tmp_path: Path
) -> None:
    save(tmp_path / "film.blend")
    original = write(scene, clip)
    half = split(scene, clip)
    name, (folder, *_) = half.name, identity.claim(scene, half, studies)
    save(tmp_path / "film.blend")
    identity.give_back(half, folder, original.id)
    scene = open_file(tmp_path / "film.blend")
    half = strips.strip_named(scene, name)
    assert (half.steady.study_id, half.steady.ancestors, kind(scene, half)) == (original.id, "", "COPY")
    assert write(scene, half).parent == original.id


def test_halves_that_were_saved_while_both_claims_waited(
    scene: Any, clip: Any, kind: Any, identity: Any, strips: Any, studies: Path, tmp_path: Path
) -> None:
    save(tmp_path / "film.blend")
    claimed = [(clip.name, identity.claim(scene, clip, studies)[0])]
    half = split(scene, clip)
    claimed.append((half.name, identity.claim(scene, half, studies)[0]))
    save(tmp_path / "film.blend")
    for name, folder in claimed:
        identity.give_back(strips.strip_named(scene, name), folder, "")
    scene = open_file(tmp_path / "film.blend")
    assert [kind(scene, strips.strip_named(scene, name)) for name, _ in claimed] == ["NEW", "NEW"]


def test_a_strip_that_began_anew_is_new_again_and_not_lost(
    scene: Any, clip: Any, write: Any, kind: Any, identity: Any, strips: Any, studies: Path, tmp_path: Path
) -> None:
    save(tmp_path / "film.blend")
    shutil.rmtree(write(scene, clip).folder)
    assert kind(scene, clip) == "LOST"
    identity.begin_anew(scene, clip, studies)
    folder, *_ = identity.claim(scene, clip, studies)
    save(tmp_path / "film.blend")
    identity.give_back(clip, folder, "")
    scene = open_file(tmp_path / "film.blend")
    assert kind(scene, strips.strip_named(scene, "clip")) == "NEW"


@pytest.mark.parametrize("saved", ["while it waited", "while it was written"])
def test_a_claim_that_was_written_to_stays_the_strips(
    scene: Any, clip: Any, write: Any, kind: Any, identity: Any, strips: Any, studies: Path, tmp_path: Path, saved: str
) -> None:
    save(tmp_path / "film.blend")
    identity.claim(scene, clip, studies)
    if saved == "while it waited":
        save(tmp_path / "film.blend")
    written = write(scene, clip)
    if saved == "while it was written":
        save(tmp_path / "film.blend")
    away = written.folder.parent.rename(tmp_path / "away")
    if saved == "while it waited":
        away.rename(tmp_path / "steady")
    scene = open_file(tmp_path / "film.blend")
    clip = strips.strip_named(scene, "clip")
    assert clip.steady.study_id == written.id
    assert kind(scene, clip) == ("OWN" if saved == "while it waited" else "LOST")
