"""The measure stage: takes beside their source, in figures, sentences and a report. What stands is left as it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from .. import disk, glance, judgement, measurements, measuring, pictures, report, study, subjects
from ..api import Failure, Look, Measure, Measured
from ..fidelity import Likeness
from ..jobs import Job
from ..measurements import Kind, Measurements, Row, Values, key_figures
from ..measuring import Subject
from ..numbered import sweep
from ..pictures import Pixels
from ..plain import to_json
from ..study import Study
from ..subjects import Plan, Wanted, covered, opacity_of, reader
from . import frames

ONE_FRAME = "A single frame has nothing to be steady against."
UNLIKE = "No frame can be compared with the one before: what moves is lost between them, or every frame is a shot."
LITTLE = 0.25  # of the pixels: in noise as many agree there and back by chance


def measure(request: Measure, blobs: list[bytes], job: Job) -> Measured:
    folder = Path(request.folder)
    Study.open(folder)  # before the lock, which would put a file into a folder that is no study
    with study.locked(folder):
        kept = Study.open(folder)
        numbers = range(kept.source.first, kept.source.last + 1)
        frames.all_held(kept, numbers.start, numbers[-1])
        plan = subjects.plan(kept, numbers, request.takes, job)
        before = _before(kept)
        found = _measured(kept, plan, before, job)
        if found != before or not disk.long_path(kept.report_path).is_file():
            sweep(kept.report_folder)
            disk.remove(kept.report_path)  # it must not outlive what it speaks of, should writing it be broken off
            _draw(kept, plan, job)
            measurements.write(kept.measures_path, found)
            report.write(kept.report_folder, found, kept, job)
        # Always: a take that was rendered again may show the same as before, and other looks may have been left out.
        glance.write(kept, found, every=not request.takes)
        for row in found.takes:
            _note(kept, row)
        rows = tuple(key_figures(row) for row in found.rows)
        return Measured(str(kept.report_path), rows, found.judgement, found.warning)


def _before(kept: Study) -> Measurements | None:
    try:
        return measurements.read(kept.measures_path)
    except Failure:  # damaged: what was measured is measured again
        return None


def _measured(kept: Study, plan: Plan, before: Measurements | None, job: Job) -> Measurements:
    standing = {row.fingerprint: row for row in before.rows} if before else {}
    wanted = [each for each in plan.wanted if each.asked or each.fingerprint in standing]
    lacking = [each for each in wanted if each.fingerprint not in standing]
    compared = before.compared if before else ()
    if lacking:
        made, compared = _look(kept, plan, lacking, job)
        standing |= made
    source, *others = (_row(each, standing[each.fingerprint]) for each in wanted)
    numbers = tuple(plan.numbers)
    source = replace(source, worst=measuring.worst(numbers, source.series, None))
    others = [replace(row, worst=measuring.worst(numbers, row.series, source.series)) for row in others]
    truth = next((row for row in others if row.kind is Kind.TRUTH), None)
    relied = measuring.relied(compared)
    takes = judgement.judged(source, [row for row in others if row.kind is Kind.TAKE], truth)
    return Measurements(
        numbers=numbers,
        shots=tuple(shot.start for shot in plan.shots),
        compared=compared,
        looks=tuple(look.name for look in plan.looks),
        rows=(source, *takes, *([truth] if truth else [])),
        judgement=judgement.of_all(source, takes, truth),
        warning=" ".join(filter(None, [plan.warning, _warning(source, relied)])),
        relied=relied,
    )


def _look(kept: Study, plan: Plan, lacking: list[Wanted], job: Job) -> tuple[dict[str, Row], Values]:
    source = reader(kept, plan.wanted[0])
    likenesses = {look.name: _likeness(kept, look, source(look.frame)) for look in plan.looks}
    truth = (plan.truth, reader(kept, plan.wanted[-1])) if plan.truth else None
    _draw(kept, plan, job)
    subjects_of = [
        Subject(reader(kept, each), [likenesses[look.name] for look in each.looks], each.judged) for each in lacking
    ]
    compared = measuring.measure(plan.shots, source, subjects_of, truth, job)
    rows = {}
    for each, subject in zip(lacking, subjects_of, strict=True):
        found = subject.measured()
        rows[each.fingerprint] = Row(
            each.name, each.kind, each.folder, each.fingerprint, found.figures, found.series, worst=()
        )
    return rows, compared


def _draw(kept: Study, plan: Plan, job: Job) -> None:
    """The truth's pictures, of those that are not there: what the report shows may have been deleted by hand."""
    if plan.truth:
        plan.truth.draw(kept.truth_folder, plan.numbers, job)


def _likeness(kept: Study, look: Look, frame: Pixels) -> Likeness:
    painting = pictures.read(kept.gallery.picture_path(look.name))
    return Likeness(frame, covered(painting, opacity_of(kept)(look.frame)))


def _row(wanted: Wanted, measured: Row) -> Row:
    """A take that shows what another one shows has its figures, and its own name."""
    return replace(measured, name=wanted.name, kind=wanted.kind, folder=wanted.folder, made=wanted.made)


def _warning(source: Row, relied: float | None) -> str:
    if len(source.series.warp_error) == 1:
        return ONE_FRAME
    if source.figures.warp_error is None or relied is None:
        return UNLIKE
    if relied < LITTLE:
        told = f"The strip's motion could be told in {relied:.0%} of the pixels only."
        return f"{told} Flicker and drift say little then: judge steadiness by eye."
    return ""


def _note(kept: Study, row: Row) -> None:
    """Into take.json, beside what made the take."""
    take = next(take for take in kept.readable_takes() if take.folder == kept.folder / row.folder)
    figures = {name: value for name, value in to_json(row.figures).items() if value is not None}
    note = take.note()
    ours = {"measures": {"fingerprint": row.fingerprint, **figures, "judgement": row.judgement}}
    if note | ours != note:
        take.set_note(note | ours)
