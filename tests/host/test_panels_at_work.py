"""What the panel of a stage shows while a job does it, and where a failure stands: also after the file was loaded."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import bpy
import pytest
from backends import tick_until
from drawn import buttons_of, drawn, text_of

pytest_plugins = ["tiny"]
STAGES = ("frames", "looks", "tune", "render", "smooth", "measure")
BAR = {"pause_job", "cancel_job"}


@pytest.fixture
def panel(room: Any, clip: Any) -> Callable[[str], list[tuple[str, str]]]:
    """What the panel of a stage draws."""
    return lambda stage: drawn(getattr(room(f"panels.{stage}"), f"STEADY_PT_{stage}"))


@pytest.fixture
def at_work(panel: Any) -> Callable[[], list[str]]:
    """The stages whose panels show a bar."""
    return lambda: [stage for stage in STAGES if any(kind == "bar" for kind, _ in panel(stage))]


@pytest.fixture
def header(room: Any, clip: Any) -> Callable[[str], str]:
    """The word in the header of a stage."""

    def word(stage: str) -> str:
        panel = getattr(room(f"panels.{stage}"), f"STEADY_PT_{stage}")
        shown = SimpleNamespace(titles=panel.titles)
        shown.standing = lambda strip, found: panel.standing(shown, strip, found)
        return room("panels.drawing").StagePanel._state(shown, clip)[0]

    return word


@pytest.fixture
def begun(session: Any, clip: Any, room: Any) -> Callable[[str], Any]:
    """The job that a click in a window has just begun: without one Blender waits for its end."""
    claims, frames, order_of = room("operators.claims"), room("operators.frames"), room("settings.order").order_of
    works = {
        "Restyle": partial(room("operators.restyle").restyle, None),
        "Make Looks": room("operators.looks").make,
        "Tune": room("operators.tune").tune,
    }

    def begin(title: str) -> Any:
        order = order_of(clip.steady)

        def steps(claim: Any) -> Any:
            return (yield from works[title](claim, order, (yield from frames.sample(claim))))

        job = session.enqueue(claims.claimed(title, bpy.context.scene, clip, steps))
        if title == "Restyle":
            job.stages = room("operators.restyle").stages_of(order)
        return job

    return begin


def test_a_stage_shows_the_bar_of_the_job_that_does_it(
    session: Any, begun: Any, panel: Any, at_work: Any, header: Any
) -> None:
    """Restyle goes through them: one after the other, and each but once."""
    assert at_work() == []
    job, seen = begun("Restyle"), []

    def noted() -> bool:
        if (now := at_work()) and now != seen[-1:]:
            assert len(now) == 1, "two stages at once"
            if now[0] not in seen:
                seen.append(now[0])
                lines = panel(now[0])
                assert set(buttons_of(lines)) >= BAR and "so far" in text_of(lines)
                assert header(now[0]).startswith("Running")
                later = STAGES[STAGES.index(now[0]) + 1 : 4]
                assert [header(stage) for stage in later] == ["Waits"] * len(later)
        return job.finished

    tick_until(session, noted)
    assert job.failure is None
    assert seen == ["frames", "looks", "tune", "render"]
    assert at_work() == []


@pytest.mark.parametrize("setting", [{"way": "PLAIN"}, {"tuning_from": "Other"}])
def test_a_stage_that_the_job_will_not_do_waits_for_nothing(
    session: Any, clip: Any, begun: Any, header: Any, setting: dict[str, str]
) -> None:
    """As it was with the click: what is chosen meanwhile is not this job's."""
    usual = {name: getattr(clip.steady, name) for name in setting}
    for name, value in setting.items():
        setattr(clip.steady, name, value)
    begun("Restyle")
    assert [stage for stage in STAGES if header(stage) == "Waits"] == ["frames", "render"]
    for name, value in usual.items():
        setattr(clip.steady, name, value)
    assert header("looks") == header("tune") == "Not started"


def test_the_click_says_which_stages_its_job_does(clip: Any, session: Any) -> None:
    bpy.ops.steady.restyle(way="PLAIN")
    assert session.jobs[-1].stages == ("Sample Frames", "Render Take")
    clip.steady.way = "TUNED"
    bpy.ops.steady.restyle()
    assert session.jobs[-1].stages == ("Sample Frames", "Make Looks", "Tune", "Render Take")


def test_a_job_of_one_stage_shows_there_from_its_beginning_and_waits_there(
    session: Any, begun: Any, panel: Any, header: Any
) -> None:
    begun("Tune")
    job = begun("Make Looks")
    lines = panel("looks")
    assert "Make Looks: Drive waits" in text_of(lines) and "cancel_job" in buttons_of(lines)
    assert header("looks") == "Waits"
    session.cancel(session.jobs[0])
    tick_until(session, lambda: session.running is job)
    lines = panel("looks")
    assert any(kind == "bar" for kind, _ in lines) and set(buttons_of(lines)) >= BAR


def test_a_stage_that_rests_can_be_resumed_there(clip: Any, session: Any, begun: Any, panel: Any, header: Any) -> None:
    clip.steady.iterations = 5000
    job = begun("Restyle")
    tick_until(session, lambda: job.progress.text.startswith("Tuning") or job.finished)
    session.pause(job)
    assert header("tune") == "Paused" and header("render") == "Waits"
    assert {"resume_job", "cancel_job"} <= set(buttons_of(panel("tune")))
    assert "Broken off" not in text_of(panel("tune")), "it only rests"


# --- failures


UNREADABLE = "Delete it and sample the frames again."  # what follows on a path, which is broken wherever a line ends


@pytest.fixture
def damaged_look(clip: Any, session: Any, study: Any) -> None:
    """One that stands, and that tuning cannot read."""
    bpy.ops.steady.design_looks(look_frame=2)
    bpy.ops.steady.choose_look(look="002-1")
    picture = study().gallery.picture_path("002-1")
    picture.write_bytes(picture.read_bytes()[:-100])


@pytest.fixture
def reload(room: Any, session: Any) -> Callable[[], None]:
    """What loading a file does to what is known of jobs."""

    def forget() -> None:
        session._finished.clear()
        room("panels.overview")._read.clear()

    return forget


def test_what_fails_inside_restyle_stands_in_the_panel_of_its_stage_too(
    damaged_look: None, panel: Any, header: Any, reload: Any
) -> None:
    with pytest.raises(RuntimeError, match=UNREADABLE):
        bpy.ops.steady.restyle()
    for _ in range(2):
        assert header("tune") == "Failed" and header("render") != "Failed"
        assert UNREADABLE in text_of(panel("tune")), panel("tune")
        assert UNREADABLE in text_of(panel("restyle"))
        assert UNREADABLE not in text_of(panel("render") + panel("looks") + panel("frames"))
        reload()


def test_a_failure_gives_way_to_the_next_try(damaged_look: None, begun: Any, panel: Any, header: Any) -> None:
    with pytest.raises(RuntimeError, match=UNREADABLE):
        bpy.ops.steady.fine_tune()
    assert UNREADABLE in text_of(panel("tune"))
    begun("Tune")
    assert UNREADABLE not in text_of(panel("tune"))
    assert header("tune") == "Waits"


def test_what_fails_while_the_frames_are_read_is_told_of_them(
    session: Any, begun: Any, header: Any, panel: Any, tmp_path: Path
) -> None:
    job = begun("Tune")
    for file in (tmp_path / "clip").iterdir():
        file.unlink()
    tick_until(session, lambda: job.finished)
    assert header("frames") == header("tune") == "Failed"
    said = text_of(panel("frames"))
    assert "of strip “Drive” is missing. Put it back" in said
    assert "0001.png”" in said.replace(" ", ""), "a long path is broken wherever the panel ends"
    assert header("render") == "Not started"


def test_every_job_of_a_strip_has_a_panel_where_its_failure_stands(room: Any, extension: Any) -> None:
    """Also those of one stage: whoever adds one adds its title to a panel."""
    below, operators = room("panels.remedies").below, room("operators.job")
    strips = [cls for cls in below(operators.StripOperator) if issubclass(cls, operators.JobOperator)]
    jobs = {cls.bl_label for cls in strips if hasattr(cls, "bl_idname")}
    stages = {title for cls in below(room("panels.drawing").StagePanel) for title in cls.titles}
    assert jobs == stages | {"Restyle", "Compare", "Use What the Original Has"}


def test_comparing_has_a_place_too(damaged_look: None, panel: Any, header: Any, reload: Any) -> None:
    """As it fails, and after the file was loaded again."""
    with pytest.raises(RuntimeError, match=UNREADABLE):
        bpy.ops.steady.compare()
    for _ in range(2):
        assert UNREADABLE in text_of(panel("compare"))
        assert UNREADABLE in text_of(panel("tune")) and header("tune") == "Failed"
        assert UNREADABLE not in text_of(panel("restyle"))
        reload()
