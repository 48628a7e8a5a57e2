"""The render stage: every frame of a strip painted from one noise, as a take that goes on where it was interrupted."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from .. import (
    adapters,
    disk,
    distilling,
    models,
    overlapped,
    painter,
    pictures,
    rendering,
    sampler,
    several,
    small_decoder,
    study,
    tuning,
)
from ..api import ErrorCode, Failure, Framing, Pairing, Render, Rendered, Way
from ..fingerprint import fingerprint_of, stamp_of, unstamped
from ..frozen import frozen
from ..jobs import Job
from ..models import Model
from ..painter import Painter
from ..pictures import Pixels
from ..plain import to_json
from ..rendering import Account, Wanted
from ..shelf import Shelf, device_of, mark_of
from ..small_decoder import Distilled
from ..study import Study
from ..take import Take
from ..tuning import Tuning
from . import frames

VERSION = 1  # part of every take's fingerprint: a change of what is painted must count it up


@frozen
class Plan:
    """What is left to do, the same for every process that does its share."""

    take: str
    prompt: str
    fingerprint: str
    framing: Framing
    numbers: range
    missing: tuple[Wanted, ...]
    lacking: int
    taught: str  # which tuning paints it; '' is none
    decoder: Distilled | None  # in place of the VAE's
    warning: str  # '' or one sentence


def render(request: Render, blobs: list[bytes], job: Job, shelf: Shelf) -> Rendered:
    folder = Path(request.folder)
    Study.open(folder)  # before the lock, which would put a file into a folder that is no study
    check(request)
    request = _stock(request)
    us = several.team(device_of(request.engine))
    with study.locked(folder) if us.leads else contextlib.nullcontext():
        kept = Study.open(folder)
        plan: Any = us.told(_plan(kept, request, job) if us.leads else None)
        take = kept.take(plan.take)
        if plan.missing:
            mine = us.share(plan.missing)
            _paint(kept, request, plan, mine, job, shelf)
            us.meet()
        if us.leads:
            _note(take, request, plan, complete=True, reach=_reach(kept, take, plan))
        return Rendered(plan.take, str(take.folder), plan.numbers[0], plan.numbers[-1], plan.lacking, plan.warning)


def default_name(request: Render) -> str:
    if request.way is Way.FAST:
        return f"fast {request.fast}{' small' if request.small_decoder else ''}"
    return f"{request.way.value} {request.painting.strength:g}"


def _stock(request: Render) -> Render:
    """A model that was not taught to do without noise needs all of it, and knows nothing of the looks."""
    plain = replace(request.painting, noise=1.0, attend=0.0)
    return replace(request, painting=plain, small_decoder=False) if request.way is Way.PLAIN else request


# --- what is to be done


def check(request: Render) -> None:
    """Refused before a model is loaded."""
    painting = request.painting
    painter.check(painting)
    if request.way is Way.FAST:
        walk = sampler.walk(painting.sampler, {}, painting.strength, painting.steps)
        sampler.fast(walk, sampler.levels({}), request.fast)
    if request.batch < 0:
        hint = "Ask for one or more, or for 0, which is what the device holds."
        raise Failure(ErrorCode.BAD_INPUT, f"{request.batch} frames at once are too few.", hint)


def _plan(kept: Study, request: Render, job: Job) -> Plan:
    numbers = range(kept.source.first, kept.source.last + 1)
    frames.all_held(kept, numbers.start, numbers[-1])
    known = tuning.needed(_tuning_folder(kept, request)) if request.way is not Way.PLAIN else None
    prompt, model = _prompt(kept, request, known), mark_of(request.engine)
    fast = request.fast if request.way is Way.FAST else 0
    taught = (known.fingerprint, known.base, known.steps, known.loss) if known else ()
    looks = [look.tobytes() for look in _attended(kept, request)]
    decoder = _decoder(kept, request, known)
    other, framing = ("small decoder", decoder.mark) if decoder else (), kept.source.framing
    fingerprint = fingerprint_of(VERSION, prompt, request.painting, model, fast, taught, *looks, *other, framing)
    take = kept.take_to_fill(request.take.strip() or default_name(request), fingerprint)
    take.sweep()
    missing, lacking = _missing(kept, take, numbers, fingerprint, job)
    mark, warning = (known.mark, _warning(request, prompt, known)) if known else ("", "")
    if decoder:
        warning = " ".join(filter(None, (warning, decoder.warning)))
    plan = Plan(take.name, prompt, fingerprint, framing, numbers, missing, lacking, mark, decoder, warning)
    if missing:
        _note(take, request, plan, complete=False)
    return plan


def _tuning_folder(kept: Study, request: Render) -> Path:
    return Study.open(Path(request.tuning)).tuning_folder if request.tuning else kept.tuning_folder


def _decoder(kept: Study, request: Render, known: Tuning | None) -> Distilled | None:
    if not request.small_decoder or known is None:
        return None
    return small_decoder.needed(_tuning_folder(kept, request), known.mark)


def _attended(kept: Study, request: Render) -> list[Pixels]:
    """The chosen looks, where they are attended to: those that the tuning was taught. They travel in one batch with the
    frames, which another strip's looks, and older ones, may not be as large as."""
    if not request.painting.attend:
        return []
    gallery, size = (Study.open(Path(request.tuning)) if request.tuning else kept).gallery, kept.source.framing.size
    return [pictures.resize(pictures.read(gallery.picture_path(look.name)), size) for look in gallery.chosen()]


def _prompt(kept: Study, request: Render, known: Tuning | None) -> str:
    """A strip that uses another one's tuning may have no looks of its own."""
    choices = (request.prompt, *(look.prompt for look in kept.gallery.chosen()), *(known.prompts if known else ()))
    if prompt := next((choice for choice in choices if choice.strip()), ""):
        return prompt
    raise Failure(ErrorCode.BAD_INPUT, "There is no prompt to render by.", "Give one, or choose a look, which has one.")


def _missing(kept: Study, take: Take, numbers: range, fingerprint: str, job: Job) -> tuple[tuple[Wanted, ...], int]:
    """The pictures to paint, and for how many frames. What is there already is copied to frames that look the same."""
    there: dict[str, int] = {}
    lacking: dict[str, list[int]] = {}
    with ThreadPoolExecutor(rendering.FILES_AT_ONCE) as pool:
        contents = overlapped.ahead(pool, partial(_content, kept), numbers)
        for done, (number, content) in enumerate(zip(numbers, contents, strict=True), start=1):
            job.progress(done, len(numbers), "Looking at the frames")
            stamp = fingerprint_of(fingerprint, content)
            if stamp_of(take.picture_path(number)) == stamp:
                there[stamp] = number
            else:
                lacking.setdefault(stamp, []).append(number)
    for stamp in lacking.keys() & there.keys():
        png = disk.read(take.picture_path(there[stamp]))
        for number in lacking[stamp]:
            disk.write(take.picture_path(number), png)
    missing = tuple(Wanted(stamp, tuple(n)) for stamp, n in lacking.items() if stamp not in there)
    return missing, sum(map(len, lacking.values()))


def _content(kept: Study, number: int) -> str:
    alpha = kept.alpha_path(number)
    opacity = unstamped(disk.read(alpha)) if disk.long_path(alpha).is_file() else b""
    return fingerprint_of(unstamped(disk.read(kept.frame_path(number))), opacity)


def _reach(kept: Study, take: Take, plan: Plan) -> tuple[int, int]:
    """The first and the last of its pictures that stand, also beyond what a strip that was trimmed or cut still shows:
    the other piece of it shows those."""

    def stands(number: int) -> bool:
        stamp = stamp_of(take.picture_path(number))
        there = bool(stamp) and disk.long_path(kept.frame_path(number)).is_file()
        return there and stamp == fingerprint_of(plan.fingerprint, _content(kept, number))

    first, last = plan.numbers[0], plan.numbers[-1]
    while stands(first - 1):
        first -= 1
    while stands(last + 1):
        last += 1
    return first, last


def _note(take: Take, request: Render, plan: Plan, complete: bool, reach: tuple[int, int] | None = None) -> None:
    """take.json."""
    ours = {
        "method": "render",
        "way": request.way.value,
        "prompt": plan.prompt,
        "painting": to_json(request.painting),
        "fast": request.fast if request.way is Way.FAST else 0,
        "model": request.engine.model,
        "taught": plan.taught,
        "fingerprint": plan.fingerprint,
        "framing": to_json(plan.framing),
        "first": plan.numbers[0],
        "last": plan.numbers[-1],
        "complete": complete,
        "warning": plan.warning,
    }
    if reach:
        ours["reach"] = list(reach)
    if plan.decoder:
        ours |= {"decoder": plan.decoder.mark, "decoder_lost": plan.decoder.lost}
    take.add_to_note(ours)


# --- doing it


def _paint(kept: Study, request: Render, plan: Plan, mine: Sequence[Wanted], job: Job, shelf: Shelf) -> None:
    """This process's share."""
    job.progress(0, 1, "Loading the model")
    model = shelf.take(request.engine)
    with _tuned(model, kept, request, plan.taught):
        fast = request.fast if request.way is Way.FAST else 0
        decoder = distilling.loaded(_tuning_folder(kept, request), plan.decoder, model) if plan.decoder else None
        attended = _attended(kept, request)
        ours = Painter(model, request.painting, plan.prompt, fast, attended, decoder)
        total, share = len(plan.numbers), sum(len(wanted.numbers) for wanted in mine)
        account = Account(job, total, total - plan.lacking, share)
        size, guidance = kept.source.framing.size, request.painting.guidance
        capacity = shelf.capacity(request.engine, size, guidance, request.batch, len(attended))
        rendering.render(kept, kept.take(plan.take), ours, mine, capacity, account)


@contextlib.contextmanager
def _tuned(model: Model, kept: Study, request: Render, taught: str) -> Iterator[None]:
    """Another study's tuning may be replaced at any time: nothing keeps its owner from it."""
    if not taught:
        yield
        return
    folder = _tuning_folder(kept, request)
    with adapters.applied(model, folder):
        found = tuning.read(folder)  # after its weights: what replaces them takes the note away first
        if found is None or found.mark != taught:
            raise Failure(ErrorCode.BAD_INPUT, "The tuning was replaced meanwhile.", "Render again.")
        yield


def _warning(request: Render, prompt: str, known: Tuning) -> str:
    """One sentence where the rendering is not what was taught, the gravest difference first."""
    ours, theirs = request.painting, known.painting
    start = sampler.walk(ours.sampler, models.schedule(request.engine), ours.strength, ours.steps).times[0]
    fast = request.fast if request.way is Way.FAST else 0
    again = "tune again for this rendering if the look is weak."
    if fast and fast == known.fast and start != known.walked[0]:
        return f"Its {fast} explicit steps start at timestep {start} and were tuned from {known.walked[0]}: {again}"
    if start > known.walked[0]:
        return (
            f"It starts at timestep {start} and was tuned only up to {known.walked[0]}: lower the strength to "
            f"{theirs.strength:g} or below, or tune again for {ours.strength:g}."
        )
    if fast != known.fast:
        return f"It was tuned for {_steps(known.fast)} and rendered in {_steps(fast)}: {again}"
    if ours.sampler is not theirs.sampler:
        return f"It was tuned for the sampler {theirs.sampler.value} and rendered with {ours.sampler.value}: {again}"
    if known.recipe.pairing is Pairing.BRIDGE and start < known.walked[0] and ours.strength < theirs.strength:
        return (
            f"It starts at timestep {start}, and the look was taught from {known.walked[0]}: raise the strength to "
            f"{theirs.strength:g} if the look is weak."
        )
    if ours.guidance != theirs.guidance:
        return f"It was tuned for guidance {theirs.guidance:g} and rendered at {ours.guidance:g}: {again}"
    if ours.noise != theirs.noise:
        return f"It was tuned for {theirs.noise:.0%} of the noise and rendered with {ours.noise:.0%}: {again}"
    if prompt not in known.prompts:
        return f"“{prompt}” is none of the prompts of the looks that it was tuned with: {again}"
    return ""


def _steps(fast: int) -> str:
    return f"{fast} explicit steps" if fast else "all steps of the sampler"
