"""What a command line asks of a strip: restyle it, save the file and export the edit, and tell what came of it."""

from __future__ import annotations

import argparse
import time
from collections.abc import Generator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import bpy

from .. import session
from ..backend import disk, tuning
from ..backend.api import ErrorCode, Failure, Way
from ..backend.frozen import frozen
from ..backend.jobs import PrintedJob
from ..backend.picking import best, standing
from ..backend.study import Study
from ..backend.walked import check_look
from ..preferences import preferences, studies_folder
from ..sequencer import export, identity, strips
from ..session import HostJob, Step
from ..settings.order import Order, order_of
from .claims import Claim, claimed, folder_now
from .command_file import check_saved, save
from .command_words import preferred, take_over, wishes_looks
from .compare import HIGH, Compared, comparing, comparison
from .export import Exported, exporting
from .frames import Sampled, sample
from .job import find_strip
from .looks import bring, choose, make, usual_frame
from .measure import measure
from .restyle import Restyled, refuse_unpaintable, refuse_without_prompt, restyle
from .smooth import Steadied, smooth
from .snapshot import wanted_numbers
from .stage import refuse_standing_still
from .tune import borrowed

NAP = 0.002  # seconds between two looks at a job that waits


@frozen
class Answer:
    """What it came to: by the names that --json has."""

    study: str
    take: str
    strip: str  # the one that shows the take
    frames: int
    done: tuple[str, ...]
    skipped: tuple[str, ...]
    warnings: tuple[str, ...]
    saved: str = ""
    export: str = ""
    smoothed: str = ""  # the strip that shows the take without its flicker
    comparison: str = ""  # the strip that shows it
    report: str = ""
    judgement: str = ""  # of all takes, where they were measured

    def text(self) -> str:
        lines = [
            f"“{self.strip}” shows the take “{self.take}”: {self.frames} frames in {self.study}",
            f"done: {', '.join(self.done) or 'nothing'}; up to date: {', '.join(self.skipped) or 'nothing'}",
            self.smoothed and f"smoothed: “{self.smoothed}”",
            self.comparison and f"compared: “{self.comparison}”",
            self.saved and f"saved: {self.saved}",
            self.export and f"exported: {self.export}",
            self.report and f"measured: {self.report}",
            self.judgement,
            *self.warnings,
        ]
        return "\n".join(filter(None, lines))


def work(asked: argparse.Namespace, printed: PrintedJob) -> Answer:
    check_saved(asked)
    with preferred(asked):
        return _work(asked, printed)


def _work(asked: argparse.Namespace, printed: PrintedJob) -> Answer:
    scene, strip = find_strip(bpy.context, asked.scene, asked.strip)
    if refusal := identity.unfit(scene, strip) or strips.refusal(scene, strip):
        raise refusal
    movie = export.named(asked.export) if asked.export else None
    if movie:
        export.check(scene, movie)
    if asked.look and not asked.look.is_file():
        raise Failure(ErrorCode.BAD_INPUT, f"There is no image “{asked.look}”.", "Write the path of a file.")
    take_over(asked, strip.steady)
    if asked.compare and not asked.look:
        comparison(scene, strip, order_of(strip.steady), HIGH)  # which refuses what it would refuse only after the rest
    answer: Answer = follow(
        restyling(scene, strip, asked.look, wishes_looks(asked), asked.smooth, asked.measure), printed
    )
    if asked.compare:
        compared: Compared = follow(comparing(scene, strip), printed)
        warnings = tuple(dict.fromkeys((*answer.warnings, *compared.warnings)))
        answer = replace(answer, comparison=compared.strip, warnings=warnings)
    unsaved = None
    try:
        answer = replace(answer, saved=save(asked))
    except Failure as failure:  # which keeps nobody from the movie
        printed.log(failure.message)
        unsaved = failure
    answer = moved_along(answer, scene, strip)
    if movie:
        written: Exported = follow(exporting(scene, movie, told=partial(printed.progress, text="Exporting")), printed)
        answer = replace(answer, export=str(movie), warnings=(*answer.warnings, *filter(None, [written.warning])))
    if unsaved:
        exported = f"The edit is exported to “{movie}”." if movie else ""
        raise Failure(unsaved.code, unsaved.message, f"{unsaved.hint} {exported}".strip()) from unsaved
    return answer


def restyling(scene: Any, strip: Any, look: Path | None, others: bool, smoothed: bool, measured: bool) -> HostJob:
    """The job of `steady.restyle`, and before it a look from a file, or `others` than those that were chosen once;
    after it the take is `smoothed`, and all takes are `measured`."""
    wanted_numbers(strip)
    order = order_of(strip.steady)
    refuse_standing_still(order)
    other = borrowed(scene, order)
    refuse_without_prompt(scene, strip, order, other, made=look is not None or others)
    if look is None and others:
        check_look(order.look)
    elif look is None and other is None and order.way is not Way.PLAIN:
        refuse_unpaintable(scene, strip, order)

    def steps(claim: Claim) -> Generator[Step, None, Answer]:
        sampled = yield from sample(claim)
        before = Study.open(folder_now(claim))
        looks, tuned = {look.name for look in before.gallery.looks()}, tuning.read(before.tuning_folder)
        if look is not None:
            frame = order.look_frame or usual_frame(before.folder)
            yield from bring(frame, str(look.absolute()), claim, order, sampled)
        elif others:
            yield from choose_as_painted(claim, order, sampled)
        restyled = yield from restyle(other, claim, order, sampled)
        kept = Study.open(folder_now(claim))
        new_looks = {look.name for look in kept.gallery.chosen()} - looks
        answer = _answer(kept.folder, restyled, bool(new_looks), tuning.read(kept.tuning_folder) != tuned)
        if smoothed:
            answer = yield from _with_smoothed(answer, claim, order, sampled)
        return (yield from _with_measures(answer, claim, order, sampled)) if measured else answer

    return claimed("Restyle", scene, strip, steps)


def choose_as_painted(claim: Claim, order: Order, sampled: Sampled) -> Generator[Step, None, None]:
    kept = Study.open(folder_now(claim))
    if standing(kept, (order.prompt,), order.look_frame or None, order.look, order.candidates):
        return
    made = yield from make(claim, order, sampled)
    choose(Study.open(folder_now(claim)), best(made.looks, (order.prompt,))[0].name, extend=False)


def _answer(folder: Path, came_to: Restyled, looks: bool, tuned: bool) -> Answer:
    rendered = came_to.laid.rendered
    stages = {
        "frames": came_to.sampled.read > 0,
        "looks": looks,
        "tune": tuned,
        "render": rendered.rendered > 0,
    }
    return Answer(
        study=str(folder),
        take=rendered.take,
        strip=came_to.laid.strip,
        frames=rendered.last - rendered.first + 1,
        done=tuple(stage for stage, done in stages.items() if done),
        skipped=tuple(stage for stage, done in stages.items() if not done),
        warnings=came_to.warnings,
    )


def _with_smoothed(answer: Answer, claim: Claim, order: Order, sampled: Sampled) -> Generator[Step, None, Answer]:
    before = _learned(claim)
    made: Steadied = yield from smooth(answer.take, claim, order, sampled)
    stage = "skipped" if _learned(claim) == before else "done"
    stages = {stage: (*getattr(answer, stage), "smooth")}
    return replace(answer, smoothed=made.strip, warnings=(*answer.warnings, *made.warnings), **stages)


def _with_measures(answer: Answer, claim: Claim, order: Order, sampled: Sampled) -> Generator[Step, None, Answer]:
    before = _written(claim)
    found = yield from measure((), claim, order, sampled)
    stage = "skipped" if _written(claim) == before else "done"
    warnings = (*answer.warnings, *filter(None, [found.warning]))
    stages = {stage: (*getattr(answer, stage), "measure")}
    return replace(answer, report=found.report, judgement=found.judgement, warnings=warnings, **stages)


def _learned(claim: Claim) -> list[Any]:
    """What every take says of the shots that it was smoothed by."""
    return [(take.name, take.note().get("shots")) for take in Study.open(folder_now(claim)).readable_takes()]


def _written(claim: Claim) -> int:
    """When the report was; 0 while there is none."""
    path = disk.long_path(Study.open(folder_now(claim)).report_path)
    return path.stat().st_mtime_ns if path.is_file() else 0


def follow(job: HostJob, printed: PrintedJob) -> Any:
    """Drain it, and print a line a second; its result, or its Failure raised."""
    session.current.enqueue(job)
    told = None
    try:
        while not (job.finished and session.current.heeded):
            pause = session.current.tick() or 0.0
            printed.check()
            step = job.progress
            if (step.done, step.total, step.text) != told:
                told = (step.done, step.total, step.text)
                _tell(printed, step)
            time.sleep(NAP if pause >= session.current.PAUSE else 0.0)
    finally:
        if not job.finished:
            session.current.cancel(job, wait=True)
    if job.failure:
        raise job.failure
    return job.result


def _tell(printed: PrintedJob, step: Step) -> None:
    if step.total:
        printed.progress(step.done, step.total, step.text)
    elif step.text:
        printed.log(step.text)


def moved_along(answer: Answer, scene: Any, strip: Any) -> Answer:
    """The first save of a file brings its studies beside it."""
    before = Path(answer.study)
    now = identity.locate(scene, strip, studies_folder(preferences())).folder
    if now is None or disk.long_path(before).is_dir():
        return answer
    report = str(now / Path(answer.report).relative_to(before)) if answer.report else ""
    return replace(answer, study=str(now), report=report)
