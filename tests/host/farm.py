"""A file to restyle without a window, and batch.py in a Blender of its own, as a farm calls it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
import media as making
import pytest
from backends import PYTHON
from conftest import ROOT

WORDS = ["--strip", "Shot", "--prompt", "an oil painting of a red car", "--model", "pocket", "--short-side", "64"]
FEW = ["--iterations=4", "--crops=2", "--spread=0", "--tuning-batch=2", "--candidates=2", "--reference=3"]
STEPS = ["--steps", "8", "--look-steps", "4", "--look-guidance", "1"]
MORE = ["--backend-python", str(PYTHON), "--json", *FEW, *STEPS]

# The bpy modules have no command line of Blender's own: this is what one does with its words.
AS_BLENDER = """
import os, runpy, sys
import bpy
file, script, *words = sys.argv[1:]
bpy.ops.wm.open_mainfile(filepath=file)
sys.argv = ["blender", "--", *words]
try:
    runpy.run_path(script, run_name="__main__")
finally:
    sys.stdout.flush()
"""


@pytest.fixture(scope="module")
def edit(extension: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with two scenes: “Shot” is in the first, and “Twice” in both."""
    folder = tmp_path_factory.mktemp("farm")
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    files = making.write_pngs(folder / "frames", making.moving_square(6, 64, 64))
    first = bpy.context.scene
    for scene in (first, bpy.data.scenes.new("Other")):
        scene.render.resolution_x = scene.render.resolution_y = 64
        scene.render.resolution_percentage = 100
        scene.frame_start, scene.frame_end = 1, 6
        making.add_images(scene.sequence_editor_create(), files, name="Twice")
    making.add_images(first.sequence_editor, files, channel=3, name="Shot")
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "edit.blend"), copy=True)
    return folder / "edit.blend"


@pytest.fixture
def own(edit: Path, tmp_path: Path) -> Path:
    """A copy of the file for one test, beside the same pictures."""
    shutil.copytree(edit.parent, tmp_path / "film")
    return tmp_path / "film" / "edit.blend"


def called(file: Path, *words: object) -> dict[str, Any]:
    """What a Popen of batch.py needs."""
    script, said = str(ROOT / "batch.py"), [str(word) for word in words]
    if bpy.app.binary_path:
        blender = [bpy.app.binary_path, "-b", "--factory-startup", str(file), "--python-exit-code", "1"]
        command = [*blender, "--python", script, "--", *said]
    else:
        command = [sys.executable, "-c", AS_BLENDER, str(file), script, *said]
    resources = {"BLENDER_USER_RESOURCES": str(file.parent / "user"), "OMP_NUM_THREADS": "1"}
    return {"args": command, "env": os.environ | resources, "encoding": "utf-8", "cwd": file.parent}


def batch(file: Path, *words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(**called(file, *words), capture_output=True, check=False)


def answer_of(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    return json.loads(next(line for line in done.stdout.splitlines() if line.startswith("{")))


def opened(file: Path) -> Any:
    bpy.ops.wm.open_mainfile(filepath=str(file))
    return next(scene for scene in bpy.data.scenes if scene.name == "Scene")


@contextlib.contextmanager
def python_kept(room: Any) -> Iterator[None]:
    """The preference that `--backend-python` changes, for a process that would end otherwise."""
    preferences = room("preferences").preferences()
    before = preferences.backend_python
    yield
    preferences.backend_python = before
