"""`steady.restyle` and the stages that it is made of, as scripts call them: from a strip to a take above it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
import media as make
import pytest
from backends import tick_until
from test_takes_seen import picture
from tiny import COUNT, NEON, OIL

pytest_plugins = ["tiny"]


@pytest.fixture
def takes(clip: Any, room: Any) -> Any:
    """The takes above the strip, the lowest first."""
    return lambda: room("sequencer.takes").takes_of(bpy.context.scene, clip)


@pytest.fixture
def session(clip: Any, room: Any) -> Iterator[Any]:
    current = room("session").current
    yield current
    current.cancel_all()


def pictures(strip: Any) -> list[Path]:
    return [Path(bpy.path.abspath(strip.directory)) / element.filename for element in strip.elements]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_from_a_strip_to_a_take_in_one_call(clip: Any, study: Any, takes: Any, room: Any, capfd: Any) -> None:
    assert bpy.ops.steady.restyle() == {"FINISHED"}
    (take,) = takes()
    assert room("sequencer.strips").handles(take) == (10, 10 + COUNT)
    assert take.channel > clip.channel and clip.mute and not take.mute
    assert all(picture.is_file() for picture in pictures(take))
    made = json.loads(take.steady.take_parameters)
    assert (made["way"], made["prompt"], made["painting"]["strength"], made["complete"]) == ("tuned", NEON, 0.45, True)
    (look,) = study().gallery.chosen()
    assert look.prompt == NEON
    assert f"“{take.name}” is laid in. {COUNT} frames were rendered." in capfd.readouterr().out

    before = {
        path: path.stat().st_mtime_ns for path in study().folder.rglob("*") if path.suffix in (".png", ".safetensors")
    }
    assert bpy.ops.steady.restyle() == {"FINISHED"}
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert [t.name for t in takes()] == [take.name]
    assert "was there already, and is up to date. 0 frames were rendered." in capfd.readouterr().out


def test_another_prompt_is_another_look_and_another_take(clip: Any, study: Any, takes: Any) -> None:
    bpy.ops.steady.restyle()
    bpy.ops.steady.restyle(prompt=OIL)
    assert [look.prompt for look in study().gallery.chosen()] == [OIL]
    assert [json.loads(take.steady.take_parameters)["prompt"] for take in takes()] == [NEON, OIL]
    assert [take.mute for take in takes()] == [True, False]
    assert clip.steady.prompt == OIL


def test_a_chosen_look_is_kept_whatever_its_composition(clip: Any, study: Any) -> None:
    bpy.ops.steady.design_looks(look_frame=2)
    worst = min(study().gallery.looks(), key=lambda look: look.composition).name
    bpy.ops.steady.choose_look(look=worst)
    bpy.ops.steady.restyle()
    assert [look.name for look in study().gallery.chosen()] == [worst]
    assert len(study().gallery.looks()) == 2


def test_the_stages_one_by_one(clip: Any, study: Any, takes: Any, capfd: Any) -> None:
    assert bpy.ops.steady.design_looks(look_frame=1) == {"FINISHED"}
    with pytest.raises(RuntimeError, match="look"):
        bpy.ops.steady.fine_tune()
    bpy.ops.steady.choose_look(look="001-1")
    assert bpy.ops.steady.fine_tune() == {"FINISHED"}
    assert "Tuned for 4 iterations" in capfd.readouterr().out
    assert bpy.ops.steady.render_take() == {"FINISHED"}
    assert bpy.ops.steady.render_take(way="PLAIN") == {"FINISHED"}
    assert [json.loads(take.steady.take_parameters)["way"] for take in takes()] == ["tuned", "plain"]


def test_plain_needs_neither_looks_nor_tuning(clip: Any, study: Any, takes: Any) -> None:
    assert bpy.ops.steady.restyle(way="PLAIN") == {"FINISHED"}
    assert not study().gallery.looks()
    assert not study().tuning_folder.exists()
    (take,) = takes()
    painted = json.loads(take.steady.take_parameters)["painting"]
    assert (painted["guidance"], painted["noise"]) == (clip.steady.look_guidance, 1.0)
    assert clip.steady.guidance == 1.0, "at which a prompt hardly counts where nothing was taught"


def test_a_strip_that_was_changed_is_seen_changed_in_its_take(clip: Any, takes: Any, tmp_path: Path) -> None:
    bpy.ops.steady.restyle(way="PLAIN")
    before = picture(bpy.context.scene, 12, tmp_path)
    clip.color_multiply = 0.2
    bpy.ops.steady.restyle(way="PLAIN")
    assert len(takes()) == 1
    after = picture(bpy.context.scene, 12, tmp_path)
    assert abs(after.astype(int) - before).mean() > 10


def test_a_take_shows_all_of_a_strip_that_was_trimmed(clip: Any, takes: Any, room: Any, capfd: Any) -> None:
    strips, follow = room("sequencer.strips"), room("sequencer.follow").follow
    bpy.ops.steady.restyle(way="PLAIN")
    (take,) = takes()
    strips.set_handles(clip, 11, 10 + COUNT - 2)
    follow(bpy.context.scene)
    capfd.readouterr()
    assert bpy.ops.steady.restyle(way="PLAIN") == {"FINISHED"}
    assert "was there already, and is up to date. 0 frames were rendered." in capfd.readouterr().out
    assert takes() == [take] and not take.mute
    strips.set_handles(clip, 10, 10 + COUNT)
    follow(bpy.context.scene)
    assert bpy.ops.steady.restyle(way="PLAIN") == {"FINISHED"}
    assert takes() == [take] and strips.handles(take) == (10, 10 + COUNT)


def test_the_other_piece_of_a_strip_still_shows_its_part_of_a_take_that_was_rendered_again(
    clip: Any, takes: Any, room: Any
) -> None:
    scene, strips, follow = bpy.context.scene, room("sequencer.strips"), room("sequencer.follow").follow
    bpy.ops.steady.restyle(way="PLAIN")
    piece = clip.split(frame=13, split_method="SOFT")
    follow(scene)
    assert bpy.ops.steady.restyle(way="PLAIN", strip=clip.name) == {"FINISHED"}
    (laid,) = room("sequencer.takes").takes_of(scene, piece)
    name = laid.steady.take_name
    strips.collection_of(scene.sequence_editor).remove(laid)
    assert bpy.ops.steady.show_take(strip=piece.name, take=name) == {"FINISHED"}
    (laid,) = room("sequencer.takes").takes_of(scene, piece)
    assert strips.handles(laid) == strips.handles(piece) == (13, 10 + COUNT)


def test_another_size_is_another_take_on_the_same_place(clip: Any, takes: Any) -> None:
    bpy.ops.steady.restyle(way="PLAIN")
    clip.steady.short_side *= 2
    bpy.ops.steady.restyle(way="PLAIN")
    small, large = takes()
    assert [take.steady.take_name for take in (small, large)] == ["plain 0.45", "plain 0.45 2"]
    assert small.transform.scale_x == 2 * large.transform.scale_x
    assert (small.mute, large.mute) == (True, False)


def test_fast_is_tuned_for_its_own_few_steps(clip: Any, takes: Any, room: Any, study: Any) -> None:
    clip.steady.fast_steps = 2
    assert bpy.ops.steady.restyle(way="FAST") == {"FINISHED"}
    assert room("backend.tuning").read(study().tuning_folder).fast == 2
    assert json.loads(takes()[0].steady.take_parameters)["way"] == "fast"


def test_a_part_of_the_timeline_named_by_scene_and_strip(clip: Any, takes: Any, room: Any) -> None:
    scene = bpy.context.scene
    scene.sequence_editor.active_strip = None
    assert bpy.ops.steady.restyle(scene=scene.name, strip="Drive", frame_start=12, frame_end=13) == {"FINISHED"}
    assert room("sequencer.strips").handles(takes()[0]) == (12, 14)
    assert (clip.steady.use_range, clip.steady.range_start, clip.steady.range_end) == (True, 12, 13)
    assert not clip.mute, "the rest of it is still to be seen"


def test_a_strip_uses_the_tuning_of_another(clip: Any, studio: Path, room: Any, takes: Any) -> None:
    import media

    bpy.ops.steady.restyle()
    scene = bpy.context.scene
    other = media.add_images(scene.sequence_editor, pictures(clip), start=30, channel=2, name="Other")
    other.steady.short_side, other.steady.model, other.steady.steps, other.steady.tuning_from = 64, "pocket", 8, "Drive"
    with pytest.raises(RuntimeError, match="“Other” uses the tuning of “Drive”"):
        bpy.ops.steady.fine_tune(strip="Other")
    assert bpy.ops.steady.restyle(strip="Other") == {"FINISHED"}
    (take,) = room("sequencer.takes").takes_of(scene, other)
    assert json.loads(take.steady.take_parameters)["prompt"] == NEON
    other.steady.tuning_from = "Nobody"
    with pytest.raises(RuntimeError, match="There is no study of a strip “Nobody”"):
        bpy.ops.steady.restyle(strip="Other")


def test_of_two_strips_that_could_lend_their_tuning_that_of_the_own_scene_does(clip: Any, room: Any) -> None:
    import media

    tune, order = room("operators.tune"), room("settings.order")
    clip.steady.tuning_from = "Lender"
    scenes = [bpy.data.scenes.new(name) for name in ("One", "Two")]
    try:
        for scene in scenes:
            media.add_images(scene.sequence_editor_create(), pictures(clip), start=1, channel=1, name="Lender")
        with pytest.raises(RuntimeError, match="The scenes “One” and “Two” each have a strip “Lender”"):
            bpy.ops.steady.restyle()
        clip.steady.way = "PLAIN"  # which needs none
        assert tune.borrowed(bpy.context.scene, order.order_of(clip.steady)) is None
        clip.steady.way, clip.steady.tuning_from = "TUNED", "Drive"
        with pytest.raises(room("backend.api").Failure, match="There is no study of a strip “Drive”"):
            tune.borrowed(bpy.context.scene, order.order_of(clip.steady))
    finally:
        for scene in scenes:
            bpy.data.scenes.remove(scene)


def test_a_prompt_of_the_take_alone_paints_no_look(clip: Any) -> None:
    clip.steady.prompt, clip.steady.render_prompt = "", OIL
    with pytest.raises(RuntimeError, match="There is no prompt yet"):
        bpy.ops.steady.restyle()
    assert clip.steady.study_id == ""


def test_a_copy_does_not_take_its_originals_looks_for_its_own(clip: Any, study: Any, tmp_path: Path) -> None:
    (painted,) = make.write_pngs(tmp_path / "painted", make.moving_square(1, 64, 64))
    bpy.ops.steady.bring_look(filepath=str(painted), frame=2)
    clip.steady.prompt = ""
    copy = clip.split(frame=13, split_method="SOFT")
    known = copy.steady.study_id
    bpy.context.scene.sequence_editor.active_strip = copy
    for click in (bpy.ops.steady.restyle, bpy.ops.steady.compare):
        with pytest.raises(RuntimeError, match="There is no prompt yet"):
            click()
    assert copy.steady.study_id == known == clip.steady.study_id, "nothing was begun"
    assert [look.frame for look in study().gallery.chosen()] == [2]


# --- what happens to the strip meanwhile


@pytest.fixture
def rendering(clip: Any, session: Any, room: Any) -> Any:
    """The job of a plain restyle in a window, at its last stage."""
    clip.steady.way = "PLAIN"
    operators = room("operators.restyle"), room("operators.claims"), room("settings.order"), room("operators.frames")
    restyle, claims, order, frames = operators
    wanted = order.order_of(clip.steady)

    def steps(claim: Any) -> Any:
        sampled = yield from frames.sample(claim)
        return (yield from restyle.restyle(None, claim, wanted, sampled))

    job = session.enqueue(claims.claimed("Restyle", bpy.context.scene, clip, steps))
    tick_until(session, lambda: job.finished or job.progress.text.startswith("Rendering"), 120)
    assert not job.finished, job.failure
    return job


def test_a_strip_that_is_moved_and_renamed_while_it_renders(
    session: Any, clip: Any, rendering: Any, room: Any, takes: Any
) -> None:
    clip.name = "Ride"
    room("sequencer.strips").set_content_start(clip, 50)
    result = session.drain(rendering)
    (take,) = takes()
    assert result.laid.strip == take.name
    assert take.steady.take_source == "Ride"
    assert room("sequencer.strips").handles(take) == (50, 50 + COUNT)


def test_undo_of_the_click_while_the_first_take_is_painted(session: Any, clip: Any, rendering: Any, takes: Any) -> None:
    known = clip.steady.study_id
    clip.steady.study_id = clip.steady.study_folder = clip.steady.study_seen = ""
    session.drain(rendering)
    (take,) = takes()
    assert take.steady.study_id == clip.steady.study_id == known
    assert bpy.ops.steady.restyle() == {"FINISHED"}
    assert takes() == [take]


def test_a_strip_that_is_deleted_while_it_renders(
    session: Any, clip: Any, rendering: Any, room: Any, studio: Path
) -> None:
    failure = room("backend.api").Failure
    scene = bpy.context.scene
    room("sequencer.strips").collection_of(scene.sequence_editor).remove(clip)
    with pytest.raises(failure, match=r"“Drive” was deleted.*The take is finished, and kept in") as said:
        session.drain(rendering)
    kept = Path(said.value.hint.partition("kept in “")[2].rstrip("”."))
    assert names(kept) == [*(f"{n:06}.png" for n in range(1, COUNT + 1)), "take.json"]


def test_a_cancelled_render_goes_on_where_it_stopped(session: Any, clip: Any, rendering: Any, takes: Any) -> None:
    session.cancel(rendering)
    assert not takes()
    assert bpy.ops.steady.restyle() == {"FINISHED"}
    assert len(takes()) == 1


@pytest.mark.parametrize("way", ["PLAIN", "TUNED", "FAST"])
@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"strength": 1.0}, r"The strength is 1\. Choose one between 0 and 1"),
        ({"strength": 0.01, "steps": 50}, "A strength of 0.01 is less than one of 50 steps"),
    ],
)
def test_a_strength_that_leaves_nothing_to_do_is_refused_before_anything_is_done(
    clip: Any, way: str, settings: dict[str, Any], said: str
) -> None:
    before = clip.steady.strength, clip.steady.steps
    with pytest.raises(RuntimeError, match=said):
        bpy.ops.steady.restyle(way=way, **settings)
    assert clip.steady.study_id == "", "no frame was read"
    assert (clip.steady.strength, clip.steady.steps) == before


def test_so_it_is_by_all_that_tune_or_render(clip: Any) -> None:
    with pytest.raises(RuntimeError, match=r"The strength is 1\."):
        bpy.ops.steady.compare(high=1.0)
    with pytest.raises(RuntimeError, match=r"The strength is 1\."):
        bpy.ops.steady.design_looks(look_strength=1.0)
    clip.steady.strength = 1.0
    for click in (bpy.ops.steady.fine_tune, bpy.ops.steady.render_take, bpy.ops.steady.compare):
        with pytest.raises(RuntimeError, match=r"The strength is 1\."):
            click()
    assert clip.steady.study_id == ""


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"look_strength": 1.0}, r"No look can be painted so: The strength is 1\. Choose one between 0 and 1"),
        ({"look_strength": 0.01}, r"No look can be painted so: A strength of 0\.01 is less than one of 4 steps\."),
        ({"way": "FAST", "fast_steps": 2, "strength": 0.125}, r"2 steps do not fit below timestep 1\. Raise the"),
    ],
)
def test_what_an_earlier_or_a_later_stage_would_refuse_is_refused_before_anything_is_done(
    clip: Any, settings: dict[str, Any], said: str
) -> None:
    for name, value in settings.items():
        setattr(clip.steady, name, value)
    for click in (bpy.ops.steady.restyle, bpy.ops.steady.compare):
        with pytest.raises(RuntimeError, match=said):
            click()
    assert clip.steady.study_id == "", "no frame was read"


def test_how_looks_are_painted_is_nothing_to_those_that_stand(clip: Any, takes: Any, study: Any) -> None:
    bpy.ops.steady.design_looks(look_frame=2)
    bpy.ops.steady.choose_look(look="002-1")
    clip.steady.look_strength = 1.0
    before = sorted(study().folder.rglob("*"))
    with pytest.raises(RuntimeError, match="No look can be painted so: The strength is 1"):
        bpy.ops.steady.restyle(prompt=OIL)
    assert (clip.steady.prompt, sorted(study().folder.rglob("*"))) == (NEON, before)
    assert bpy.ops.steady.restyle() == {"FINISHED"}
    assert len(takes()) == 1
    assert bpy.ops.steady.restyle(way="PLAIN", prompt=OIL) == {"FINISHED"}, "that needs none"


# --- the last, because the module's file has a name from here on


def test_a_first_save_while_it_renders(session: Any, clip: Any, rendering: Any, takes: Any, studio: Path) -> None:
    bpy.ops.wm.save_as_mainfile(filepath=str(studio / "edit.blend"))
    session.drain(rendering)
    (take,) = takes()
    assert all(picture.is_file() and (studio / "steady") in picture.parents for picture in pictures(take))
    assert bpy.ops.steady.restyle() == {"FINISHED"}
    assert len(takes()) == 1
