"""What somebody who helps has to know of a failure, as text for the clipboard: no key, no token, no name of a user."""

import contextlib
import platform
import re
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePath, PureWindowsPath
from typing import Any

import bpy

from .. import session
from ..backend import trouble
from ..backend.api import VERSION, ErrorCode, Failure
from ..backend.trouble import Trouble
from ..preferences import logs_folder, preferences, studies_folder
from ..sequencer import places, strips
from ..session import HostJob
from ..translations import say

LINES = 30  # of the log
END = 30_000  # bytes of a log that hold them
SECRETS = re.compile(
    r"hf_\w{8,}|(?i:bearer|token|key|password|secret)\s*[=:]\s*\S{6,}|(?i:bearer) \S{6,}|\b[0-9a-fA-F]{32,}\b"
)


class STEADY_OT_copy_details(bpy.types.Operator):
    bl_idname = "steady.copy_details"
    bl_label = "Copy Failure Details"
    bl_description = (
        "Copy what went wrong, the versions and the end of the log to the clipboard, for a report. Secrets "
        "and the name of your home folder are left out"
    )

    def execute(self, context: Any) -> set[str]:
        context.window_manager.clipboard = details(context)
        self.report({"INFO"}, say("The details are in the clipboard: paste them into your report."))
        return {"FINISHED"}


def details(context: Any) -> str:
    machine = session.current.machine
    runs_on = f"{machine.device}, torch {machine.torch}, Python {machine.python}" if machine else "not running"
    lines = [
        f"Steady Diffusion {VERSION}, Blender {bpy.app.version_string}, {platform.platform()}",
        f"Backend: {session.current.state.value.lower()}, {runs_on}",
        *(f"{title}: {failure.code.name}: {failure}" for title, failure in failures(context)),
        *(session.current.log_tail or last_log(logs_folder(preferences())))[-LINES:],
    ]
    return scrubbed(lines)


def failures(context: Any) -> Iterable[tuple[str, Failure]]:
    """Of the backend, of jobs, of clicks that came to none, and what the strip's study keeps of an earlier time."""
    if problem := session.current.problem:
        yield "Backend", problem
    failed = [job for job in session.current.jobs if job.failure and job.failure.code is not ErrorCode.CANCELLED]
    for job in failed:
        yield job.title, job.failure  # pyright: ignore[reportReturnType]
    for (title, *_), refusal in session.current.refusals.items():
        yield title, refusal.failure
    if (kept := _kept(context)) and not any(is_of(job, kept) for job in failed):
        yield f"{kept.title}, before the file was loaded", kept.failure


def last_log(folder: Path) -> Sequence[str]:
    """Of the last backend, which outlives it: its name, and how it ends."""
    with contextlib.suppress(OSError):
        file = max(folder.glob("backend-*.log"), key=lambda file: file.stat().st_mtime, default=None)
        if file is not None:
            text = file.read_bytes()[-END:].decode(errors="replace")
            return (f"Log: {file.name}", *text.splitlines()[1 - LINES :])
    return ()


def is_of(job: HostJob, kept: Trouble) -> bool:
    return job.title == kept.title and str(job.failure) == str(kept.failure)


def _kept(context: Any) -> Trouble | None:
    strip = strips.active_strip(context)
    folder = places.folder_of(strip, studies_folder(preferences())) if strip is not None else None
    return trouble.read(folder) if folder is not None else None


def scrubbed(lines: Iterable[str], home: PurePath | None = None) -> str:
    text = "\n".join(lines)
    return SECRETS.sub("…", _written(home or Path.home()).sub("~", text)) + "\n"


def _written(home: PurePath) -> re.Pattern[str]:
    """However programs write it: with slashes or backslashes, and those doubled where it stands in quotes."""
    any_case = re.IGNORECASE if isinstance(home, PureWindowsPath) else 0
    return re.compile(re.escape(home.as_posix()).replace("/", r"(?:/|\\{1,2})"), any_case)


def register() -> None:
    bpy.utils.register_class(STEADY_OT_copy_details)


def unregister() -> None:
    bpy.utils.unregister_class(STEADY_OT_copy_details)
