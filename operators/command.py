"""`blender -b edit.blend --command steady_diffusion restyle …`, and the same for batch.py."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import bpy

from .. import session
from ..backend import tuning
from ..backend.api import Error, ErrorCode, Failure
from ..backend.jobs import PrintedJob
from ..backend.plain import to_json
from ..backend.study import Study
from ..sequencer import export, identity, strips
from ..session import HostJob, Step
from ..settings.order import order_of
from .claims import Claim, claimed, folder_now
from .command_words import parser, prefer, take_over
from .frames import sample, wanted_numbers
from .job import find_strip
from .looks import NO_PROMPT, bring, usual_frame
from .restyle import Restyled, has_chosen, restyle
from .tune import borrowed

NAME = "steady_diffusion"
DONE, FAILED, CANCELLED = 0, 1, 130  # 2 is argparse's own, for a wrong command
NAP = 0.002  # seconds between two looks at a job that waits


@dataclass(frozen=True)
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

    def text(self) -> str:
        lines = [
            f"“{self.strip}” shows the take “{self.take}”: {self.frames} frames in {self.study}",
            f"done: {', '.join(self.done) or 'nothing'}; up to date: {', '.join(self.skipped) or 'nothing'}",
            self.saved and f"saved: {self.saved}",
            self.export and f"exported: {self.export}",
            *self.warnings,
        ]
        return "\n".join(filter(None, lines))


def run(words: Sequence[str]) -> int:
    """What `--command steady_diffusion` calls."""
    if list(words[:1]) != ["restyle"]:
        print(f"usage: blender -b FILE.blend --command {NAME} restyle --help", file=sys.stderr)
        return 2
    return main(words[1:], f"blender -b FILE.blend --command {NAME} restyle")


def main(words: Sequence[str], program: str) -> int:
    try:
        asked = parser(program).parse_args(words)
    except SystemExit as end:  # argparse has said why
        return int(end.code or 0)
    printed = PrintedJob(as_json=asked.json)
    try:
        with chatter_aside(), cancelled_by_signals(printed):
            answer = work(asked, printed)
    except Failure as failure:
        error = {"method": "error", **to_json(Error(failure.code, failure.message, failure.hint))}
        print(json.dumps(error, ensure_ascii=False) if asked.json else failure, file=sys.stderr, flush=True)
        return CANCELLED if failure.code is ErrorCode.CANCELLED else FAILED
    finally:
        session.current.close()
    print(json.dumps(to_json(answer), ensure_ascii=False) if asked.json else answer.text(), flush=True)
    return DONE


@contextlib.contextmanager
def chatter_aside() -> Iterator[None]:
    """Blender writes a line for each frame past Python: to the other stream, so that this one holds only the answer."""
    sys.stdout.flush()
    terminal = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(terminal, 1)
        os.close(terminal)


@contextlib.contextmanager
def cancelled_by_signals(printed: PrintedJob) -> Iterator[None]:
    before = {n: signal.signal(n, lambda *_: printed.cancel()) for n in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)  # None: Blender's own, not Python's


# --- what is done


def work(asked: argparse.Namespace, printed: PrintedJob) -> Answer:
    _refuse_unsaved(asked)
    prefer(asked)
    scene, strip = find_strip(bpy.context, asked.scene, asked.strip)
    if refusal := identity.unfit(scene, strip) or strips.refusal(scene, strip):
        raise refusal
    take_over(asked, strip.steady)
    answer: Answer = follow(restyling(scene, strip, asked.look), printed)
    answer = replace(answer, saved=save(asked))
    if asked.export:
        movie = asked.export.absolute()
        lacks = export.write_movie(scene, movie, lambda done, total: printed.progress(done, total, "Exporting"))
        answer = replace(answer, export=str(movie), warnings=(*answer.warnings, *filter(None, [lacks])))
    return answer


def restyling(scene: Any, strip: Any, look: Path | None) -> HostJob:
    """The job of `steady.restyle`, with a look from a file before it where there is one."""
    wanted_numbers(strip)
    order = order_of(strip.steady)
    other = borrowed(scene, order)
    if not order.prompt and not order.render_prompt and not (other or has_chosen(strip)):
        raise NO_PROMPT

    def steps(claim: Claim) -> Generator[Step, None, Answer]:
        sampled = yield from sample(claim)
        folder = folder_now(claim)
        before = tuning.read(Study.open(folder).tuning_folder)
        if look is not None:
            yield from bring(order.look_frame or usual_frame(folder), str(look.absolute()), claim, order, sampled)
        restyled = yield from restyle(other, claim, order, sampled)
        folder = folder_now(claim)
        return _answer(folder, restyled, tuned=tuning.read(Study.open(folder).tuning_folder) != before)

    return claimed("Restyle", scene, strip, steps)


def follow(job: HostJob, printed: PrintedJob) -> Any:
    """Drain it, and print a line a second; its result, or its Failure raised."""
    session.current.enqueue(job)
    told = None
    try:
        while not job.finished:
            pause = session.current.tick() or 0.0
            printed.check()
            step = job.progress
            if (step.done, step.total, step.text) != told:
                told = (step.done, step.total, step.text)
                _tell(printed, step)
            time.sleep(NAP if pause >= session.current.PAUSE else 0.0)
    finally:
        if not job.finished:
            session.current.cancel(job)
    if job.failure:
        raise job.failure
    return job.result


def _tell(printed: PrintedJob, step: Step) -> None:
    if step.total:
        printed.progress(step.done, step.total, step.text)
    elif step.text:
        printed.log(step.text)


def _answer(folder: Path, came_to: Restyled, tuned: bool) -> Answer:
    rendered = came_to.laid.rendered
    stages = {
        "frames": came_to.sampled.read > 0,
        "looks": came_to.looks is not None,
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


# --- the file


def _refuse_unsaved(asked: argparse.Namespace) -> None:
    if asked.save and not bpy.data.filepath:
        raise Failure(
            ErrorCode.BAD_INPUT, "This file was never saved, so it has no name yet.", "Give one by --save-as."
        )


def save(asked: argparse.Namespace) -> str:
    """Only where it was asked for; the path that it was saved to."""
    if not asked.save and not asked.save_as:
        return ""
    try:
        if asked.save:
            bpy.ops.wm.save_mainfile()
        else:
            bpy.ops.wm.save_as_mainfile(filepath=str(asked.save_as.absolute()))
    except RuntimeError as error:
        said = str(error).removeprefix("Error: ").strip()
        raise Failure(
            ErrorCode.DISK, f"The file could not be saved: {said}", "The take is kept in its study."
        ) from error
    return bpy.data.filepath


_command: list[Any] = []  # Blender's handle, which only serves to give it back


def register() -> None:
    _command.append(bpy.utils.register_cli_command(NAME, run))


def unregister() -> None:
    bpy.utils.unregister_cli_command(_command.pop())
