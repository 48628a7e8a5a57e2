"""Cleaning up: what of this file's studies may go, and that nothing goes which anybody uses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import identities
import media as make
import pytest
import test_takes_list as listed

study, strips, api = identities.study, identities.strips, identities.api
identity, clip, write = identities.identity, identities.clip, identities.write
takes, render = listed.takes, listed.render
ALL = {"studies": True, "takes": True, "looks": True, "states": True}


@pytest.fixture
def studies(tmp_path: Path) -> Path:
    """Where the preferences say."""
    return Path(listed.prefer(tmp_path).studies_folder)


@pytest.fixture
def written(scene: Any, clip: Any, write: Any) -> Any:
    scene.sequence_editor.active_strip = clip
    return write(scene, clip)


@pytest.fixture
def spare(room: Any) -> Callable[[], list[tuple[str, str]]]:
    """What the dialog would list, as kind and words."""
    cleaning = room("operators.cleaning")
    return lambda: [(one.kind.name, cleaning.in_words(one)) for one in cleaning.spare_things()]


def finish_tuning(room: Any, written: Any) -> None:
    tuning, api = room("backend.tuning"), room("backend.api")
    folder, painting = written.tuning_folder, api.Tune("").painting
    tuning.write(folder, tuning.Tuning("f", "pocket", "b", api.Recipe(), painting, 0, (421,), ("n",), 300, 0.1, 1.0))
    tuning.set_halfway(folder, tuning.Halfway("f", 300, 300))
    (folder / tuning.STATE).write_bytes(bytes(2_000_000))
    (folder / tuning.ADAPTER).write_bytes(bytes(1000))


def look(room: Any, written: Any, name: str, chosen: bool) -> None:
    gallery = written.gallery
    gallery.folder.mkdir(exist_ok=True)
    gallery.picture_path(name).write_bytes(bytes(500))
    gallery.add(room("backend.api").Look(name, 1, "neon", "pocket", None, "", 1.0, False, chosen=chosen))


def remove(scene: Any, strip: Any) -> None:
    make.strips(scene.sequence_editor).remove(strip)


def line(key: str, chosen: bool) -> dict[str, Any]:
    """As the dialog has it."""
    return {"name": key, "chosen": chosen, "kind": "TAKE", "text": "", "kilobytes": 0}


# --- what may go


def test_what_may_go_is_listed(scene: Any, written: Any, write: Any, media: Any, room: Any, spare: Any) -> None:
    render(written, "day")
    render(written, "night")
    bpy.ops.steady.show_take(take="day")
    look(room, written, "001-1", chosen=True)
    look(room, written, "001-2", chosen=False)
    finish_tuning(room, written)
    other = make.add_images(scene.sequence_editor, media.images(4), start=40, channel=2, name="Old")
    write(scene, other)
    remove(scene, other)
    assert spare() == [
        ("STUDY", "Old"),
        ("TAKE", "clip: night"),
        ("LOOKS", "clip: 1 look"),
        ("STATE", "clip"),
    ]


@pytest.mark.parametrize(
    ("which", "left"),
    [("studies", 3), ("takes", 3), ("looks", 3), ("states", 3)],
)
def test_only_what_was_asked_for_goes(
    scene: Any, written: Any, write: Any, media: Any, room: Any, spare: Any, which: str, left: int, capfd: Any
) -> None:
    test_what_may_go_is_listed(scene, written, write, media, room, spare)
    assert bpy.ops.steady.clean_up(**{which: True}) == {"FINISHED"}
    assert len(spare()) == left
    kind = {"studies": "STUDY", "takes": "TAKE", "looks": "LOOKS", "states": "STATE"}[which]
    assert kind not in [one for one, _ in spare()]
    assert "1 thing was deleted: " in capfd.readouterr().out


def test_everything_that_is_used_stays(scene: Any, written: Any, room: Any, spare: Any, tmp_path: Path) -> None:
    render(written, "day")
    bpy.ops.steady.show_take(take="day")
    look(room, written, "001-1", chosen=True)
    finish_tuning(room, written)
    bpy.ops.steady.clean_up(**ALL)
    assert spare() == []
    tuning = room("backend.tuning")
    assert (written.tuning_folder / tuning.ADAPTER).is_file()
    assert [one.name for one in written.gallery.looks()] == ["001-1"]
    assert len(list(written.take("day").folder.glob("*.png"))) == 10
    with pytest.raises(RuntimeError, match=r"There is nothing that may go\."):
        bpy.ops.steady.clean_up(**ALL)


def test_without_a_choice_nothing_goes(written: Any, spare: Any) -> None:
    render(written, "night")
    with pytest.raises(RuntimeError, match=r"Nothing was chosen to be deleted\. Tick what may go\."):
        bpy.ops.steady.clean_up()
    assert spare() == [("TAKE", "clip: night")]


def test_the_dialogs_ticks_decide(written: Any, spare: Any, room: Any) -> None:
    render(written, "day")
    render(written, "night")
    keys = {room("operators.cleaning").in_words(one): one.key for one in room("operators.cleaning").spare_things()}
    lines = [line(keys["clip: day"], chosen=False), line(keys["clip: night"], chosen=True)]
    assert bpy.ops.steady.clean_up(spare=lines) == {"FINISHED"}
    assert spare() == [("TAKE", "clip: day")]


def test_what_came_back_into_use_after_the_dialog_was_opened_stays(written: Any, room: Any) -> None:
    render(written, "night")
    (one,) = room("operators.cleaning").spare_things()
    bpy.ops.steady.show_take(take="night")
    with pytest.raises(RuntimeError, match="There is nothing that may go"):
        bpy.ops.steady.clean_up(spare=[line(one.key, chosen=True)])
    assert written.take("night").folder.is_dir()


# --- what does not go


def test_a_study_that_a_copy_was_made_from_stays(scene: Any, clip: Any, written: Any, write: Any, spare: Any) -> None:
    other = identities.split(scene, clip)
    write(scene, other)
    remove(scene, clip)
    assert ("STUDY", "clip") not in spare()


@pytest.mark.parametrize("named", [lambda kept: kept.id, lambda kept: kept.owner.strip], ids=["id", "name"])
def test_a_study_whose_tuning_another_strip_names_stays(
    scene: Any, clip: Any, written: Any, media: Any, spare: Any, named: Any
) -> None:
    other = make.add_images(scene.sequence_editor, media.images(4), start=40, channel=2, name="Other")
    other.steady.tuning_from = named(written)
    remove(scene, clip)
    assert spare() == []
    other.steady.tuning_from = ""
    assert spare() == [("STUDY", "clip")]


def test_a_study_whose_take_is_still_shown_stays(scene: Any, clip: Any, written: Any, takes: Any, spare: Any) -> None:
    render(written, "day")
    bpy.ops.steady.show_take(take="day")
    remove(scene, clip)
    assert spare() == []


def test_a_study_whose_pictures_a_strip_shows_that_is_no_take_stays(
    scene: Any, clip: Any, written: Any, spare: Any
) -> None:
    render(written, "day")
    files = sorted(written.take("day").folder.glob("*.png"))
    make.add_images(scene.sequence_editor, files, start=40, channel=5, name="beside")
    assert spare() == []
    remove(scene, clip)
    assert spare() == []


def test_a_strip_that_lost_its_id_finds_its_study_again(scene: Any, clip: Any, written: Any, spare: Any) -> None:
    clip.steady.study_id = ""
    assert spare() == []
    clip.name = "renamed"
    assert spare() == [("STUDY", "clip")]


def test_studies_of_another_file_stay(scene: Any, clip: Any, write: Any, spare: Any, tmp_path: Path) -> None:
    """Two files in one folder keep their studies side by side; a copy under another name owns none of the first's."""
    identities.save(tmp_path / "a.blend")
    write(scene, clip)
    remove(scene, clip)
    assert spare() == [("STUDY", "clip")]
    identities.save(tmp_path / "b.blend")
    assert spare() == []
    identities.open_file(tmp_path / "a.blend")
    assert spare() == []
    scene = bpy.context.scene
    remove(scene, make.strips(scene.sequence_editor)["clip"])
    assert spare() == [("STUDY", "clip")]


def test_what_a_job_works_on_is_not_listed(scene: Any, clip: Any, written: Any, room: Any, spare: Any) -> None:
    render(written, "night")
    session = room("session").current
    job = session.enqueue(room("operators.claims").claimed("Render Take", scene, clip, lambda claim: iter(())))
    try:
        assert spare() == []
    finally:
        session.cancel(job)
    assert spare() == [("TAKE", "clip: night")]


def test_what_another_program_writes_to_is_refused_and_stays(written: Any, study: Any, spare: Any) -> None:
    render(written, "night")
    holder = {"pid": 1, "started": "then", "host": "a farm node", "lease": 0.0}
    (written.folder / study.LOCK).write_text(json.dumps(holder))
    with pytest.raises(RuntimeError, match="is being written by process 1 on “a farm node”"):
        bpy.ops.steady.clean_up(takes=True)
    assert spare() == [("TAKE", "clip: night")]


def test_the_folder_of_an_unsaved_file_that_is_not_this_one_stays(
    scene: Any, clip: Any, written: Any, write: Any, spare: Any
) -> None:
    remove(scene, clip)
    assert spare() == [("STUDY", "clip")]
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    assert spare() == []
