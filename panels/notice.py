"""What is said at the right end of Blender's status bar when jobs have ended: it takes neither the mouse nor the keys,
and stays until it was seen."""

from typing import Any

import bpy

from .. import session
from ..preferences import preferences
from ..session import HostJob, JobState


def draw(header: Any, context: Any) -> None:
    news = session.current.news
    if not news or not preferences().tell_when_done:
        return
    words, icon = told(news)
    row = header.layout.row(align=True)
    row.label(text=words, icon=icon)
    row.operator("steady.dismiss_notice", text="", icon="X", emboss=False)


def told(news: tuple[HostJob, ...]) -> tuple[str, str]:
    failed = [job for job in news if job.state is JobState.FAILED]
    if len(news) == 1:
        what = f"{news[0].title} of “{news[0].strip}”" if news[0].strip else news[0].title
        words = f"{what} has failed: see the tab “Steady”." if failed else f"{what} is done."
    else:
        done = len(news) - len(failed)
        words = f"{done} {'job is' if done == 1 else 'jobs are'} done"
        words += f", {len(failed)} failed: see the tab “Steady”." if failed else "."
    return f"Steady Diffusion: {words}", "ERROR" if failed else "CHECKMARK"


def register() -> None:
    bpy.types.STATUSBAR_HT_header.append(draw)


def unregister() -> None:
    bpy.types.STATUSBAR_HT_header.remove(draw)
