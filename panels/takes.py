"""The takes of the active strip: which are shown, how large and how good each is, and what can be done with it."""

import contextlib
from typing import Any

import bpy

from ..backend import listing
from ..backend.listing import Listed
from ..backend.space import in_words
from ..sequencer import identity, showing, strips, takes
from . import aside, thumbnails
from .drawing import SidebarPanel, sentences
from .overview import Overview, overview

SIZE = 3.0  # of a take's picture, in Blender's own unit: as high as the three lines beside it


class STEADY_PT_takes(SidebarPanel, bpy.types.Panel):
    bl_label = "Takes"
    bl_order = 20

    @classmethod
    def poll(cls, context: Any) -> bool:
        scene, strip = strips.sequencer_scene(context), strips.active_strip(context)
        if strip is None or identity.unfit(scene, strip) is not None:
            return False
        found = overview(strip)
        return bool(found and found.takes) or bool(takes.takes_of(scene, strip))

    def draw_header_preset(self, context: Any) -> None:
        shown = showing.shown_take(strips.sequencer_scene(context), strips.active_strip(context))
        self.layout.label(text=shown.steady.take_name if shown else "Original", icon="HIDE_OFF")

    def draw(self, context: Any) -> None:
        scene, strip = strips.sequencer_scene(context), strips.active_strip(context)
        found, laid = overview(strip), takes.takes_of(scene, strip)
        known = takes_of_study(found)
        listed = {take.name: take for take in known or ()}
        there = list(dict.fromkeys(take.steady.take_name for take in reversed(laid)))
        column = self.layout.column()
        for name in there:
            mine = [take for take in laid if take.steady.take_name == name]
            self._row(column, name, listed.get(name), mine)
            if known is not None and name not in listed:
                sentences(column, f"The pictures of “{name}” are gone: delete its strip, or undo.", "ERROR")
        self._original(column, strip, laid)
        others = [name for name in listed if name not in there]
        if others:
            column.label(text="Only in the study", icon="FILE_FOLDER")
        for name in others:
            self._row(column, name, listed[name], [])

    def _row(self, layout: Any, name: str, take: Listed | None, laid: list[Any]) -> None:
        row = layout.box().row()
        if take is not None and take.picture is not None:
            row.template_icon(icon_value=thumbnails.of_file(take.picture, take.stamp), scale=SIZE)
        lines = row.column(align=True)
        head = lines.row(align=True)
        self._eye(head, name, laid)
        head.label(text=name)
        self._buttons(head, name, take, laid)
        if take is None:
            return
        below = lines.column(align=True)
        below.active = False  # grey: it is there to be compared, not to be pressed
        below.label(text=f"{in_words(take.size)}  ·  {take.how or f'{take.frames} frames'}")
        if take.measured:
            below.label(text=take.measured)
        elif not take.complete:
            below.label(text=f"Broken off after {take.frames} frames", icon="PAUSE")

    def _eye(self, row: Any, name: str, laid: list[Any]) -> None:
        if laid:
            row.prop(laid[-1], "mute", text="", emboss=False)
        else:
            row.operator("steady.show_take", text="", icon="ADD", emboss=False).take = name

    def _buttons(self, row: Any, name: str, take: Listed | None, laid: list[Any]) -> None:
        if take is not None and take.complete:
            if not laid:
                row.operator("steady.replace_take", text="", icon="UV_SYNC_SELECT").take = name
            row.operator("steady.solo_take", text="", icon="SOLO_OFF").take = name
        row.operator("steady.delete_take", text="", icon="TRASH").take = name

    def _original(self, layout: Any, strip: Any, laid: list[Any]) -> None:
        row = layout.box().row(align=True)
        row.prop(strip, "mute", text="", emboss=False)
        row.label(text="Original")
        if laid:
            row.operator("steady.solo_take", text="", icon="SOLO_OFF").take = ""


def takes_of_study(found: Overview | None) -> tuple[Listed, ...] | None:
    """With sizes, which are counted aside: None until they are."""
    if found is None:
        return ()
    stamp = 0
    with contextlib.suppress(OSError):  # there are none yet
        stamp = (found.folder / "takes").stat().st_mtime_ns
    return aside.recent(("takes", found.folder), (stamp, found.takes), lambda: listing.takes(found.folder))


def way_back(panel: Any, context: Any) -> None:
    """In the tab of a take, which has nothing else to press."""
    strip = strips.active_strip(context)
    if strip is not None and takes.is_take(strip):
        text = f"Select “{strip.steady.take_source}”"
        panel.layout.operator("steady.select_source", text=text, icon="RESTRICT_SELECT_OFF")


def register() -> None:
    bpy.utils.register_class(STEADY_PT_takes)
    bpy.types.STEADY_PT_restyle.append(way_back)


def unregister() -> None:
    bpy.types.STEADY_PT_restyle.remove(way_back)
    bpy.utils.unregister_class(STEADY_PT_takes)
