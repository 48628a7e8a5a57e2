"""What the panels share: where they are, sentences that wrap, and how a job and a failure look."""

import textwrap
from typing import Any

import bpy

from .. import session
from ..backend.api import ErrorCode, Failure
from ..backend.lasting import in_words
from ..backend.trouble import Trouble
from ..operators import refusals
from ..sequencer import identity, places, strips
from ..session import HostJob, JobState
from ..translations import say
from . import remedies
from .overview import Overview, overview
from .times import remaining

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
        at_work(self.layout, strip, self.titles)
        outcome(self.layout, strip, found, self.titles)
        self.draw_stage(self.layout, strip, found)

    def _state(self, strip: Any) -> tuple[str, str]:
        found = overview(strip)
        standing = self.standing(strip, found)
        if found and found.problem:
            standing = NOT_FOUND if found.lost else DAMAGED
        for job in unfinished(strip):
            here = does(job, self.titles)
            if here and job.state is JobState.RUNNING:
                return far(job.progress), "SORTTIME"
            if here and job.state is JobState.PAUSED:
                return "Paused", "PAUSE"
            if here or (set(job.stages) & set(self.titles) and standing[1] != DONE):
                return "Waits", "TIME"
        return FAILED if has_failed(strip, found, self.titles) else standing


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
NOT_FOUND = ("Not found", "ERROR")
FAILED = ("Failed", "ERROR")


def jobs_of(strip: Any) -> list[HostJob]:
    return [job for job in session.current.jobs if is_of(job, strip)]


def is_of(job: HostJob, strip: Any) -> bool:
    """Of its study, where that is not still another strip's. A claim that came to nothing has left the strip without
    one, or with that of its original."""
    study = strips.study_id(strip)
    if job.study == study or job.strip != strip.name:
        return job.study == study and bool(study) and not _is_of_original(job, strip)
    return not study or (job.finished and not any(places.carriers(job.study)))


def _is_of_original(job: HostJob, strip: Any) -> bool:
    found = overview(strip)
    return found is not None and found.is_of_copy and job.strip != strip.name


def unfinished(strip: Any) -> list[HostJob]:
    return [job for job in jobs_of(strip) if not job.finished]


def last_job(strip: Any) -> HostJob | None:
    return max((job for job in jobs_of(strip) if job.finished), key=lambda job: job.id, default=None)


def does(job: HostJob, titles: tuple[str, ...]) -> bool:
    """Whether it is one of these jobs, or does just now, or did at its end, what one of them does alone."""
    return job.title in titles or job.stage in titles


def has_failed(strip: Any, found: Overview | None, titles: tuple[str, ...]) -> bool:
    if (last := last_job(strip)) is not None:
        return last.state is JobState.FAILED and does(last, titles)
    trouble = found.trouble if found else None
    return trouble is not None and (trouble.title in titles or trouble.stage in titles)


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


def failure(layout: Any, failed: Failure, job: HostJob | Trouble | None = None) -> None:
    """What went wrong, what to do, and the buttons that help. `job` is the one that can be done again."""
    box = layout.box()
    sentences(box, failed.message, "ERROR")
    if failed.hint:
        sentences(box, failed.hint, "BLANK1")
    remedies.draw(box, failed, job.title if job else "", job.again if job else {})


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


def is_at_work(strip: Any, titles: tuple[str, ...]) -> bool:
    return any(does(job, titles) for job in unfinished(strip))


def at_work(layout: Any, strip: Any, titles: tuple[str, ...]) -> None:
    """The job that does one of these, as the queue shows it; or one that waits to."""
    for job in unfinished(strip):
        if does(job, titles):
            running(layout, job)


def outcome(layout: Any, strip: Any, found: Overview | None, titles: tuple[str, ...]) -> None:
    """Why the last click on one of these was refused, or how the strip's last job ended, if it was one of them or
    failed while it did the same; after the file was loaded again, what its study keeps."""
    for title in titles:
        refused(layout, title, strip)
    last = last_job(strip)
    if is_at_work(strip, titles):
        return
    if last is not None and last.title in titles:
        ended(layout, last)
    elif last is not None and last.failure and has_failed(strip, found, titles):
        failure(layout, last.failure, last)
    elif found and found.trouble and has_failed(strip, found, titles):
        failure(layout, found.trouble.failure, found.trouble)


def refused(layout: Any, title: str, strip: Any = None) -> None:
    if said := refusals.refusal(title, strip):
        failure(layout, said)


def ended(layout: Any, job: HostJob) -> None:
    if job.failure is None:
        return
    if job.failure.code is ErrorCode.CANCELLED:
        sentences(layout, str(job.failure), "INFO")
        return
    failure(layout, job.failure, job)
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
