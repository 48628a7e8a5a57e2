"""What there is to measure: the strip, its takes and its truth, each with a hash of all that its figures depend on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from . import disk, pictures, truths
from .api import ErrorCode, Failure, Look
from .fingerprint import fingerprint_of, shown_by, stamp_of, unstamped
from .frozen import frozen
from .jobs import Job
from .measurements import Kind
from .picking import still_fits
from .pictures import Pixels
from .shots import shots_of
from .study import Study
from .take import Take
from .truths import Truth

VERSION = 2  # part of every row's fingerprint: a change of what is measured must count it up
# Of take.json, what says nothing to a person
INTERNAL = {"schema", "name", "fingerprint", "source_fingerprint", "taught", "first", "last", "complete", "shots"}
INTERNAL |= {"warning", "measures", "decoder", "framing", "reach"}

Read = Callable[[int], Pixels]


@frozen
class Wanted:
    """A row to come."""

    name: str
    kind: Kind
    folder: str  # of its pictures, as seen from the study
    fingerprint: str
    looks: tuple[Look, ...]  # those that it is meant to resemble
    judged: bool = False  # by the truth
    asked: bool = True  # else it is only kept where it stands
    made: tuple[tuple[str, str], ...] = ()


@frozen
class Plan:
    numbers: range
    shots: tuple[range, ...]
    looks: tuple[Look, ...]
    wanted: tuple[Wanted, ...]  # the source first, then the takes, then the truth
    truth: Truth | None
    warning: str


def plan(kept: Study, numbers: range, names: Sequence[str], job: Job) -> Plan:
    """`names` are those of takes; none is all that are whole."""
    takes = kept.readable_takes()
    asked = {take.folder for take in _asked(kept, takes, names)} if names else set()
    looks, warnings = _looks(kept)
    if not names:
        warnings += [f"“{name}” is left out: {why.message}" for name, why in kept.damaged_takes().items()]
    contents: dict[Path, str] = {}
    for done, take in enumerate(takes):
        job.progress(done, len(takes), "Looking at the takes")
        broken = _look_through(kept, take, numbers, contents, job)
        if broken and take.folder in asked:
            raise broken
        if broken and not names:
            warnings.append(f"“{take.name}” is left out: {broken.message}")
    whole = [take for take in takes if take.folder in contents]
    origins = _origins(takes)
    prompts = {folder: _prompt(note, kept.gallery.looks()) for folder, note in origins.items()}
    truth = truths.known(kept, [*(look.prompt for look in looks), *(prompts[take.folder] for take in whole)])
    shots = tuple(shots_of(kept, job))
    shown = [(look.name, _shown(kept, look)) for look in looks]
    shared = (VERSION, _content(kept, numbers), [shot.start for shot in shots], shown)
    truly = truth.fingerprint if truth else ""
    wanted = [Wanted("source", Kind.SOURCE, "frames", fingerprint_of(*shared, truly), looks, truth is not None)]
    for take in whole:
        prompt = prompts[take.folder]
        mine = _meant(looks, _spread(origins[take.folder]), prompt)
        judged = truth is not None and truths.style_in(prompt) in (None, truth.style)
        parts = (*shared, [look.name for look in mine], contents[take.folder], truly if judged else "")
        folder = take.folder.relative_to(kept.folder).as_posix()
        asks = not names or take.folder in asked
        wanted.append(
            Wanted(take.name, Kind.TAKE, folder, fingerprint_of(*parts), mine, judged, asks, made_by(take.note()))
        )
    if truth:
        folder = kept.truth_folder.relative_to(kept.folder).as_posix()
        wanted.append(Wanted("truth", Kind.TRUTH, folder, fingerprint_of(*shared, truly, "truth"), looks))
    return Plan(numbers, shots, looks, tuple(wanted), truth, " ".join(warnings))


# --- takes


def _asked(kept: Study, takes: Sequence[Take], names: Sequence[str]) -> list[Take]:
    found = []
    for name in names:
        take = next((take for take in takes if name in (take.name, take.folder.name)), None)
        if take is None:
            kept.refuse_damaged(name)
            there = ", ".join(f"“{take.name}”" for take in takes)
            hint = f"Choose among {there}." if there else "Render one first."
            raise Failure(ErrorCode.BAD_INPUT, f"There is no take “{name}”.", hint)
        found.append(take)
    return found


def _look_through(kept: Study, take: Take, numbers: range, contents: dict[Path, str], job: Job) -> Failure | None:
    """Notes what the take shows, or says in one sentence why it cannot be measured."""
    there, size = set(take.numbers()), kept.source.framing.size
    again = "Render it again: the frames that are there are kept."
    if missing := [n for n in numbers if n not in there]:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        return Failure(ErrorCode.BAD_INPUT, f"The take “{take.name}” lacks frame {missing[0]}{more}.", again)
    hashes = []
    for number in numbers:
        job.check()
        png = disk.read(take.picture_path(number))
        found = pictures.size_of(png)
        if found != size:
            message = (
                f"Frame {number} of the take “{take.name}” is {found[0]}×{found[1]}, "
                f"and the strip's frames are {size[0]}×{size[1]}."
            )
            hint = "Render the take again under another name, or delete that frame and render the take again."
            return Failure(ErrorCode.BAD_INPUT, message, hint)
        hashes.append(fingerprint_of(unstamped(png)))
    try:
        kept.refuse_displaced(take)
    except Failure as failure:
        return failure
    contents[take.folder] = fingerprint_of(hashes)
    return None


def _origins(takes: Sequence[Take]) -> dict[Path, dict[str, Any]]:
    """The note that says what each was painted by; one that was made from another take has that one's."""
    notes = {take.name: take.note() for take in takes}
    found = {}
    for take in takes:
        name = take.name
        for _ in takes:  # no longer, should two of them name each other
            if notes[name].get("prompt") or notes[name].get("source") not in notes:
                break
            name = notes[name]["source"]
        found[take.folder] = notes[name]
    return found


def _spread(note: dict[str, Any]) -> list[str]:
    """The names of the looks that were spread over a take."""
    keys = note.get("keys")
    return [str(key.get("look")) for key in keys if isinstance(key, dict)] if isinstance(keys, list) else []


def _prompt(note: dict[str, Any], looks: Sequence[Look]) -> str:
    """Or that of the looks that were spread: such a take has none of its own."""
    spread = _spread(note)
    return str(note.get("prompt") or next((look.prompt for look in looks if look.name in spread), ""))


def _meant(looks: tuple[Look, ...], spread: Sequence[str], prompt: str) -> tuple[Look, ...]:
    """Those of the chosen looks that a take is to resemble; all of them where it does not say."""
    named = tuple(look for look in looks if look.name in spread)
    return named or tuple(look for look in looks if look.prompt == prompt) or looks


def made_by(note: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """The parameters of take.json as words, those of its parts by their own names."""
    flat: dict[str, str] = {}
    for name, value in note.items():
        if name in INTERNAL:
            continue
        for inner, part in value.items() if isinstance(value, dict) else ((name, value),):
            if text := _worded(part):
                flat[inner if inner not in flat else f"{name} {inner}"] = text
    return tuple(flat.items())


def _worded(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, map(_worded, value)))
    return "" if value is None or isinstance(value, dict) else str(value)


# --- looks


def _looks(kept: Study) -> tuple[tuple[Look, ...], list[str]]:
    """The chosen ones that still belong to their frame, and what is to be said of the others."""
    usable, warnings = [], []
    for look in kept.gallery.chosen():
        if stamp_of(kept.frame_path(look.frame)) == kept.stamp() and still_fits(look, kept):
            usable.append(look)
        else:
            warnings.append(f"The look {look.name} is left out: frame {look.frame} is another one by now.")
    return tuple(usable), warnings


def _shown(kept: Study, look: Look) -> str:
    return fingerprint_of(shown_by(kept.gallery.picture_path(look.name)), shown_by(kept.frame_path(look.frame)))


# --- pictures


def _content(kept: Study, numbers: range) -> str:
    alphas = [kept.alpha_path(n) for n in numbers]
    hidden = [shown_by(path) if disk.long_path(path).is_file() else "" for path in alphas]
    return fingerprint_of(kept.frames_fingerprint(list(numbers)), hidden)


def reader(kept: Study, wanted: Wanted) -> Read:
    """Reads frames of a row. What the strip does not cover is black in all of them: there is nothing to compare."""
    pictures_of = Take(wanted.name, kept.folder / wanted.folder)
    opacity = opacity_of(kept)

    def read(number: int) -> Pixels:
        try:
            rgb = pictures.read(pictures_of.picture_path(number))
        except Failure as failure:
            if wanted.kind is not Kind.TAKE:
                raise
            hint = "Delete that file, and render the take again."
            message = f"Frame {number} of the take “{wanted.name}” cannot be read."
            raise Failure(ErrorCode.BAD_INPUT, message, hint) from failure
        return covered(rgb, opacity(number))

    return read


def opacity_of(kept: Study) -> Callable[[int], Pixels | None]:
    @lru_cache(maxsize=2)
    def opacity(number: int) -> Pixels | None:
        path = kept.alpha_path(number)
        return pictures.read_alpha(path) if disk.long_path(path).is_file() else None

    return opacity


def covered(rgb: Pixels, alpha: Pixels | None) -> Pixels:
    if alpha is None:
        return rgb
    return np.rint(rgb * (alpha[..., None] / np.float32(255))).astype(np.uint8)
