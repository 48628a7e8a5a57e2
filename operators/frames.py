"""The first stage: reads a strip out, frame by frame, to its study, and has the reference frames chosen."""

import contextlib
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import bpy

from .. import session
from ..backend.api import (
    BeginFrames,
    ChooseReference,
    ErrorCode,
    Failure,
    FramesWanted,
    Framing,
    PutFrame,
    Reference,
    ReleaseFrames,
    Source,
)
from ..backend.frozen import frozen
from ..preferences import backend_launch, preferences, studies_folder
from ..sequencer import extract, identity, places
from ..session import HostJob, Step, of_stage
from .claims import Claim, Steps, claimed, give_back, present
from .job import JobOperator, Reports, StripOperator
from .snapshot import Framed, Snapshot, changed_since, is_still, known_framing, snapshot, wanted_numbers

TITLE = "Sample Frames"
AT_ONCE = 8  # frames on their way to the backend: enough to keep both sides busy, and memory does not grow


@frozen
class Sampled:
    """What sampling a strip came to."""

    folder: Path
    total: int
    read: int  # frames that were read out this time; the others were there
    reference: Reference
    losses: str
    changed: str  # '' or that the strip is not any more what was read

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(text for text in (self.reference.warning, self.changed, self.losses) if text)


class STEADY_OT_sample_frames(StripOperator, JobOperator, bpy.types.Operator):
    """Read the strip's frames, and choose those that the model will be tuned on. What is up to date is kept"""

    bl_idname = "steady.sample_frames"
    bl_label = TITLE
    bl_options = {"UNDO"}

    def begin(self, context: Any) -> HostJob:
        return sampling(*self.target(context))

    def told(self, result: Sampled) -> Reports:
        chosen = len(result.reference.numbers)
        told = [("INFO", f"{chosen} reference frames of {result.total}; {result.read} frames were read.")]
        return told + [("WARNING", text) for text in result.warnings]


def sampling(scene: Any, strip: Any) -> HostJob:
    wanted_numbers(strip)
    return claimed(TITLE, scene, strip, sample)


def sample(claim: Claim) -> Steps:
    try:
        yield from session.current.ready(backend_launch(preferences()))
        sampled = None
        while sampled is None:
            claim = where_it_is_now(claim)
            sampled = yield from _unless_moved(claim)
        return sampled
    finally:
        session.current.tell(ReleaseFrames(str(claim.folder)))
        give_back(claim)


@of_stage(TITLE)
def _unless_moved(claim: Claim) -> Generator[Step, None, Sampled | None]:
    """None where the study was moved away in the steps before the backend holds it: begin anew at its new place."""
    with contextlib.closing(_sample(claim)) as steps:
        while True:
            try:
                step = next(steps)
            except StopIteration as end:
                return end.value
            yield step
            if where_it_is_now(claim) is not claim:
                return None


def where_it_is_now(claim: Claim) -> Claim:
    """The first save of the file moves its studies, also those of jobs that have not begun to write to them."""
    found = claim.address.find()
    if found is None or claim.folder.is_dir():
        return claim
    moved = places.folder_of(found[1], studies_folder(preferences()))
    if moved is None:
        return claim
    folder, _, parent, owner = identity.claim(*found, studies_folder(preferences()))
    return replace(claim, folder=folder, parent=parent, owner=owner)


def _sample(claim: Claim) -> Steps:
    taken, read = yield from read_frames(claim)
    first, last, total = taken.numbers.start, taken.numbers.stop - 1, len(taken.numbers)
    choose = ChooseReference(str(claim.folder), taken.count, first, last)
    reference = yield from session.current.answer(
        session.current.ask(choose), Step(total, total, "Choosing reference frames")
    )
    return Sampled(claim.folder, total, read, reference, taken.losses, changed_since(claim, taken))


def read_frames(claim: Claim) -> Generator[Step, None, tuple[Snapshot, int]]:
    """What was read, and how many frames of it. A reader copies the scene when it is first advanced: a snapshot is of
    that very step, or what came later would be taken for what the frames show."""
    taken, frames = snapshot(claim), None
    framed = known_framing(claim.folder, taken)
    try:
        if framed is None:
            frames = read_out(claim, taken, taken.numbers, None)
            framed = Framed((yield from first_framing(frames)), taken.shown)
        wanted = yield from begin(claim, taken, framed)
        if wanted.numbers:
            same = is_still(claim, taken)
            if frames is None and not same:
                return (yield from read_frames(claim))
            if frames is not None and same and wanted.numbers != tuple(taken.numbers):
                frames.close()  # it found the framing, and would render what the study holds
                frames = None
            frames = frames or read_out(claim, taken, wanted.numbers, framed.framing)
            yield from put_all(claim, frames, frozenset(wanted.numbers))
    finally:
        if frames is not None:
            frames.close()
    return taken, len(wanted.numbers)


def read_out(claim: Claim, taken: Snapshot, numbers: Sequence[int], framing: Framing | None) -> Any:
    return extract.extract(claim.address, numbers, framing, taken.short_side, taken.crop)


def first_framing(frames: Iterator[Any]) -> Generator[Step, None, Framing]:
    for found in frames:
        if isinstance(found, Framing):
            return found
        yield Step(0, 0, "Looking for what the strip shows", waiting=True)
    raise Failure(ErrorCode.INTERNAL, "The strip could not be read out.", "Look into Blender's console.")


def begin(claim: Claim, taken: Snapshot, framed: Framed) -> Generator[Step, None, FramesWanted]:
    source = Source(
        fps=taken.fps,
        first=taken.numbers.start,
        last=taken.numbers.stop - 1,
        fingerprint=taken.fingerprint,
        media=taken.media,
        framing=framed.framing,
        short_side=taken.short_side,
        crop=taken.crop,
        shown=framed.shown,
    )
    known, owner = claim.address.study, identity.owner_now(*present(claim), claim.folder, claim.owner)
    request = BeginFrames(str(claim.folder), known, claim.parent, owner, source, claim.parent_folder)
    return (yield from session.current.answer(session.current.ask(request)))


def put_all(claim: Claim, frames: Iterator[Any], wanted: frozenset[int]) -> Steps:
    """Hand the frames on as they come, and never have more than a few of them in memory."""
    open_answers: deque[session.Answer] = deque()
    done = 0
    for frame in frames:
        present(claim)
        if frame is not None and not isinstance(frame, Framing) and frame.number in wanted:
            open_answers.append(_put(claim.folder, frame))
        while open_answers and (open_answers[0].done or len(open_answers) >= AT_ONCE):
            if not open_answers[0].done:
                yield _reading(done, wanted, waiting=True)
                continue
            open_answers.popleft().result()
            done += 1
        yield _reading(done, wanted, waiting=frame is None)
    while open_answers:
        yield from session.current.answer(open_answers.popleft(), _reading(done, wanted))
        done += 1


def _reading(done: int, wanted: frozenset[int], waiting: bool = False) -> Step:
    return Step(done, len(wanted), f"Reading frame {min(done + 1, len(wanted))} of {len(wanted)}", waiting)


def _put(folder: Path, frame: Any) -> session.Answer:
    request = PutFrame(str(folder), frame.number, frame.width, frame.height, frame.alpha is not None)
    blobs = [frame.rgb] if frame.alpha is None else [frame.rgb, frame.alpha]
    return session.current.ask(request, blobs)


def register() -> None:
    bpy.utils.register_class(STEADY_OT_sample_frames)


def unregister() -> None:
    bpy.utils.unregister_class(STEADY_OT_sample_frames)
