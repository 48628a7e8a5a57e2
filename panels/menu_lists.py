"""The strip's own takes and looks by their names, as menus: so F3 finds what is done with one of them, too."""

import textwrap
from typing import Any

import bpy

from ..sequencer import identity, strips, takes
from ..translations import say
from .looks import shown
from .overview import Overview, overview

PROMPT = 40  # letters of a prompt above its looks


class STEADY_MT_takes(bpy.types.Menu):
    bl_label = "Takes"

    def draw(self, context: Any) -> None:
        layout = self.layout
        for cls, icon in TAKES:
            layout.menu(cls.__name__, icon=icon)
        layout.separator()
        layout.operator("steady.select_source", text="Select the Source of the Active Take", icon="RESTRICT_SELECT_OFF")


class STEADY_MT_show_take(bpy.types.Menu):
    bl_label = "Show Take"

    def draw(self, context: Any) -> None:
        takes_listed(self.layout, context, "steady.show_take")


class STEADY_MT_solo_take(bpy.types.Menu):
    bl_label = "Show Only This"

    def draw(self, context: Any) -> None:
        takes_listed(self.layout, context, "steady.solo_take")
        if names_of(context):
            self.layout.operator("steady.solo_take", text="Original").take = ""


class STEADY_MT_replace_take(bpy.types.Menu):
    bl_label = "Replace the Shown Take"

    def draw(self, context: Any) -> None:
        takes_listed(self.layout, context, "steady.replace_take")


class STEADY_MT_delete_take(bpy.types.Menu):
    bl_label = "Delete Take"

    def draw(self, context: Any) -> None:
        takes_listed(self.layout, context, "steady.delete_take")


class STEADY_MT_looks(bpy.types.Menu):
    bl_label = "Looks"

    def draw(self, context: Any) -> None:
        layout = self.layout
        layout.menu("STEADY_MT_choose_look", icon="RESTRICT_SELECT_OFF")
        layout.operator("steady.look_here", text="Paint the Next Looks of the Frame at the Playhead", icon="EYEDROPPER")


class STEADY_MT_choose_look(bpy.types.Menu):
    bl_label = "Choose Look"

    def draw(self, context: Any) -> None:
        layout, found = self.layout, study_of(context)
        layout.operator_context = "INVOKE_DEFAULT"
        if found is None or not found.looks:
            layout.operator("steady.choose_look")  # grey, and says why
            return
        for prompt in dict.fromkeys(look.prompt for look in reversed(found.looks)):
            # A label, because F3 goes by entries: words of a prompt would be found before those of what is done.
            layout.label(text=textwrap.shorten(prompt, PROMPT, placeholder=" …"), translate=False)
            for look in shown([look for look in found.looks if look.prompt == prompt]):
                text = f"{look.name}  {say('{share:.0%} kept', share=look.composition)}"
                icon = "CHECKBOX_HLT" if look.chosen else "CHECKBOX_DEHLT"
                layout.operator("steady.choose_look", text=text, icon=icon, translate=False).look = look.name


def takes_listed(layout: Any, context: Any, operator: str) -> None:
    layout.operator_context = "INVOKE_DEFAULT"
    names = names_of(context)
    for name in names:
        layout.operator(operator, text=name, translate=False).take = name
    if not names:
        layout.operator(operator)  # grey, and says why


def names_of(context: Any) -> list[str]:
    """Of the strip's takes: the topmost first, then those that are only in the study."""
    scene, strip = strips.sequencer_scene(context), strips.active_strip(context)
    if strip is None:
        return []
    laid = [take.steady.take_name for take in reversed(takes.takes_of(scene, strip))]
    found = study_of(context)
    return list(dict.fromkeys([*laid, *(take.name for take in found.listed)] if found else laid))


def study_of(context: Any) -> Overview | None:
    scene, strip = strips.sequencer_scene(context), strips.active_strip(context)
    return overview(strip) if strip is not None and identity.unfit(scene, strip) is None else None


TAKES = (
    (STEADY_MT_show_take, "HIDE_OFF"),
    (STEADY_MT_solo_take, "SOLO_OFF"),
    (STEADY_MT_replace_take, "UV_SYNC_SELECT"),
    (STEADY_MT_delete_take, "TRASH"),
)
CLASSES = (*(cls for cls, _ in TAKES), STEADY_MT_takes, STEADY_MT_choose_look, STEADY_MT_looks)

register, unregister = bpy.utils.register_classes_factory(CLASSES)
