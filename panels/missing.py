"""What a click has still to do, stage by stage, from what the study of the strip holds."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any

from ..backend.api import Failure, Way
from ..operators.compare import HIGH
from ..operators.foreseeing import Missing
from ..operators.render import prompt_for
from ..operators.snapshot import wanted_numbers
from ..settings.order import Order, order_of
from . import standing
from .drawing import DONE
from .overview import Overview


def of_all(strip: Any, found: Overview | None) -> Missing:
    """For Restyle. What was changed in one stage is done again in those after it."""
    settings, total = strip.steady, len(wanted_numbers(strip))
    own = settings.way != "PLAIN" and not settings.tuning_from
    read = _is_read(strip, found)
    looks = own and not _has_look(strip, found)
    tuning = _of_tuning(strip, found, read and not looks) if own else Missing()
    rendered = standing.of_takes(strip, found)[1] == DONE
    takes = 0 if read and rendered and tuning.nothing else total
    return replace(tuning, frames=0 if read else total, looks=looks, takes=takes)


def of_frames(strip: Any, found: Overview | None) -> Missing:
    return Missing(frames=0 if _is_read(strip, found) else len(wanted_numbers(strip)))


def of_looks(strip: Any, found: Overview | None) -> Missing:
    return replace(of_frames(strip, found), looks=True)


def of_tuning(strip: Any, found: Overview | None) -> Missing:
    """Also where the next take is a plain one, which needs none."""
    read = of_frames(strip, found)
    if found is None or not found.chosen or strip.steady.tuning_from:
        return Missing()
    tuning = _of_tuning(strip, found, not standing.taught_before(strip, found))
    return Missing() if tuning.nothing else replace(read, iterations=tuning.iterations, decoder=tuning.decoder)


def of_takes(strip: Any, found: Overview | None) -> Missing:
    return replace(of_all(strip, found), looks=False, iterations=0, decoder=False)


def of_smoothing(strip: Any, found: Overview | None) -> Missing:
    return replace(of_frames(strip, found), smoothed=len(wanted_numbers(strip)))


def of_spreading(strip: Any, found: Overview | None) -> Missing:
    return replace(of_frames(strip, found), spread=len(wanted_numbers(strip)))


def of_measuring(strip: Any, found: Overview | None) -> Missing:
    if found is None or not found.takes or (found.measured and not found.outdated):
        return Missing()
    return replace(of_frames(strip, found), measured=len(wanted_numbers(strip)))


def of_comparing(strip: Any, found: Overview | None) -> Missing:
    """The takes that Restyle would make, and the plain ones beside them."""
    order, whole = order_of(strip.steady), of_all(strip, found)
    low = order.painting
    orders = [replace(order, way=Way.PLAIN, painting=one) for one in (low, replace(low, strength=HIGH))]
    if found and not whole.frames and not whole.iterations:
        prompts = _prompts(found, order)
        orders = [replace(one, render_prompt=prompt) for one in orders for prompt in prompts] or orders
        orders = [one for one in orders if not (prompts and standing.is_there(found, one))]
    return replace(whole, plain=tuple(one.painted for one in orders), total=len(wanted_numbers(strip)))


def _prompts(found: Overview, order: Order) -> list[str]:
    """The one of the tuned take, which the plain ones are of, too; none where that is not known."""
    known = found.lent if order.tuning_from else found.tuning
    with contextlib.suppress(Failure):
        return [prompt_for(replace(order, way=Way.TUNED), found.chosen, known)]
    return []


def _is_read(strip: Any, found: Overview | None) -> bool:
    return standing.of_frames(strip, found)[1] == DONE


def _has_look(strip: Any, found: Overview | None) -> bool:
    """One that is chosen, or one to choose: what was painted so already is not painted again."""
    if found is None or standing.of_looks(strip, found)[1] == DONE:
        return found is not None
    prompts, frame = standing.looks_wanted(strip)
    painted = (look for look in found.looks if not look.brought and frame in (None, look.frame))
    return any(look.prompt in prompts and standing.fits(strip, found, look) for look in painted)


def _of_tuning(strip: Any, found: Overview | None, same: bool) -> Missing:
    """Of the strip's own. `same`: it would learn from the frames and looks that it was taught. A tuning that is made
    anew gets its small decoder anew."""
    order = order_of(strip.steady)
    if found and found.tuning and same and not standing.outgrown(found, found.tuning, order):
        return Missing(decoder=order.small_decoder and found.decoder is None)
    return Missing(iterations=_iterations(order.recipe.iterations, found, same), decoder=order.small_decoder)


def _iterations(wanted: int, found: Overview | None, same: bool) -> int:
    halfway = found.broken_off if found and same else None
    return max(1, wanted - halfway.step) if halfway else wanted
