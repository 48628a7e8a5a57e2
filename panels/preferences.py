"""The extension's own page in Blender's preferences: where things are kept, and what is installed."""

import bpy

from ..preferences import INSTALLS, PACKAGE, ROOT, SteadyPreferences, connects_only
from ..translations import say
from .drawing import sentences

BY_HAND = "Start it by hand, in “{folder}”: python -B -m backend serve --wait"
BEFORE_UPDATES = "Stop it before you update or remove this extension: Windows leaves a folder alone that is in use."


class STEADY_AP_preferences(SteadyPreferences, bpy.types.AddonPreferences):
    bl_idname = PACKAGE

    def draw(self, context: bpy.types.Context) -> None:
        column = self.layout.column()
        column.use_property_split = True
        column.prop(self, "data_folder")
        column.prop(self, "studies_folder")
        column.prop(self, "models_folder")
        column.prop(self, "may_download")
        column.prop(self, "device")
        column.prop(self, "precision")
        column.prop(self, "tell_when_done")
        if INSTALLS:
            column.prop(self, "connect_only")
        if connects_only(self):
            column.prop(self, "connection_file")
            sentences(self.layout, say(BY_HAND, folder=ROOT), "INFO")
            sentences(self.layout, BEFORE_UPDATES, "BLANK1")
            return
        column.prop(self, "backend_python")
        if not self.backend_python:
            from . import installation  # late: not every build has it

            installation.draw_with_jobs(self.layout.box())


def register() -> None:
    bpy.utils.register_class(STEADY_AP_preferences)


def unregister() -> None:
    bpy.utils.unregister_class(STEADY_AP_preferences)
