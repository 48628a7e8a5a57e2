"""A comparison stays with its source as a take does: through moves, trims and cuts, with its quarters and labels."""

from __future__ import annotations

from typing import Any

import bpy
import following
import media as make
import pytest
from following import named

follow, strips, lay, compare, clip, when = (
    following.follow,
    following.strips,
    following.lay,
    following.compare,
    following.clip,
    following.when,
)


@pytest.fixture
def meta(scene: Any, clip: Any, compare: Any) -> Any:
    return compare(scene, clip)


@pytest.fixture
def shows(strips: Any) -> Any:
    """Where a comparison is seen, and where picture 1 of each of its quarters lies: as `when` for a take."""

    def shows(meta: Any) -> tuple[int, int, int]:
        (start,) = {strips.content_start(part) for part in parts(meta, "IMAGE")}
        return start, *strips.handles(meta)

    return shows


def parts(meta: Any, kind: str) -> list[Any]:
    return [part for part in make.strips(meta) if part.type == kind]


def comparisons(scene: Any) -> list[Any]:
    return sorted(
        (s for s in make.strips(scene.sequence_editor) if s.steady.comparison), key=lambda s: s.frame_final_start
    )


def test_where_nothing_changed_nothing_is_done(scene: Any, clip: Any, meta: Any, follow: Any, shows: Any) -> None:
    assert (follow(scene), shows(meta), meta.channel) == (0, (10, 10, 30), 3)


@pytest.mark.parametrize("deeper", [False, True])
def test_one_that_is_open_is_closed_before_it_is_replaced(scene: Any, clip: Any, compare: Any, deeper: bool) -> None:
    meta, editor = compare(scene, clip), scene.sequence_editor
    editor.display_stack(make.strips(meta).new_meta("inner", channel=20, frame_start=10) if deeper else meta)
    assert len(editor.meta_stack) == 1 + deeper
    new = compare(scene, clip)
    assert list(editor.meta_stack) == [], "or the timeline draws what is gone"
    assert comparisons(scene) == [new]


def test_one_that_is_open_in_a_meta_leaves_that_open(scene: Any, media: Any, compare: Any) -> None:
    outer = make.strips(scene.sequence_editor).new_meta("scene 1", channel=2, frame_start=10)
    child = make.add_images(outer, media.images(20), start=10, name="child")
    outer.frame_final_end = 30
    scene.sequence_editor.display_stack(compare(scene, child))
    compare(scene, child)
    assert [meta.name for meta in scene.sequence_editor.meta_stack] == ["scene 1"]


def test_one_that_an_effect_is_made_from_stays(scene: Any, meta: Any, clip: Any, compare: Any, room: Any) -> None:
    make.add_effect(scene.sequence_editor, "GAUSSIAN_BLUR", 10, 20, channel=9, name="soft", input1=meta)
    with pytest.raises(room("backend.api").Failure) as said:
        compare(scene, clip)
    assert str(said.value) == "“soft” is made from the comparison “clip compared”. Delete that strip first."
    assert comparisons(scene) == [meta] and meta.name == "clip compared"


def test_a_hold_split_source_cuts_it(scene: Any, clip: Any, meta: Any, follow: Any, strips: Any, shows: Any) -> None:
    right = clip.split(frame=17, split_method="HARD")
    follow(scene)
    one, other = comparisons(scene)
    assert (one, other.steady.take_source) == (meta, right.name)
    assert (shows(one), shows(other)) == ((10, 10, 17), (10, 17, 30))
    assert follow(scene) == 0


@pytest.mark.parametrize("to", [11, 200, -40, 9])
def test_it_moves_along_with_all_that_is_in_it(
    scene: Any, clip: Any, compare: Any, follow: Any, strips: Any, shows: Any, to: int
) -> None:
    meta = compare(scene, clip, backed=True)
    strips.set_content_start(clip, to)
    assert follow(scene) == 1
    assert shows(meta) == (to, to, to + 20)
    assert [strips.handles(part) for part in make.strips(meta)] == [(to, to + 20)] * 9  # quarters, labels, backing
    assert (follow(scene), len(comparisons(scene))) == (0, 1)


@pytest.mark.parametrize(("left", "right"), [(12, 30), (10, 25), (13, 14), (29, 30)])
def test_it_is_trimmed_along_and_lengthened_again(
    scene: Any, clip: Any, meta: Any, follow: Any, strips: Any, shows: Any, left: int, right: int
) -> None:
    strips.set_handles(clip, left, right)
    assert (follow(scene), shows(meta)) == (1, (10, left, right))
    strips.set_handles(clip, 10, 30)
    follow(scene)
    assert shows(meta) == (10, 10, 30)


def test_laid_for_a_trimmed_strip_it_is_lengthened_with_it(
    scene: Any, clip: Any, compare: Any, follow: Any, strips: Any, shows: Any
) -> None:
    strips.set_handles(clip, 15, 20)
    meta = compare(scene, clip, count=12, first=4)  # of the frames 4 to 15, of which 6 to 10 are seen
    assert (shows(meta), follow(scene)) == ((13, 15, 20), 0)
    strips.set_handles(clip, 10, 30)
    follow(scene)
    assert shows(meta) == (13, 13, 25), "it has no other frames"
    strips.set_content_start(clip, 110)
    strips.set_handles(clip, 120, 130)
    follow(scene)
    assert shows(meta) == (113, 120, 125)


def test_a_neighbour_is_not_pushed_by_what_a_trimmed_comparison_hides(
    scene: Any, media: Any, clip: Any, compare: Any, strips: Any, shows: Any
) -> None:
    strips.set_handles(clip, 15, 20)
    other = make.add_images(scene.sequence_editor, media.images(5), start=20, channel=3, name="other")
    meta = compare(scene, clip)
    assert (shows(meta), meta.channel) == ((10, 15, 20), 3)
    assert (strips.handles(other), other.channel) == ((20, 25), 3)


def test_what_was_trimmed_inside_stays_trimmed(
    scene: Any, clip: Any, meta: Any, follow: Any, strips: Any, shows: Any
) -> None:
    for part in make.strips(meta):
        strips.set_handles(part, 14, 26)
    strips.set_handles(meta, 14, 26)
    strips.set_content_start(clip, 110)
    follow(scene)
    assert shows(meta) == (110, 114, 126)


def test_a_label_that_begins_earlier_moves_nothing(
    scene: Any, clip: Any, meta: Any, follow: Any, strips: Any, shows: Any
) -> None:
    strips.set_handles(parts(meta, "TEXT")[0], 4, 30)
    follow(scene)
    assert shows(meta) == (10, 10, 30)
    strips.set_content_start(clip, 60)
    follow(scene)
    assert shows(meta) == (60, 60, 80)


@pytest.mark.parametrize("how", ["take_follows", "lock"])
def test_it_stays_where_it_is_when_told(
    scene: Any, clip: Any, meta: Any, follow: Any, strips: Any, shows: Any, how: str
) -> None:
    if how == "lock":
        meta.lock = True
    else:
        meta.steady.take_follows = False
    strips.set_content_start(clip, 100)
    assert (follow(scene), shows(meta)) == (0, (10, 10, 30))


# --- cuts


def test_a_cut_source_cuts_it(
    scene: Any, clip: Any, meta: Any, follow: Any, strips: Any, shows: Any, room: Any
) -> None:
    right = clip.split(frame=17, split_method="SOFT")
    assert follow(scene) > 0
    first, second = comparisons(scene)
    assert (first, shows(first), shows(second)) == (meta, (10, 10, 17), (10, 17, 30))
    assert [len(parts(second, kind)) for kind in ("IMAGE", "TEXT")] == [4, 4]
    assert (second.steady.take_source, second.channel, follow(scene)) == (right.name, 3, 0)
    of = room("sequencer.compare").comparison_of
    assert (of(scene, clip), of(scene, right)) == (first, second)
    strips.set_content_start(right, 40)
    follow(scene)
    assert (shows(first), shows(second)) == ((10, 10, 17), (40, 47, 60))


def test_one_that_was_cut_together_with_its_source_is_not_cut_again(
    scene: Any, clip: Any, meta: Any, follow: Any, strips: Any, shows: Any
) -> None:
    right, other = clip.split(frame=17, split_method="SOFT"), meta.split(frame=17, split_method="SOFT")
    follow(scene)
    assert comparisons(scene) == [meta, other]
    assert (meta.steady.take_source, other.steady.take_source) == ("clip", right.name)
    assert (shows(meta), shows(other)) == ((10, 10, 17), (10, 17, 30))


def test_of_a_source_that_was_cut_in_two_the_second_half_may_be_all_that_is_left(
    scene: Any, clip: Any, meta: Any, follow: Any, strips: Any, shows: Any
) -> None:
    right = clip.split(frame=17, split_method="SOFT")
    make.strips(scene.sequence_editor).remove(clip)
    follow(scene)
    assert (meta.steady.take_source, shows(meta), len(comparisons(scene))) == (right.name, (10, 17, 30), 1)


def test_a_cut_effect_cuts_it(scene: Any, compare: Any, follow: Any, strips: Any, shows: Any) -> None:
    """Its content begins anew at each cut."""
    colour = make.add_effect(scene.sequence_editor, "COLOR", 10, 20, channel=2, name="clip")
    compare(scene, colour)
    colour.split(frame=17, split_method="SOFT")
    follow(scene)
    assert [shows(each) for each in comparisons(scene)] == [(10, 10, 17), (10, 17, 30)]
    strips.set_content_start(colour, 100)
    follow(scene)
    assert [shows(each) for each in comparisons(scene)] == [(10, 17, 30), (100, 100, 107)]


# --- beside takes, and beside others


def test_it_stays_above_the_takes(
    scene: Any, media: Any, clip: Any, lay: Any, compare: Any, follow: Any, strips: Any, shows: Any
) -> None:
    take, meta = lay(scene, clip), compare(scene, clip)
    wall = make.add_images(scene.sequence_editor, media.images(20), start=100, channel=4, name="wall")
    strips.set_content_start(clip, 110)
    assert follow(scene) == 2
    assert (take.channel, meta.channel, wall.channel) == (3, 5, 4)
    assert (shows(meta), strips.handles(take)) == ((110, 110, 130), (110, 130))


def test_both_make_way_and_keep_their_order(
    scene: Any, media: Any, clip: Any, lay: Any, compare: Any, follow: Any, strips: Any
) -> None:
    take, meta = lay(scene, clip), compare(scene, clip)
    make.add_images(scene.sequence_editor, media.images(20), start=100, channel=3, name="wall")
    strips.set_content_start(clip, 110)
    assert (follow(scene), take.channel, meta.channel) == (2, 4, 5)


@pytest.mark.parametrize("away", [5, -5, 20, -20])
def test_neighbours_that_move_together_keep_their_channel(
    scene: Any, media: Any, follow: Any, strips: Any, compare: Any, shows: Any, when: Any, away: int
) -> None:
    clips, metas = [], []
    for i in range(3):
        clips.append(make.add_images(scene.sequence_editor, media.images(20), start=100 + 20 * i, name=f"clip{i}"))
        clips[-1].steady.study_id = f"0000000{i}"
        metas.append(compare(scene, clips[-1]))
    for clip in reversed(clips) if away > 0 else clips:
        strips.set_content_start(clip, strips.content_start(clip) + away)
    assert follow(scene) == 3
    assert [(m.channel, shows(m)) for m in metas] == [(2, when(c)) for c in clips]


def test_in_a_meta(scene: Any, media: Any, compare: Any, follow: Any, strips: Any, shows: Any) -> None:
    outer = make.strips(scene.sequence_editor).new_meta("meta", channel=2, frame_start=10)
    child = make.add_images(outer, media.images(20), start=10, name="clip")
    outer.frame_final_end = 30
    meta = compare(scene, child)
    strips.set_content_start(outer, 110)
    assert (follow(scene), shows(meta)) == (0, (110, 110, 130))
    strips.set_handles(child, 112, 128)
    assert (follow(scene), shows(meta)) == (1, (110, 112, 128))


def test_a_renamed_source_is_still_its_own(
    scene: Any, clip: Any, meta: Any, follow: Any, strips: Any, shows: Any, room: Any
) -> None:
    clip.name = "Hero"
    panes = room("sequencer.compare")
    assert panes.comparison_of(scene, clip) == meta, "also before anything has followed"
    assert panes.source_of(scene, meta) == panes.source_of(scene, parts(meta, "TEXT")[0]) == clip
    follow(scene)
    strips.set_content_start(clip, 100)
    follow(scene)
    assert (meta.steady.take_source, shows(meta)) == ("Hero", (100, 100, 120))


def test_one_that_was_laid_before_it_could_follow_does(
    scene: Any, clip: Any, meta: Any, follow: Any, strips: Any, shows: Any
) -> None:
    meta.steady.property_unset("take_source")
    follow(scene)
    strips.set_handles(clip, 12, 28)
    follow(scene)
    assert (meta.steady.take_source, shows(meta)) == ("clip", (10, 12, 28))


def test_a_deleted_source_leaves_it_alone(
    scene: Any, media: Any, clip: Any, meta: Any, follow: Any, shows: Any, room: Any
) -> None:
    make.strips(scene.sequence_editor).remove(clip)
    other = make.add_images(scene.sequence_editor, media.images(20), start=200, channel=2)  # another of this name
    assert (follow(scene), shows(meta)) == (0, (10, 10, 30))
    assert room("sequencer.compare").comparison_of(scene, other) is None


def test_pressed_again_the_button_replaces_it_where_it_is_now(
    scene: Any, clip: Any, meta: Any, compare: Any, follow: Any, strips: Any, shows: Any
) -> None:
    strips.set_content_start(clip, 100)
    follow(scene)
    meta.channel = 7
    again = compare(scene, clip)
    assert (comparisons(scene), again.channel, shows(again)) == ([again], 7, (100, 100, 120))


# --- when


def test_blender_calls_it_after_every_change(
    extension: Any, scene: Any, clip: Any, meta: Any, strips: Any, shows: Any
) -> None:
    strips.set_content_start(clip, 100)
    bpy.context.view_layer.update()
    assert shows(meta) == (100, 100, 120)


def test_undo_takes_both_back_and_redo_both_along(
    extension: Any, scene: Any, clip: Any, meta: Any, strips: Any, shows: Any, when: Any
) -> None:
    bpy.ops.ed.undo_push(message="laid")
    strips.set_content_start(clip, 100)
    bpy.ops.ed.undo_push(message="moved")
    bpy.context.view_layer.update()
    named(bpy.context.scene, strips, "clip").split(frame=107, split_method="SOFT")
    bpy.ops.ed.undo_push(message="cut")
    bpy.context.view_layer.update()
    whole = [("clip", "clip compared")]
    halves = [("clip", "clip compared"), ("clip.001", "clip compared.001")]
    for step, pairs, start in (
        (bpy.ops.ed.undo, whole, 100),
        (bpy.ops.ed.undo, whole, 10),
        (bpy.ops.ed.redo, whole, 100),
        (bpy.ops.ed.redo, halves, 100),
    ):
        assert step() == {"FINISHED"}
        bpy.context.view_layer.update()
        now = bpy.context.scene
        assert [s.name for s in comparisons(now)] == [name for _, name in pairs]
        for source, name in pairs:
            assert shows(named(now, strips, name)) == when(named(now, strips, source))
            assert when(named(now, strips, source))[0] == start


@pytest.mark.parametrize("name", ["clip", "another"])
def test_from_a_comparison_to_the_strip_that_it_was_made_of(scene: Any, clip: Any, meta: Any, name: str) -> None:
    clip.name = name
    scene.sequence_editor.active_strip = meta
    assert bpy.ops.steady.select_source() == {"FINISHED"}
    assert scene.sequence_editor.active_strip == clip
    assert (clip.select, meta.select) == (True, False)
