"""What a click has still to do, stage by stage, from what the study of the strip holds."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any

from ..backend.api import Failure, Way
from ..operators.compare import HIGH
from ..operators.foreseeing import Missing
from ..operators.frames import wanted_numbers
from ..operators.render import prompt_for
from ..settings.order import Order, order_of
from . import standing
from .drawing import DONE
from .overview import Overview


def of_all(strip: Any, found: Overview | None) -> Missing:
    """For Restyle. What was changed in one stage is done again in those after it."""
    settings, total = strip.steady, len(wanted_numbers(strip))
    own = settings.way != "PLAIN" and not settings.tuning_from
    read = _is_read(strip, found)
    looks = own and not _has_look(settings.prompt.strip(), found)
    tuned = standing.of_tuning(strip, found)[1] == DONE
    tune = own and not (read and tuned and not looks)
    rendered = standing.of_takes(strip, found)[1] == DONE
    return Missing(
        frames=0 if read else total,
        looks=looks,
        iterations=_iterations(settings.iterations, found, read and not looks) if tune else 0,
        takes=0 if read and rendered and not tune else total,
    )


def of_frames(strip: Any, found: Overview | None) -> Missing:
    return Missing(frames=0 if _is_read(strip, found) else len(wanted_numbers(strip)))


def of_looks(strip: Any, found: Overview | None) -> Missing:
    return replace(of_frames(strip, found), looks=True)


def of_tuning(strip: Any, found: Overview | None) -> Missing:
    """Also where the next take is a plain one, which needs none."""
    read, settings = of_frames(strip, found), strip.steady
    if found is None or not found.chosen or settings.tuning_from:
        return Missing()
    if not read.frames and standing.of_tuning(strip, found)[1] == DONE:
        return Missing()
    return replace(read, iterations=_iterations(settings.iterations, found, not read.frames))


def of_takes(strip: Any, found: Overview | None) -> Missing:
    return replace(of_all(strip, found), looks=False, iterations=0)


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
    wanted = [low, replace(low, strength=HIGH)]
    if found and not whole.frames:
        known = [] if whole.iterations else _prompts(found, order)
        orders = [replace(order, way=Way.PLAIN, painting=one, render_prompt=known[0]) for one in wanted if known]
        wanted = [one.painting for one in orders if not standing.is_there(found, one)] if known else wanted
    return replace(whole, plain=tuple(wanted), total=len(wanted_numbers(strip)))


def _prompts(found: Overview, order: Order) -> list[str]:
    """That of the tuned take, which the plain ones are of, too."""
    known = found.lent if order.tuning_from else found.tuning
    with contextlib.suppress(Failure):
        return [prompt_for(replace(order, way=Way.TUNED), found.chosen, known)]
    return []


def _is_read(strip: Any, found: Overview | None) -> bool:
    return standing.of_frames(strip, found)[1] == DONE


def _has_look(prompt: str, found: Overview | None) -> bool:
    if found is None:
        return False
    return bool(found.chosen) if not prompt else prompt in {look.prompt for look in found.looks}


def _iterations(wanted: int, found: Overview | None, same: bool) -> int:
    halfway = found.broken_off if found and same else None
    return max(1, wanted - halfway.step) if halfway else wanted
