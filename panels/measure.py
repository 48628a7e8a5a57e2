"""The sixth stage: what the takes come to, in a sentence, a small table and a plot; the report holds the rest."""

from collections.abc import Sequence
from typing import Any

import bpy

from ..backend import disk
from ..backend.api import KeyFigures
from ..backend.glance import PLOT, Glance
from ..backend.measure_words import columns
from ..backend.study import REPORT
from ..operators.measure import TITLE
from ..translations import OWN, word
from . import foreseen, missing, thumbnails
from .drawing import NOT_STARTED, OUT_OF_DATE, StagePanel, big_button, sentences, warnings
from .overview import Overview

# Columns, as short as they must be: what is known of every strip, and what only the pocket world can tell.
FIGURES = {"warp_error": "Flicker", "warp_error_first": "Drift", "look_fidelity": "Look", "composition": "Kept"}
TO_TRUTH = {"psnr_truth": "dB", "ssim_truth": "SSIM", "excess": "Excess"}
OURS = ("source", "truth")  # rows that are no takes
NAMES = 0.36  # of the table's width
SIZE = 11.0  # of the plot, in Blender's own unit


class STEADY_PT_measure(StagePanel, bpy.types.Panel):
    bl_label = "6  Measure"
    bl_order = 7
    bl_options = {"DEFAULT_CLOSED"}
    titles = (TITLE,)

    def standing(self, strip: Any, found: Overview | None) -> tuple[str, str]:
        if found is None or found.measured is None:
            return NOT_STARTED
        return OUT_OF_DATE if found.outdated else ("Done", "CHECKMARK")

    def why(self, strip: Any, found: Overview) -> str:
        return found.outdated

    def draw_stage(self, layout: Any, strip: Any, found: Overview | None) -> None:
        big_button(layout, "steady.measure_take", "Measure", "DRIVER_DISTANCE")
        foreseen.below(layout, strip, found, missing.of_measuring)
        if found is not None and found.measured is not None:
            self._found(layout, found, found.measured)
        elif found is None or not found.takes:
            sentences(layout, "There is no take to measure yet.", "INFO")

    def _found(self, layout: Any, found: Overview, measured: Glance) -> None:
        sentences(layout, measured.judgement, "CHECKMARK")
        warnings(layout, [text for text in (measured.warning,) if text])
        tables(layout.box(), measured.rows)
        plot = disk.long_path(found.folder / REPORT / PLOT)
        if plot.is_file():
            layout.template_icon(icon_value=thumbnails.of_file(plot, plot.stat().st_mtime_ns), scale=SIZE)
        layout.operator("steady.open_report", icon="URL")


def tables(layout: Any, rows: Sequence[KeyFigures]) -> None:
    """The source, the takes and the truth by name; below it how near they are to the truth, where one is known."""
    table(layout.column(align=True), "", FIGURES, rows)
    known = [row for row in rows if row.psnr_truth is not None]
    if known:
        table(layout.column(align=True), "To the truth", TO_TRUTH, known)


def table(layout: Any, title: str, heads: dict[str, str], rows: Sequence[KeyFigures]) -> None:
    shown = [measure for measure in columns(rows) if measure.field in heads]
    line(layout, word(title), [heads[measure.field] for measure in shown]).active = False
    for row in rows:
        name = word(row.name) if row.name in OURS else row.name
        line(layout, name, [measure.text(measure.of(row)) for measure in shown])


def line(layout: Any, name: str, cells: Sequence[str]) -> Any:
    split = layout.split(factor=NAMES)
    split.scale_y = 0.85
    split.label(text=name, translate=False)
    grid = split.grid_flow(row_major=True, columns=len(cells), even_columns=True, even_rows=True, align=True)
    for cell in cells:
        place = grid.row()
        place.alignment = "RIGHT"
        place.label(text=cell, text_ctxt=OWN)  # Blender's own “Look” is another
    return split


def register() -> None:
    bpy.utils.register_class(STEADY_PT_measure)


def unregister() -> None:
    bpy.utils.unregister_class(STEADY_PT_measure)
