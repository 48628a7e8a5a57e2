"""What is said at the right end of Blender's status bar when jobs have ended: it takes neither the mouse nor the keys,
and stays until it was seen."""

from typing import Any

import bpy

from .. import session
from ..preferences import preferences
from ..session import HostJob, JobState
from ..translations import say


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
        what = say(news[0].title)
        if news[0].strip:
            what = say("{job} of “{strip}”", job=what, strip=news[0].strip)
        words = say("{job} has failed: see the tab “Steady”.", job=what) if failed else say("{job} is done.", job=what)
    else:
        done = len(news) - len(failed)
        words = say("1 job is done") if done == 1 else say("{count} jobs are done", count=done)
        words += say(", {count} failed: see the tab “Steady”.", count=len(failed)) if failed else "."
    return f"Steady: {words}", "ERROR" if failed else "CHECKMARK"


def register() -> None:
    bpy.types.STATUSBAR_HT_header.append(draw)


def unregister() -> None:
    bpy.types.STATUSBAR_HT_header.remove(draw)
