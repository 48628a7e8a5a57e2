"""Jobs that are about no strip: what became of each stands where it belongs, until there is something newer to say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import bpy
import pytest
from drawn import Layout, drawn, text_of


@pytest.fixture
def session(scene: Any, room: Any) -> Iterator[Any]:
    current = room("session").current
    current.close()
    yield current
    current.close()


@pytest.fixture
def do(session: Any, room: Any) -> Callable[..., None]:
    """A job of this title that comes to this end."""

    def do(title: str, failure: Exception | None = None, result: Any = None) -> None:
        def steps() -> Any:
            if failure is not None:
                raise failure
            return result
            yield

        session.enqueue(room("session").HostJob(title, "", steps))
        while session.tick() is not None:
            pass

    return do


def test_what_was_exported_is_said_also_after_another_job(do: Any, room: Any, tmp_path: Any) -> None:
    export = room("operators.export")
    do(export.TITLE, result=export.Exported(tmp_path / "edit.mp4", ""))
    do("Start Backend")
    bpy.context.scene.sequence_editor_create()
    assert "The edit is in" in text_of(drawn(room("panels.compare").STEADY_PT_compare))


def test_of_the_backend_s_own_jobs_the_last_counts_and_of_others_each(do: Any, room: Any) -> None:
    failure, code = room("backend.api").Failure, room("backend.api").ErrorCode
    panel = room("panels.backend").STEADY_PT_backend
    do("Open Example", failure(code.DISK, "The disk is full."))
    do("Start Backend", failure(code.LOST, "The backend is not installed."))
    said = text_of(drawn(panel))
    assert "The disk is full." in said and "The backend is not installed." in said
    do("Install Backend", failure(code.CANCELLED, "Install Backend was cancelled."))
    said = text_of(drawn(panel))
    assert "The disk is full." in said and "Install Backend was cancelled." in said
    assert "The backend is not installed." not in said
    do("Install Backend")
    do("Open Example", failure(code.CANCELLED, "Open Example was cancelled."))
    assert "Open Example" not in text_of(drawn(panel)), "whoever cancels knows it"
    assert "cancelled" not in text_of(drawn(panel))


def test_starting_has_not_failed_once_the_backend_runs(do: Any, room: Any) -> None:
    failure, code, state = room("backend.api").Failure, room("backend.api").ErrorCode, room("session").State
    do("Start Backend", failure(code.LOST, "The backend is not installed."))
    told, jobs = room("panels.backend").told, room("session").current.jobs
    assert [job.title for job in told(jobs, state.OFF)] == ["Start Backend"]
    assert told(jobs, state.READY) == []


def test_the_preferences_say_how_the_last_of_installing_and_removing_ended(do: Any, room: Any) -> None:
    failure, code = room("backend.api").Failure, room("backend.api").ErrorCode
    installation = room("panels.installation")
    do("Install Backend", failure(code.DISK, "The disk is full."))
    assert "The disk is full." in text_of(lines_of(installation))
    do("Remove Backend")
    assert "The disk is full." not in text_of(lines_of(installation))


def lines_of(installation: Any) -> list[tuple[str, str]]:
    lines: list[tuple[str, str]] = []
    installation.draw_with_jobs(Layout(lines))
    return lines
