"""The extension is what the platform wants, its zip holds what a user needs, and it comes and goes without a trace."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import bpy
import pytest
from conftest import PACKAGE, ROOT
from test_platform_build import blender

WORKSHOP = ("tests", "docs", "tools", "demo", "build", ".git", ".ci", ".venv", ".ruff_cache", ".pytest_cache")


def blender_ext(*arguments: str) -> subprocess.CompletedProcess[str]:
    tool = Path(bpy.utils.system_resource("SCRIPTS"), "addons_core", "bl_pkg", "cli", "blender_ext.py")
    return subprocess.run([sys.executable, str(tool), *arguments], capture_output=True, text=True, check=False)


def enable() -> Any:
    import addon_utils  # only there once bpy is

    return addon_utils.enable(PACKAGE, default_set=True)


def disable() -> None:
    import addon_utils

    addon_utils.disable(PACKAGE, default_set=True)


def everything_registered() -> set[str]:
    """Names in Blender that are ours: classes, operators, properties, handlers, timers."""
    found = {name for name in dir(bpy.types) if "steady" in name.lower()}
    found |= {f"operator {name}" for name in dir(bpy.ops.steady)}
    found |= {f"property {name}" for name in dir(strip_type().bl_rna.properties) if name == "steady"}
    for handlers in (getattr(bpy.app.handlers, name) for name in dir(bpy.app.handlers)):
        if isinstance(handlers, list):
            found |= {f"handler {h.__module__}.{h.__name__}" for h in handlers if h.__module__.startswith(PACKAGE)}
    for name in dir(bpy.types):
        appended = getattr(getattr(getattr(bpy.types, name), "draw", None), "_draw_funcs", ())
        found |= {f"in {name}: {draw.__name__}" for draw in appended if draw.__module__.startswith(PACKAGE)}
    return found


def timers(room: Any) -> list[Any]:
    """Our functions that Blender calls again and again in a window: of timers it tells no list."""
    ours = room("operators.timers")
    return [room("sequencer.follow").watch, ours.tick, ours.redraw, room("panels.aside")._look]


def strip_type() -> Any:
    return getattr(bpy.types, "Strip", None) or bpy.types.Sequence


@pytest.fixture
def enabled_again(extension: Any) -> Any:
    yield
    if PACKAGE not in bpy.context.preferences.addons:
        enable()


def test_the_platform_accepts_the_manifest(extension: Any) -> None:
    outcome = blender_ext("validate", str(ROOT))
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_the_zip_holds_the_extension_and_nothing_of_the_workshop(extension: Any, tmp_path: Path) -> None:
    outcome = blender_ext("build", "--source-dir", str(ROOT), "--output-dir", str(tmp_path))
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    archive = next(tmp_path.glob("*.zip"))
    assert blender_ext("validate", str(archive)).returncode == 0
    names = zipfile.ZipFile(archive).namelist()
    for wanted in ("blender_manifest.toml", "__init__.py", "session/__init__.py", "LICENSE"):
        assert wanted in names
    for wanted in ("operators/frames.py", "backend/__main__.py", "backend/requirements.txt"):
        assert wanted in names
    for name in names:
        assert not name.startswith(WORKSHOP), name
        assert "__pycache__" not in name and "test" not in Path(name).name, name


OPERATORS = """sample_frames design_looks choose_look fine_tune render_take smooth_take propagate_looks measure_take
delete_take restyle compare export_movie install_backend remove_backend start_backend stop_backend download_model
cancel_job relink_study begin_study open_example"""

FROM_DISK = """
import importlib, json, os, sys
import bpy
bpy.ops.extensions.package_install_files(filepath=sys.argv[-1], repo="user_default", enable_on_install=True)
package = "bl_ext.user_default.steady_diffusion"
told = [sorted(dir(bpy.ops.steady)), hasattr(bpy.types, "STEADY_PT_install"), importlib.import_module(package).__file__]
bpy.ops.preferences.addon_disable(module=package)
print("TOLD" + json.dumps([*told, [name for name in dir(bpy.types) if "steady" in name.lower()]]), flush=True)
os._exit(0)
"""


def test_blender_installs_the_zip_from_disk(extension: Any, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(FROM_DISK)
    assert blender_ext("build", "--source-dir", str(ROOT), "--output-dir", str(tmp_path)).returncode == 0
    own = os.environ | {"BLENDER_USER_RESOURCES": str(tmp_path / "user")}
    command = blender(script, next(tmp_path.glob("*.zip")))
    ran = subprocess.run(command, capture_output=True, text=True, env=own, check=False)
    answer = next((line for line in ran.stdout.splitlines() if line.startswith("TOLD")), None)
    assert answer is not None, ran.stdout + ran.stderr
    operators, installs, place, left = json.loads(answer.removeprefix("TOLD"))
    assert set(OPERATORS.split()) <= set(operators)
    assert installs and left == []
    assert tmp_path / "user" in Path(place).parents


def test_comes_and_goes_without_a_trace_twice(extension: Any, enabled_again: Any, room: Any) -> None:
    with_it = everything_registered()
    assert "operator sample_frames" in with_it
    assert "in SEQUENCER_MT_strip: append" in with_it
    for _ in range(2):
        watch, *others = timers(room)
        assert bpy.app.timers.is_registered(watch)
        for timer in others:  # which begin with the first job in a window
            bpy.app.timers.register(timer, first_interval=1000, persistent=True)
        disable()
        assert everything_registered() == set()
        assert not [timer for timer in (watch, *others) if bpy.app.timers.is_registered(timer)]
        assert not hasattr(strip_type(), "steady")
        assert enable() is not None
        assert everything_registered() == with_it


def test_operators_are_called_as_scripts_know_them(extension: Any) -> None:
    known = set(dir(bpy.ops.steady))
    assert set(OPERATORS.split()) <= known
    assert not {name for name in known if "lay" in name}, "source frames are laid back by tests alone"


def test_every_operator_and_setting_says_what_it_does(extension: Any) -> None:
    for name in dir(bpy.ops.steady):
        rna = getattr(bpy.ops.steady, name).get_rna_type()
        assert rna.description, f"steady.{name} has no tooltip"
        assert_described(rna)
    assert_described(bpy.context.preferences.addons[PACKAGE].preferences.bl_rna)
    assert_described(strip_type().bl_rna.properties["steady"].fixed_type)


def assert_described(rna: Any) -> None:
    for known in rna.properties:
        if known.identifier not in ("rna_type", "name", "bl_idname"):
            assert known.name and known.description, f"{rna.identifier}.{known.identifier}"
