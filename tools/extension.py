"""This extension and the command line tool that Blender brings along for it.

validate                     what extensions.blender.org would say of the manifest
build [FOLDER]               the zip for Blender's preferences
build-platform [FOLDER]      that for extensions.blender.org, which installs nothing: it only connects to a backend
"""

import os
import shutil
import subprocess
import sys
import tempfile
import traceback
import zipfile
from pathlib import Path

import bpy

ROOT = Path(__file__).resolve().parent.parent
INSTALLER = ("backend/installer", "operators/installing.py", "panels/installation.py")
ASKED_FOR = "Talk to the local backend, download it and its models on demand"
ASKED_FOR_THERE = "Talk to the local backend, download models on demand"


def blenders_tool(*words: object) -> None:
    script = Path(bpy.utils.system_resource("SCRIPTS"), "addons_core", "bl_pkg", "cli", "blender_ext.py")
    subprocess.run([sys.executable, script, *map(str, words)], check=True)


def build(folder: Path) -> None:
    blenders_tool("build", "--source-dir", ROOT, "--output-dir", folder)


def build_platform(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as place:
        source = Path(place, "source")
        build(Path(place))
        (whole,) = Path(place).glob("*.zip")
        zipfile.ZipFile(whole).extractall(source)
        take_installer_out(source)
        blenders_tool("build", "--source-dir", source, "--output-filepath", folder / f"{whole.stem}-platform.zip")


def take_installer_out(source: Path) -> None:
    for name in INSTALLER:
        left_out = source / name
        shutil.rmtree(left_out) if left_out.is_dir() else left_out.unlink()
    manifest = source / "blender_manifest.toml"
    text = manifest.read_text(encoding="utf-8")
    assert ASKED_FOR in text, "the manifest gives another reason for the network"
    manifest.write_text(text.replace(ASKED_FOR, ASKED_FOR_THERE), encoding="utf-8")


def main(wanted: str, folder: Path = ROOT / "build") -> None:
    folder.mkdir(exist_ok=True)
    if wanted == "validate":
        blenders_tool("validate", ROOT)
    else:
        {"build": build, "build-platform": build_platform}[wanted](folder)


code = 1
try:
    wanted, *place = sys.argv[sys.argv.index("--") + 1 :]
    main(wanted, *map(Path, place))
    code = 0
except subprocess.CalledProcessError as failed:  # it has said why
    code = failed.returncode
except Exception:
    traceback.print_exc()
sys.stdout.flush()
sys.stderr.flush()
os._exit(code)  # bpy 4.2 crashes and 4.5 hangs in an ordinary exit
