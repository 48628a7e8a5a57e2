"""A strip that was split or duplicated from a studied one uses its looks and its tuning, and never writes to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bpy
import media as make
import pytest
from drawn import drawn, text_of

pytest_plugins = ["tiny"]


@pytest.fixture
def looked(clip: Any, tmp_path: Path) -> Any:
    """A chosen look of frame 2, painted elsewhere."""
    (painted,) = make.write_pngs(tmp_path / "painted", make.moving_square(1, 64, 64))
    bpy.ops.steady.bring_look(filepath=str(painted), frame=2)
    return clip


@pytest.fixture
def tuned(looked: Any) -> Any:
    bpy.ops.steady.fine_tune()
    return looked


def split(strip: Any) -> Any:
    """The strip's right half, from frame 3 on; it is the active one."""
    other = strip.split(frame=12, split_method="SOFT")
    bpy.context.scene.sequence_editor.active_strip = other
    return other


@pytest.fixture
def own(studio: Path, room: Any) -> Callable[[Any], Any]:
    opened = room("backend.study").Study
    return lambda strip: opened.open(next(studio.rglob(f"*-{strip.steady.study_id}")))


@pytest.fixture
def tab(room: Any) -> Callable[[], str]:
    """What the top of the tab says."""
    return lambda: text_of(drawn(room("panels.restyle").STEADY_PT_restyle))


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_part_that_was_split_off_is_rendered_with_the_tuning_of_the_whole(
    tuned: Any, own: Any, capfd: Any, tab: Any
) -> None:
    copied = split(tuned)
    before = everything(own(tuned).folder)
    assert bpy.ops.steady.use_parent() == {"FINISHED"}
    assert copied.steady.tuning_from == "Drive"
    assert copied.steady.study_id != tuned.steady.study_id
    out = capfd.readouterr().out
    assert "It uses the tuning of “Drive”." in out
    assert "1 look stayed with the original: this strip does not show its frame." in out
    assert "1 look stayed with the original: this strip does not show its frame." in tab()
    assert bpy.ops.steady.restyle() == {"FINISHED"}
    kept = own(copied)
    assert [take.note()["first"] for take in kept.takes()] == [3]
    assert not (kept.folder / "tune").exists()
    assert everything(own(tuned).folder) == before


def test_the_looks_of_frames_that_it_shows_come_over(looked: Any, own: Any, room: Any, capfd: Any) -> None:
    right = split(looked)
    room("sequencer.strips").set_handles(looked, 10, 11)  # room for the other to show frame 2 as well
    room("sequencer.strips").set_handles(right, 11, 16)
    assert bpy.ops.steady.use_parent() == {"FINISHED"}
    assert "1 look came over." in capfd.readouterr().out
    assert right.steady.tuning_from == "", "there is none to use"
    (look,) = own(right).gallery.looks()
    assert (look.frame, look.chosen) == (2, True)
    theirs = own(looked).gallery.picture_path("002-1").read_bytes()
    assert own(right).gallery.picture_path(look.name).read_bytes() == theirs


def test_it_is_offered_until_it_was_taken(looked: Any, room: Any) -> None:
    lending, scene = room("operators.lending"), bpy.context.scene
    copied = split(looked)
    room("sequencer.strips").set_handles(looked, 10, 11)
    room("sequencer.strips").set_handles(copied, 11, 16)
    offered = lending.lender_of(scene, copied)
    assert (offered.name, offered.lends) == ("Drive", "looks")
    assert lending.lender_of(scene, looked) is None
    bpy.ops.steady.use_parent()
    assert lending.lender_of(scene, copied) is None


def test_it_is_still_offered_once_the_copy_has_a_study_without_looks(looked: Any, room: Any) -> None:
    copied = split(looked)
    bpy.ops.steady.sample_frames()
    offered = room("operators.lending").lender_of(bpy.context.scene, copied)
    assert offered.name == "Drive"
    bpy.ops.steady.design_looks(look_frame=4)
    assert room("operators.lending").lender_of(bpy.context.scene, copied) is None


@pytest.mark.parametrize("at", ["_sample", "changed_since"], ids=["before it reads", "when it has read"])
def test_it_is_still_offered_where_the_job_came_to_nothing(
    tuned: Any, own: Any, room: Any, tab: Any, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    lending, frames, api = room("operators.lending"), room("operators.frames"), room("backend.api")
    copied = split(tuned)
    room("sequencer.strips").set_handles(tuned, 10, 11)
    room("sequencer.strips").set_handles(copied, 11, 16)

    def broken(*_: Any) -> Any:
        raise api.Failure(api.ErrorCode.LOST, "The backend ended.")

    with monkeypatch.context() as patched, pytest.raises(RuntimeError, match="The backend ended"):
        patched.setattr(frames, at, broken)
        bpy.ops.steady.use_parent()
    assert not copied.steady.is_property_set("tuning_from")
    assert lending.lender_of(bpy.context.scene, copied).lends == "looks and tuning"
    assert "The backend ended." in tab()
    room("session").current._finished.clear()  # as loading a file does
    room("panels.overview")._read.clear()
    assert ("The backend ended." in tab()) == (at == "changed_since"), "what has no study keeps nothing"
    assert bpy.ops.steady.use_parent() == {"FINISHED"}
    assert copied.steady.tuning_from == "Drive"
    assert [look.frame for look in own(copied).gallery.looks()] == [2]


@pytest.fixture
def lending(tuned: Any, room: Any) -> Iterator[Any]:
    """The job that a click on “Use Tuning of “Drive”” in a window has just begun for the active copy of it."""
    claims, frames, lending = room("operators.claims"), room("operators.frames"), room("operators.lending")
    scene, copied, session = bpy.context.scene, split(tuned), room("session").current
    lender, order = lending.lender_of(scene, copied), room("settings.order").order_of(copied.steady)

    def steps(claim: Any) -> Any:
        return (yield from lending.take_over(lender, claim, order, (yield from frames.sample(claim))))

    yield session.enqueue(claims.claimed(lending.STEADY_OT_use_parent.bl_label, scene, copied, steps))
    session.cancel_all()


@pytest.mark.parametrize("click", ["restyle", "fine_tune", "render_take", "compare", "use_parent"])
def test_nothing_is_tuned_or_rendered_before_it_has_come_over(lending: Any, room: Any, click: str) -> None:
    """What is clicked has the settings of that moment: it would tune anew, and render by that."""
    session, copied = room("session").current, bpy.context.scene.sequence_editor.active_strip
    refused = rf"“{copied.name}” is about to use what its original has\. Wait for it, or cancel it first\."
    with pytest.raises(RuntimeError, match=refused):
        getattr(bpy.ops.steady, click)()
    assert [job for job in session.jobs if not job.finished] == [lending]
    session.drain(lending)
    assert copied.steady.tuning_from == "Drive"


def test_the_original_itself_is_restyled_meanwhile(lending: Any, tuned: Any) -> None:
    assert bpy.ops.steady.restyle(strip="Drive", way="PLAIN") == {"FINISHED"}
    assert lending.result.tuning == "Drive", "it came first"


def test_a_lender_whose_strip_is_gone_is_named_by_its_id(tuned: Any) -> None:
    copied = split(tuned)
    known, scene = tuned.steady.study_id, bpy.context.scene
    bpy.ops.steady.sample_frames()
    make.strips(scene.sequence_editor).remove(tuned)
    assert bpy.ops.steady.use_parent() == {"FINISHED"}
    assert copied.steady.tuning_from == known
    assert bpy.ops.steady.render_take() == {"FINISHED"}


def test_a_strip_that_was_copied_from_nothing_is_refused(clip: Any) -> None:
    with pytest.raises(RuntimeError, match=r"“Drive” was not copied from a strip with looks or tuning\."):
        bpy.ops.steady.use_parent()
    assert clip.steady.study_id == ""
    assert not clip.steady.is_property_set("tuning_from")


def test_a_copy_of_one_with_neither_is_refused(clip: Any) -> None:
    bpy.ops.steady.sample_frames()
    other = clip.split(frame=12, split_method="SOFT")
    with pytest.raises(RuntimeError, match="was not copied from a strip with looks or tuning"):
        bpy.ops.steady.use_parent(strip=other.name)
