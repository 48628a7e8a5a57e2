"""The extension's own page in Blender's preferences: where things are kept, and what is installed."""

import bpy

from ..preferences import PACKAGE, SteadyPreferences
from . import installation


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
        column.prop(self, "connect_only")
        if self.connect_only:
            column.prop(self, "connection_file")
        else:
            column.prop(self, "backend_python")
        if not self.connect_only and not self.backend_python:
            installation.draw_with_jobs(self.layout.box())


def register() -> None:
    bpy.utils.register_class(STEADY_AP_preferences)


def unregister() -> None:
    bpy.utils.unregister_class(STEADY_AP_preferences)
