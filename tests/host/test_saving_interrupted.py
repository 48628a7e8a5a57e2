"""Blender is killed while a first save brings its studies to another disk: the saved file still finds all of them."""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
import identities
import media as make
import pytest
from identities import lay, open_file, save, shown_file
from patience import LONG

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


class KilledError(Exception):
    """Nothing of ours handles it: what comes after it in the handler is not done, as after a kill."""


@pytest.fixture
def film(tmp_path: Path) -> Iterator[Path]:
    """Where the file is saved: on another disk than its studies."""
    if sys.platform != "linux" or not Path("/dev/shm").is_dir():
        pytest.skip("There is no other disk.")
    folder = Path("/dev/shm") / tmp_path.name
    yield folder / "film.blend"
    shutil.rmtree(folder, ignore_errors=True)


def copied_halfway(source: Any, target: Any, **how: Any) -> None:
    """Some file of it is there, and the next is not."""
    Path(target).mkdir(parents=True)
    (Path(target) / "mark.txt").write_text("")
    raise KilledError


def killed(*_: Any) -> None:
    raise KilledError


def removed_halfway(folder: Any, **how: Any) -> None:
    if Path(folder).is_dir():
        (Path(folder) / "study.json").unlink()
        raise KilledError


@pytest.mark.parametrize("end", ["in the copy", "before it is a study", "in removing the old one"])
def test_a_kill_while_the_studies_are_copied_loses_nothing(
    scene: Any,
    clip: Any,
    write: Any,
    kind: Any,
    room: Any,
    api: Any,
    strips: Any,
    film: Path,
    studies: Path,
    monkeypatch: pytest.MonkeyPatch,
    end: str,
) -> None:
    other = make.add_images(scene.sequence_editor, [Path(bpy.path.abspath(clip.directory)) / "0001.png"], name="other")
    texts = {"clip": "the first", "other": "the second"}
    before = {strip.name: write(scene, strip, texts[strip.name]) for strip in (clip, other)}
    folder_of = room("sequencer.places").folder_of
    lay(room, api, scene, clip, before["clip"])
    with monkeypatch.context() as patched:
        if end == "in the copy":
            patched.setattr(shutil, "copytree", copied_halfway)
        elif end == "before it is a study":
            patched.setattr(shutil, "copy2", killed)
        else:
            patched.setattr(shutil, "rmtree", removed_halfway)
        save(film)
        scene = open_file(film)  # a Blender that is killed does nothing more before that
    for name, written in before.items():
        strip = strips.strip_named(scene, name)
        assert kind(scene, strip) == "OWN", name
        assert (folder_of(strip, studies) / "mark.txt").read_text() == texts[name]
        assert write(scene, strip).folder == film.parent / "steady" / written.folder.name
    assert shown_file(strips.strip_named(scene, "clip day")).is_file()
    save(film)
    assert {folder.name for folder in (film.parent / "steady").iterdir()} == {w.folder.name for w in before.values()}
    room("sequencer.moving")._sweeps[studies].join(LONG)
    assert list(studies.iterdir()) == [], "what is left of the old ones is removed with the next click"


@pytest.fixture
def left() -> Any:
    """What a killed Blender was removing."""

    def left(root: Path, name: str) -> Path:
        folder = root / name
        folder.mkdir(parents=True)
        (folder / "000001.png").write_text("")
        return folder

    return left


def test_no_click_waits_until_what_was_left_is_removed_nor_removes_what_a_user_has(
    scene: Any, clip: Any, write: Any, room: Any, studies: Path, left: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, mine = left(studies, "clip-0123abcd.gone"), left(studies, "holiday.gone")
    remove, meanwhile, removed = shutil.rmtree, threading.Event(), []

    def slowly(folder: Any, **how: Any) -> None:
        meanwhile.wait(LONG if threading.current_thread() is not threading.main_thread() else 0)
        removed.append(Path(folder))
        remove(folder, **how)

    monkeypatch.setattr(shutil, "rmtree", slowly)
    write(scene, clip)
    assert removed == []
    at_work = room("sequencer.moving")._sweeps[studies]
    meanwhile.set()
    at_work.join(LONG)
    assert (removed, gone.exists(), mine.exists()) == ([gone], False, True)


def test_what_was_left_where_studies_came_from_is_removed(
    scene: Any, clip: Any, write: Any, room: Any, left: Any, tmp_path: Path
) -> None:
    """The studies folder is another by now."""
    written, moving = write(scene, clip), room("sequencer.moving")
    old = tmp_path / "before"
    old.mkdir()
    found = room("backend.study").Study.open(written.folder.rename(old / written.folder.name))
    gone, mine = left(old, "other-0123abcd.gone"), left(old, "holiday.gone")
    moving.relocate(found, tmp_path / "steady" / found.folder.name)
    moving._sweeps[old].join(LONG)
    assert (gone.exists(), mine.exists()) == (False, True)
