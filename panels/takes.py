"""The takes of the active strip: which are shown, how large and how good each is, and what can be done with it."""

import contextlib
from collections.abc import Sequence
from typing import Any

import bpy

from ..backend import listing
from ..backend.api import KeyFigures
from ..backend.frozen import frozen
from ..backend.listing import Listed, Made
from ..backend.space import in_words
from ..sequencer import identity, showing, strips, take_pictures, takes
from ..sequencer.followers import is_follower
from ..translations import say, word
from . import aside, thumbnails
from .drawing import SidebarPanel, sentences
from .overview import Overview, overview

SIZE = 3.0  # of a take's picture, in Blender's own unit: as high as the three lines beside it
BETWEEN = "  ·  "
WAYS = {
    "plain": "Plain",
    "tuned": "Tuned",
    "fast": "Fast",
    "smooth": "Smoothed",
    "propagate": "Propagated",
    "lay-back": "Laid back",
}


@frozen
class Row:
    """A take: what is known of it, and the strips that show it."""

    name: str
    take: Listed | None
    laid: tuple[Any, ...]
    gone: bool  # its strip is there, and its pictures are not

    @property
    def buttons(self) -> tuple[tuple[str, str], ...]:
        """The operators that it offers, with their icons."""
        whole = self.take is not None and self.take.complete
        replace = (("steady.replace_take", "UV_SYNC_SELECT"),) if whole and not self.laid else ()
        solo = (("steady.solo_take", "SOLO_OFF"),) if whole else ()
        return (*replace, *solo, ("steady.delete_take", "TRASH"))

    @property
    def texts(self) -> tuple[str, ...]:
        if self.take is None:
            return ()
        made = how(self.take.made) or say("{count} frames", count=self.take.frames)
        first = BETWEEN.join((in_words(self.take.size), made))
        broken = "" if self.take.complete else say("Broken off after {count} frames", count=self.take.frames)
        return tuple(text for text in (first, broken or measured(self.take.figures)) if text)


def how(made: Made) -> str:
    said = [word(WAYS.get(made.way, made.way.capitalize()))] if made.way else []
    said += [say("from {name}", name=made.source)] if made.source else []
    said += [say("strength {value:g}", value=made.strength)] if made.strength is not None else []
    said += [say("{count} steps", count=made.steps)] if made.steps is not None else []
    return ", ".join(said)


def measured(figures: KeyFigures | None) -> str:
    """The figures that tell takes apart; '' where it was not measured."""
    if figures is None:
        return ""
    look, truth = figures.look_fidelity, figures.psnr_truth
    flicker = figures.warp_error
    said = [say("Flicker {value:.2f}", value=flicker)] if flicker is not None else []
    said += [say("Look {value:.3f}", value=look)] if look is not None else []
    said += [say("{value:.1f} dB", value=truth)] if truth is not None else []
    return BETWEEN.join(said)


def rows_of(laid: Sequence[Any], known: Sequence[Listed] | None) -> list[Row]:
    """Those in the edit, the topmost first, then those that are only in the study."""
    listed = {take.name: take for take in known or ()}
    names = dict.fromkeys([take.steady.take_name for take in reversed(laid)] + list(listed))
    rows = []
    for name in names:
        mine = tuple(take for take in laid if take.steady.take_name == name)
        gone = known is not None and name not in listed and not any(map(take_pictures.are_there, mine))
        rows.append(Row(name, listed.get(name), mine, gone))
    return rows


class STEADY_PT_takes(SidebarPanel, bpy.types.Panel):
    bl_label = "Takes"
    bl_order = 20

    @classmethod
    def poll(cls, context: Any) -> bool:
        scene, strip = strips.sequencer_scene(context), strips.active_strip(context)
        if strip is None or identity.unfit(scene, strip) is not None:
            return False
        found = overview(strip)
        return bool(found and found.listed) or bool(takes.takes_of(scene, strip))

    def draw_header_preset(self, context: Any) -> None:
        shown = showing.shown_take(strips.sequencer_scene(context), strips.active_strip(context))
        self.layout.label(text=shown.steady.take_name if shown else "Original", icon="HIDE_OFF")

    def draw(self, context: Any) -> None:
        scene, strip = strips.sequencer_scene(context), strips.active_strip(context)
        laid = takes.takes_of(scene, strip)
        rows = rows_of(laid, takes_of_study(overview(strip)))
        column = self.layout.column()
        for row in rows:
            if row.laid:
                self._row(column, row)
        self._original(column, strip, laid)
        others = [row for row in rows if not row.laid]
        if others:
            column.label(text="Only in the study", icon="FILE_FOLDER")
        for row in others:
            self._row(column, row)

    def _row(self, layout: Any, row: Row) -> None:
        line = layout.box().row()
        if row.take is not None and row.take.picture is not None:
            line.template_icon(icon_value=thumbnails.of_file(row.take.picture, row.take.stamp), scale=SIZE)
        lines = line.column(align=True)
        head = lines.row(align=True)
        if row.laid:
            head.prop(row.laid[-1], "mute", text="", emboss=False)
        else:
            head.operator("steady.show_take", text="", icon="ADD", emboss=False).take = row.name
        head.label(text=row.name, translate=False)
        for operator, icon in row.buttons:
            head.operator(operator, text="", icon=icon).take = row.name
        below = lines.column(align=True)
        below.active = False  # grey: it is there to be compared, not to be pressed
        for text in row.texts:
            below.label(text=text, translate=False)
        if row.gone:
            text = say("The pictures of “{name}” are gone: delete its strip, or undo.", name=row.name)
            sentences(layout, text, "ERROR")

    def _original(self, layout: Any, strip: Any, laid: list[Any]) -> None:
        row = layout.box().row(align=True)
        row.prop(strip, "mute", text="", emboss=False)
        row.label(text="Original")
        if laid:
            row.operator("steady.solo_take", text="", icon="SOLO_OFF").take = ""


def takes_of_study(found: Overview | None) -> tuple[Listed, ...] | None:
    """With sizes, which are counted aside: None until they are, and while the study is not found."""
    if found is None:
        return ()
    if found.lost:
        return None
    stamp = 0
    with contextlib.suppress(OSError):  # there are none yet
        stamp = (found.folder / "takes").stat().st_mtime_ns
    return aside.recent(("takes", found.folder), (stamp, found.listed), lambda: listing.takes(found.folder))


def way_back(panel: Any, context: Any) -> None:
    """In the tab of a take or a comparison: to what it was made from, and whether it stays with that."""
    strip = strips.active_strip(context)
    if strip is not None and is_follower(strip):
        text = say("Select “{name}”", name=strip.steady.take_source)
        panel.layout.operator("steady.select_source", text=text, icon="RESTRICT_SELECT_OFF")
        panel.layout.prop(strip.steady, "take_follows")


def register() -> None:
    bpy.utils.register_class(STEADY_PT_takes)
    bpy.types.STEADY_PT_restyle.append(way_back)


def unregister() -> None:
    bpy.types.STEADY_PT_restyle.remove(way_back)
    bpy.utils.unregister_class(STEADY_PT_takes)
