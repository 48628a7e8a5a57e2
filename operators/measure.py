"""The sixth stage: how steady takes are and how true to their look, in figures and as a report."""

from collections.abc import Generator
from functools import partial
from pathlib import Path
from typing import Any

import bpy
from bpy.props import StringProperty

from ..backend import disk
from ..backend.api import ErrorCode, Failure, Measure, Measured
from ..backend.study import REPORT, Study, is_study
from ..preferences import preferences, studies_folder
from ..sequencer import places, strips
from ..session import Step
from ..settings.order import Order
from ..translations import say
from .claims import Claim
from .foreseeing import Sort
from .frames import Sampled
from .job import Reports, StripOperator
from .own import found_by
from .stage import StageOperator, Work, asked

TITLE = "Measure"
NO_TAKE = Failure(ErrorCode.BAD_INPUT, "There is no take to measure yet.", "Render one.")
NO_REPORT = Failure(ErrorCode.BAD_INPUT, "There is no report yet.", "Press Measure.")


def may_hold(operator: Any, context: Any, folder: str, none: Failure) -> bool:
    """For a `poll`: whether the active strip's study may have anything in this folder. Else it says that there is
    none, but to a script outside the sequencer, which may name another strip."""
    strip = strips.active_strip(context)
    if not strips.in_sequencer(context) or strip is None or places.may_hold(strip, folder):
        return True
    operator.poll_message_set(say(str(none)))
    return False


class STEADY_OT_measure_take(StageOperator, bpy.types.Operator):
    bl_idname = "steady.measure_take"
    bl_label = TITLE
    bl_description = (
        "Measure how much the strip's takes flicker and how true they are to their look, and write a report. "
        "What was measured before is kept"
    )
    bl_options = {"UNDO"}
    sort = Sort.MEASURING
    again = ("take",)

    take: StringProperty(
        name="Take", description="The take to measure. Left out, it is all that are whole", options={"SKIP_SAVE"}
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        return super().poll(context) and may_hold(cls, context, "takes", NO_TAKE)

    def work(self, order: Order, scene: Any, strip: Any) -> Work:
        check_take(scene, strip, self.take, NO_TAKE)
        return partial(measure, (self.take,) if self.take else ())

    def told(self, result: Measured) -> Reports:
        told = [("INFO", f"{result.judgement} The report is “{result.report}”.")]
        return told + ([("WARNING", result.warning)] if result.warning else [])


def measure(takes: tuple[str, ...], claim: Claim, order: Order, sampled: Sampled) -> Generator[Step, None, Measured]:
    return (yield from asked(claim, lambda folder: Measure(folder, takes), "Measuring"))


def whole_takes(scene: Any, strip: Any) -> list[str]:
    kept = study_of_work(scene, strip)
    return [take.name for take in kept.readable_takes() if take.whole] if kept else []


def study_of_work(scene: Any, strip: Any) -> Study | None:
    """A copy is refused: it has nothing that work which needs takes or looks could go on with."""
    found = found_by(scene, strip)
    if found.original is not None:
        other = found.original.owner.strip
        message = f"“{strip.name}” has no takes and looks of its own: it was copied from “{other}”."
        raise Failure(ErrorCode.BAD_INPUT, message, "Restyle it, or select that strip.")
    return found.own


def study_of(strip: Any) -> Study | None:
    folder = places.folder_of(strip, studies_folder(preferences()))
    return Study.open(folder) if folder is not None and is_study(folder) else None


def check_take(scene: Any, strip: Any, wanted: str, none: Failure) -> None:
    """Refused with the click: a strip without whole takes, and a name that is none of them."""
    names = whole_takes(scene, strip)
    if not names:
        raise none
    if wanted and wanted not in names:
        hint = f"Choose {listed(names)}."
        raise Failure(ErrorCode.BAD_INPUT, f"“{strip.name}” has no whole take “{wanted}”.", hint)


def listed(names: list[str]) -> str:
    quoted = [f"“{name}”" for name in names]
    return " or ".join(filter(None, (", ".join(quoted[:-1]), quoted[-1])))


class STEADY_OT_open_report(StripOperator, bpy.types.Operator):
    """Open what was measured of the strip's takes in the web browser: figures, plots, and the worst frames"""

    bl_idname = "steady.open_report"
    bl_label = "Open Report"

    @classmethod
    def poll(cls, context: Any) -> bool:
        return super().poll(context) and may_hold(cls, context, REPORT, NO_REPORT)

    def execute(self, context: Any) -> set[str]:
        try:
            _, strip = self.target(context)
            bpy.ops.wm.url_open(url=report_of(strip).absolute().as_uri())
        except Failure as failure:
            self.report({"ERROR"}, say(str(failure)))
            return {"CANCELLED"}
        return {"FINISHED"}


def report_of(strip: Any) -> Path:
    kept = study_of(strip)
    if kept is None or not disk.long_path(kept.report_path).is_file():
        raise NO_REPORT
    return kept.report_path


CLASSES = (STEADY_OT_measure_take, STEADY_OT_open_report)


def register() -> None:
    for cls in CLASSES:
        bpy.utils.register_class(cls)


def unregister() -> None:
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
