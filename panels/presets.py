"""Blender's own menu of presets: those that ship, and below them the user's."""

from typing import Any

import bpy

from ..operators import presets
from ..sequencer import strips
from ..settings.painting import CHOICES, OWN
from ..translations import say


class STEADY_MT_presets(bpy.types.Menu):
    bl_label = "Presets"
    preset_subdir = presets.FOLDER
    preset_operator = "steady.load_preset"

    def draw(self, context: Any) -> None:
        for name, label, _ in CHOICES:
            if name != OWN:
                self.layout.operator("steady.use_preset", text=label).preset = name
        if presets.files():
            self.layout.separator()
            self.draw_preset(context)

    @staticmethod
    def settings(context: Any) -> Any:
        """What a preset is made of: its file names this function."""
        strip = strips.active_strip(context)
        return strip.steady if strip is not None else None


def draw(layout: Any, settings: Any) -> None:
    """The menu, and the buttons that keep the settings as a preset, and remove one of the user's own. Of two that stand
    the user's own is named, which says more of the settings, and is the one that is removed."""
    row, own = layout.row(align=True), presets.own_of(settings)
    name = own or say(presets.shipped_of(settings))
    row.menu(presets.MENU, text=say("Preset: {name}", name=name), icon="PRESET")
    row.operator("steady.add_preset", text="", icon="ADD")
    if own:
        button = row.operator("steady.add_preset", text="", icon="REMOVE")
        button.name, button.remove_name = own, True


def register() -> None:
    bpy.utils.register_class(STEADY_MT_presets)


def unregister() -> None:
    bpy.utils.unregister_class(STEADY_MT_presets)
