"""The tune stage: teaches the model one clip and its chosen looks, and goes on bit by bit where it was interrupted."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from .. import adapters, disk, distilling, painter, sampler, several, shots, sparing, study, teaching, tuning
from ..api import ErrorCode, Failure, Look, Method, Recipe, Tune, Tuned
from ..batching import is_out_of_memory
from ..fingerprint import fingerprint_of, unstamped
from ..frozen import frozen
from ..jobs import Job
from ..models import Model
from ..sampler import Walk
from ..schooling import Schooling
from ..seeds import check_seed
from ..several import Team
from ..shelf import Shelf, device_of, mark_of
from ..small_decoder import Distilled
from ..study import Study
from ..trainer import Trainer
from ..tuning import Tuning, rate_of

VERSION = 2  # part of the fingerprint: a change of what is learned must count it up
USABLE = 0.1  # the share of its iterations after which a cancelled tuning replaces the one before it


@frozen
class Plan:
    """The same for every process."""

    references: tuple[int, ...]
    looks: tuple[Look, ...]
    shots: tuple[range, ...]  # over which the looks are spread; none where they stay where they are
    fingerprint: str
    standing: Tuned | None  # what is there already


def tune(request: Tune, blobs: list[bytes], job: Job, shelf: Shelf) -> Tuned:
    folder = Path(request.folder)
    Study.open(folder)  # before the lock, which would put a file into a folder that is no study
    check(request)
    us = several.team(device_of(request.engine))
    with study.locked(folder) if us.leads else contextlib.nullcontext():
        kept = Study.open(folder)
        plan = us.told(_plan(kept, request, job) if us.leads else None)
        assert plan is not None
        tuned = plan.standing or us.told(_teach(kept, request, plan, us, job, shelf))
        return us.told(_with_decoder(kept, request, tuned, job, shelf) if us.leads else tuned)


def _with_decoder(kept: Study, request: Tune, tuned: Tuned, job: Job, shelf: Shelf) -> Tuned:
    """The small decoder, where one is wanted, by the leader alone. Cancelled, the tuning stays."""
    if not request.small_decoder:
        return tuned
    known = tuning.needed(kept.tuning_folder)
    note = distilling.standing(kept.tuning_folder, known)
    if note is None:
        job.progress(0, 1, "Loading the model")
        note = _distilled(kept, known, shelf.take(request.engine), job)
        job.log(f"The small decoder loses {note.lost:.2f} dB on unseen frames, at {note.apart:.1f} dB to the VAE's.")
    return replace(tuned, warning=" ".join(filter(None, (tuned.warning, note.warning))))


def _distilled(kept: Study, known: Tuning, model: Model, job: Job) -> Distilled:
    try:
        return distilling.distil(kept, known, model, job)
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        hint = "Render without it, or sample the strip with a smaller short side."
        message = "The device has too little memory to make the small decoder."
        raise Failure(ErrorCode.BAD_INPUT, message, hint) from error


# --- what is to be done


def check(request: Tune) -> None:
    """Refused before anything is done."""
    made, painting = request.recipe, request.painting
    painter.check(painting)
    if request.fast:
        walk = sampler.walk(painting.sampler, {}, painting.strength, painting.steps)
        sampler.fast(walk, sampler.levels({}), request.fast)
    check_seed(made.seed)
    for text, fine, hint in (
        (f"{made.iterations} iterations are too few.", made.iterations >= 1, "1000 is usual."),
        (f"The learning rate is {made.rate:g}.", 0 <= made.rate < math.inf, "Choose one such as 0.0001, or 0 for it."),
        (f"The rank is {made.rank}.", made.rank >= 1, "Choose 4 to 64; 16 is usual."),
        (f"A batch of {made.batch} holds nothing.", made.batch >= 1, "4 is usual."),
        (f"Late steps below {made.late} are none.", 1 <= made.late <= 1000, "Choose from 1 to 1000; 500 is usual."),
        (f"The share of looks is {made.looks:g}.", 0 < made.looks <= 1, "Choose one above 0, and 1 at most."),
        (f"The share at the start is {made.at_start:g}.", 0 <= made.at_start <= 1, "Choose from 0 to 1."),
        (f"The share astray is {made.astray:g}.", 0 <= made.astray <= 1, "Choose from 0 to 1."),
        (f"The angle of the noise is {made.angle:g}°.", 0 <= made.angle <= 90, "Choose from 0 to 90."),
        (f"{made.crops} encodings are too few.", made.crops >= 1, "1 is the look as it is; 64 is usual."),
        (f"A look cannot be spread over {made.spread} frames.", made.spread >= 0, "0 leaves it where it is."),
    ):
        if not fine:
            raise Failure(ErrorCode.BAD_INPUT, text, hint)


def _plan(kept: Study, request: Tune, job: Job) -> Plan:
    references, looks = _references(kept), _looks(kept)
    parts = tuple(shots.shots_of(kept, job)) if request.recipe.spread else ()
    shown = {look.frame for look in looks}.union(*(shots.shot_of(parts, look.frame) for look in looks))
    content = kept.frames_fingerprint([*references, *sorted(shown & set(kept.frame_numbers()))])
    fingerprint_at = partial(_fingerprint, kept, request, content, looks)
    fingerprint = fingerprint_at(request.painting.strength)
    return Plan(references, looks, parts, fingerprint, _standing(kept.tuning_folder, request, fingerprint_at))


def _references(kept: Study) -> tuple[int, ...]:
    reference = kept.reference()
    if reference is None:
        hint = "Sample the strip's frames first."
        raise Failure(ErrorCode.BAD_INPUT, "The strip's reference frames are not chosen yet.", hint)
    held = set(kept.frame_numbers())
    if missing := [n for n in reference.numbers if n not in held]:
        hint = "Sample the strip's frames again."
        raise Failure(ErrorCode.BAD_STUDY, f"The study lacks its reference frame {missing[0]}.", hint)
    return reference.numbers


def _looks(kept: Study) -> tuple[Look, ...]:
    looks = tuple(kept.gallery.chosen())
    if not looks:
        hint = "Paint looks of a frame, or bring an image file, and choose at least one."
        raise Failure(ErrorCode.BAD_INPUT, "No look is chosen.", hint)
    if unnamed := [look.name for look in looks if not look.prompt.strip()]:
        hint = "Bring it again with a prompt: the look is called by it."
        raise Failure(ErrorCode.BAD_INPUT, f"The look “{unnamed[0]}” has no prompt.", hint)
    return looks


def _fingerprint(kept: Study, request: Tune, content: str, looks: tuple[Look, ...], strength: float) -> str:
    """Not over the iterations: more of them go on. Of the painting, over what is taught of it."""
    painting, recipe = request.painting, request.recipe
    painted = [(look.frame, look.prompt, unstamped(disk.read(kept.gallery.picture_path(look.name)))) for look in looks]
    return fingerprint_of(
        VERSION,
        content,
        painted,
        replace(recipe, iterations=0, rate=rate_of(recipe)),
        replace(tuning.taught_of(painting, recipe), strength=strength),
        request.fast,
        mark_of(request.engine),
        *(("both sides",) if 1 < recipe.crops <= len(looks) * (1 + recipe.spread) else ()),  # not one each
    )


def _standing(folder: Path, request: Tune, fingerprint_at: Callable[[float], str]) -> Tuned | None:
    """What is there, where it is all that was asked for, or all that could be learned."""
    iterations = request.recipe.iterations
    found = tuning.read(folder)
    if found is None or found.fingerprint != fingerprint_at(found.painting.strength):
        return None
    if not tuning.reaches(found.painting, request.painting, request.fast):
        return None
    if found.steps != iterations and not (found.warning and found.recipe.iterations == iterations):
        return None
    if not adapters.stands(folder, found):  # in that case what was learned is still in the state
        return None
    return Tuned(found.steps, found.loss, found.seconds, found.warning)


# --- doing it


def _teach(kept: Study, request: Tune, plan: Plan, us: Team, job: Job, shelf: Shelf) -> Tuned:
    try:
        return _taught(kept, request, plan, us, job, shelf)
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        hint = "Sample the strip with a smaller short side, or close what else uses the device's memory."
        if request.recipe.method is Method.WHOLE:
            hint = "Tune a LoRA instead of the whole UNet, or sample the strip with a smaller short side."
        raise Failure(ErrorCode.BAD_INPUT, "The device has too little memory to tune.", hint) from error


def _too_many(recipe: Recipe) -> Failure:
    """Of a step, which takes the less memory the smaller its batch is."""
    hint = "Sample the strip with a smaller short side, or lower the batch."
    if recipe.method is Method.WHOLE:
        hint = "Tune a LoRA instead of the whole UNet, sample the strip with a smaller short side, or lower the batch."
    message = f"The device has too little memory to tune with {recipe.batch} pictures at once."
    return Failure(ErrorCode.BAD_INPUT, message, hint)


def _taught(kept: Study, request: Tune, plan: Plan, us: Team, job: Job, shelf: Shelf) -> Tuned:
    job.progress(0, 1, "Loading the model")
    model, recipe = shelf.take(request.engine), request.recipe
    base, precision = adapters.base_of(model.unet), model.unet.dtype
    walk = teaching.walk(request, model)
    lesson = teaching.lesson(request, walk)
    material = teaching.material(kept, request, plan.references, plan.looks, plan.shots, model, job)
    try:
        with teaching.room(model, request, material, us, job) as learned:
            spare = partial(sparing.spare, model, job)
            trainer = Trainer(model, learned, precision, recipe, lesson, material, us, spare)
            show = partial(teaching.preview, request, trainer, walk, job)
            schooling = Schooling(trainer, kept.tuning_folder, plan.fingerprint, job, us, show, request.preview_every)
            return _learn(kept.tuning_folder, request, plan, base, walk, schooling)
    finally:
        if recipe.method is Method.WHOLE:
            shelf.drop()  # it is no longer the model that was loaded


def _learn(folder: Path, request: Tune, plan: Plan, base: str, walk: Walk, schooling: Schooling) -> Tuned:
    """A tuning that was cancelled can be rendered with too, unless it has hardly begun, or would replace one
    that is whole: then the one before stays."""
    finish = partial(_keep, folder, request, plan, base, walk, schooling)
    try:
        schooling.learn()
    except Failure as failure:
        enough = schooling.step >= USABLE * request.recipe.iterations
        if failure.code is ErrorCode.CANCELLED and enough and not _is_better(folder, plan.fingerprint, schooling.step):
            finish()
        raise
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        raise _too_many(request.recipe) from error
    return finish()


def _is_better(folder: Path, fingerprint: str, steps: int) -> bool:
    """Whether a whole tuning is there already, and not only the beginning of this one."""
    found = tuning.read(folder)
    if found is None or not adapters.stands(folder, found):
        return False
    whole = bool(found.warning) or found.steps == found.recipe.iterations
    return whole and (found.fingerprint != fingerprint or found.steps > steps)


def _keep(folder: Path, request: Tune, plan: Plan, base: str, walk: Walk, schooling: Schooling) -> Tuned:
    tuned = Tuned(schooling.step, schooling.course.recent(), schooling.seconds, schooling.warning)
    if schooling.team.leads:
        trainer, recipe = schooling.trainer, request.recipe
        forget = partial(tuning.forget, folder)  # not while the weights are written: a kill would leave no tuning
        adapters.save(folder, recipe.method, trainer.learned, base, trainer.precision, forget)
        made = Tuning(
            plan.fingerprint,
            request.engine.model,
            base,
            recipe,
            request.painting,
            request.fast,
            walk.times,
            tuple(look.prompt for look in plan.looks),
            tuned.steps,
            tuned.loss,
            tuned.seconds,
            tuned.warning,
            tuple(look.name for look in plan.looks),
        )
        tuning.write(folder, made)
    return tuned
