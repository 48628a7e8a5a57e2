"""Enables this checkout as an extension in the running Blender: as a local repository, the way a developer does."""

import importlib
import os
from pathlib import Path
from types import ModuleType

import addon_utils
import bpy

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "bl_ext.dev.steady_diffusion"


def enable() -> ModuleType:
    repository = Path(os.environ["BLENDER_USER_RESOURCES"], "repository")  # tools/host makes it
    repository.mkdir()
    (repository / "steady_diffusion").symlink_to(ROOT, target_is_directory=True)
    bpy.context.preferences.use_preferences_save = False
    bpy.context.preferences.extensions.repos.new(
        name="dev", module="dev", custom_directory=str(repository), remote_url=""
    )
    if addon_utils.enable(PACKAGE, default_set=True) is None:
        raise SystemExit("The extension could not be enabled: the reason is above.")
    bpy.context.preferences.addons[PACKAGE].preferences.backend_python = str(ROOT / ".venv-backend/bin/python")
    return importlib.import_module(PACKAGE)


def room(name: str) -> ModuleType:
    """A module of the extension, by its name inside it."""
    return importlib.import_module(f"{PACKAGE}.{name}")
