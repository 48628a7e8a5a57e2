"""Takes stay with their source: through moves and trims, past undo, at little cost."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import bpy
import following
import media as make
import pytest
from following import named
from patience import promise

follow, strips, lay, clip, take, when = (
    following.follow,
    following.strips,
    following.lay,
    following.clip,
    following.take,
    following.when,
)


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
    best = min(timed(lambda: follow(scene)) for _ in range(10))
    assert best < promise(0.010), f"{best * 1000:.1f} ms"


def timed(action: Any) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start
