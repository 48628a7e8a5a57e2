"""`validate` or `build` this extension with the command line tool that Blender brings along."""

import os
import subprocess
import sys
from pathlib import Path

import bpy

ROOT = Path(__file__).resolve().parent.parent


def tool() -> Path:
    return Path(bpy.utils.system_resource("SCRIPTS"), "addons_core", "bl_pkg", "cli", "blender_ext.py")


def arguments(wanted: str) -> list[str]:
    if wanted == "validate":
        return ["validate", str(ROOT)]
    folder = ROOT / "build"
    folder.mkdir(exist_ok=True)
    return ["build", "--source-dir", str(ROOT), "--output-dir", str(folder)]


code = subprocess.run([sys.executable, tool(), *arguments(sys.argv[-1])], check=False).returncode
sys.stdout.flush()
os._exit(code)
