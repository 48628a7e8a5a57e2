"""Which frame gets a look, and which of its candidates is chosen, where nobody has said so."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from .api import Look, Painting, Reference
from .fingerprint import shown_by, stamp_of
from .study import Study


def frame_for_look(reference: Reference, first: int, last: int) -> int:
    """The reference frame that stands for most of the strip: the nearest one in time for most frames of its shot."""
    stands_for = Counter(_nearest(reference, number) for number in range(first, last + 1))
    most = max(stands_for.values())
    middle = (first + last) / 2
    return min((n for n, count in stands_for.items() if count == most), key=lambda n: (abs(n - middle), n))


def _nearest(reference: Reference, number: int) -> int:
    shot = bisect_right(reference.shots, number)
    beside = [n for n in reference.numbers if bisect_right(reference.shots, n) == shot] or reference.numbers
    return min(beside, key=lambda n: (abs(n - number), n))


def standing(
    study: Study, prompts: Sequence[str], frame: int | None = None, painting: Painting | None = None, count: int = 0
) -> list[Look]:
    """The chosen looks of these prompts, or of any where none is said; nothing where one of the prompts has none, or
    where one of the looks will not do: it is of another frame, painted otherwise, or its frame has changed.

    An image from outside does for any frame, for it cannot be painted again here."""
    chosen = asked_for(study.gallery.chosen(), prompts, frame)
    if painting and not all(painted_so(look, painting, count) for look in chosen):
        return []
    return chosen if all(look.brought or still_fits(look, study) for look in chosen) else []


def asked_for(looks: Sequence[Look], prompts: Sequence[str], frame: int | None) -> list[Look]:
    """The chosen ones of them, by what was asked for alone: whether they still fit their frames is another matter."""
    chosen = [look for look in looks if look.chosen and (look.brought or frame in (None, look.frame))]
    return chosen_for(chosen, prompts, None) if prompts else chosen


def still_fits(look: Look, study: Study) -> bool:
    """Whether it was painted for its frame as that is by now, in its size and in what it shows."""
    return study.gallery.size(look.name) == study.source.framing.size and not _has_changed(look, study)


def outdated(looks: Sequence[Look], study: Study) -> str:
    """'' or a sentence for each look whose frame has changed: it is worked with all the same, and somebody should
    know."""
    return " ".join(
        f"The look {look.name} was painted when frame {look.frame} showed something else: see whether it still fits."
        for look in looks
        if _has_changed(look, study)
    )


def _has_changed(look: Look, study: Study) -> bool:
    """False also for looks whose notes are too old to tell."""
    if not look.shown:
        return False
    frame = study.frame_path(look.frame)
    return stamp_of(frame) != study.stamp() or shown_by(frame) != look.shown


def chosen_for(looks: Sequence[Look], prompts: Sequence[str], frame: int | None) -> list[Look]:
    """The looks that somebody chose for these prompts, or nothing where one of the prompts has none."""
    chosen = [look for look in looks if look.chosen and look.prompt in prompts and frame in (None, look.frame)]
    return chosen if {look.prompt for look in chosen} == set(prompts) else []


def painted_so(look: Look, painting: Painting, count: int) -> bool:
    """Whether it may be one of the candidates that are painted so, whose seeds count up."""
    if look.painting is None:
        return False
    return replace(look.painting, seed=painting.seed) == painting and look.painting.seed - painting.seed in range(count)


def best(looks: Sequence[Look], prompts: Sequence[str]) -> list[Look]:
    """For each prompt the look whose composition is closest to its frame's."""
    ranked = sorted(looks, key=lambda look: -look.composition)
    return [next(look for look in ranked if look.prompt == prompt) for prompt in dict.fromkeys(prompts)]
