"""The propagate stage: a few looks spread over the whole strip, shot by shot; goes on where it stopped."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from .. import disk, keys, picking, pictures, shots, study
from ..api import ErrorCode, Failure, Framing, Propagate, Smoothed
from ..fingerprint import fingerprint_of, stamp_of, stamped, unstamped
from ..frozen import frozen
from ..jobs import Job
from ..keys import Key
from ..pictures import Pixels
from ..plain import to_json
from ..propagating import Propagation
from ..reel import HELD, Reel
from ..seeds import check_seed
from ..shelf import Shelf, device_of
from ..study import Study
from ..take import Take
from ..telling import SECONDS_A_TEXT
from . import frames

VERSION = 2  # part of every take's fingerprint: a change of what is painted must count it up
USUAL_NAME = "propagated"
STATE = "state.safetensors"  # of the shot that is being learned; gone when the take is complete


@frozen
class Plan:
    take: Take
    fingerprint: str
    framing: Framing
    numbers: range
    shots: list[range]
    keys: list[list[Key]]  # a list a shot
    warning: str


def propagate(request: Propagate, blobs: list[bytes], job: Job, shelf: Shelf) -> Smoothed:
    folder = Path(request.folder)
    Study.open(folder)  # before the lock, which would put a file into a folder that is no study
    check(request)
    device, begun, steps = device_of(request.engine), time.monotonic(), 0
    with study.locked(folder):
        kept = Study.open(folder)
        plan = _plan(kept, request, job)
        account = Account(job, plan, request.prior.steps)
        for place in range(len(plan.shots)):
            steps += _spread(kept, request, plan, place, device, account)
        _note(plan, request, complete=True)
        disk.remove(plan.take.folder / STATE)
    first, last, seconds = plan.numbers[0], plan.numbers[-1], time.monotonic() - begun
    return Smoothed(plan.take.name, str(plan.take.folder), first, last, steps, seconds, False, plan.warning)


# --- what is to be done


def check(request: Propagate) -> None:
    """Refused before anything is done."""
    prior = request.prior
    for text, fine, hint in (
        (f"{prior.steps} steps are too few.", prior.steps >= 1, "500 are usual."),
        (f"{prior.width} channels are too few.", prior.width >= 1, "64 are usual."),
        (f"The learning rate is {prior.rate:g}.", 0 < prior.rate < math.inf, "0.003 is usual."),
    ):
        if not fine:
            raise Failure(ErrorCode.BAD_INPUT, text, hint)
    check_seed(prior.seed)


def _plan(kept: Study, request: Propagate, job: Job) -> Plan:
    numbers = range(kept.source.first, kept.source.last + 1)
    frames.all_held(kept, numbers.start, numbers[-1])
    parts = shots.shots_of(kept, job)
    found = keys.keys_of(kept, request.looks, parts)
    content = kept.frames_fingerprint(list(numbers))
    looks = [[(key.number, key.look.tobytes()) for key in some] for some in found]
    learned = (request.prior.width, request.prior.rate, request.prior.steps, request.prior.seed)
    ends, framing = [(part[0], part[-1]) for part in parts], kept.source.framing
    fingerprint = fingerprint_of(VERSION, content, ends, looks, learned, framing)
    take = kept.take_to_fill(request.take.strip() or USUAL_NAME, fingerprint)
    take.sweep()
    named = {key.name for some in found for key in some}
    warning = picking.outdated([look for look in kept.gallery.looks() if look.name in named], kept)
    plan = Plan(take, fingerprint, framing, numbers, parts, found, warning)
    _note(plan, request, complete=False)
    return plan


def _note(plan: Plan, request: Propagate, complete: bool) -> None:
    """take.json. One that is complete stays so."""
    before = plan.take.note()
    ours = {
        "method": "propagate",
        "keys": [{"look": key.name, "frame": key.number} for some in plan.keys for key in some],
        "prior": to_json(request.prior),
        "fingerprint": plan.fingerprint,
        "framing": to_json(plan.framing),
        "first": plan.numbers[0],
        "last": plan.numbers[-1],
        "complete": complete or (before.get("complete") is True and plan.take.numbers() == list(plan.numbers)),
        "warning": plan.warning,
    }
    plan.take.add_to_note(ours)


# --- to be seen


class Account:
    """Says how far it is: each shot is looked at, learned from and painted."""

    SECONDS_BETWEEN_PREVIEWS = 1.0

    def __init__(self, job: Job, plan: Plan, steps: int) -> None:
        self._job, self._steps, self._frames, self._count = job, steps, len(plan.numbers), len(plan.shots)
        self._total = 3 * self._frames + steps * self._count
        self._done, self._shown = 0, 0.0

    def tell(self, place: int, within: int, text: str, more: str) -> None:
        """What it does comes first: by its first word a part of the work is known from the next one."""
        shot = f", shot {place + 1} of {self._count}" if self._count > 1 else ""
        self._job.progress(min(self._done + within, self._total - 1), self._total, f"{text}{shot}{more}")

    def leave(self, shot: range) -> None:
        """That shot is done."""
        self._done += 3 * len(shot) + self._steps
        if self._done >= self._total:
            self._job.progress(self._total, self._total, "Painting the frames")

    def show(self, paint: Callable[[], Pixels]) -> None:
        """What nobody would see is not painted."""
        if time.monotonic() - self._shown > self.SECONDS_BETWEEN_PREVIEWS:
            self._shown, picture = time.monotonic(), paint()
            self._job.preview(picture.shape[1], picture.shape[0], picture.tobytes())


# --- doing it


def _spread(kept: Study, request: Propagate, plan: Plan, place: int, device: torch.device, account: Account) -> int:
    """One shot. How many steps were learned for it, now or before; 0 where it was there already, or needs none."""
    shot, looks = plan.shots[place], {key.number - plan.shots[place][0]: key.look for key in plan.keys[place]}
    stamps = [fingerprint_of(plan.fingerprint, number, _opacity(kept, number)) for number in shot]
    wanted = [stamp_of(plan.take.picture_path(n)) != stamp for n, stamp in zip(shot, stamps, strict=True)]
    if any(wanted):
        source = Reel(lambda i: pictures.read(kept.frame_path(shot[i])), len(shot), HELD)
        with Propagation(source, looks, request.prior, device, plan.take.folder) as ours:
            ours.carry(lambda done: account.tell(place, done, "Carrying the looks", f", frame {done}"))
            if ours.needs_painting:
                _learn(ours, plan, request, place, account)
            painted = zip(shot, stamps, wanted, ours.pictures(), strict=True)
            for done, (number, stamp, lacks, picture) in enumerate(painted, start=1):
                within = 2 * len(shot) + request.prior.steps + done
                account.tell(place, within, "Painting", f", frame {done} of {len(shot)}")
                if lacks:
                    _write(kept, plan.take, number, picture, stamp)
                    account.show(lambda picture=picture: picture)
        account.leave(shot)
        return ours.learner.step
    account.leave(shot)
    return 0


def _learn(ours: Propagation, plan: Plan, request: Propagate, place: int, account: Account) -> None:
    every, length = request.preview_every, len(plan.shots[place])

    loss, told = "", -math.inf

    def tell() -> None:
        nonlocal loss, told
        step = ours.learner.step
        if time.monotonic() - told >= SECONDS_A_TEXT and not math.isnan(ours.loss):
            loss, told = f", loss {ours.loss:.4f}", time.monotonic()
        account.tell(place, 2 * length + step, "Learning the looks", loss)
        if every and step and step % every == 0:
            account.show(ours.glimpse)

    ours.learn(plan.take.folder / STATE, fingerprint_of(plan.fingerprint, place), tell)


def _opacity(kept: Study, number: int) -> bytes:
    alpha = kept.alpha_path(number)
    return unstamped(disk.read(alpha)) if disk.long_path(alpha).is_file() else b""


def _write(kept: Study, take: Take, number: int, picture: Pixels, stamp: str) -> None:
    alpha = kept.alpha_path(number)
    if disk.long_path(alpha).is_file():
        picture = np.dstack([picture, pictures.read_alpha(alpha)])
    disk.write(take.picture_path(number), stamped(pictures.encode(picture), stamp))
