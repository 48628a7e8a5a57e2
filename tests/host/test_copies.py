"""A strip whose study is still another's, duplicated or in a file saved under another name: what its tab says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import media as make
import pytest
from drawn import buttons_of, drawn, text_of
from identities import others, save, select, timeline
from tiny import COUNT

pytest_plugins = ["tiny"]

STAGES = ("frames", "looks", "tune", "render", "measure")


@pytest.fixture
def tab(room: Any) -> Callable[[], list[tuple[str, str]]]:
    """What the top of the tab has."""
    return lambda: drawn(room("panels.restyle").STEADY_PT_restyle)


@pytest.fixture
def headers(room: Any) -> Callable[[Any], set[str]]:
    """What the headers say of the strip, each once."""

    def read(strip: Any) -> set[str]:
        found = room("panels.overview").overview(strip)
        panels = [getattr(room(f"panels.{name}"), f"STEADY_PT_{name}") for name in STAGES]
        return {panel.standing(None, strip, found)[0] for panel in panels}

    return read


@pytest.fixture
def missing(room: Any) -> Callable[[Any], Any]:
    return lambda strip: room("panels.missing").of_all(strip, room("panels.overview").overview(strip))


@pytest.fixture
def takes(room: Any) -> Callable[[Any], list[Any]]:
    return lambda strip: room("sequencer.takes").takes_of(bpy.context.scene, strip)


@pytest.fixture
def rows(room: Any, takes: Any) -> Callable[[Any], list[Any]]:
    """What the list of takes has of the strip."""
    panel, listing = room("panels.takes"), room("backend.listing")

    def read(strip: Any) -> list[Any]:
        return panel.rows_of(takes(strip), listing.takes(room("panels.overview").overview(strip).folder))

    return read


@pytest.fixture
def own(studio: Path, room: Any) -> Callable[[Any], Any]:
    opened = room("backend.study").Study
    return lambda strip: opened.open(next(studio.rglob(f"*-{strip.steady.study_id}")))


def pictures_of(take: Any) -> Path:
    return Path(bpy.path.abspath(take.directory))


def duplicated(clip: Any) -> Any:
    scene = bpy.context.scene
    known = others(scene)
    select(scene, clip)
    assert timeline(bpy.ops.sequencer.duplicate) == {"FINISHED"}
    (other,) = others(scene, *known)
    scene.sequence_editor.active_strip = other
    return other


def test_a_duplicate_begins_anew_and_says_so(clip: Any, tab: Any, headers: Any, missing: Any, room: Any) -> None:
    bpy.ops.steady.restyle()
    assert missing(clip).nothing
    other = duplicated(clip)
    assert missing(other) == room("operators.foreseeing").Missing(COUNT, True, 4, COUNT)
    assert headers(other) == {"Not started"}
    assert "Everything is up to date" not in text_of(tab()) and "use_parent" in buttons_of(tab())
    bpy.ops.steady.sample_frames()
    assert missing(other).frames == 0
    bpy.context.scene.sequence_editor.active_strip = clip
    assert missing(clip).nothing and "Everything is up to date" in text_of(tab())


def test_what_a_copy_borrows_is_known_as_soon_as_it_is_set(
    clip: Any, room: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = room("panels.overview")
    monkeypatch.setattr(panel, "KEPT", 1000.0)
    bpy.ops.steady.restyle()
    other = duplicated(clip)
    assert panel.overview(other).lent is None
    other.steady.tuning_from = "Drive"
    assert panel.overview(other).lent == panel.overview(clip).tuning is not None
    other.steady.way = "PLAIN"
    assert panel.overview(other).lent is None


def test_a_click_that_is_refused_leaves_the_strip_with_the_study_that_it_had(
    clip: Any, session: Any, room: Any
) -> None:
    """Of a strip that was deleted while a job works for it, the study would be found again by one of its name."""
    scene, files = bpy.context.scene, room("sequencer.fingerprint").media_files(clip)
    bpy.ops.steady.sample_frames()
    second = make.add_images(scene.sequence_editor, [Path(file) for file in files], start=40, channel=2, name="Other")
    bpy.ops.steady.sample_frames(strip="Other")
    copied, known = duplicated(second), second.steady.study_id
    claimed = room("operators.claims").claimed
    session.enqueue(claimed("Sample Frames", scene, clip, lambda claim: room("operators.frames").sample(claim)))
    make.strips(scene.sequence_editor).remove(clip)
    copied.name = "Drive"
    with pytest.raises(RuntimeError, match="“Sample Frames” of “Drive” waits already"):
        bpy.ops.steady.sample_frames(strip="Drive")
    assert copied.steady.study_id == known


def test_a_file_that_was_saved_under_another_name_uses_what_the_first_one_has(
    clip: Any, tab: Any, headers: Any, missing: Any, takes: Any, rows: Any, own: Any, studio: Path, room: Any
) -> None:
    save(studio / "edit.blend")
    bpy.ops.steady.restyle()
    (take,) = takes(clip)
    assert missing(clip).nothing
    save(studio / "edit_v2.blend")
    assert not missing(clip).nothing and headers(clip) == {"Not started"}
    assert [row.gone for row in rows(clip)] == [False], "it is in the edit, and listed"
    assert "Everything is up to date" not in text_of(tab()) and "use_parent" in buttons_of(tab())
    text = "Copied from “Drive” of “edit.blend”, which has looks and tuning. Restyle begins anew, unless you use that."
    assert text in text_of(tab())

    assert bpy.ops.steady.use_parent() == {"FINISHED"}
    assert missing(clip) == room("operators.foreseeing").Missing(takes=COUNT), "frames, looks and tuning came over"
    assert [row.gone for row in rows(clip)] == [False]
    assert bpy.ops.steady.restyle() == {"FINISHED"}
    assert missing(clip).nothing
    (shown,) = takes(clip)
    assert pictures_of(shown) == own(clip).take("tuned 0.45").folder, "and not those of the first file"
    assert shown.steady.study_id == clip.steady.study_id and shown.name == take.name and clip.mute
    spare = [one.folder for one in room("operators.cleaning").spare_things() if one.kind.value == "take"]
    assert own(clip).folder not in spare


def test_a_file_that_was_saved_into_another_folder_finds_the_tuning_there(
    clip: Any, missing: Any, studio: Path
) -> None:
    save(studio / "one" / "edit.blend")
    bpy.ops.steady.restyle()
    save(studio / "two" / "edit.blend")
    assert bpy.ops.steady.use_parent() == {"FINISHED"}
    assert missing(clip).iterations == 0
    assert bpy.ops.steady.render_take() == {"FINISHED"}


def test_what_works_on_the_original_does_not_work_on_its_copy(clip: Any, session: Any, room: Any) -> None:
    drawing, frames = room("panels.drawing"), room("operators.frames")
    session._finished.clear()  # as loading a file does: other tests had strips of these names
    bpy.ops.steady.sample_frames()
    other, scene = duplicated(clip), bpy.context.scene
    assert drawing.last_job(clip).title == "Sample Frames" and drawing.last_job(other) is None
    job = room("operators.claims").claimed("Sample Frames", scene, clip, lambda claim: frames.sample(claim))
    session.enqueue(job)
    assert (drawing.unfinished(clip), drawing.unfinished(other)) == ([job], [])
