"""A source that is cut cuts its takes, also one whose content begins anew at its handle."""

from __future__ import annotations

from typing import Any

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


def test_a_hold_split_cuts_the_take_although_the_piece_counts_its_frames_anew(
    scene: Any, clip: Any, take: Any, follow: Any, strips: Any, when: Any
) -> None:
    middle = clip.split(frame=17, split_method="HARD")
    right = middle.split(frame=20, split_method="HARD")
    assert strips.content_start(right) == 20
    assert follow(scene) > 0
    takes = sorted((s for s, _ in strips.all_strips(scene) if s.steady.take_name), key=when)
    assert [when(s) for s in takes] == [(10, 10, 17), (10, 17, 20), (10, 20, 30)]
    assert [s.steady.take_source for s in takes] == [clip.name, middle.name, right.name]
    assert follow(scene) == 0
    strips.set_content_start(right, 50)
    follow(scene)
    assert [when(s) for s in takes] == [(10, 10, 17), (10, 17, 20), (40, 50, 60)]
    strips.set_handles(middle, 18, 20)
    follow(scene)
    assert when(takes[1]) == (10, 18, 20)


def test_a_hold_split_and_moved_apart_at_once(
    scene: Any, clip: Any, lay: Any, follow: Any, strips: Any, when: Any
) -> None:
    strips.set_handles(clip, 12, 28)
    take = lay(scene, clip, count=16, first=3)
    right = clip.split(frame=17, split_method="HARD")
    strips.set_content_start(right, 50)
    follow(scene)
    other = named(scene, strips, "clip take.001")
    assert (when(take), when(other)) == ((12, 12, 17), (45, 50, 61))


def test_a_take_that_was_hold_split_together_with_its_source_is_not_cut_again(
    scene: Any, clip: Any, take: Any, follow: Any, strips: Any, when: Any
) -> None:
    right, other = (each.split(frame=17, split_method="HARD") for each in (clip, take))
    follow(scene)
    assert len(list(strips.all_strips(scene))) == 4
    assert (take.steady.take_source, other.steady.take_source) == ("clip", right.name)
    assert (when(take), when(other)) == ((10, 10, 17), (17, 17, 30))


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
