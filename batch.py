"""Restyles a strip without a window.

blender -b edit.blend --python-exit-code 1 --python batch.py -- --strip Shot --prompt "…" --export out.mp4

It uses the extension that is enabled in this Blender; where none is, the one that this file belongs to, be it installed
or a checkout. `-- --help` tells all words, and docs/headless.md the rest."""

import contextlib
import importlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import addon_utils
import bpy

HERE = Path(__file__).absolute().parent
NAME = "steady_diffusion"
PROGRAM = "blender -b FILE.blend --python-exit-code 1 --python batch.py --"


def enabled() -> str:
    """The package of the extension that is enabled; '' where none is."""
    return next((addon.module for addon in bpy.context.preferences.addons if addon.module.endswith(f".{NAME}")), "")


@contextlib.contextmanager
def lent() -> Iterator[str]:
    """The package of the extension. Where none is enabled this file's is, for this run only: a Blender with a window
    saves its preferences when it ends, so that they are as they were by then."""
    if package := enabled():
        yield package
        return
    preferences = bpy.context.preferences
    repositories, was_dirty = preferences.extensions.repos, preferences.is_dirty
    before = {repo.module for repo in repositories}
    with tempfile.TemporaryDirectory(prefix="steady-batch-") as folder:
        try:
            yield enable(Path(folder))
        finally:
            if package := enabled():
                addon_utils.disable(package, default_set=True)
            for repo in [repo for repo in repositories if repo.module not in before]:
                repositories.remove(repo)  # and nothing of what lies in it
            preferences.is_dirty = was_dirty


def enable(folder: Path) -> str:
    repositories = bpy.context.preferences.extensions.repos
    inside = [repo.module for repo in repositories if Path(repo.directory).resolve() == HERE.parent.resolve()]
    if inside:
        package = f"bl_ext.{inside[0]}.{HERE.name}"
    else:
        link(HERE, folder / NAME)
        made = repositories.new(name="batch", module="batch", custom_directory=str(folder), remote_url="")
        package = f"bl_ext.{made.module}.{NAME}"  # it may have got a number
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
    with lent() as package:
        command = importlib.import_module(f"{package}.operators.command")
        code = command.main(words, PROGRAM)
    command.end(code)


main()
