"""How an operator becomes a job, and of which strip: INVOKE starts it and returns, and EXEC waits for it."""

import contextlib
from collections.abc import Callable
from typing import Any

import bpy
from bpy.props import StringProperty

from .. import session
from ..backend.api import ErrorCode, Failure
from ..sequencer import identity, strips
from ..session import HostJob, JobState
from ..translations import say
from . import refusals, timers

Reports = list[tuple[str, str]]  # a level as Blender names it, and a sentence


class JobOperator:
    """Base of every operator whose work takes time: `begin` says what the job is, `told` what to say at its end."""

    bl_label: str
    report: Any  # Blender's own
    again: tuple[str, ...] = ()  # properties that say what to do, and are no settings: a job that failed needs them

    def begin(self, context: Any) -> HostJob:
        raise NotImplementedError

    def told(self, result: Any) -> Reports:
        return []

    def begun(self, context: Any) -> HostJob:
        job = self.begin(context)
        job.again = {name: getattr(self, name) for name in self.again}
        return job

    def invoke(self, context: Any, event: Any) -> set[str]:
        try:
            session.current.enqueue(self.begun(context))
        except Failure as failure:
            refusals.keep(self.bl_label, meant(self, context), failure)
            timers.redraw()
            return refused(self, failure)
        refusals.forget(self.bl_label, meant(self, context))
        timers.keep_ticking()
        return {"FINISHED"}

    def execute(self, context: Any) -> set[str]:
        try:
            result = wait_for(session.current.enqueue(self.begun(context)))
        except Failure as failure:
            return refused(self, failure)
        for level, text in self.told(result):
            self.report({level}, say(text))
        timers.keep_ticking()
        return {"FINISHED"}


class FileJobOperator(JobOperator):
    """Base of those whose work is about a file: where none is given, a click asks for it first."""

    filepath: str
    options: Any  # Blender's own

    def suggested(self) -> str:
        """What the file browser begins with; '' is where it was last."""
        return ""

    def invoke(self, context: Any, event: Any) -> set[str]:
        if self.filepath:
            return super().invoke(context, event)
        if name := self.suggested():
            self.filepath = name
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: Any) -> set[str]:
        if self.options.is_invoke and not bpy.app.background:  # from the file browser, and nobody waits for it
            return super().invoke(context, None)
        return super().execute(context)


class StripOperator:
    """Base of every operator that works on one strip: the one named, or else the active one."""

    poll_message_set: Any  # Blender's own

    scene: StringProperty(
        name="Scene",
        description="The scene that holds the strip. It may be left out where the strip's name says enough",
        options={"SKIP_SAVE"},
    )
    strip: StringProperty(
        name="Strip",
        description="The name of the strip to work on. Without it, the active strip is meant",
        options={"SKIP_SAVE"},
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        # A script outside the sequencer may name a strip of any scene, which `poll` is not told.
        if not strips.in_sequencer(context):
            return True
        scene, strip = strips.sequencer_scene(context), strips.active_strip(context)
        if strip is None:
            cls.poll_message_set(say(str(NO_STRIP)))
        elif refusal := identity.unfit(scene, strip):
            cls.poll_message_set(say(str(refusal)))
        else:
            return True
        return False

    def target(self, context: Any) -> tuple[Any, Any]:
        """The scene and the strip that are meant; a Failure where that is not clear, or where it has no picture."""
        scene, strip = find_strip(context, self.scene, self.strip)
        if refusal := strips.refusal(scene, strip):
            raise refusal
        return scene, strip


class AtOnceOperator(StripOperator):
    """Base of those that are done with the click: `act` does it, and says what it did, if that is not seen."""

    report: Any  # Blender's own

    def act(self, scene: Any, strip: Any) -> str:
        raise NotImplementedError

    def execute(self, context: Any) -> set[str]:
        try:
            told = self.act(*self.target(context))
        except Failure as failure:
            return refused(self, failure)
        if told:
            self.report({"INFO"}, say(told))
        return {"FINISHED"}


def meant(operator: Any, context: Any) -> Any:
    """The strip that a click was about; None where that is none, or not clear."""
    with contextlib.suppress(Failure):
        return find_strip(context, operator.scene, operator.strip)[1] if isinstance(operator, StripOperator) else None
    return None


def refused(operator: Any, failure: Failure) -> set[str]:
    operator.report({"ERROR"}, say(str(failure)))
    return {"CANCELLED"}


def wait_for(job: HostJob) -> Any:
    try:
        return session.current.drain(job)
    finally:
        if not job.finished:  # Ctrl-C in a terminal
            session.current.cancel(job, wait=True)


# --- which strip is meant

NO_STRIP = Failure(ErrorCode.BAD_INPUT, "No strip is selected.", "Click the strip that you want to restyle.")


def find_strip(context: Any, scene_name: str, strip_name: str) -> tuple[Any, Any]:
    if not strip_name:
        scene = _scene_named(scene_name) if scene_name else strips.sequencer_scene(context)
        strip = scene.sequence_editor.active_strip if scene.sequence_editor else None
        if strip is None:
            raise NO_STRIP
        return scene, strip
    scenes = [_scene_named(scene_name)] if scene_name else list(bpy.data.scenes)
    found = [(s, strip) for s in scenes if (strip := strips.strip_named(s, strip_name)) is not None]
    found = [(s, strip) for s, strip in found if s.library is None] or found
    if not found:
        where = f"The scene “{scene_name}”" if scene_name else "This file"
        raise Failure(
            ErrorCode.BAD_INPUT, f"{where} has no strip “{strip_name}”.", "Write the name as the sequencer shows it."
        )
    if len(found) > 1:
        names = " and ".join(f"“{s.name}”" for s, _ in found[:3])
        raise Failure(
            ErrorCode.BAD_INPUT,
            f"The scenes {names} each have a strip “{strip_name}”.",
            "Say which one is meant by naming its scene too.",
        )
    return found[0]


def _scene_named(name: str) -> Any:
    scene = strips.scene_named(name)
    if scene is None:
        raise Failure(ErrorCode.BAD_INPUT, f"There is no scene “{name}” in this file.", "Check the scene's name.")
    return scene


def refuse_twice(title: str, wanted: tuple[Any, ...], same: Callable[[HostJob], bool]) -> None:
    """The same job on the same strip a second time would only wait to find nothing to do."""
    for job in session.current.jobs:
        if (job.title, job.wanted) == (title, wanted) and not job.finished and same(job):
            message = f"“{title}” is already at work on “{job.strip}”."
            if job.state is JobState.QUEUED:
                message = f"“{title}” of “{job.strip}” waits already, with the same settings."
            raise Failure(ErrorCode.BAD_REQUEST, message, "Wait for it, or cancel it first.")


def is_of(job: HostJob, scene: Any, strip: Any) -> bool:
    """Also where undo took the study's id away from the strip. Before its claim a copy's id says nothing."""
    return strips.Address(scene.name, job.strip, job.study).find() == (scene, strip)


def keep_in_undo(title: str) -> None:
    """What a job changes in the file it changes outside of any operator: that gets an undo step of its own."""
    windows = bpy.context.window_manager.windows
    if not bpy.app.background and windows:
        with bpy.context.temp_override(window=windows[0]):
            bpy.ops.ed.undo_push(message=title)


# --- cancelling


class STEADY_OT_cancel_job(bpy.types.Operator):
    """Cancel a job, or take it out of the queue. What it has finished stays, and the next run goes on from there"""

    bl_idname = "steady.cancel_job"
    bl_label = "Cancel Job"

    job: bpy.props.IntProperty(
        name="Job",
        description="The number of the job to cancel. Without it, the running one is meant",
        options={"SKIP_SAVE"},
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        if any(not job.finished for job in session.current.jobs):
            return True
        cls.poll_message_set("No job is running.")
        return False

    def execute(self, context: Any) -> set[str]:
        unfinished = [job for job in session.current.jobs if not job.finished]
        wanted = [job for job in unfinished if job.id == self.job] if self.job else unfinished
        if not wanted:
            self.report({"WARNING"}, say("That job has already ended."))
            return {"CANCELLED"}
        session.current.cancel(wanted[0], wait=bpy.app.background)
        if wanted[0].state is not JobState.CANCELLED and wanted[0].failure:
            self.report({"WARNING"}, say(str(wanted[0].failure)))
        timers.keep_ticking()
        return {"FINISHED"}


class STEADY_OT_dismiss_notice(bpy.types.Operator):
    """Take the notice away"""

    bl_idname = "steady.dismiss_notice"
    bl_label = "Dismiss Notice"

    job: bpy.props.IntProperty(
        name="Job",
        description="The number of the job whose failure is taken away. Without it, it is the line in the status bar",
        options={"SKIP_SAVE"},
    )

    def execute(self, context: Any) -> set[str]:
        if self.job:
            session.current.forget(self.job)
        else:
            session.current.news = ()
        timers.redraw_notice()
        return {"FINISHED"}


CLASSES = (STEADY_OT_cancel_job, STEADY_OT_dismiss_notice)

register, unregister = bpy.utils.register_classes_factory(CLASSES)
