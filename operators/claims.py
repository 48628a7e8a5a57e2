"""A strip and the study that a job may write to: taken with the click, found again after every step, given back."""

import contextlib
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

from .. import session
from ..backend import trouble
from ..backend.api import ErrorCode, Failure, Owner
from ..backend.frozen import frozen
from ..preferences import preferences, studies_folder
from ..sequencer import identity, places, saving, strips
from ..session import HostJob, Step
from .job import is_of, refuse_twice

Steps = Generator[Step, None, Any]


@frozen
class Claim:
    """A strip and the study that it may write to."""

    address: strips.Address
    folder: Path
    parent: str
    owner: Owner
    id_before: str
    parent_folder: str


def claimed(
    title: str, scene: Any, strip: Any, steps: Callable[[Claim], Steps], wanted: tuple[Any, ...] = ()
) -> HostJob:
    """The job that works on a strip. The strip gets its study at once, as a part of the click that can be undone.
    `wanted` is what it is to do, where its title does not say that: of one that is to do the same there is but one."""
    carried, folder = strips.study_id(strip), studies_folder(preferences())
    at = identity.locate(scene, strip, folder)
    mine = at.id if at.kind in (identity.Kind.OWN, identity.Kind.REFOUND) else ""
    refuse_twice(title, wanted, lambda job: is_of(job, scene, strip) or job.study == mine != "")
    folder, study, parent, owner = identity.claim(scene, strip, folder)
    before = next((job.study_before for job in unfinished(study)), carried)
    claim = Claim(strips.Address.of(scene, strip), folder, parent, owner, before, places.parent_folder(strip))

    def begin() -> Steps:
        now = taken_again(claim) if job.pace.began is not None else claim
        job.study = now.address.study
        return remembered(job, now, steps)

    job = HostJob(title, strip.name, begin, study, lambda: abandon(claim))
    job.wanted, job.study_before = wanted, before
    return job


def unfinished(study: str) -> list[HostJob]:
    return [job for job in session.current.jobs if job.study == study and not job.finished]


def taken_again(claim: Claim) -> Claim:
    """A job that was paused before anything was written gave its study back."""
    scene, strip = present(claim)
    if strips.study_id(strip) == claim.address.study:
        return claim
    folder, _, parent, owner = identity.claim(scene, strip, studies_folder(preferences()))
    return replace(claim, address=strips.Address.of(scene, strip), folder=folder, parent=parent, owner=owner)


def remembered(job: HostJob, claim: Claim, steps: Callable[[Claim], Steps]) -> Steps:
    """What ended the work on a study is kept in it, until other work on it ends well."""
    try:
        result = yield from steps(claim)
    except Exception as error:
        with contextlib.suppress(Failure):
            trouble.write(folder_now(claim), job.title, error, job.stage, job.again)
        raise
    with contextlib.suppress(Failure):
        trouble.forget(folder_now(claim))
    return result


def abandon(claim: Claim) -> None:
    """Of a job that ends in the queue."""
    running = session.current.running
    if running is None or running.study != claim.address.study:
        give_back(claim)


def give_back(claim: Claim) -> None:
    """End the claim, also when the strip was deleted, copied or cut meanwhile, or undo took the id from it. While other
    jobs wait to work on the study it is theirs."""
    study = claim.address.study
    if any(job is not session.current.running for job in unfinished(study)):
        return
    for strip in list(places.carriers(study)):
        identity.give_back(strip, claim.folder, claim.id_before)
        copied = strip.steady.study_id == claim.id_before != study
        if copied and places.folder_of(strip, studies_folder(preferences())) is None:
            strip.steady.study_id = ""  # its original's claim came to nothing too
    if not any(places.carriers(study)) and claim.folder.is_dir() and not any(claim.folder.iterdir()):
        claim.folder.rmdir()


def present(claim: Claim) -> tuple[Any, Any]:
    """The strip where it is now, whatever was moved or renamed since the last step."""
    found = claim.address.find()
    if found is None:
        message = f"“{claim.address.strip}” was deleted, or belongs to another study now."
        hint = "Undo, and press the button again."
        if any(claim.folder.glob("frames/*.png")):
            hint = "What was read is kept: undo, and press the button again to go on."
        raise Failure(ErrorCode.BAD_INPUT, message, hint)
    return found


def folder_now(claim: Claim) -> Path:
    """Where its study is: the first save moves it beside the .blend, as soon as nobody writes to it."""
    saving.settle()
    _, strip = present(claim)
    return places.folder_of(strip, studies_folder(preferences())) or claim.folder
