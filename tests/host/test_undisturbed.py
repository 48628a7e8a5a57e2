"""A job that ends while the user renders or drags waits with what it lays in: Blender holds on to the strips then."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import bpy
import media as making
import pytest
from backends import tick_until

pytest_plugins = ["tiny"]
LONG = 120  # seconds on a busy machine
WAITING = "Waiting until Blender is free"


@pytest.fixture
def session(clip: Any, room: Any) -> Iterator[Any]:
    current = room("session").current
    yield current
    current.cancel_all()
    current.news = ()


@pytest.fixture
def busy(room: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Says of Blender that the user renders or drags, until it is emptied."""
    renders = ["a render"]
    monkeypatch.setattr(room("sequencer.follow"), "is_busy", lambda: bool(renders))
    return renders


@pytest.fixture
def begin(clip: Any, session: Any, room: Any) -> Any:
    """Begins a stage as a click in a window does."""
    claims, frames = room("operators.claims"), room("operators.frames")

    def begin(stage: str) -> Any:
        order = room("settings.order").order_of(clip.steady)
        work = {
            "render": partial(room("operators.render").render, None),
            "smooth": partial(room("operators.smooth").smooth, "plain 0.45"),
            "compare": room("operators.compare").comparison(bpy.context.scene, clip, order, 0.75),
        }[stage]

        def steps(claim: Any) -> Any:
            sampled = yield from frames.sample(claim)
            return (yield from work(claim, order, sampled))

        return session.enqueue(claims.claimed(stage, bpy.context.scene, clip, steps))

    return begin


def names() -> list[str]:
    return [strip.name for strip in making.strips(bpy.context.scene.sequence_editor)]


LAID = {"render": "Drive plain 0.45", "smooth": "Drive plain 0.45 smooth", "compare": "Drive compared"}


@pytest.mark.parametrize("stage", LAID)
def test_nothing_is_laid_in_before_blender_lets_go_of_the_strips(
    clip: Any, session: Any, busy: list[str], begin: Any, room: Any, stage: str
) -> None:
    settings = clip.steady
    settings.way, settings.smooth_width, settings.smooth_features, settings.smooth_steps = "PLAIN", 2, 0.0, 4
    if stage == "smooth":
        assert bpy.ops.steady.restyle() == {"FINISHED"}
    before = names()
    job = begin(stage)
    tick_until(session, lambda: job.finished or job.progress.text == WAITING, LONG)
    for _ in range(5):
        assert session.tick() == session.PAUSE
    assert (job.finished, job.failure, names()) == (False, None, before)
    busy.clear()
    tick_until(session, lambda: job.finished, LONG)
    assert (job.failure, names()) == (None, [*before, LAID[stage]])


def test_who_waits_for_a_job_waits_for_nothing_else(clip: Any, busy: list[str]) -> None:
    """Blender itself stands still meanwhile: neither a render nor a drag would come to an end."""
    assert bpy.ops.steady.restyle(way="PLAIN") == {"FINISHED"}
    assert names() == ["Drive", LAID["render"]]


def test_what_was_made_is_kept_where_a_job_is_cancelled_meanwhile(
    clip: Any, session: Any, busy: list[str], begin: Any
) -> None:
    clip.steady.way = "PLAIN"
    job = begin("render")
    tick_until(session, lambda: job.finished or job.progress.text == WAITING, LONG)
    session.cancel(job)
    assert names() == ["Drive"]
    busy.clear()
    again = begin("render")
    tick_until(session, lambda: again.finished, LONG)
    assert (again.result.rendered.rendered, names()) == (0, ["Drive", LAID["render"]])


def test_the_example_is_opened_when_blender_is_free(
    clip: Any, session: Any, busy: list[str], room: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    example = room("operators.example")
    monkeypatch.setattr(example, "FRAMES", 3)
    scenes, shown = len(bpy.data.scenes), bpy.context.window.scene
    job = session.enqueue(room("session").HostJob("Example", "", lambda: example.open_example(tmp_path / "drawn")))
    tick_until(session, lambda: job.finished or job.progress.text == WAITING, LONG)
    assert (job.failure, len(bpy.data.scenes)) == (None, scenes)
    busy.clear()
    tick_until(session, lambda: len(bpy.data.scenes) > scenes, LONG)
    busy.append("a drag")
    tick_until(session, lambda: job.progress.text == WAITING, LONG)
    assert bpy.context.window.scene == shown
    busy.clear()
    tick_until(session, lambda: job.finished, LONG)
    assert job.failure is None
    assert bpy.context.window.scene.name == job.result[0]
    bpy.data.scenes.remove(bpy.data.scenes[job.result[0]])
