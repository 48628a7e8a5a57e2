"""A file or a study that was moved, renamed or copied, and an undo past the first write: found again."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import bpy
import identities
import media as make
import pytest
from identities import lay, mark, open_file, save, select, shown_file, split, timeline, undo

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


# --- undo


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


@pytest.mark.parametrize("copied", [False, True])
def test_undo_does_not_bring_back_a_study_that_came_to_nothing(
    scene: Any, clip: Any, write: Any, kind: Any, identity: Any, strips: Any, studies: Path, copied: bool
) -> None:
    """As that of a click whose backend did not start: there is nothing to relink."""
    before = write(scene, clip).id if copied else ""
    name = split(scene, clip).name if copied else "clip"
    strip = strips.strip_named(scene, name)
    folder, *_ = identity.claim(scene, strip, studies)
    bpy.ops.ed.undo_push(message="clicked")
    identity.give_back(strip, folder, before)
    strip.mute = True
    bpy.ops.ed.undo_push(message="muted")
    scene = undo()
    strip = strips.strip_named(scene, name)
    assert (strip.mute, strip.steady.study_id, kind(scene, strip)) == (False, before, "COPY" if copied else "NEW")
    assert write(scene, strip).parent == before


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
