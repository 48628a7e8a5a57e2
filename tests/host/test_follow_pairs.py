"""A source and its take in metas, renamed, deleted and duplicated."""

from __future__ import annotations

from typing import Any

import bpy
import following
import media as make
import pytest
from following import named

follow, strips, lay, clip, take, when = (
    following.follow,
    following.strips,
    following.lay,
    following.clip,
    following.take,
    following.when,
)


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


def test_inside_a_meta_whose_speed_is_raised(
    scene: Any, media: Any, lay: Any, follow: Any, strips: Any, when: Any
) -> None:
    outer = make.strips(scene.sequence_editor).new_meta("outer", channel=2, frame_start=10)
    meta = make.strips(outer).new_meta("meta", channel=2, frame_start=10)
    child = make.add_images(meta, media.images(20), start=10, name="clip")
    for each in (meta, outer):
        each.frame_final_end = 30
    take = lay(scene, child)
    make.retime(scene.sequence_editor, meta, 200)
    assert strips.handles(meta)[1] < 30
    assert (follow(scene), when(take)) == (0, when(child)), "the meta takes it along"
    strips.set_handles(child, 12, 28)
    assert (follow(scene), when(take)) == (1, when(child))


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


@pytest.mark.parametrize("how", ["take_follows", "lock"])
def test_a_take_that_was_moved_by_hand_stays_a_renamed_sources(
    scene: Any, clip: Any, take: Any, follow: Any, strips: Any, when: Any, room: Any, how: str
) -> None:
    strips.set_content_start(take, 300)
    if how == "lock":
        take.lock = True
    else:
        take.steady.take_follows = False
    clip.name = "Hero"
    assert (follow(scene), when(take)) == (0, (300, 300, 320))
    assert (take.steady.take_source, room("sequencer.takes").takes_of(scene, clip)) == ("Hero", [take])


def test_which_of_two_copies_a_moved_take_is_of_is_not_guessed(
    scene: Any, clip: Any, take: Any, follow: Any, strips: Any
) -> None:
    strips.set_content_start(take, 300)
    take.steady.take_follows = False
    (copy,) = duplicate(scene, [clip])
    clip.name, copy.name = "Hero", "Villain"
    follow(scene)
    assert take.steady.take_source == "clip"


def test_a_deleted_sources_copy_elsewhere_does_not_draw_its_take(
    scene: Any, clip: Any, take: Any, follow: Any, strips: Any, when: Any
) -> None:
    (copy,) = duplicate(scene, [clip])
    strips.set_content_start(copy, 100)
    make.strips(scene.sequence_editor).remove(clip)
    assert (follow(scene), when(take)) == (0, (10, 10, 30))


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
