"""What the panels share: where they are, sentences that wrap, and how a job and a failure look."""

import textwrap
from typing import Any

import bpy

from .. import session
from ..backend.api import ErrorCode, Failure
from ..sequencer import identity, strips
from ..session import HostJob, JobState
from ..translations import say
from . import remedies
from .overview import Overview, overview

LETTER = 6.0  # pixels of a letter of the interface at scale 1, on average
MARGIN = 60  # pixels of a panel that its text cannot have
NARROW = 290  # pixels of a sidebar: the longest title and the longest state side by side need more
LINES = 6  # of the log, that say why the backend ended


class SidebarPanel:
    bl_space_type = "SEQUENCE_EDITOR"
    bl_region_type = "UI"
    bl_category = "Steady"


class StagePanel(SidebarPanel):
    """Base of the panels of one stage each: its header says in a word how the stage stands."""

    layout: Any  # Blender's own
    titles: tuple[str, ...] = ()  # of the jobs that do this stage and no other
    in_all: bool = True  # whether the job of all stages does it
    doing: tuple[str, ...] = ()  # how the steps of this stage begin, in a job of all stages

    @classmethod
    def poll(cls, context: Any) -> bool:
        scene, strip = strips.sequencer_scene(context), strips.active_strip(context)
        return strip is not None and identity.unfit(scene, strip) is None

    def standing(self, strip: Any, found: Overview | None) -> tuple[str, str]:
        """A word and an icon for what the study holds of it."""
        raise NotImplementedError

    def draw_stage(self, layout: Any, strip: Any, found: Overview | None) -> None:
        raise NotImplementedError

    def why(self, strip: Any, found: Overview) -> str:
        """Why it is out of date, in a sentence; '' where the stage itself says it."""
        return ""

    def draw_header_preset(self, context: Any) -> None:
        words, icon = self._state(strips.active_strip(context))
        self.layout.label(text="" if is_narrow() else words, icon=icon)

    def draw(self, context: Any) -> None:
        strip = strips.active_strip(context)
        found = overview(strip)
        if found and not found.problem and self.standing(strip, found) == OUT_OF_DATE:
            sentences(self.layout, self.why(strip, found), OUT_OF_DATE[1])
        self.draw_stage(self.layout, strip, found)
        outcome(self.layout, strip, found, self.titles)

    def _state(self, strip: Any) -> tuple[str, str]:
        found = overview(strip)
        standing = DAMAGED if found and found.problem else self.standing(strip, found)
        for job in jobs_of(strip):
            here = job.title in self.titles or (job.title == ALL and job.progress.text.startswith(self.doing))
            if here and job.state is JobState.RUNNING:
                return far(job.progress), "SORTTIME"
            if here and job.state is JobState.PAUSED:
                return "Paused", "PAUSE"
            meant = job.title in self.titles or (job.title == ALL and self.in_all)
            if meant and not job.finished and standing[1] != DONE:
                return "Waits", "TIME"
            if job.title in self.titles and job.state is JobState.FAILED:
                return FAILED
        if found and found.trouble and found.trouble.title in self.titles and last_job(strip) is None:
            return FAILED
        return standing


def is_narrow() -> bool:
    """Whether a word at the end of a header would lie over its title."""
    region, scale = bpy.context.region, bpy.context.preferences.system.ui_scale or 1.0  # without a window there is none
    return region is not None and region.width / scale < NARROW


def far(step: session.Step) -> str:
    return say("Running, {share:.0%}", share=step.done / step.total) if step.total else "Running"


ALL = "Restyle"  # the job of all stages
DONE = "CHECKMARK"
FINISHED = ("Done", DONE)
NOT_STARTED = ("Not started", "RADIOBUT_OFF")
OUT_OF_DATE = ("Out of date", "FILE_REFRESH")
DAMAGED = ("Damaged", "ERROR")
FAILED = ("Failed", "ERROR")


def jobs_of(strip: Any) -> list[HostJob]:
    """Those of its study. A claim that came to nothing has left the strip without one."""
    study = strips.study_id(strip)
    return [job for job in session.current.jobs if (job.study == study if study else job.strip == strip.name)]


def last_job(strip: Any) -> HostJob | None:
    return next((job for job in jobs_of(strip) if job.finished), None)


def big_button(layout: Any, operator: str, text: str, icon: str) -> Any:
    column = layout.column()
    column.scale_y = 1.4
    return column.operator(operator, text=text, icon=icon)


def settings_below(layout: Any, name: str) -> Any:
    """A column for settings in a part that is closed until it is wanted; None while it is."""
    header, body = layout.panel(f"STEADY_{name}_settings", default_closed=True)
    header.label(text="Settings")
    if body is None:
        return None
    column = body.column()
    column.use_property_split = True
    column.use_property_decorate = False
    return column


def warnings(layout: Any, texts: Any) -> None:
    for text in texts:
        sentences(layout.box(), text, "ERROR")


def sentences(layout: Any, text: str, icon: str = "NONE") -> None:
    """A text in as many labels as the width of the sidebar asks for: Blender's labels do not wrap."""
    region = bpy.context.region
    scale = bpy.context.preferences.system.ui_scale or 1.0  # without a window there is none
    letters = int(((region.width if region else 300) / scale - MARGIN) / LETTER)
    column = layout.column(align=True)
    for i, line in enumerate(textwrap.wrap(say(text), max(16, letters))):
        column.label(text=line, icon=icon if i == 0 or icon == "NONE" else "BLANK1", translate=False)


def failure(layout: Any, failed: Failure, title: str = "") -> None:
    """What went wrong, what to do, and the buttons that help. `title` is that of the job that can be done again."""
    box = layout.box()
    sentences(box, failed.message, "ERROR")
    if failed.hint:
        sentences(box, failed.hint, "BLANK1")
    remedies.draw(box, failed, title)


def running(layout: Any, job: HostJob, waits: int = 0) -> None:
    """What it does, how far it is, how long it will take, and what stops it. `waits` counts who comes before it."""
    column = layout.column(align=True)
    if job.state is JobState.PAUSED:
        column.label(text=say("Paused: {job}", job=_name(job)), icon="PAUSE")
    row = column.row(align=True)
    if job.state is JobState.RUNNING:
        step = job.progress
        words, left = remaining(step.text or say(job.title), job.pace.left)
        factor = step.done / step.total if step.total else 0.0
        row.progress(factor=factor, type="BAR", text=say(words))
        if job.pausable:
            row.operator("steady.pause_job", text="", icon="PAUSE")
        times = say("{time} so far", time=in_words(job.pace.elapsed))
        column.label(text=times + say(", about {time} left", time=left) if left else times, icon="TIME")
    elif job.state is JobState.PAUSED:
        row.operator("steady.resume_job", text="Resume", icon="PLAY")
    else:
        row.label(text=f"{waits}. {_name(job)}" if waits else say("{job} waits", job=_name(job)), icon="TIME")
    row.operator("steady.cancel_job", text="", icon="X").job = job.id


def remaining(text: str, seconds: float | None) -> tuple[str, str]:
    """What a job says without the time that it says it needs, and that time; the pace tells it where it says none."""
    words, _, said = text.rpartition(", ")
    if words and said.endswith(" left"):
        return words, said.removesuffix(" left").removeprefix("at most ")
    return text, "" if seconds is None else in_words(seconds)


def in_words(seconds: float) -> str:
    """As exact as an estimate can be."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min" if minutes < 600 else f"{round(minutes / 60)} h"


def outcome(layout: Any, strip: Any, found: Overview | None, titles: tuple[str, ...]) -> None:
    """How the strip's last job ended, if it was one of these; after the file was loaded again, what its study keeps."""
    last = last_job(strip)
    if last is None and found and found.trouble and found.trouble.title in titles:
        failure(layout, found.trouble.failure, found.trouble.title)
    elif last is not None and last.title in titles:
        ended(layout, last)


def ended(layout: Any, job: HostJob) -> None:
    if job.failure is None:
        return
    if job.failure.code is ErrorCode.CANCELLED:
        sentences(layout, str(job.failure), "INFO")
        return
    failure(layout, job.failure, job.title)
    if job.failure.code is ErrorCode.LOST:
        log(layout)


def log(layout: Any) -> None:
    """The backend's last words."""
    column = layout.column(align=True)
    column.scale_y = 0.8
    for line in session.current.log_tail[-LINES:]:
        sentences(column, line)
    if session.current.log_file:
        column.separator()
        column.operator("wm.path_open", text="Open Log", icon="TEXT").filepath = str(session.current.log_file)


def _name(job: HostJob) -> str:
    return f"{say(job.title)}: {job.strip}" if job.strip else say(job.title)
