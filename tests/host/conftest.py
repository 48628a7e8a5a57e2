"""What the tests of the Blender side share: one Blender with the extension enabled, a fresh file per test."""

from __future__ import annotations

import atexit
import importlib
import importlib.machinery
import importlib.util
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from orphans import no_orphans as no_orphans

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "bl_ext.dev.steady_diffusion"

# Before bpy is imported: Blender reads it once.
RESOURCES = Path(tempfile.mkdtemp(prefix="steady-host-"))
os.environ["BLENDER_USER_RESOURCES"] = str(RESOURCES)
os.environ["TMPDIR"] = str(RESOURCES)  # its clipboard is a file there: Blenders beside each other pasted one another's
os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))
atexit.register(shutil.rmtree, RESOURCES, ignore_errors=True)

_exit_status: list[int] = [0]


def pytest_sessionfinish(exitstatus: int) -> None:
    _exit_status[0] = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """bpy 4.2 crashes and bpy 4.5 hangs at exit while anything is still registered."""
    if "bpy" not in sys.modules:
        return
    shutil.rmtree(RESOURCES, ignore_errors=True)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(_exit_status[0])


def _add_repository() -> None:
    import bpy

    folder = RESOURCES / "repository"
    folder.mkdir()
    (folder / "steady_diffusion").symlink_to(ROOT, target_is_directory=True)
    preferences: Any = bpy.context.preferences
    preferences.use_preferences_save = False
    preferences.extensions.repos.new(name="dev", module="dev", custom_directory=str(folder), remote_url="")


def _bare_package() -> ModuleType:
    """The package without running its `__init__`, so that finished modules can be tested before all are."""
    bare = importlib.machinery.ModuleSpec(PACKAGE, None, is_package=True)
    bare.submodule_search_locations = [str(RESOURCES / "repository" / "steady_diffusion")]
    module = importlib.util.module_from_spec(bare)
    sys.modules[PACKAGE] = module
    return module


@pytest.fixture(scope="session")
def extension() -> ModuleType:
    """The extension, enabled in this Blender as `bl_ext.dev.steady_diffusion`."""
    importlib.import_module("bpy")  # which puts addon_utils on the path
    import addon_utils

    _add_repository()
    enabled = (ROOT / "__init__.py").exists() and addon_utils.enable(PACKAGE, default_set=True)
    return importlib.import_module(PACKAGE) if enabled else _bare_package()


@pytest.fixture
def room(extension: ModuleType) -> Any:
    """Import a module of the extension by its name inside it: `room("sequencer.strips")`."""
    return lambda name: importlib.import_module(f"{PACKAGE}.{name}")


@pytest.fixture
def scene(extension: ModuleType) -> Any:
    """The scene of a fresh factory file, 64 × 48, with an empty sequence editor."""
    import bpy

    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = 64, 48
    scene.render.resolution_percentage = 100
    scene.sequence_editor_create()
    if hasattr(bpy.context.workspace, "sequencer_scene"):
        # Without it bpy 5.0 crashes in `modifiers.new`, and the context knows no strips.
        bpy.context.workspace.sequencer_scene = scene
    return scene


@pytest.fixture(scope="session")
def media(extension: ModuleType) -> Any:
    """Small media files, made once: see media.py."""
    from media import Media

    folder = Path(tempfile.mkdtemp(prefix="steady-media-"))
    yield Media(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def frames_of(room: Any) -> Callable[..., tuple[Any, list[Any]]]:
    """The framing and the frames of a strip, all of them unless numbers are given."""
    strips, extract, api = room("sequencer.strips"), room("sequencer.extract"), room("backend.api")

    def read(scene: Any, strip: Any, numbers: Any = None, side: int = 48, crop: str = "BOX") -> tuple[Any, list[Any]]:
        wanted = strips.numbers(strip) if numbers is None else numbers
        address = strips.Address.of(scene, strip)
        found = [item for item in extract.extract(address, wanted, None, side, api.Crop[crop]) if item is not None]
        assert [frame.number for frame in found[1:]] == list(wanted)
        return found[0], found[1:]

    return read


def _mounted(disk: Path) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", "size=6m", "steady", disk]
    return bool(shutil.which("mount")) and subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 6 MB; where none may be mounted, a folder in which no file may grow beyond half a megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if _mounted(disk):
        yield disk
        subprocess.run(["umount", disk], check=True)
        return
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, before[1]))
    yield disk
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
