"""Restyles a strip without a window.

blender -b edit.blend --python-exit-code 1 --python batch.py -- --strip Shot --prompt "…" --export out.mp4

It uses the extension that is enabled in this Blender; where none is, the one that this file belongs to, be it installed
or a checkout. `-- --help` tells all words, and docs/headless.md the rest."""

import importlib
import os
import sys
import tempfile
from pathlib import Path

import addon_utils
import bpy

HERE = Path(__file__).absolute().parent
NAME = "steady_diffusion"
PROGRAM = "blender -b FILE.blend --python-exit-code 1 --python batch.py --"


def enabled() -> str:
    """The package of the extension that is enabled; '' where none is."""
    return next((addon.module for addon in bpy.context.preferences.addons if addon.module.endswith(f".{NAME}")), "")


def enable(folder: Path) -> str:
    """Enable the extension that this file belongs to, for this run only: no preferences are saved without a window."""
    repositories = bpy.context.preferences.extensions.repos
    inside = [repo.module for repo in repositories if Path(repo.directory).resolve() == HERE.parent.resolve()]
    if not inside:
        link(HERE, folder / NAME)
        repositories.new(name="batch", module="batch", custom_directory=str(folder), remote_url="")
    package = f"bl_ext.{inside[0]}.{HERE.name}" if inside else f"bl_ext.batch.{NAME}"
    if addon_utils.enable(package, default_set=True) is None:
        sys.exit("Steady Diffusion could not be enabled: the reason is above.")
    preferences = bpy.context.preferences.addons[package].preferences
    made_here = HERE / ".venv-backend" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not preferences.backend_python and made_here.is_file():  # a checkout after `make`
        preferences.backend_python = str(made_here)
    return package


def link(target: Path, place: Path) -> None:
    if os.name == "nt":  # where only administrators may make links of the other kind
        import _winapi

        _winapi.CreateJunction(str(target), str(place))
    else:
        place.symlink_to(target, target_is_directory=True)


def main() -> None:
    words = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else []
    with tempfile.TemporaryDirectory(prefix="steady-batch-") as folder:
        before = enabled()
        package = before or enable(Path(folder))
        command = importlib.import_module(f"{package}.operators.command")
        code = command.main(words, PROGRAM)
        if not before and not bpy.app.background:
            addon_utils.disable(package, default_set=True)
    command.end(code)


main()
