"""What the sidebar says of each stage: the word in its header, and why, as the study's files have it."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import bpy
import pytest
from backends import wait_until
from drawn import Layout, buttons_of, drawn, text_of
from patience import LONG
from tiny import COUNT, NEON, OIL

pytest_plugins = ["tiny"]


@pytest.fixture
def found(clip: Any, room: Any) -> Any:
    return lambda: room("panels.overview").overview(clip)


@pytest.fixture
def standing(clip: Any, room: Any, found: Any) -> Any:
    """The word in each stage's header."""
    stages = ("frames", "looks", "tune", "render")
    panels = [getattr(room(f"panels.{stage}"), f"STEADY_PT_{stage}") for stage in stages]
    return lambda: tuple(panel.standing(None, clip, found())[0] for panel in panels)


def test_the_headers_say_how_each_stage_stands(clip: Any, standing: Any) -> None:
    settings = clip.steady
    assert standing() == ("Not started", "Not started", "Not started", "Not started")
    bpy.ops.steady.design_looks(look_frame=2)
    assert standing() == ("Done", "Choose one", "Not started", "Not started")
    bpy.ops.steady.choose_look(look="002-1")
    assert standing() == ("Done", "1 chosen", "Not started", "Not started")
    bpy.ops.steady.restyle()
    assert standing() == ("Done", "1 chosen", "Done", "Done")
    settings.seed = 7
    assert standing() == ("Done", "1 chosen", "Done", "Out of date")
    settings.seed, settings.iterations = 0, 5
    assert standing() == ("Done", "1 chosen", "Out of date", "Out of date")
    settings.way = "PLAIN"
    bpy.ops.steady.render_take()
    assert standing() == ("Done", "1 chosen", "Out of date", "Done"), "a plain take needs no tuning"
    settings.way = "TUNED"
    settings.iterations, settings.rate = 4, 1e-4
    assert standing() == ("Done", "1 chosen", "Done", "Done"), "that is the method's own rate"
    settings.prompt = OIL
    assert standing() == ("Done", "Other prompt", "Done", "Done"), "it would be rendered by what was taught"
    settings.short_side = 128
    assert standing() == ("Out of date", "Other prompt", "Out of date", "Out of date")


def test_another_candidate_of_the_same_prompt_is_to_be_tuned_and_then_rendered(
    clip: Any, study: Any, standing: Any
) -> None:
    bpy.ops.steady.restyle(way="FAST")
    assert standing()[2:] == ("Done", "Done")
    clip.steady.fast_steps = 3
    assert standing()[2:] == ("Out of date", "Out of date")
    clip.steady.fast_steps = 4
    other = next(look.name for look in study().gallery.looks() if not look.chosen)
    bpy.ops.steady.choose_look(look=other)
    assert standing()[2:] == ("Out of date", "Out of date")
    bpy.ops.steady.fine_tune()
    assert standing()[2:] == ("Done", "Out of date")
    bpy.ops.steady.render_take()
    assert standing()[2:] == ("Done", "Done")


def test_a_model_that_lies_elsewhere_by_now_is_the_same(
    clip: Any, study: Any, standing: Any, room: Any, tmp_path: Path
) -> None:
    weights = room("backend.pocket").weights_folder()
    here, there = (shutil.copytree(weights, tmp_path / place / "mine") for place in ("here", "there"))
    clip.steady.model = str(here)
    bpy.ops.steady.restyle()
    clip.steady.model = str(there)
    assert standing() == ("Done", "1 chosen", "Done", "Done")
    bpy.ops.steady.fine_tune()
    bpy.ops.steady.render_take()
    assert [take.name for take in study().takes()] == ["tuned 0.45"]
    clip.steady.model = str(tmp_path / "another")
    assert standing()[2:] == ("Out of date", "Out of date")


def test_a_plain_take_has_all_of_the_noise_whatever_is_set(clip: Any, standing: Any) -> None:
    bpy.ops.steady.restyle(way="PLAIN")
    clip.steady.noise = 0.5
    assert standing()[3] == "Done"
    clip.steady.render_prompt = OIL
    assert standing()[3] == "Out of date"


def test_a_count_and_a_part_of_the_timeline_count(clip: Any, standing: Any) -> None:
    bpy.ops.steady.sample_frames()
    clip.steady.reference_count = 4
    assert standing()[0] == "Out of date"
    bpy.ops.steady.sample_frames()
    assert standing()[0] == "Done"
    clip.steady.use_range, clip.steady.range_start, clip.steady.range_end = True, 11, 12
    assert standing()[0] == "Out of date"
    bpy.ops.steady.sample_frames()
    assert standing()[0] == "Done", "all of two frames were chosen"


def test_a_strip_that_shows_something_else_is_out_of_date(
    clip: Any, standing: Any, found: Any, room: Any, tmp_path: Path
) -> None:
    """A modifier, another picture in the same file; sampled anew, it is not."""
    bpy.ops.steady.sample_frames()
    changes = (
        lambda: clip.modifiers.new("bright", "BRIGHT_CONTRAST"),
        lambda: os.utime(tmp_path / "clip" / "0004.png", ns=(1, 1)),
    )
    for change in changes:
        assert standing()[0] == "Done"
        change()
        wait_until(lambda: standing()[0] == "Out of date", LONG)
        assert room("panels.reasons").of_frames(clip, found()) == "What the strip shows was changed since."
        bpy.ops.steady.sample_frames()


def test_frames_that_an_older_version_read_are_out_of_date(clip: Any, study: Any, standing: Any, room: Any) -> None:
    bpy.ops.steady.sample_frames()
    kept = study()
    kept.set_source(replace(kept.source, fingerprint=kept.source.fingerprint.partition("-")[2]))
    room("panels.overview")._read.clear()  # what was read counts for a second
    wait_until(lambda: standing()[0] == "Out of date", LONG)
    found = room("panels.overview").overview(clip)
    assert room("panels.reasons").of_frames(clip, found) == "An older version of Steady Diffusion read it."
    bpy.ops.steady.sample_frames()
    assert standing()[0] == "Done"


def test_a_strip_that_is_drawn_often_is_described_now_and_then(
    clip: Any, standing: Any, room: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bpy.ops.steady.sample_frames()
    noticing, described = room("sequencer.noticing"), []
    look = noticing.described
    monkeypatch.setattr(noticing, "described", lambda *of: described.append(of) or look(*of))
    monkeypatch.setattr(noticing, "KEPT", 60.0)
    noticing._looks.clear()
    for _ in range(100):
        assert standing()[0] == "Done"
    assert len(described) == 1


def test_a_slow_disk_keeps_no_panel_waiting(
    clip: Any, standing: Any, room: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bpy.ops.steady.sample_frames()
    noticing, slow = room("sequencer.noticing"), Event()
    look = noticing.lasting
    monkeypatch.setattr(noticing, "lasting", lambda known: slow.wait(LONG) and look(known))
    noticing._looks.clear()
    clip.modifiers.new("bright", "BRIGHT_CONTRAST")
    assert standing()[0] == standing()[0] == "Done", "as far as anybody knows"
    slow.set()
    wait_until(lambda: standing()[0] == "Out of date", LONG)


def test_a_look_that_took_long_counts_for_long(
    clip: Any, standing: Any, room: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else each redraw would look at the slow disk anew."""
    bpy.ops.steady.sample_frames()
    noticing, described, now = room("sequencer.noticing"), [], [0.0]
    describe, finish, took = noticing.described, noticing.lasting, 2 * noticing.KEPT

    def slowly(known: Any) -> str:
        now[0] += took
        return finish(known)

    def count() -> int:
        assert standing()[0] == "Done"
        for look in noticing._looks.values():
            look._thread.join(LONG)
        return len(described)

    monkeypatch.setattr(noticing, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(noticing, "described", lambda *of: described.append(of) or describe(*of))
    monkeypatch.setattr(noticing, "lasting", slowly)
    noticing._looks.clear()
    assert [count(), count(), count()] == [1, 1, 1]
    now[0] += took / noticing.SHARE
    assert count() == 2


def test_a_look_of_another_size_is_painted_again(clip: Any, standing: Any, room: Any, found: Any) -> None:
    panel, missing = room("panels.looks").STEADY_PT_looks, room("panels.missing").of_all
    why = "The frames are of another size, or show something else, than when the look was painted."
    bpy.ops.steady.restyle()
    look = found().chosen[0].name
    clip.steady.short_side = 128
    assert standing()[1] == "Out of date" and panel.why(None, clip, found()) == why
    assert missing(clip, found()).looks
    clip.steady.short_side = 64
    assert standing()[1] == "1 chosen" and missing(clip, found()).nothing
    clip.steady.reference_count = 4
    assert standing()[:2] == ("Out of date", "1 chosen") and not missing(clip, found()).looks
    clip.steady.short_side = 128
    bpy.ops.steady.sample_frames()
    assert standing()[:2] == ("Done", "Out of date") and missing(clip, found()).looks
    bpy.ops.steady.restyle()
    assert found().chosen[0].name != look, "what was said was done"
    assert standing() == ("Done", "1 chosen", "Done", "Done") and missing(clip, found()).nothing


def test_what_was_made_of_frames_that_showed_something_else_is_out_of_date(
    clip: Any, standing: Any, room: Any, found: Any
) -> None:
    """Also when they were sampled alone since; and it is not where they only lie elsewhere."""
    missing, tune = room("panels.missing"), room("panels.tune").STEADY_PT_tune
    bpy.ops.steady.restyle()
    clip.modifiers.new("bright", "BRIGHT_CONTRAST").bright = 0.3
    bpy.ops.steady.sample_frames()
    assert standing() == ("Done", "Out of date", "Out of date", "Out of date")
    assert tune.why(None, clip, found()) == room("panels.standing").PAINTED_BEFORE
    said = missing.of_all(clip, found())
    assert (said.frames, said.looks, said.iterations, said.takes) == (0, True, 4, COUNT)
    assert missing.of_tuning(clip, found()).iterations == 4
    clip.modifiers.clear()
    bpy.ops.steady.sample_frames()
    assert standing() == ("Done", "1 chosen", "Done", "Done"), "it shows again what it did"


@pytest.mark.parametrize("prompt", ["", NEON])
def test_a_look_of_another_frame_is_asked_for(clip: Any, standing: Any, room: Any, found: Any, prompt: str) -> None:
    bpy.ops.steady.restyle()
    clip.steady.prompt, (look,) = prompt, found().chosen
    missing = room("panels.missing").of_all
    for frame in (0, look.frame):
        clip.steady.look_frame = frame
        assert standing()[1] == "1 chosen" and missing(clip, found()).nothing
    clip.steady.look_frame = look.frame % COUNT + 1
    assert standing()[1] == "Other frame"
    assert (missing(clip, found()).looks, missing(clip, found()).iterations) == (True, 4)
    brought = replace(found(), looks=(replace(look, brought="by hand"),))
    assert not missing(clip, brought).looks, "an image from outside cannot be painted again"


def test_only_what_was_broken_off_and_can_go_on_goes_on(clip: Any, room: Any, found: Any) -> None:
    bpy.ops.steady.sample_frames()
    api, tuning = room("backend.api"), room("backend.tuning")
    made = tuning.Tuning("f", "pocket", "b", api.Recipe(), api.Tune("").painting, 0, (421,), (NEON,), 300, 0.1, 1.0)
    now = replace(found(), tuning=made, halfway=tuning.Halfway("f", 300, 1000))
    assert now.broken_off is now.halfway
    astray = replace(made, warning="Tuning went astray.")
    assert replace(now, tuning=astray).broken_off is None
    panel, order = room("panels.standing"), room("settings.order").order_of(clip.steady)
    look = api.Look("002-1", 2, NEON, "pocket", None, "", 1.0, False, chosen=True)
    other = replace(now, looks=(look,), halfway=tuning.Halfway("g", 1, 2000))
    assert panel.goes_on(other, panel.stale(other, made, order)) is other.halfway
    stands = replace(made, steps=4, recipe=order.recipe, painting=order.painting)
    assert panel.stale(other, stands, order) == ""
    for same in ({"strength": order.painting.strength / 2}, {"attend": 0.5}):
        assert panel.stale(other, stands, replace(order, painting=replace(order.painting, **same))) == ""
    for taught in ({"strength": 0.9}, {"steps": 20}, {"guidance": 3.0}, {"strength": 0.1, "noise": 0.5}):
        said = panel.stale(other, stands, replace(order, painting=replace(order.painting, **taught)))
        assert said.startswith("It was tuned for takes at strength 0.45")
    fast = replace(order, way=api.Way.FAST)
    few = replace(stands, fast=fast.fast)
    for strength, same in ((0.45, True), (0.4, True), (0.3, False), (0.01, False)):  # 0.4 starts where 0.45 does
        asked = replace(fast, painting=replace(order.painting, strength=strength))
        assert (panel.stale(other, few, asked) == "") is same
    assert panel.goes_on(replace(other, tuning=stands), "") is None


def test_what_tuning_took_is_said_as_all_times_are(clip: Any, room: Any, found: Any) -> None:
    bpy.ops.steady.sample_frames()
    api, tuning, layout = room("backend.api"), room("backend.tuning"), Layout([])
    made = tuning.Tuning("f", "pocket", "b", api.Recipe(), api.Tune("").painting, 0, (421,), (NEON,), 300, 0.1, 8100.0)
    panel = SimpleNamespace(titles=())
    room("panels.tune").STEADY_PT_tune._own(panel, layout, clip, replace(found(), tuning=made))
    assert "300 iterations in 2 h 15 min, loss 0.1000" in text_of(layout.lines)


@pytest.mark.parametrize("whose", ["study", "take"])
def test_a_damaged_file_of_the_study_is_said(clip: Any, study: Any, room: Any, found: Any, whose: str) -> None:
    """One of a take hides nothing but that take."""
    bpy.ops.steady.sample_frames()
    file = study().folder / ("reference.json" if whose == "study" else "takes/plain/take.json")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("{")
    room("panels.overview")._read.clear()  # what was read counts for a second
    now = found()
    assert f"{file.name}” is damaged: it is not JSON." in (now.problem or now.damaged).message
    assert (now.reference is None) == (whose == "study")
    standing = room("panels.standing").of_frames
    panel = SimpleNamespace(titles=(), standing=standing)
    header = room("panels.drawing").StagePanel._state(panel, clip)
    assert (header[0] == "Damaged") == (whose == "study")


def test_a_study_that_is_elsewhere_is_said_to_be(clip: Any, study: Any, room: Any, found: Any, tmp_path: Path) -> None:
    """As of a drive that is not mounted: a click would be refused, and nothing was lost."""
    bpy.ops.steady.sample_frames()
    folder = study().folder
    folder.rename(tmp_path / "elsewhere")
    room("panels.overview")._read.clear()  # what was read counts for a second
    assert found().problem.message == "The study of “Drive” is not where it was."
    panel = SimpleNamespace(titles=(), standing=room("panels.standing").of_frames)
    header = room("panels.drawing").StagePanel._state
    assert header(panel, clip) == ("Not found", "ERROR")
    assert {"relink_study", "begin_study"} <= set(buttons_of(drawn(room("panels.restyle").STEADY_PT_restyle)))
    (tmp_path / "elsewhere").rename(folder)
    room("panels.overview")._read.clear()
    assert header(panel, clip)[0] == "Done"


def test_a_study_that_was_claimed_and_never_written_is_not_started(
    clip: Any, room: Any, found: Any, studio: Path
) -> None:
    room("sequencer.identity").claim(clip.id_data, clip, studio / "studies")
    assert clip.steady.study_id and found() is None
    panel = SimpleNamespace(titles=(), standing=room("panels.standing").of_frames)
    assert room("panels.drawing").StagePanel._state(panel, clip)[0] == "Not started"


WHOLE = {"first": 1, "last": COUNT, "complete": True, "way": "plain"}


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"painting": {"strength": 0.45, "steps": 8, "glow": 2}}, "Painting has no field “glow”"),
        ({"framing": {"canvas": [64, 64]}}, "Framing lacks “box”"),
        ({"fast": "few"}, "its parameters are not what they should be"),
        ({"first": None}, "its parameters are not what they should be"),
        ({"keys": [1]}, "its parameters are not what they should be"),
    ],
)
def test_a_note_of_a_take_that_nobody_understands_hides_nothing_but_that_take(
    clip: Any, study: Any, room: Any, found: Any, said: dict[str, Any], why: str
) -> None:
    bpy.ops.steady.sample_frames()
    study().take("day").set_note(WHOLE | said)
    study().take("night").set_note(WHOLE)
    room("panels.overview")._read.clear()  # what was read counts for a second
    now = found()
    assert now.problem is None and now.reference is not None
    assert [take.name for take in now.takes] == ["night"]
    path = study().take("day").folder / "take.json"
    assert now.damaged.message == f"“{path}” is damaged: {why}."


def test_a_take_that_was_laid_back_from_blender_is_whole_and_can_be_smoothed(
    clip: Any, study: Any, room: Any, found: Any
) -> None:
    """Its note does not say whether it is complete."""
    bpy.ops.steady.sample_frames()
    study().take("broken off").set_note({**WHOLE, "complete": False})
    study().take("laid back").set_note({name: value for name, value in WHOLE.items() if name != "complete"})
    room("panels.overview")._read.clear()  # what was read counts for a second
    assert {take.name: take.complete for take in found().takes} == {"broken off": False, "laid back": True}
    smooth = drawn(room("panels.smooth").STEADY_PT_smooth)
    assert buttons_of(smooth).count("smooth_take") == 1


@pytest.mark.parametrize(
    ("model", "size"), [("stable-diffusion-v1-5/stable-diffusion-v1-5", "4.3\u00a0GB"), ("maker/model", "")]
)
def test_how_large_a_download_is_is_said_only_where_it_is_known(clip: Any, room: Any, model: str, size: str) -> None:
    said = "The model is not on this computer yet" + (f": about {size}." if size else ".")
    assert room("panels.restyle").not_here(model) == said
