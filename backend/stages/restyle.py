"""All stages on one study: what is up to date is left as it is, and the answer says which that was."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .. import images, models, small_decoder, tuning, walked
from ..api import (
    BringLook,
    ChooseLooks,
    ChooseReference,
    Engine,
    ErrorCode,
    Failure,
    Look,
    Looks,
    MakeLooks,
    Painting,
    Recipe,
    Reference,
    Render,
    Rendered,
    Tune,
    Way,
)
from ..frozen import frozen
from ..jobs import Job
from ..picking import best, frame_for_look, outdated, standing
from ..shelf import Shelf, mark_of
from ..small_decoder import Distilled
from ..study import Study
from ..tuning import Tuning
from . import frames, looks, render, tune

USUAL_COUNT = 30  # of reference frames


@frozen
class Restyle:
    """Everything from a study's frames to a take."""

    folder: str
    prompts: tuple[str, ...]  # a look for each; rendered by the first
    engine: Engine
    recipe: Recipe
    painting: Painting
    frame: int | None = None  # that gets the looks; None is the one that stands for most of the strip
    look: str = ""  # an image file, instead of looks that are made here
    candidates: int = 4
    looks: Painting | None = None  # None is the usual, and any look that was chosen for these prompts
    reference: int | None = None  # how many reference frames; None is as many as were asked for before
    fast: int = 0  # timesteps; 0 is all that the sampler walks
    small_decoder: bool = False  # distilled with the tuning, and painted with
    take: str = ""
    tuning: str = ""  # the folder of the study whose tuning paints it, and nothing is tuned here; '' is this one


@frozen
class Restyled:
    take: str
    folder: str
    looks: tuple[str, ...]
    done: tuple[str, ...]
    skipped: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass
class Account:
    """What was done and what was not, as the stages go by."""

    done: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def note(self, stage: str, done: bool, *warnings: str) -> None:
        (self.done if done else self.skipped).append(stage)
        self.warnings += filter(None, warnings)


def restyle(request: Restyle, job: Job, shelf: Shelf) -> Restyled:
    _check(request, Study.open(Path(request.folder)))
    account = Account()
    chosen = () if request.tuning else _taught(request, job, shelf, account)
    take = _render(request, job, shelf, account)
    names = tuple(look.name for look in chosen)
    return Restyled(take.take, take.folder, names, tuple(account.done), tuple(account.skipped), tuple(account.warnings))


def _taught(request: Restyle, job: Job, shelf: Shelf, account: Account) -> Sequence[Look]:
    """What comes before rendering; the looks that were tuned with."""
    reference = _reference(request, job, account)
    chosen = _looks(request, reference, job, shelf, account)
    _tune(request, job, shelf, account)
    return chosen


def _check(request: Restyle, kept: Study) -> None:
    """What would be refused only after other stages have worked for minutes."""
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        hint = "Run frames, looks and choose-looks by one, and tune and render by several."
        raise Failure(ErrorCode.BAD_INPUT, "Not all stages can be shared by several processes.", hint)
    if not all(prompt.strip() for prompt in request.prompts) or not request.prompts:
        raise Failure(ErrorCode.BAD_INPUT, "The prompt is empty.", "Say in a few words what the strip is to look like.")
    mark_of(request.engine)
    render.check(_rendering(request))
    if request.tuning:
        _check_lent(request)
        return
    making = _making(request, request.prompts, request.frame or 1)
    walked.check_look(making.painting)
    looks.check(making)
    if request.frame is not None:
        looks.frame_of(kept, request.frame)
    tune.check(_tuning(request))
    if request.look:
        if len(request.prompts) != 1:
            hint = "Give a single prompt with an image, or bring more looks one by one."
            raise Failure(ErrorCode.BAD_INPUT, "One image is a look for one prompt.", hint)
        images.read(Path(request.look), kept.source.framing)
        models.check_prompt(request.engine, request.prompts[0])


def _check_lent(request: Restyle) -> None:
    if request.look:
        hint = "Leave one of them out: a look is what is tuned with."
        raise Failure(ErrorCode.BAD_INPUT, "--look does not go with --tuning.", hint)
    lent = Study.open(Path(request.tuning)).tuning_folder
    known = tuning.needed(lent)
    if request.small_decoder:
        small_decoder.needed(lent, known.mark)


def _reference(request: Restyle, job: Job, account: Account) -> Reference:
    kept = Study.open(Path(request.folder))
    before = kept.reference()
    count = request.reference
    if count is None:
        count = USUAL_COUNT if before is None else before.asked or len(before.numbers)
    chosen = frames.choose(ChooseReference(request.folder, count, kept.source.first, kept.source.last), [], job)
    account.note("frames", chosen != before, chosen.warning)
    return chosen


# --- looks


def _looks(request: Restyle, reference: Reference, job: Job, shelf: Shelf, account: Account) -> Sequence[Look]:
    """What stands for a prompt stays chosen; looks are made for the others alone, and the best chosen beside."""
    kept = Study.open(Path(request.folder))
    there = [] if request.look else _standing(request, kept)
    prompts = tuple(prompt for prompt in request.prompts if prompt not in {look.prompt for look in there})
    if not prompts:  # and whatever else is chosen stays so
        account.note("looks", False, outdated(there, kept))
        return there
    before = kept.gallery.looks()
    frame = request.frame
    if frame is None:
        frame = frame_for_look(reference, kept.source.first, kept.source.last)
    found = _bring(request, frame, job) if request.look else _make(request, prompts, frame, job, shelf)
    chosen = [*there, *best(found.looks, prompts)]
    names = {look.name for look in chosen}
    if {look.name for look in before if look.chosen} != names:
        looks.choose(ChooseLooks(request.folder, tuple(look.name for look in chosen)), [], job)
    account.note("looks", not names <= {look.name for look in before}, outdated(there, kept), found.warning)
    return chosen


def _standing(request: Restyle, kept: Study) -> list[Look]:
    each = (
        standing(kept, (p,), request.frame, request.looks, request.candidates) for p in dict.fromkeys(request.prompts)
    )
    return [look for found in each for look in found]


def _bring(request: Restyle, frame: int, job: Job) -> Looks:
    return looks.bring(BringLook(request.folder, frame, request.prompts[0], request.look, request.engine), [], job)


def _make(request: Restyle, prompts: tuple[str, ...], frame: int, job: Job, shelf: Shelf) -> Looks:
    return looks.make(_making(request, prompts, frame), [], job, shelf)


def _making(request: Restyle, prompts: tuple[str, ...], frame: int) -> MakeLooks:
    painting = request.looks or MakeLooks.painting
    return MakeLooks(request.folder, frame, prompts, request.candidates, request.engine, painting)


# --- tuning and rendering


def _tune(request: Restyle, job: Job, shelf: Shelf, account: Account) -> None:
    folder = Study.open(Path(request.folder)).tuning_folder
    before = _tuned(folder)
    tuned = tune.tune(_tuning(request), [], job, shelf)
    account.note("tune", _tuned(folder) != before, tuned.warning)


def _tuned(folder: Path) -> tuple[Tuning | None, Distilled | None]:
    known = tuning.read(folder)
    return known, small_decoder.read(folder, known.mark) if known else None


def _tuning(request: Restyle) -> Tune:
    small = request.small_decoder
    return Tune(request.folder, request.engine, request.recipe, request.painting, request.fast, 0, small)


def _render(request: Restyle, job: Job, shelf: Shelf, account: Account) -> Rendered:
    rendered = render.render(_rendering(request), [], job, shelf)
    account.note("render", rendered.rendered > 0, rendered.warning)
    return rendered


def _rendering(request: Restyle) -> Render:
    return Render(
        folder=request.folder,
        take=request.take,
        way=Way.FAST if request.fast else Way.TUNED,
        prompt=request.prompts[0],
        engine=request.engine,
        painting=request.painting,
        fast=request.fast or Render.fast,
        tuning=request.tuning,
        small_decoder=request.small_decoder,
    )
