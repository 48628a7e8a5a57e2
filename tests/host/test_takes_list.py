"""The takes of a strip as its list has them: shown, hidden, alone, one in the place of another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import identities
import media as make
import numpy as np
import pytest
from backends import prefer
from test_takes_seen import picture

study, strips, api, studies = identities.study, identities.strips, identities.api, identities.studies
identity, clip, write = identities.identity, identities.clip, identities.write


@pytest.fixture
def showing(room: Any) -> Any:
    return room("sequencer.showing")


@pytest.fixture
def takes(room: Any, scene: Any, clip: Any) -> Any:
    return lambda: room("sequencer.takes").takes_of(scene, clip)


@pytest.fixture
def written(scene: Any, clip: Any, write: Any, tmp_path: Path) -> Any:
    """The study of the active strip, where the operators look for it."""
    prefer(tmp_path)
    scene.sequence_editor.active_strip = clip
    return write(scene, clip)


def render(written: Any, name: str, first: int = 1, last: int = 10, side: tuple[int, int] = (64, 48)) -> list[Any]:
    """What rendering leaves in the study: each take in a colour of its own."""
    colour = sum(map(ord, name)) % 200 + 30
    frames = [np.full((side[1], side[0], 3), (colour, number * 3, 90), np.uint8) for number in range(first, last + 1)]
    files = make.write_pngs(written.take(name).folder, frames)
    for number, file in enumerate(files, first):
        file.rename(written.take(name).picture_path(number))
    written.take(name).set_note({"first": first, "last": last, "fingerprint": name, "complete": True})
    return frames


def names(laid: list[Any]) -> list[str]:
    return [take.steady.take_name for take in laid]


# --- show


def test_a_take_that_is_only_in_the_study_is_laid_in(written: Any, clip: Any, takes: Any, capfd: Any) -> None:
    render(written, "night")
    assert bpy.ops.steady.show_take(take="night") == {"FINISHED"}
    (laid,) = takes()
    assert (laid.name, laid.channel) == ("clip night", 3)
    assert clip.mute
    assert "“clip night” is laid in." in capfd.readouterr().out


def test_one_that_is_hidden_is_shown_and_not_laid_in_twice(written: Any, takes: Any) -> None:
    render(written, "night")
    bpy.ops.steady.show_take(take="night")
    takes()[0].mute = True
    bpy.ops.steady.show_take(take="night")
    (laid,) = takes()
    assert not laid.mute


def test_a_take_of_another_size_covers_the_same_box(scene: Any, written: Any, tmp_path: Path) -> None:
    frames = render(written, "small", side=(32, 24))
    bpy.ops.steady.show_take(take="small")
    seen = picture(scene, 14, tmp_path)[..., :3]
    assert (seen == frames[4][0, 0]).all()


@pytest.mark.parametrize("operator", ["show_take", "replace_take"])
def test_a_take_from_before_another_crop_lies_where_it_was_painted(
    scene: Any, written: Any, takes: Any, api: Any, room: Any, tmp_path: Path, operator: str
) -> None:
    to_json = room("backend.plain").to_json
    old, new = (api.Framing((64, 48), api.Box(x, 0, 32, 48), (32, 48)) for x in (0, 16))
    painted = render(written, "old", side=(32, 48))[4][0, 0]
    render(written, "new", side=(32, 48))
    for name, framing in (("old", old), ("new", new)):
        written.take(name).add_to_note({"framing": to_json(framing)})
    if operator == "replace_take":
        bpy.ops.steady.show_take(take="new")
    getattr(bpy.ops.steady, operator)(take="old")
    seen = picture(scene, 14, tmp_path)[..., :3]
    assert (seen[:, :32] == painted).all()
    assert not (seen[:, 32:] == painted).all(axis=2).any()


def test_a_take_that_was_painted_anew_is_seen_anew(
    scene: Any, written: Any, takes: Any, room: Any, tmp_path: Path
) -> None:
    render(written, "night")
    bpy.ops.steady.show_take(take="night")
    take, before = written.take("night"), picture(scene, 14, tmp_path)
    for file in make.write_pngs(tmp_path / "new", [np.full((48, 64, 3), 7, np.uint8)]):
        take.picture_path(5).write_bytes(file.read_bytes())
    room("sequencer.take_pictures").look_again(take.folder)
    assert (before[..., :3] != 7).all()
    assert (picture(scene, 14, tmp_path)[..., :3] == 7).all()


def test_a_take_of_the_study_that_a_copy_shares_with_its_original(scene: Any, clip: Any, written: Any) -> None:
    render(written, "night")
    other = identities.split(scene, clip)
    scene.sequence_editor.active_strip = other
    assert bpy.ops.steady.show_take(take="night") == {"FINISHED"}


@pytest.mark.parametrize("operator", ["show_take", "replace_take", "solo_take", "delete_take"])
def test_a_take_that_is_not_there_is_refused(written: Any, takes: Any, operator: str) -> None:
    render(written, "night")
    bpy.ops.steady.show_take(take="night")
    with pytest.raises(RuntimeError, match=r"“clip” has no take “dusk”\. Choose one of those in its list\."):
        getattr(bpy.ops.steady, operator)(take="dusk")
    assert names(takes()) == ["night"]


def test_a_take_that_was_broken_off_is_refused(written: Any, takes: Any) -> None:
    render(written, "night")
    written.take("night").set_note({"first": 1, "last": 10, "complete": False})
    with pytest.raises(RuntimeError, match=r"The take “night” was broken off\. Press Render Take"):
        bpy.ops.steady.show_take(take="night")
    assert takes() == []


def test_a_damaged_take_keeps_no_other_from_being_shown(written: Any, takes: Any, room: Any) -> None:
    for name in ("day", "night"):
        render(written, name)
    (written.take("day").folder / "take.json").write_text("{")
    with pytest.raises(RuntimeError, match="is damaged: it is not JSON"):
        bpy.ops.steady.show_take(take="day")
    assert bpy.ops.steady.show_take(take="night") == {"FINISHED"}
    assert [take.name for take in room("backend.listing").takes(written.folder)] == ["night"]


def test_a_take_that_lacks_a_picture_is_refused(written: Any, takes: Any) -> None:
    render(written, "night")
    written.take("night").picture_path(3).unlink()
    with pytest.raises(RuntimeError, match=r"The take “night” lacks its frame “.*000003\.png”\. Render it again\."):
        bpy.ops.steady.show_take(take="night")
    assert takes() == []


# --- replace


def test_another_take_comes_into_the_place_of_the_shown_one(
    scene: Any, written: Any, takes: Any, strips: Any, tmp_path: Path
) -> None:
    render(written, "day")
    frames = render(written, "night")
    bpy.ops.steady.show_take(take="day")
    (shown,) = takes()
    shown.channel, shown.blend_type, shown.blend_alpha = 5, "ALPHA_OVER", 1.0
    shown.modifiers.new("Curves", "CURVES")
    before = picture(scene, 14, tmp_path)
    assert bpy.ops.steady.replace_take(take="night") == {"FINISHED"}
    (now,) = takes()
    assert (now.name, now.channel, now.blend_type) == ("clip night", 5, "ALPHA_OVER")
    assert strips.handles(now) == (10, 20)
    assert strips.content_start(now) == 10
    assert [element.filename for element in now.elements] == [f"{n:06}.png" for n in range(1, 11)]
    assert len(now.modifiers) == 1
    seen = picture(scene, 14, tmp_path)
    assert (seen[..., :3] == frames[4][0, 0]).all()
    assert (before != seen).any()


def test_a_take_of_fewer_frames_lies_where_its_frames_belong(
    scene: Any, written: Any, takes: Any, strips: Any, tmp_path: Path
) -> None:
    render(written, "day")
    frames = render(written, "part", first=4, last=7, side=(32, 24))
    bpy.ops.steady.show_take(take="day")
    bpy.ops.steady.replace_take(take="part")
    (now,) = takes()
    assert (strips.content_start(now), *strips.handles(now)) == (13, 13, 17)
    assert now.channel == 3
    assert (picture(scene, 14, tmp_path)[..., :3] == frames[1][0, 0]).all()
    bpy.ops.steady.replace_take(take="day")
    (now,) = takes()
    assert (strips.content_start(now), *strips.handles(now)) == (10, 10, 20)


def test_a_longer_take_moves_no_neighbour(scene: Any, written: Any, takes: Any, media: Any, strips: Any) -> None:
    render(written, "part", first=1, last=4)
    render(written, "long", first=1, last=30)
    bpy.ops.steady.show_take(take="part")
    after = make.add_images(scene.sequence_editor, media.images(10), start=20, channel=3, name="after")
    bpy.ops.steady.replace_take(take="long")
    (now,) = takes()
    assert (now.channel, strips.handles(now)) == (3, (10, 20))
    assert (after.channel, strips.handles(after)) == (3, (20, 30))


def test_the_topmost_shown_take_is_replaced(written: Any, takes: Any) -> None:
    for name in ("day", "dusk", "night"):
        render(written, name)
    for name in ("day", "dusk"):
        bpy.ops.steady.show_take(take=name)
    takes()[1].mute = True
    takes()[0].mute = False
    bpy.ops.steady.replace_take(take="night")
    assert names(takes()) == ["night", "dusk"]


def test_with_nothing_shown_there_is_nothing_to_replace(written: Any, takes: Any) -> None:
    render(written, "night")
    with pytest.raises(RuntimeError, match=r"No take of “clip” is shown\. Show this one instead\."):
        bpy.ops.steady.replace_take(take="night")
    bpy.ops.steady.show_take(take="night")
    with pytest.raises(RuntimeError, match="The take “night” has a strip of its own already"):
        bpy.ops.steady.replace_take(take="night")
    assert len(takes()) == 1


# --- alone


def test_one_take_alone_or_the_original(scene: Any, clip: Any, written: Any, takes: Any, tmp_path: Path) -> None:
    own = picture(scene, 14, tmp_path)
    for name in ("day", "night"):
        render(written, name)
        bpy.ops.steady.show_take(take=name)
    assert bpy.ops.steady.solo_take(take="day") == {"FINISHED"}
    assert [(take.steady.take_name, take.mute) for take in takes()] == [("day", False), ("night", True)]
    assert clip.mute
    assert bpy.ops.steady.solo_take(take="") == {"FINISHED"}
    assert all(take.mute for take in takes())
    assert not clip.mute
    assert (picture(scene, 14, tmp_path) == own).all()
    bpy.ops.steady.solo_take(take="night")
    assert [take.mute for take in takes()] == [True, False]


def test_a_take_that_is_only_in_the_study_is_laid_in_to_be_seen_alone(written: Any, takes: Any) -> None:
    for name in ("day", "night"):
        render(written, name)
    bpy.ops.steady.show_take(take="day")
    bpy.ops.steady.solo_take(take="night")
    assert [(take.steady.take_name, take.mute) for take in takes()] == [("day", True), ("night", False)]


# --- the original, outside of what a take covers


@pytest.fixture
def parted(written: Any) -> Any:
    """A whole take, which hides the original, and one of a few frames in the middle."""
    render(written, "whole")
    render(written, "part", first=4, last=7)
    bpy.ops.steady.show_take(take="whole")
    return written


def is_black(scene: Any, frame: int, folder: Path) -> bool:
    return not picture(scene, frame, folder)[..., :3].any()


def test_beside_a_part_that_is_seen_alone_the_original_is_seen(
    scene: Any, parted: Any, clip: Any, takes: Any, tmp_path: Path
) -> None:
    bpy.ops.steady.show_take(take="part")
    bpy.ops.steady.solo_take(take="part")
    assert [(take.steady.take_name, take.mute) for take in takes()] == [("whole", True), ("part", False)]
    assert not is_black(scene, 11, tmp_path)
    bpy.ops.steady.solo_take(take="whole")
    assert clip.mute


def test_beside_a_part_in_the_place_of_a_whole_take_the_original_is_seen(
    scene: Any, parted: Any, clip: Any, tmp_path: Path
) -> None:
    bpy.ops.steady.replace_take(take="part")
    assert not is_black(scene, 11, tmp_path)
    bpy.ops.steady.replace_take(take="whole")
    assert clip.mute


def test_another_take_in_its_place_leaves_an_original_that_is_to_be_seen(parted: Any, clip: Any) -> None:
    clip.mute = clip.steady.mute_original = False
    bpy.ops.steady.solo_take(take="whole")
    clip.mute = False
    render(parted, "other")
    bpy.ops.steady.replace_take(take="other")
    assert not clip.mute


# --- from a take to its strip


def test_from_a_take_to_the_strip_that_it_was_made_from(scene: Any, clip: Any, written: Any, takes: Any) -> None:
    render(written, "day")
    bpy.ops.steady.show_take(take="day")
    assert not bpy.ops.steady.select_source.poll()
    (take,) = takes()
    scene.sequence_editor.active_strip, take.select, clip.select = take, True, False
    assert bpy.ops.steady.select_source() == {"FINISHED"}
    assert scene.sequence_editor.active_strip == clip
    assert (clip.select, take.select) == (True, False)
    scene.sequence_editor.active_strip = take
    make.strips(scene.sequence_editor).remove(clip)
    with pytest.raises(RuntimeError, match="“clip” is not in this scene any more"):
        bpy.ops.steady.select_source()


# --- undo


def test_undo_takes_it_back(scene: Any, clip: Any, written: Any, takes: Any) -> None:
    render(written, "day")
    render(written, "night")
    bpy.ops.steady.show_take(take="day")
    bpy.ops.ed.undo_push(message="shown")
    bpy.ops.steady.replace_take("EXEC_DEFAULT", True, take="night")
    scene = identities.undo()
    found = next(s for s in make.strips(scene.sequence_editor) if s.steady.take_name)
    assert found.steady.take_name == "day"
    assert Path(bpy.path.abspath(found.directory)).name == "day"
