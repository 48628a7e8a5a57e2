"""The buttons below a failure: what a click can do about it."""

from collections.abc import Iterator, Mapping
from typing import Any

import bpy

from ..backend.api import ErrorCode, Failure
from ..operators.frames import STEADY_OT_sample_frames
from ..operators.stage import StageOperator

NOBODYS_FAULT = (ErrorCode.BAD_INPUT, ErrorCode.STUDY_LOCKED, ErrorCode.CANCELLED, ErrorCode.OFFLINE)
RESUME = {ErrorCode.LOST: "Restart and Resume", ErrorCode.DISK: "Resume", ErrorCode.INTERNAL: "Try Again"}


def draw(layout: Any, failed: Failure, title: str, again: Mapping[str, Any]) -> None:
    """`title` is that of the job that can be done again, `again` what its operator was given."""
    row = layout.row(align=True)
    if failed.code is ErrorCode.OFFLINE:
        online(layout)
    if failed.code is ErrorCode.BAD_STUDY:
        row.operator("steady.relink_study", text="Relink", icon="FILEBROWSER")
        row.operator("steady.begin_study", text="Begin Anew", icon="FILE_NEW")
    if failed.code is ErrorCode.DISK and hasattr(bpy.types, "STEADY_OT_clean_up"):
        row.operator("steady.clean_up", text="Clean Up", icon="BRUSH_DATA")
    if failed.code in RESUME and (cls := operator_of(title)) is not None:
        button = row.operator(cls.bl_idname, text=RESUME[failed.code], icon="PLAY")
        for name in cls.again:
            if name in again:  # else an older version kept it
                setattr(button, name, again[name])
    if failed.code not in NOBODYS_FAULT:
        row.operator("steady.copy_details", text="Copy Details", icon="COPYDOWN")


def operator_of(title: str) -> Any:
    """What does the job of this title again; None where a click alone cannot."""
    known = (STEADY_OT_sample_frames, *below(StageOperator))
    return next((cls for cls in known if hasattr(cls, "bl_idname") and cls.bl_label == title), None)


def below(cls: type) -> Iterator[type]:
    for one in cls.__subclasses__():
        yield one
        yield from below(one)


def online(layout: Any) -> None:
    """The switch that lets Blender go online, where Blender may be let."""
    if bpy.app.online_access_override:
        layout.label(text="Blender was started offline: start it without --offline-mode.", icon="INTERNET_OFFLINE")
    else:
        layout.prop(bpy.context.preferences.system, "use_online_access", icon="INTERNET")
