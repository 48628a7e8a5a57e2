"""The looks stage: paints candidates of one frame, takes over images from outside, and keeps what was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from .. import composition, images, pictures, study
from ..api import BringLook, ChooseLooks, ErrorCode, Failure, Look, Looks, MakeLooks, Painting
from ..fingerprint import fingerprint_of, shown_by, stamp_of
from ..frozen import frozen
from ..gallery import Gallery
from ..jobs import Job
from ..pictures import Pixels
from ..study import Study

if TYPE_CHECKING:
    from ..shelf import Shelf

VERSION = 1  # part of every candidate's stamp: a change of what is painted must count it up
LOWER = (0.6, 0.5, 0.45)  # strengths to suggest; below what tuning is rendered at, nothing is left to look at
MOST = 64  # candidates of one request; more is a slip of the hand


@frozen
class Wish:
    """One candidate that was asked for."""

    prompt: str
    painting: Painting
    stamp: str


def make(request: MakeLooks, blobs: list[bytes], job: Job, shelf: Shelf) -> Looks:
    from .. import candidates  # late: torch takes seconds, and choosing a look does without it
    from ..shelf import mark_of

    folder = Path(request.folder)
    Study.open(folder)  # before the lock, which would put a file into a folder that is no study
    check(request)
    with study.locked(folder):
        kept = Study.open(folder)
        frame = frame_of(kept, request.frame)
        wishes = _wishes(kept, request, mark_of(request.engine))
        kept.gallery.sweep()
        standing = kept.gallery.stamped()
        if missing := [wish for wish in wishes if wish.stamp not in standing]:
            job.progress(0, 1, "Loading the model")
            wanted = [(wish.prompt, wish.painting) for wish in missing]
            size, guidance = (frame.shape[1], frame.shape[0]), request.painting.guidance
            capacity = shelf.capacity(request.engine, size, guidance)
            painted = candidates.paint(shelf.take(request.engine), frame, wanted, capacity, job)
            for wish, pixels in zip(missing, painted, strict=True):
                standing[wish.stamp] = _keep(kept, request, wish, frame, pixels)
                job.preview(pixels.shape[1], pixels.shape[0], pixels.tobytes())
        return _answer([standing[wish.stamp] for wish in wishes], request.painting.strength)


def bring(request: BringLook, blobs: list[bytes], job: Job) -> Looks:
    folder = Path(request.folder)
    Study.open(folder)
    _check_prompts((request.prompt,))
    if request.engine is not None:
        from .. import models  # late, as above

        models.check_prompt(request.engine, request.prompt)
    with study.locked(folder):
        kept = Study.open(folder)
        frame = frame_of(kept, request.frame)
        kept.gallery.sweep()
        file = Path(request.file)
        pixels = images.read(file, kept.source.framing)
        content = kept.frames_fingerprint([request.frame])  # which holds the number too
        stamp = fingerprint_of(VERSION, content, request.prompt, pixels.tobytes())
        look = kept.gallery.stamped().get(stamp)
        if look is None:
            (name,), score = kept.gallery.free_names(request.frame, 1), composition.score(frame, pixels)
            moved = composition.has_moved(score)
            shown = shown_by(kept.frame_path(request.frame))
            look = Look(name, request.frame, request.prompt, "", None, request.file, score, moved, shown=shown)
            _hang(kept.gallery, look, pixels, stamp)
        warning = f"What “{file.name}” shows lies elsewhere than in the frame: tuning would learn to move it."
        return Looks((look,), warning if look.moved else "")


def choose(request: ChooseLooks, blobs: list[bytes], job: Job) -> Looks:
    folder = Path(request.folder)
    Study.open(folder)
    with study.locked(folder):
        kept = Study.open(folder)
        for name in request.names:
            _check_size(kept, name)
        kept.gallery.choose(request.names)
        return Looks(_best_first(kept.gallery.chosen()))


# --- what was asked for


def check(request: MakeLooks) -> None:
    """Refused before a model is loaded."""
    from .. import painter

    _check_prompts(request.prompts)
    _check_count(request.count, len(request.prompts))
    painter.check(request.painting, request.count)


def _check_count(count: int, prompts: int) -> None:
    if count < 1:
        raise Failure(ErrorCode.BAD_INPUT, f"{count} candidates are too few.", "Ask for one or more; 4 is usual.")
    if count * prompts > MOST:
        message = f"{count * prompts} candidates are too many for one request."
        raise Failure(ErrorCode.BAD_INPUT, message, f"Ask for up to {MOST} at once.")


def _check_prompts(prompts: Sequence[str]) -> None:
    if not prompts or not all(prompt.strip() for prompt in prompts):
        hint = "Say in a few words what the look shows, such as “an oil painting of a red car”."
        raise Failure(ErrorCode.BAD_INPUT, "A look needs a prompt.", hint)


def _check_size(kept: Study, name: str) -> None:
    if name not in {look.name for look in kept.gallery.looks()}:
        return  # which the gallery refuses
    (width, height), (wide, high) = kept.gallery.size(name), kept.source.framing.size
    if (width, height) != (wide, high):
        message = f"The look {name} is {width}×{height}, and the frames are {wide}×{high} by now."
        raise Failure(ErrorCode.BAD_INPUT, message, "Make or bring it again for the frames as they are.")


def frame_of(kept: Study, number: int) -> Pixels:
    if stamp_of(kept.frame_path(number)) == kept.stamp():
        return pictures.read(kept.frame_path(number))
    if not (held := kept.frame_numbers()):
        raise Failure(ErrorCode.BAD_INPUT, "The study holds no frames yet.", "Sample the strip's frames first.")
    message = f"The study does not hold frame {number}."
    raise Failure(ErrorCode.BAD_INPUT, message, f"Choose one of its frames, from {held[0]} to {held[-1]}.")


def _wishes(kept: Study, request: MakeLooks, mark: str) -> list[Wish]:
    """Every prompt with every seed; one that was said twice counts once."""
    content, made = kept.frames_fingerprint([request.frame]), []
    for prompt in dict.fromkeys(request.prompts):
        for i in range(request.count):
            painting = replace(request.painting, seed=request.painting.seed + i)
            stamp = fingerprint_of(VERSION, content, prompt, painting, mark)
            made.append(Wish(prompt, painting, stamp))
    return made


# --- what it came to


def _keep(kept: Study, request: MakeLooks, wish: Wish, frame: Pixels, pixels: Pixels) -> Look:
    (name,) = kept.gallery.free_names(request.frame, 1)
    score = composition.score(frame, pixels)
    moved = composition.has_moved(score)
    shown = shown_by(kept.frame_path(request.frame))
    look = Look(name, request.frame, wish.prompt, request.engine.model, wish.painting, "", score, moved, shown=shown)
    _hang(kept.gallery, look, pixels, wish.stamp)
    return look


def _hang(gallery: Gallery, look: Look, pixels: Pixels, stamp: str) -> None:
    pictures.write(gallery.picture_path(look.name), pixels, stamp)
    gallery.add(look)


def _answer(looks: list[Look], strength: float) -> Looks:
    best = _best_first(looks)
    if not best[0].moved:
        return Looks(best)
    lower = next((step for step in LOWER if step < strength), 0.0)
    hint = f"try strength {lower:g}" if lower else "try other words, or other seeds"
    return Looks(best, f"Even the best of these has moved what the frame shows: {hint}.", lower)


def _best_first(looks: Sequence[Look]) -> tuple[Look, ...]:
    return tuple(sorted(looks, key=lambda look: -look.composition))
