"""How frames, tuning, takes and smoothing stand: what the study holds, compared with what is wanted now."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..backend.api import Failure, Look, Recipe, Source, Way
from ..backend.model_names import known_as
from ..backend.picking import asked_for
from ..backend.tuning import Halfway, Tuning, rate_of, reaches, taught_of
from ..operators.render import prompt_for
from ..operators.snapshot import wanted_numbers
from ..sequencer.noticing import is_changed
from ..settings.order import Order, order_of
from ..translations import say
from .drawing import DONE, FINISHED, NOT_STARTED, OUT_OF_DATE
from .overview import Overview, TakeNote

READ_BEFORE = "The reference frames are out of date."
PAINTED_BEFORE = "The frames are of another size, or show something else, than when the look was painted."


def of_frames(strip: Any, found: Overview | None) -> tuple[str, str]:
    if found is None or found.reference is None or found.source is None:
        return NOT_STARTED
    settings, source = strip.steady, found.source
    try:
        numbers = wanted_numbers(strip)
    except Failure:  # there is nothing to read; the click says it
        return OUT_OF_DATE
    count = min(settings.reference_count, len(numbers))
    now = settings.short_side, settings.crop, numbers, count
    there = range(source.first, source.last + 1)
    then = source.short_side, source.crop.value, there, len(found.reference.numbers)
    return FINISHED if now == then and not is_changed(strip, source.fingerprint) else OUT_OF_DATE


def of_looks(strip: Any, found: Overview | None) -> tuple[str, str]:
    if found is None or not found.looks:
        return NOT_STARTED
    if not found.chosen:
        return "Choose one", "RESTRICT_SELECT_OFF"
    prompts, frame = looks_wanted(strip)
    if not asked_for(found.looks, prompts, None):
        return "Other prompt", "FILE_REFRESH"
    if not (chosen := asked_for(found.looks, prompts, frame)):
        return "Other frame", "FILE_REFRESH"
    if not all(fits(strip, found, look) for look in chosen):
        return OUT_OF_DATE
    return say("{count} chosen", count=len(found.chosen)), DONE


def looks_wanted(strip: Any) -> tuple[tuple[str, ...], int | None]:
    """Of which prompts, where one is said, and of which frame."""
    prompt = strip.steady.prompt.strip()
    return (prompt,) if prompt else (), strip.steady.look_frame or None


def fits(strip: Any, found: Overview, look: Look) -> bool:
    """Whether it will do for its frame as a click reads that. An image from outside cannot be painted again."""
    if look.brought:
        return True
    return look.name in found.fitting and found.source is not None and not _shows_otherwise(strip, found.source)


def _shows_otherwise(strip: Any, source: Source) -> bool:
    """Whether what was read is of another size or part than is wanted now, or of what the strip showed before."""
    now = strip.steady.short_side, strip.steady.crop
    return now != (source.short_side, source.crop.value) or is_changed(strip, source.fingerprint)


def of_tuning(strip: Any, found: Overview | None) -> tuple[str, str]:
    if strip.steady.tuning_from:
        return "Borrowed", "LINKED"
    if found is None or found.tuning is None:
        return ("Broken off", "PAUSE") if found and found.broken_off else NOT_STARTED
    if taught_before(strip, found) or stale(found, found.tuning, order_of(strip.steady)):
        return OUT_OF_DATE
    return FINISHED


def of_takes(strip: Any, found: Overview | None) -> tuple[str, str]:
    if found is None or not found.takes:
        return NOT_STARTED
    order = order_of(strip.steady)
    return FINISHED if is_there(found, order) and not earlier(strip, found, order) else OUT_OF_DATE


def earlier(strip: Any, found: Overview, order: Order) -> str:
    """What a take is made from that is out of date itself, in a sentence; '' where nothing is."""
    if of_frames(strip, found) == OUT_OF_DATE:
        return READ_BEFORE
    if order.way is not Way.PLAIN and of_tuning(strip, found) == OUT_OF_DATE:
        return "The tuning is out of date."
    return ""


def of_smoothing(strip: Any, found: Overview | None) -> tuple[str, str]:
    if found is None or newest_smooth(found) is None:
        return NOT_STARTED
    return OUT_OF_DATE if rough(strip, found) else FINISHED


# --- tuning


def taught_before(strip: Any, found: Overview) -> str:
    """What a tuning learns from that is out of date itself, in a sentence; '' where nothing is."""
    if of_frames(strip, found) == OUT_OF_DATE:
        return READ_BEFORE
    return "" if all(fits(strip, found, look) for look in found.chosen) else PAINTED_BEFORE


def goes_on(found: Overview | None, why: str) -> Halfway | None:
    """What a click goes on with; nothing where what is there stands."""
    return found.broken_off if found and why else None


def stale(found: Overview, tuning: Tuning, order: Order) -> str:
    """Why a click on Tune would do something; '' where all is as it was. The frames' content is not looked at here."""
    if why := outgrown(found, tuning, order):
        return why
    return "Its small decoder is not made yet." if order.small_decoder and found.decoder is None else ""


def outgrown(found: Overview, tuning: Tuning, order: Order) -> str:
    """Why it would be tuned again. What is lacking beside the tuning does not count."""
    if known_as(tuning.model) != known_as(order.engine.model):
        return say("It was tuned with the model “{model}”.", model=tuning.model)
    if set(looks_of(tuning, found)) != {look.name for look in found.chosen}:
        return "Other looks were chosen since."
    wanted = order.recipe.iterations
    if tuning.steps != wanted and not (tuning.warning and tuning.recipe.iterations == wanted):
        return say("It was tuned for {count} iterations.", count=tuning.steps)
    if taught(tuning.recipe) != taught(order.recipe):
        return "Its settings were changed since."
    then, now = taught_of(tuning.painting, tuning.recipe), taught_of(order.painting, order.recipe)
    if replace(now, strength=then.strength) != then or tuning.fast != order.tuned_for or not _reaches(tuning, order):
        strength, steps = tuning.painting.strength, tuning.painting.steps
        return say("It was tuned for takes at strength {strength:g} in {steps} steps.", strength=strength, steps=steps)
    return ""


def _reaches(tuning: Tuning, order: Order) -> bool:
    try:
        return reaches(tuning.painting, order.painting, order.tuned_for)
    except Failure:  # no step is left; the click says it
        return False


def looks_of(tuning: Tuning, found: Overview) -> tuple[str, ...]:
    """Older notes say only the prompts: any look of one of them may have been meant."""
    known = tuple(look.name for look in found.chosen if look.prompt in tuning.prompts)
    return tuning.looks or (known if set(tuning.prompts) == {look.prompt for look in found.chosen} else ())


def taught(recipe: Recipe) -> Recipe:
    return replace(recipe, iterations=0, rate=rate_of(recipe))


# --- takes


def is_there(found: Overview, order: Order) -> bool:
    """Whether a click on Render Take would find its take done."""
    wanted = wanted_take(found, order)
    return any(take.work == wanted for take in found.takes)


def wanted_take(found: Overview, order: Order) -> TakeNote | None:
    """What a click on Render Take would make, in the words of a take's own note; None where it would be refused."""
    if found.source is None or lacking(found, order):
        return None
    known = painted_by(found, order)
    return TakeNote(
        name="",
        prompt=prompt_for(order, found.chosen, known),
        way=order.way.value,
        model=known_as(order.engine.model),
        painting=order.painted,
        fast=order.fast if order.way is Way.FAST else 0,
        taught=known.mark if known else "",
        decoder=found.decoder.mark if order.small_decoder and found.decoder else "",
        shown=(found.source.first, found.source.last),
        complete=True,
        framing=found.source.framing,
    )


def painted_by(found: Overview, order: Order) -> Tuning | None:
    if order.way is Way.PLAIN:
        return None
    return found.lent if order.tuning_from else found.tuning


def lacking(found: Overview, order: Order) -> str:
    """Why a click on Render Take would be refused, in a sentence; '' where nothing lacks."""
    known = painted_by(found, order)
    if known is None and order.way is not Way.PLAIN:
        if order.tuning_from:
            return say("There is no tuning of “{name}” to render with.", name=order.tuning_from)
        return "The model is not tuned yet."
    if order.small_decoder and found.decoder is None:
        return "The small decoder is not made yet."
    try:
        prompt_for(order, found.chosen, known)
    except Failure as failure:
        return str(failure)
    return ""


# --- takes that were smoothed, or that looks were spread to


def newest_smooth(found: Overview) -> TakeNote | None:
    made = (take for take in found.takes if take.complete and take.method in ("smooth", "propagate"))
    return max(made, key=lambda take: take.made, default=None)


def rough(strip: Any, found: Overview) -> str:
    """Why the last of them is not what a click would make now; '' where it is."""
    made, order = newest_smooth(found), order_of(strip.steady)
    if made is None:
        return ""
    if of_frames(strip, found) == OUT_OF_DATE:
        return READ_BEFORE
    if made.method == "propagate":
        return _spread_before(made, found, order)
    source = next((take for take in found.takes if take.name == made.source), None)
    if source is None:
        return say("“{name}”, which it was made from, is not there any more.", name=made.source)
    if source.fingerprint != made.smoothed_from:
        return say("“{name}” was rendered again since.", name=made.source)
    model = known_as(order.engine.model) if order.smoothing.features else ""
    if made.prior not in (None, order.smoothing) or known_as(made.model) != model:
        return "Its settings were changed since."
    if source.method == "propagate":
        return _spread_before(source, found, order)
    if source.work != wanted_take(found, order):
        return say("It was made from “{name}”, and another take is wanted now.", name=made.source)
    return earlier(strip, found, order)


def _spread_before(made: TakeNote, found: Overview, order: Order) -> str:
    if made.prior not in (None, order.spreading):
        return "Its settings were changed since."
    first, last = made.shown or (0, 0)
    chosen = {look.name for look in found.chosen if first <= look.frame <= last}
    return "Other looks were chosen since." if made.keys and set(made.keys) != chosen else ""
