"""Blender's timers: one moves the jobs on, one draws the panels, and all ends before another file is loaded."""

from typing import Any

import bpy
from bpy.app.handlers import persistent

from .. import session
from ..sequencer import saving
from ..session import State

REDRAW = 0.2  # seconds between two looks at the panel while something runs
IDLE = 1.0  # and while the backend only waits: one that died is shown within this time


def tick() -> float | None:
    """Blender's timer for jobs, whatever is open and whichever window has the mouse."""
    before, heeded = session.current.news, session.current.heeded
    pause = session.current.tick()
    if session.current.news != before:
        redraw_notice()
    if session.current.heeded and not heeded:
        saving.settle()  # what a job was writing until now is free
    return pause


def redraw() -> float | None:
    """Blender's timer for the panels: it ends when there is nothing left that could change."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "PREFERENCES":  # which show how the installation goes
                area.tag_redraw()
            elif area.type == "SEQUENCE_EDITOR":
                for region in area.regions:
                    if region.type == "UI":
                        region.tag_redraw()
    if any(not job.finished for job in session.current.jobs) or session.current.state is State.STARTING:
        return REDRAW
    return None if session.current.state is State.OFF else IDLE


def redraw_notice() -> None:
    """The status bar is no area that Python knows: a text that is taken away draws it again."""
    for window in bpy.context.window_manager.windows:
        window.workspace.status_text_set(None)


def keep_ticking() -> None:
    if bpy.app.background:  # timers never fire there
        return
    for timer in (tick, redraw):
        if bpy.app.timers.is_registered(timer):
            bpy.app.timers.unregister(timer)  # it may be on its slow pace
        bpy.app.timers.register(timer, persistent=True)


@persistent
def close_before_load(*_: Any) -> None:
    """The strips of the running jobs are about to go. What is finished stays in their studies."""
    session.current.close()
    saving.settle()  # what a job was writing until now


def register() -> None:
    bpy.app.handlers.load_pre.append(close_before_load)


def unregister() -> None:
    session.current.close()
    saving.settle()
    for timer in (tick, redraw):
        if bpy.app.timers.is_registered(timer):
            bpy.app.timers.unregister(timer)
    bpy.app.handlers.load_pre.remove(close_before_load)
