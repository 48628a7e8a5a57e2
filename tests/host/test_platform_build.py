"""The build for extensions.blender.org: it has no installer, and works with a backend that the user has started."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
import media as making
import pytest
from backends import PYTHON, wait_until
from conftest import ROOT
from patience import LONG

INSTALLED_THERE = """
import importlib, json, os, sys
from types import SimpleNamespace
words = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
archive, studies, picture, connection = words
import bpy
bpy.ops.extensions.package_install_files(filepath=archive, repo="user_default", enable_on_install=True)
package = "bl_ext.user_default.steady_diffusion"
chosen = bpy.context.preferences.addons[package].preferences
chosen.data_folder, chosen.studies_folder = studies, studies


class Drawn:
    def __init__(self):
        self.offered, self.said = [], []

    def part(self, *_, **__):
        return self

    column = row = box = part

    def prop(self, _, name, **__):
        self.offered.append(name)

    def operator(self, name, **_):
        self.offered.append(name)

    def label(self, text="", **_):
        self.said.append(text)


def drawn(room, cls, **attributes):
    layout = Drawn()
    getattr(importlib.import_module(f"{package}.panels.{room}"), cls).draw(
        SimpleNamespace(layout=layout, **attributes), bpy.context
    )
    return layout


def sampled():
    try:
        return str(bpy.ops.steady.sample_frames())
    except RuntimeError as error:
        return str(error)


preferences = drawn("preferences", "STEADY_AP_preferences", connect_only=False, backend_python="")
told = {
    "operators": [name for name in dir(bpy.ops.steady) if "backend" in name],
    "panels": [name for name in dir(bpy.types) if name.startswith("STEADY_PT_inst")],
    "preferences": preferences.offered,
    "said": " ".join(preferences.said),
    "menu": drawn("menu", "STEADY_MT_backend").offered,
}
scene = bpy.context.scene
scene.render.resolution_x, scene.render.resolution_y = 64, 48
editor = scene.sequence_editor_create()
strips = editor.strips if hasattr(editor, "strips") else editor.sequences
if hasattr(bpy.context.workspace, "sequencer_scene"):
    bpy.context.workspace.sequencer_scene = scene
strip = strips.new_image(name="Drive", filepath=picture, channel=1, frame_start=1)
strip.frame_final_end, strip.steady.short_side = 5, 64
editor.active_strip = strip
told["alone"] = sampled()
chosen.connection_file = connection
told["connected"] = sampled()
importlib.import_module(f"{package}.session").current.close()
bpy.ops.preferences.addon_disable(module=package)
told["left"] = [name for name in dir(bpy.types) if "steady" in name.lower()]
print("TOLD" + json.dumps(told), flush=True)
os._exit(0)
"""


def blender(script: Path, *words: object) -> list[str]:
    """Another Blender of the version under test."""
    said = ["--", *map(str, words)]
    if bpy.app.binary_path:
        return [
            bpy.app.binary_path,
            "-b",
            "--factory-startup",
            "--python-exit-code",
            "1",
            "--python",
            str(script),
            *said,
        ]
    return [sys.executable, str(script), *said]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make build-platform` makes."""
    folder = tmp_path_factory.mktemp("platform")
    made = subprocess.run(
        blender(ROOT / "tools/extension.py", "build-platform", folder), capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stdout + made.stderr
    return next(folder.glob("*-platform.zip"))


@pytest.fixture
def waiting(archive: Path, tmp_path: Path) -> Iterator[Path]:
    """The connection file of a backend that was started by hand out of that very zip."""
    zipfile.ZipFile(archive).extractall(tmp_path / "unpacked")
    file = tmp_path / "connection.json"
    command = [str(PYTHON), "-B", "-m", "backend", "serve", "--wait", "--connection", str(file)]
    process = subprocess.Popen(command, cwd=tmp_path / "unpacked", stdout=subprocess.DEVNULL)
    wait_until(file.exists, LONG)
    yield file
    process.terminate()
    process.wait(LONG)


def test_it_holds_no_installer_and_all_the_rest(archive: Path) -> None:
    names = set(zipfile.ZipFile(archive).namelist())
    assert not [name for name in names if "install" in name]
    assert {"operators/backend.py", "backend/__main__.py", "backend/requirements.txt", "session/__init__.py"} <= names
    assert not [name for name in names if name.startswith(("tests", "docs", "tools", "build"))]
    manifest = zipfile.ZipFile(archive).read("blender_manifest.toml").decode()
    assert "Talk to the local backend, download models on demand" in manifest


def test_it_connects_and_offers_nothing_else(archive: Path, waiting: Path, tmp_path: Path) -> None:
    script, studies = tmp_path / "script.py", tmp_path / "studies"
    script.write_text(INSTALLED_THERE)
    (picture,) = making.write_pngs(tmp_path / "media", making.random_frames(1, 64, 48))
    resources = {"BLENDER_USER_RESOURCES": str(tmp_path / "user")}
    ran = subprocess.run(
        blender(script, archive, studies, picture, waiting),
        capture_output=True, text=True, env={**os.environ, **resources}, timeout=LONG, check=False,
    )  # fmt: skip
    answer = next((line for line in ran.stdout.splitlines() if line.startswith("TOLD")), None)
    assert answer is not None, ran.stdout + ran.stderr
    told: dict[str, Any] = json.loads(answer.removeprefix("TOLD"))
    assert told["operators"] == ["start_backend", "stop_backend"]
    assert told["panels"] == told["left"] == []
    assert "connection_file" in told["preferences"]
    assert not {"connect_only", "backend_python", "steady.install_backend"} & set(told["preferences"])
    assert "python -B -m backend serve --wait" in told["said"]
    assert "Stop it before you update or remove this extension" in told["said"], "Windows would refuse"
    assert told["menu"] == [
        f"steady.{name}" for name in ("start_backend", "stop_backend", "model_size", "download_model")
    ]
    assert "There is no connection file" in told["alone"] and "serve --wait" in told["alone"]
    assert told["connected"] == "{'FINISHED'}"
    assert len(list(studies.rglob("frames/*.png"))) == 4
