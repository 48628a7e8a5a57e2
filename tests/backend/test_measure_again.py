"""What is measured again, and what is not; which takes a report tells of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import measuring_studies
import pytest
from measuring_studies import CLIP, add_look, add_take, flickering, inverted, known, milder, run, sample_again
from studies import quiet_job

from backend import glance
from backend.api import ChooseLooks, ErrorCode, Failure
from backend.jobs import Job
from backend.stages import looks
from backend.study import Study

folder, measured = measuring_studies.folder, measuring_studies.measured


def frames_measured(folder: Path, *takes: str) -> int:
    """How many frames were measured by a further run."""
    said: list[str] = []
    run(folder, *takes, job=Job(1, lambda event, blobs: said.append(getattr(event, "text", ""))))
    return len({text for text in said if text.startswith("Measuring frame")})


def test_what_stands_is_not_measured_again(measured: Path) -> None:
    before = known(measured)
    stamps = {path: path.stat().st_mtime_ns for path in measured.rglob("*") if path.is_file()}
    assert frames_measured(measured) == 0
    assert known(measured) == before
    assert stamps == {path: path.stat().st_mtime_ns for path in measured.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: add_take(folder, "one", milder(CLIP)[::-1]),
        lambda folder: add_take(folder, "three", inverted(CLIP)[::-1]),
        lambda folder: add_look(folder, 5),
        lambda folder: looks.choose(ChooseLooks(str(folder), ()), [], quiet_job()),
        lambda folder: sample_again(folder, CLIP[::-1]),
    ],
    ids=["a take shows something else", "another take", "another look", "no look", "other frames"],
)
def test_what_has_changed_is_measured_again(measured: Path, change: Callable[[Path], Any]) -> None:
    change(measured)
    assert frames_measured(measured) > 0
    assert frames_measured(measured) == 0


def test_a_deleted_report_and_a_damaged_measures_json_are_written_again(measured: Path) -> None:
    before, study = known(measured), Study.open(measured)
    study.report_path.unlink()
    assert frames_measured(measured) == 0
    assert study.report_path.is_file()
    study.measures_path.write_text("{", "utf-8")
    run(measured)
    assert known(measured) == before


def test_only_the_takes_that_are_asked_for_are_measured_and_what_stands_stays_in_the_report(measured: Path) -> None:
    add_take(measured, "three", flickering(milder(CLIP), 9))
    add_take(measured, "two", inverted(milder(CLIP)))
    assert [each.name for each in run(measured, "three").rows] == ["source", "one", "three"]
    study = Study.open(measured)
    then = glance.read(study)
    assert then is not None and glance.changed(then, study, study.takes()) == "“two” was not measured yet."


def test_a_take_that_is_gone_is_gone_from_the_report(measured: Path) -> None:
    Study.open(measured).take("one").folder.rename(measured / "aside")
    assert [each.name for each in run(measured).rows] == ["source", "two"]


def test_a_cancelled_measuring_leaves_no_lock_and_what_was_there(measured: Path) -> None:
    before = known(measured)
    add_take(measured, "three", inverted(CLIP)[::-1])
    job = Job(1, lambda event, blobs: job.cancel() if "frame 3" in getattr(event, "text", "") else None)
    with pytest.raises(Failure) as caught:
        run(measured, job=job)
    assert caught.value.code is ErrorCode.CANCELLED
    assert known(measured) == before
    assert "three" in [each.name for each in run(measured).rows]
