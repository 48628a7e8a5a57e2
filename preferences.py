"""What is true of this computer: where the backend's Python is, and where studies and models are kept."""

import os
import sys
from pathlib import Path

import bpy


def default_data_folder() -> Path:
    """Outside Blender's version folders, so that one backend serves every Blender on this computer."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "steady-diffusion"


class SteadyPreferences(bpy.types.AddonPreferences):
    """The preferences of the extension, which hold for every file on this computer."""

    bl_idname = __package__

    data_folder: bpy.props.StringProperty(
        name="Data Folder",
        description="The backend and its models are installed here, for every Blender on this computer",
        subtype="DIR_PATH",
        default=str(default_data_folder()),
    )
    studies_folder: bpy.props.StringProperty(
        name="Studies Folder",
        description=(
            "Studies of strips in a file that is not saved yet are kept here, and move beside the file when it is saved"
        ),
        subtype="DIR_PATH",
        default=str(default_data_folder() / "studies"),
    )
    backend_python: bpy.props.StringProperty(
        name="Backend Python",
        description=(
            "An existing Python that has the backend's packages. Leave it empty to use the backend that was installed"
        ),
        subtype="FILE_PATH",
    )
    connect_only: bpy.props.BoolProperty(
        name="Connect Only",
        description="Never start a backend: connect to one that was started with “python -m backend serve --wait”",
    )
    connection_file: bpy.props.StringProperty(
        name="Connection File",
        description=(
            "Where the waiting backend wrote its address and key. Leave it empty for the usual place in the data folder"
        ),
        subtype="FILE_PATH",
    )

    def draw(self, context: bpy.types.Context) -> None:
        column = self.layout.column()
        column.use_property_split = True
        column.prop(self, "data_folder")
        column.prop(self, "studies_folder")
        column.prop(self, "connect_only")
        if self.connect_only:
            column.prop(self, "connection_file")
        else:
            column.prop(self, "backend_python")


def preferences() -> SteadyPreferences:
    return bpy.context.preferences.addons[__package__].preferences


def register() -> None:
    bpy.utils.register_class(SteadyPreferences)


def unregister() -> None:
    bpy.utils.unregister_class(SteadyPreferences)
