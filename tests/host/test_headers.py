"""What the sidebar says of each stage: the word in its header, and why, as the study's files have it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import bpy
import pytest
from tiny import NEON, OIL

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
    assert standing() == ("Done", "1 chosen", "Out of date", "Done")
    settings.iterations, settings.rate = 4, 1e-4
    assert standing() == ("Done", "1 chosen", "Done", "Done"), "that is the method's own rate"
    settings.prompt, settings.short_side = OIL, 128
    assert standing() == ("Out of date", "Other prompt", "Done", "Done"), "it would be rendered by what was taught"


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
    assert standing()[2:] == ("Out of date", "Done")
    bpy.ops.steady.fine_tune()
    assert standing()[2:] == ("Done", "Out of date")
    bpy.ops.steady.render_take()
    assert standing()[2:] == ("Done", "Done")


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
    assert panel.goes_on(replace(other, tuning=stands), "") is None


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
    panel = SimpleNamespace(titles=(), doing=(), in_all=True, standing=standing)
    header = room("panels.drawing").StagePanel._state(panel, clip)
    assert (header[0] == "Damaged") == (whose == "study")


@pytest.mark.parametrize(("model", "size"), [("stable-diffusion-v1-5/stable-diffusion-v1-5", 4), ("maker/model", 0)])
def test_how_large_a_download_is_is_said_only_where_it_is_known(clip: Any, room: Any, model: str, size: int) -> None:
    said = "The model is not on this computer yet" + (f": about {size} GB." if size else ".")
    assert room("panels.restyle").not_here(model) == said
