"""The offer to a strip that was split or duplicated from a studied one: to use what that one has."""

import time
from typing import Any

import bpy

from ..operators.lending import Lender, Lent, lender_of
from ..operators.stage import BORROWING
from ..sequencer import identity, strips
from ..translations import say
from .drawing import last_job, outcome, sentences, warnings
from .overview import overview

USE = {
    "looks": "Use Looks of “{name}”",
    "tuning": "Use Tuning of “{name}”",
    "looks and tuning": "Use Looks and Tuning of “{name}”",
}
KEPT = 1.0  # seconds that what was found counts: looking for it reads files

_found: list[tuple[float, tuple[str, ...], Lender | None]] = []


def draw(panel: Any, context: Any) -> None:
    """Below the big button."""
    scene, strip = strips.sequencer_scene(context), strips.active_strip(context)
    if strip is None or identity.unfit(scene, strip) is not None:
        return
    if strips.study_id(strip) and (lender := recent(scene, strip)) is not None:
        _offer(panel.layout.box(), lender)
    last = last_job(strip)
    if last is not None and isinstance(last.result, Lent) and last.result.warning:
        warnings(panel.layout, [last.result.warning])
    outcome(panel.layout, strip, overview(strip), (BORROWING,))


def _offer(box: Any, lender: Lender) -> None:
    sentences(box, origin(lender), "LINKED")
    sentences(box, "Restyle begins anew, unless you use that.", "BLANK1")
    text = say(USE[lender.lends], name=lender.name)
    box.operator("steady.use_parent", text=text)


def origin(lender: Lender) -> str:
    what = say(lender.lends)
    if not lender.file:
        return say("Copied from “{name}”, which has {what}.", name=lender.name, what=what)
    return say("Copied from “{name}” of “{file}”, which has {what}.", name=lender.name, file=lender.file, what=what)


def recent(scene: Any, strip: Any) -> Lender | None:
    settings = strip.steady
    asked = scene.name, strip.name, settings.study_id, settings.tuning_from, bpy.data.filepath
    if not _found or _found[0][1] != asked or time.monotonic() > _found[0][0] + KEPT:
        _found[:] = [(time.monotonic(), asked, lender_of(scene, strip))]
    return _found[0][2]


def register() -> None:
    bpy.types.STEADY_PT_restyle.append(draw)


def unregister() -> None:
    bpy.types.STEADY_PT_restyle.remove(draw)
    _found.clear()
