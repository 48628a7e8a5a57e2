"""The report: what was measured of a strip and its takes as one HTML file, to be looked at, printed and sent."""

from __future__ import annotations

from pathlib import Path

from .. import disk, glance
from ..jobs import Job
from ..measurements import Measurements
from ..study import Study
from . import pictured, sections, style
from .album import Album
from .markup import Markup, element, join
from .thumb import write_thumb

PAGE = "report.html"


def write(folder: Path, measured: Measurements, study: Study, job: Job) -> Path:
    """report.html in this folder, and plot.png beside it, which the panel shows."""
    job.progress(0, 2, "Writing the report")
    album = Album(study)
    whole = page(measured, study, album)
    job.progress(1, 2, "Writing the report")
    write_thumb(folder / glance.PLOT, measured)
    disk.write(folder / PAGE, whole.encode("utf-8"))
    job.progress(2, 2, "Writing the report")
    return folder / PAGE


def page(measured: Measurements, study: Study, album: Album) -> Markup:
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", f"{study.owner.strip} · Steady Diffusion"),
        element("style", Markup(style.sheet())),
    )
    body = element(
        "body",
        sections.opening(measured, study),
        element("main", *_parts(measured, album)),
        element("footer", "Made by Steady Diffusion. This file holds all of its pictures, and can be sent as it is."),
    )
    return join(Markup("<!doctype html>\n"), element("html", head, body, lang="en"), "\n")


def _parts(measured: Measurements, album: Album) -> list[Markup]:
    return [
        sections.key_figures(measured),
        sections.steady_and_true(measured, album),
        pictured.filmstrip(measured, album),
        sections.plots(measured),
        pictured.worst_frames(measured, album),
        sections.parameters(measured),
        sections.notes(measured),
    ]
