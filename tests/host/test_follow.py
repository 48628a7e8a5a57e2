"""Takes stay with their source: through moves, trims and cuts, in metas, past undo, at little cost."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import bpy
import media as make
import pytest


@pytest.fixture
def follow(room: Any) -> Any:
    return room("sequencer.follow").follow


@pytest.fixture
def strips(room: Any) -> Any:
    return room("sequencer.strips")


@pytest.fixture
def lay(room: Any, tmp_path: Path) -> Any:
    takes, api = room("sequencer.takes"), room("backend.api")

    def lay(scene: Any, source: Any, count: int = 20, first: int = 1, name: str = "take") -> Any:
        if not source.steady.study_id:
            source.steady.study_id = "0123abcd"
        files = make.write_pngs(tmp_path / f"{name}-{count}", make.random_frames(count, 8, 8))
        framing = api.Framing((64, 48), api.Box(0, 0, 64, 48), (8, 8))
        return takes.lay_take(scene, source, files, first, framing, name, "{}")

    return lay


@pytest.fixture
def clip(scene: Any, media: Any) -> Any:
    return make.add_images(scene.sequence_editor, media.images(20), start=10, channel=2)


@pytest.fixture
def take(scene: Any, clip: Any, lay: Any) -> Any:
    return lay(scene, clip)


@pytest.fixture
def when(strips: Any) -> Any:
    """Content start and handles: two strips show the same frames at the same time where these are the same."""
    return lambda strip: (strips.content_start(strip), *strips.handles(strip))


def named(scene: Any, strips: Any, name: str) -> Any:
    found = strips.strip_named(scene, name)
    assert found is not None, [s.name for s, _ in strips.all_strips(scene)]
    return found


def test_where_nothing_changed_nothing_is_done(scene: Any, take: Any, follow: Any) -> None:
    assert follow(scene) == 0


@pytest.mark.parametrize("to", [11, 25, 200, -40, 9])
def test_it_moves_along(scene: Any, clip: Any, take: Any, follow: Any, strips: Any, when: Any, to: int) -> None:
    strips.set_content_start(clip, to)
    assert follow(scene) == 1
    assert when(take) == when(clip) == (to, to, to + 20)
    assert follow(scene) == 0


@pytest.mark.parametrize(("left", "right"), [(12, 30), (10, 25), (13, 14), (29, 30)])
def test_it_is_trimmed_along(
    scene: Any, clip: Any, take: Any, follow: Any, strips: Any, when: Any, left: int, right: int
) -> None:
    strips.set_handles(clip, left, right)
    assert follow(scene) == 1
    assert when(take) == when(clip) == (10, left, right)
    strips.set_handles(clip, 10, 30)
    follow(scene)
    assert when(take) == (10, 10, 30)


def test_moved_and_trimmed_at_once(scene: Any, clip: Any, take: Any, follow: Any, strips: Any, when: Any) -> None:
    strips.set_handles(clip, 15, 20)
    strips.set_content_start(clip, 500)
    follow(scene)
    assert when(take) == when(clip) == (500, 505, 510)


def test_it_never_shows_more_than_it_has(scene: Any, clip: Any, lay: Any, follow: Any, strips: Any, when: Any) -> None:
    take = lay(scene, clip, count=5, first=4)
    strips.set_content_start(clip, 100)
    strips.set_handles(clip, 90, 150)
    follow(scene)
    assert when(take) == (103, 103, 108)


def test_a_source_trimmed_to_where_the_take_has_nothing_leaves_it(
    scene: Any, clip: Any, lay: Any, follow: Any, strips: Any, when: Any
) -> None:
    take = lay(scene, clip, count=5)
    strips.set_handles(clip, 20, 30)
    assert follow(scene) == 0
    assert when(take) == (10, 10, 15)


def test_a_take_that_was_moved_away_comes_back(
    scene: Any, clip: Any, take: Any, follow: Any, strips: Any, when: Any
) -> None:
    strips.set_content_start(take, 300)
    follow(scene)
    assert when(take) == when(clip)


@pytest.mark.parametrize("how", ["take_follows", "lock"])
def test_it_stays_where_it_is_when_told(
    scene: Any, clip: Any, take: Any, follow: Any, strips: Any, when: Any, how: str
) -> None:
    if how == "lock":
        take.lock = True
    else:
        take.steady.take_follows = False
    strips.set_content_start(clip, 100)
    assert follow(scene) == 0
    assert when(take) == (10, 10, 30)


# --- channels


def test_it_makes_way_for_what_is_in_its_channel(
    scene: Any, media: Any, clip: Any, take: Any, follow: Any, strips: Any, when: Any
) -> None:
    other = make.add_images(scene.sequence_editor, media.images(20), start=100, channel=3, name="other")
    strips.set_content_start(clip, 110)
    follow(scene)
    assert (take.channel, when(take)) == (4, (110, 110, 130))
    assert (other.channel, when(other)) == (3, (100, 100, 120))


@pytest.mark.parametrize("away", [5, -5, 20, -20])
def test_neighbours_that_move_together_keep_their_channel(
    scene: Any, media: Any, follow: Any, strips: Any, when: Any, lay: Any, away: int
) -> None:
    clips, takes = [], []
    for i in range(3):
        clips.append(make.add_images(scene.sequence_editor, media.images(20), start=100 + 20 * i, name=f"clip{i}"))
        clips[-1].steady.study_id = f"0000000{i}"
        takes.append(lay(scene, clips[-1], name=f"take{i}"))
    for clip in reversed(clips) if away > 0 else clips:
        strips.set_content_start(clip, strips.content_start(clip) + away)
    assert follow(scene) == 3
    assert [(t.channel, when(t)) for t in takes] == [(2, when(c)) for c in clips]


def test_without_a_free_channel_it_waits_for_room(
    scene: Any, media: Any, clip: Any, follow: Any, strips: Any, when: Any, lay: Any
) -> None:
    clip.channel = 127
    take = lay(scene, clip)
    wall = make.add_images(scene.sequence_editor, media.images(20), start=100, channel=128, name="wall")
    strips.set_content_start(clip, 110)
    assert (follow(scene), when(take)) == (0, (10, 10, 30))
    make.strips(scene.sequence_editor).remove(wall)
    assert (follow(scene), when(take)) == (1, (110, 110, 130))


def test_it_stays_above_its_source(scene: Any, clip: Any, take: Any, follow: Any) -> None:
    clip.channel = 7
    assert (follow(scene), take.channel) == (1, 8)


# --- cuts


def test_a_cut_source_cuts_its_take(scene: Any, clip: Any, take: Any, follow: Any, strips: Any, when: Any) -> None:
    right = clip.split(frame=17, split_method="SOFT")
    assert follow(scene) > 0
    other = named(scene, strips, "clip take.001")
    assert (when(take), when(other)) == ((10, 10, 17), (10, 17, 30))
    assert (other.steady.take_source, other.channel) == (right.name, 3)
    assert follow(scene) == 0
    strips.set_content_start(right, 40)
    follow(scene)
    assert (when(take), when(other)) == ((10, 10, 17), (40, 47, 60))


def test_several_cuts_at_once(scene: Any, clip: Any, take: Any, follow: Any, strips: Any, when: Any) -> None:
    second = clip.split(frame=15, split_method="SOFT")
    third = second.split(frame=20, split_method="SOFT")
    second.split(frame=17, split_method="SOFT")
    follow(scene)
    pieces = sorted((s for s, _ in strips.all_strips(scene) if s.type == "IMAGE" and not s.steady.take_name), key=when)
    takes = sorted((s for s, _ in strips.all_strips(scene) if s.steady.take_name), key=when)
    assert (
        [when(s) for s in takes]
        == [when(s) for s in pieces]
        == [(10, a, b) for a, b in ((10, 15), (15, 17), (17, 20), (20, 30))]
    )
    assert [t.steady.take_source for t in takes] == [s.name for s in pieces]
    assert third.name in {t.steady.take_source for t in takes}


def test_cut_and_moved_apart_at_once(scene: Any, clip: Any, take: Any, follow: Any, strips: Any, when: Any) -> None:
    right = clip.split(frame=17, split_method="SOFT")
    strips.set_content_start(right, 50)
    strips.set_content_start(clip, 5)
    follow(scene)
    assert (when(take), when(named(scene, strips, "clip take.001"))) == ((5, 5, 12), (50, 57, 70))


def test_a_piece_cut_out_of_the_middle_is_cut_out_of_the_take(
    scene: Any, clip: Any, take: Any, follow: Any, strips: Any, when: Any
) -> None:
    middle = clip.split(frame=15, split_method="SOFT")
    middle.split(frame=20, split_method="SOFT")
    make.strips(scene.sequence_editor).remove(middle)
    follow(scene)
    assert (when(take), when(named(scene, strips, "clip take.001"))) == ((10, 10, 15), (10, 20, 30))


def test_a_take_that_was_cut_together_with_its_source_is_not_cut_again(
    scene: Any, clip: Any, take: Any, follow: Any, strips: Any, when: Any
) -> None:
    right, other = clip.split(frame=17, split_method="SOFT"), take.split(frame=17, split_method="SOFT")
    follow(scene)
    assert len(list(strips.all_strips(scene))) == 4
    assert (take.steady.take_source, other.steady.take_source) == ("clip", right.name)
    assert (when(take), when(other)) == ((10, 10, 17), (10, 17, 30))


def test_of_a_source_that_was_cut_in_two_the_second_half_may_be_all_that_is_left(
    scene: Any, clip: Any, take: Any, follow: Any, strips: Any, when: Any
) -> None:
    right = clip.split(frame=17, split_method="SOFT")
    make.strips(scene.sequence_editor).remove(clip)
    strips.set_handles(right, 17, 28)
    follow(scene)
    assert (take.steady.take_source, when(take)) == (right.name, (10, 17, 28))


def test_every_take_of_a_cut_source_is_cut(
    scene: Any, clip: Any, take: Any, lay: Any, follow: Any, strips: Any
) -> None:
    lay(scene, clip, name="night")
    clip.split(frame=17, split_method="SOFT")
    follow(scene)
    assert len(list(strips.all_strips(scene))) == 6


def test_the_halves_of_a_cut_take_fade_as_the_whole_did(
    scene: Any, clip: Any, lay: Any, follow: Any, strips: Any, room: Any
) -> None:
    for frame, value in ((10, 0.0), (30, 1.0)):
        clip.blend_alpha = value
        clip.keyframe_insert("blend_alpha", frame=frame)
    lay(scene, clip)
    clip.split(frame=17, split_method="SOFT")
    follow(scene)
    curve = room("sequencer.opacity").curve
    original = curve(scene, clip)
    for name in ("clip take", "clip take.001"):
        copy = curve(scene, named(scene, strips, name))
        assert [copy.evaluate(f) for f in range(10, 31)] == [original.evaluate(f) for f in range(10, 31)]


def test_a_fade_moves_along(scene: Any, clip: Any, lay: Any, follow: Any, strips: Any, room: Any) -> None:
    for frame, value in ((10, 0.0), (30, 1.0)):
        clip.blend_alpha = value
        clip.keyframe_insert("blend_alpha", frame=frame)
    opacity = room("sequencer.opacity")
    take = lay(scene, clip)
    before = [opacity.curve(scene, take).evaluate(f) for f in range(10, 31)]
    strips.set_content_start(clip, 60)
    follow(scene)
    assert [opacity.curve(scene, take).evaluate(f + 50) for f in range(10, 31)] == pytest.approx(before, abs=1e-6)


# --- sources without content of their own: stills and effects begin anew at their left handle


@pytest.fixture(params=["still", "colour", "blur"])
def still(request: Any, scene: Any, media: Any) -> Any:
    """A strip from 10 to 30 that has no frames of its own, and how its left handle is moved."""
    editor = scene.sequence_editor
    if request.param == "colour":
        return make.add_effect(editor, "COLOR", 10, 20, channel=2, name="clip")
    strip = make.add_images(editor, media.images(1), start=10, channel=1, name="below")
    strip.frame_final_end = 30
    if request.param == "still":
        strip.name, strip.channel = "clip", 2
        return strip
    return make.add_effect(editor, "GAUSSIAN_BLUR", 10, 20, channel=2, name="clip", input1=strip)


def content(still: Any) -> Any:
    return getattr(still, "input_1", None) or still


def test_a_still_that_is_trimmed_keeps_the_takes_pictures_in_place(
    scene: Any, still: Any, lay: Any, follow: Any, strips: Any, when: Any
) -> None:
    take = lay(scene, still)
    strips.set_handles(content(still), 14, 27)
    follow(scene)
    follow(scene)
    assert strips.handles(take)[1] == 27
    strips.set_handles(content(still), 14, 30)
    follow(scene)
    strips.set_handles(content(still), 16, 30)
    follow(scene)
    assert strips.handles(take) == (16, 30)


def test_a_still_trimmed_from_the_left_shows_the_same_pictures(
    scene: Any, still: Any, lay: Any, follow: Any, strips: Any, when: Any
) -> None:
    take = lay(scene, still)
    strips.set_handles(content(still), 14, 30)
    follow(scene)
    assert (when(take), take.steady.take_first) == ((10, 14, 30), -3)
    strips.set_handles(content(still), 10, 30)
    follow(scene)
    assert (when(take), take.steady.take_first) == ((10, 10, 30), 1)


def test_a_still_that_is_moved_takes_the_take_along(
    scene: Any, still: Any, lay: Any, follow: Any, strips: Any, when: Any
) -> None:
    take = lay(scene, still)
    strips.set_content_start(content(still), 100)
    follow(scene)
    assert (when(take), take.steady.take_first) == ((100, 100, 120), 1)


def test_a_cut_still_cuts_its_take(scene: Any, still: Any, lay: Any, follow: Any, strips: Any, when: Any) -> None:
    take = lay(scene, still)
    content(still).split(frame=17, split_method="SOFT")
    follow(scene)
    other = named(scene, strips, "clip take.001")
    assert (when(take), when(other)) == ((10, 10, 17), (10, 17, 30))
    assert (other.steady.take_source, follow(scene)) == ("clip.001", 0)


# --- metas


def test_inside_a_meta(scene: Any, media: Any, lay: Any, follow: Any, strips: Any, when: Any) -> None:
    meta = make.strips(scene.sequence_editor).new_meta("meta", channel=2, frame_start=10)
    child = make.add_images(meta, media.images(20), start=10, name="clip")
    meta.frame_final_end = 30
    take = lay(scene, child)
    strips.set_content_start(meta, 110)
    assert (follow(scene), when(take)) == (0, (110, 110, 130))  # Blender moves what is in a meta
    strips.set_handles(child, 112, 128)
    assert (follow(scene), when(take)) == (1, (110, 112, 128))
    child.split(frame=117, split_method="SOFT")
    follow(scene)
    assert [when(s)[1:] for s in strips.strips_of(meta) if s.steady.take_name] == [(112, 117), (117, 128)]


def test_a_meta_itself(scene: Any, media: Any, lay: Any, follow: Any, strips: Any, when: Any) -> None:
    meta = make.strips(scene.sequence_editor).new_meta("meta", channel=2, frame_start=10)
    make.add_images(meta, media.images(20), start=10, name="child")
    meta.frame_final_end = 30
    take = lay(scene, meta)
    meta.split(frame=17, split_method="SOFT")
    strips.set_content_start(meta, 5)
    follow(scene)
    assert (when(take), when(named(scene, strips, "meta take.001"))) == ((5, 5, 12), (10, 17, 30))


def test_a_source_put_into_a_meta_alone_is_followed_from_outside(
    scene: Any, clip: Any, take: Any, follow: Any, strips: Any, when: Any
) -> None:
    meta = make.strips(scene.sequence_editor).new_meta("meta", channel=6, frame_start=10)
    clip.move_to_meta(meta)
    strips.set_handles(meta, 12, 25)
    follow(scene)
    assert (when(take), take.channel) == ((10, 12, 25), 3)


def test_a_take_put_into_a_meta_alone_is_left_to_the_meta(
    scene: Any, clip: Any, take: Any, follow: Any, strips: Any, when: Any
) -> None:
    meta = make.strips(scene.sequence_editor).new_meta("meta", channel=6, frame_start=10)
    take.move_to_meta(meta)
    strips.set_handles(meta, 10, 30)
    strips.set_content_start(clip, 100)
    assert (follow(scene), when(take)) == (0, (10, 10, 30))


# --- renamed, deleted, duplicated


def test_a_renamed_source_is_still_followed(
    scene: Any, clip: Any, take: Any, follow: Any, strips: Any, when: Any
) -> None:
    clip.name = "Hero"
    follow(scene)
    strips.set_content_start(clip, 100)
    follow(scene)
    assert (take.steady.take_source, when(take)) == ("Hero", (100, 100, 120))


def test_a_deleted_source_leaves_its_take_alone(
    scene: Any, media: Any, clip: Any, take: Any, follow: Any, when: Any
) -> None:
    make.strips(scene.sequence_editor).remove(clip)
    make.add_images(scene.sequence_editor, media.images(20), start=200, channel=2)  # another of this name
    assert (follow(scene), when(take)) == (0, (10, 10, 30))


def duplicate(scene: Any, chosen: list[Any]) -> list[Any]:
    """As a user does with Shift-D."""
    for strip in make.strips(scene.sequence_editor):
        strip.select = strip in chosen
    screen = bpy.context.window.screen
    area = max(screen.areas, key=lambda a: a.width * a.height)
    area.type = "SEQUENCE_EDITOR"
    region = next(r for r in area.regions if r.type == "WINDOW")
    known = set(make.strips(scene.sequence_editor).keys())
    with bpy.context.temp_override(window=bpy.context.window, area=area, region=region):
        assert bpy.ops.sequencer.duplicate() == {"FINISHED"}
    return [s for s in make.strips(scene.sequence_editor) if s.name not in known]


def test_a_duplicate_of_both_becomes_a_pair_of_its_own(
    scene: Any, clip: Any, take: Any, follow: Any, strips: Any, when: Any
) -> None:
    copies = duplicate(scene, [clip, take])
    new_clip, new_take = sorted(copies, key=lambda s: bool(s.steady.take_name))
    follow(scene)
    assert (take.steady.take_source, new_take.steady.take_source) == ("clip", new_clip.name)
    strips.set_content_start(new_clip, 100)
    follow(scene)
    assert (when(take), when(new_take)) == ((10, 10, 30), (100, 100, 120))


def test_a_duplicate_of_the_source_leaves_the_take_with_the_original(
    scene: Any, clip: Any, take: Any, follow: Any, strips: Any, when: Any
) -> None:
    (copy,) = duplicate(scene, [clip])
    strips.set_content_start(copy, 100)
    assert (follow(scene), when(take), len(list(strips.all_strips(scene)))) == (0, (10, 10, 30), 3)


def test_a_duplicate_of_the_take_that_was_put_elsewhere_stays_there(
    scene: Any, clip: Any, take: Any, follow: Any, strips: Any, when: Any
) -> None:
    (copy,) = duplicate(scene, [take])
    strips.set_content_start(copy, 300)
    strips.set_content_start(clip, 20)
    follow(scene)
    assert (when(take), when(copy)) == ((20, 20, 40), (300, 300, 320))


def test_a_copied_scene_has_takes_of_its_own(
    scene: Any, clip: Any, take: Any, follow: Any, strips: Any, when: Any
) -> None:
    copy = scene.copy()
    strips.set_content_start(named(copy, strips, "clip"), 100)
    assert (follow(copy), follow(scene)) == (1, 0)
    assert (when(named(copy, strips, "clip take")), when(take)) == ((100, 100, 120), (10, 10, 30))


# --- when


def test_blender_calls_it_after_every_change(
    extension: Any, scene: Any, clip: Any, take: Any, strips: Any, when: Any
) -> None:
    strips.set_content_start(clip, 100)
    bpy.context.view_layer.update()
    assert when(take) == (100, 100, 120)


def test_a_cut_that_blender_tells_nobody_about_is_noticed(
    scene: Any, clip: Any, take: Any, strips: Any, room: Any
) -> None:
    clip.split(frame=17, split_method="SOFT")
    assert room("sequencer.follow").watch() < 1.0  # seconds until the next look
    assert strips.handles(take) == (10, 17)


def test_a_saved_file_is_in_order(
    extension: Any, scene: Any, clip: Any, take: Any, strips: Any, when: Any, tmp_path: Path
) -> None:
    strips.set_content_start(clip, 100)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "film.blend"))
    assert when(named(bpy.context.scene, strips, "clip take")) == (100, 100, 120)


def test_undo_takes_both_back_and_redo_both_along(
    extension: Any, scene: Any, clip: Any, take: Any, strips: Any, when: Any
) -> None:
    bpy.ops.ed.undo_push(message="laid")
    strips.set_content_start(clip, 100)
    bpy.ops.ed.undo_push(message="moved")
    bpy.context.view_layer.update()
    for step, start in ((bpy.ops.ed.undo, 10), (bpy.ops.ed.redo, 100)):
        assert step() == {"FINISHED"}
        bpy.context.view_layer.update()
        now = bpy.context.scene
        assert [when(named(now, strips, n))[0] for n in ("clip", "clip take")] == [start, start]


def test_a_linked_scene_is_left_alone(
    scene: Any, clip: Any, take: Any, follow: Any, strips: Any, tmp_path: Path
) -> None:
    strips.set_content_start(clip, 100)
    file = tmp_path / "film.blend"
    bpy.data.libraries.write(str(file), {scene}, path_remap="ABSOLUTE", fake_user=True)
    with bpy.data.libraries.load(str(file), link=True) as (_, into):
        into.scenes = [scene.name]
    assert follow(bpy.data.scenes[scene.name, str(file)]) == 0


def test_it_costs_little_in_a_long_edit(scene: Any, media: Any, take: Any, follow: Any) -> None:
    for i in range(300):
        make.add_images(scene.sequence_editor, media.images(1), start=100 + i, channel=5, name=f"s{i}")
    best = min(timed(lambda: follow(scene)) for _ in range(5))
    assert best < 0.010, f"{best * 1000:.1f} ms"


def timed(action: Any) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start
