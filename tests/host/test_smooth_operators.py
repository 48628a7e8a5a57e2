"""`steady.smooth_take` and `steady.propagate_looks`, as scripts call them and as the panel shows them."""

from __future__ import annotations

from typing import Any

import bpy
import identities
import media as making
import pytest
from tiny import COUNT, OIL

pytest_plugins = ["tiny"]


@pytest.fixture
def rendered(clip: Any) -> Any:
    """The strip with one plain take, and a small network to smooth it."""
    settings = clip.steady
    settings.smooth_width, settings.smooth_features, settings.smooth_steps, settings.spread_steps = 2, 0.0, 4, 4
    assert bpy.ops.steady.restyle(way="PLAIN") == {"FINISHED"}
    return clip


@pytest.fixture
def panel(room: Any) -> Any:
    """What the header of the panel says, and why: read anew, as it does by itself after a second."""
    smooth, overview = room("panels.smooth").STEADY_PT_smooth, room("panels.overview")

    def look(strip: Any) -> tuple[str, str]:
        overview._read.clear()
        found = overview.overview(strip)
        return smooth.standing(smooth, strip, found)[0], smooth.why(smooth, strip, found) if found else ""

    return look


def shown(strip: Any, room: Any) -> list[str]:
    """The takes above the strip, from below."""
    return [take.steady.take_name for take in room("sequencer.takes").takes_of(bpy.context.scene, strip)]


def test_the_shown_take_is_smoothed_and_laid_in(rendered: Any, study: Any, room: Any, panel: Any) -> None:
    assert panel(rendered) == ("Not started", "")
    assert bpy.ops.steady.smooth_take() == {"FINISHED"}
    note = study().take("plain 0.45 smooth").note()
    assert (note["method"], note["source"], note["complete"]) == ("smooth", "plain 0.45", True)
    assert note["prior"]["steps"] == 4
    assert len(study().take("plain 0.45 smooth").numbers()) == COUNT
    assert shown(rendered, room) == ["plain 0.45", "plain 0.45 smooth"]
    assert panel(rendered) == ("Done", "")


def test_a_second_click_finds_it_done_and_smooths_no_smooth_take(rendered: Any, study: Any, room: Any) -> None:
    bpy.ops.steady.smooth_take()
    picture = study().take("plain 0.45 smooth").picture_path(1)
    before = picture.stat().st_mtime_ns
    assert bpy.ops.steady.smooth_take() == {"FINISHED"}
    assert picture.stat().st_mtime_ns == before
    assert shown(rendered, room) == ["plain 0.45", "plain 0.45 smooth"]


def test_a_take_is_smoothed_by_name_with_other_steps(rendered: Any, study: Any) -> None:
    bpy.ops.steady.render_take(way="PLAIN", strength=0.6)
    assert bpy.ops.steady.smooth_take(take="plain 0.45", smooth_steps=3) == {"FINISHED"}
    assert study().take("plain 0.45 smooth").note()["prior"]["steps"] == 3
    assert rendered.steady.smooth_steps == 3


def test_an_unknown_take_is_refused_and_nothing_changes(rendered: Any) -> None:
    with pytest.raises(RuntimeError, match=r"has no whole take “tuned 9”\. Choose “plain 0\.45”"):
        bpy.ops.steady.smooth_take(take="tuned 9", smooth_steps=3)
    assert rendered.steady.smooth_steps == 4


def test_without_a_take_or_a_look_both_say_what_to_do(clip: Any) -> None:
    with pytest.raises(RuntimeError, match=r"There is no take to smooth yet\. Render one\."):
        bpy.ops.steady.smooth_take()
    with pytest.raises(RuntimeError, match=r"No look is chosen\. Choose one to five"):
        bpy.ops.steady.propagate_looks()


def test_where_only_a_smooth_take_is_left_it_is_not_smoothed_again(rendered: Any) -> None:
    bpy.ops.steady.smooth_take()
    bpy.ops.steady.delete_take(take="plain 0.45")
    with pytest.raises(RuntimeError, match=r"All takes are smoothed already\. Name one, or render another\."):
        bpy.ops.steady.smooth_take()


def test_a_copy_does_not_begin_with_what_its_original_has(rendered: Any) -> None:
    copy = identities.split(rendered.id_data, rendered)
    before = copy.steady.study_id
    for work in (bpy.ops.steady.measure_take, bpy.ops.steady.smooth_take, bpy.ops.steady.propagate_looks):
        with pytest.raises(RuntimeError, match=r"has no takes and looks of its own: it was copied from “Drive”"):
            work(strip=copy.name)
    assert copy.steady.study_id == before


def test_the_panel_says_when_the_take_was_rendered_again(rendered: Any, study: Any, panel: Any) -> None:
    bpy.ops.steady.smooth_take()
    take = study().take("plain 0.45")
    take.set_note({key: value for key, value in take.note().items() if key != "schema"} | {"fingerprint": "another"})
    assert panel(rendered) == ("Out of date", "“plain 0.45” was rendered again since.")


def test_a_smooth_take_is_out_of_date_by_its_settings(rendered: Any, panel: Any) -> None:
    bpy.ops.steady.smooth_take()
    rendered.steady.smooth_seed = 5
    assert panel(rendered) == ("Out of date", "Its settings were changed since.")
    rendered.steady.smooth_seed = 0
    assert panel(rendered) == ("Done", "")


def test_a_smooth_take_is_out_of_date_with_the_one_that_it_was_made_from(rendered: Any, panel: Any) -> None:
    bpy.ops.steady.smooth_take()
    rendered.steady.strength = 0.6
    another = "It was made from “plain 0.45”, and another take is wanted now."
    assert panel(rendered) == ("Out of date", another)
    rendered.steady.strength, rendered.steady.short_side = 0.45, 128
    assert panel(rendered) == ("Out of date", "The reference frames are out of date.")
    rendered.steady.short_side = 64
    bpy.ops.steady.delete_take(take="plain 0.45")
    gone = "“plain 0.45”, which it was made from, is not there any more."
    assert panel(rendered) == ("Out of date", gone)


def test_the_last_of_several_smooth_takes_counts(rendered: Any, panel: Any) -> None:
    bpy.ops.steady.smooth_take()
    bpy.ops.steady.render_take(strength=0.6)
    assert panel(rendered)[0] == "Out of date"
    bpy.ops.steady.smooth_take(take="plain 0.6")
    assert panel(rendered) == ("Done", "")


def test_a_tuning_that_is_out_of_date_is_felt_down_to_the_smooth_take(rendered: Any, panel: Any) -> None:
    bpy.ops.steady.restyle(way="TUNED")
    bpy.ops.steady.smooth_take(take="tuned 0.45")
    assert panel(rendered) == ("Done", "")
    rendered.steady.iterations = 5
    assert panel(rendered) == ("Out of date", "The tuning is out of date.")


def test_a_command_line_says_whether_anything_was_smoothed(rendered: Any, room: Any) -> None:
    headless, words, printed = (room(n) for n in ("operators.headless", "operators.command_words", "backend.jobs"))

    def call() -> Any:
        asked = words.parser("batch").parse_args(["--strip", "Drive", "--way", "plain", "--smooth"])
        return headless.work(asked, printed.PrintedJob())

    assert "smooth" in call().done
    laid = next(s for s in making.strips(rendered.id_data.sequence_editor) if s.steady.take_name.endswith("smooth"))
    making.strips(rendered.id_data.sequence_editor).remove(laid)
    again = call()
    assert "smooth" in again.skipped, "it is only laid in again"
    assert again.smoothed


def test_the_chosen_look_is_spread_over_the_strip(rendered: Any, study: Any, room: Any, panel: Any) -> None:
    bpy.ops.steady.design_looks(prompt=OIL, look_frame=2)
    bpy.ops.steady.choose_look(look=study().gallery.looks()[0].name)
    assert bpy.ops.steady.propagate_looks() == {"FINISHED"}
    note = study().take("propagated").note()
    assert note["method"] == "propagate" and note["complete"]
    assert [key["frame"] for key in note["keys"]] == [2]
    assert shown(rendered, room)[-1] == "propagated"
    assert panel(rendered)[0] == "Done"
    rendered.steady.spread_steps = 5
    assert panel(rendered) == ("Out of date", "Its settings were changed since.")
    rendered.steady.spread_steps = 4
    bpy.ops.steady.choose_look(look=study().gallery.looks()[1].name)
    assert panel(rendered) == ("Out of date", "Other looks were chosen since.")
