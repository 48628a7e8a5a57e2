"""The file that a command line saves: refused before the work where it cannot be, and saved after it."""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

import bpy

from ..backend.api import ErrorCode, Failure


def check_saved(asked: argparse.Namespace) -> None:
    """What Blender would refuse only after all the work."""
    if asked.save and not bpy.data.filepath:
        raise Failure(
            ErrorCode.BAD_INPUT, "This file was never saved, so it has no name yet.", "Give one by --save-as."
        )
    if asked.save or asked.save_as:
        path = Path(bpy.data.filepath) if asked.save else asked.save_as.absolute()
        if problem := _unsavable(path):
            message, hint = f"The file cannot be saved as “{path}”: {problem}.", "Choose another place for it."
            raise Failure(ErrorCode.BAD_INPUT, message, hint)


def _unsavable(path: Path) -> str:
    """Why; '' where it can be saved, which is tried: Blender writes a new file beside it first."""
    if path.is_dir():
        return "that is a folder"
    if path.is_file() and not os.access(path, os.W_OK):
        return "that file is read-only"
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            return ""
    except OSError as error:
        return error.strerror or str(error)


def save(asked: argparse.Namespace) -> str:
    """Only where it was asked for; the path that it was saved to."""
    if not asked.save and not asked.save_as:
        return ""
    try:
        if asked.save:
            bpy.ops.wm.save_mainfile()
        else:
            bpy.ops.wm.save_as_mainfile(filepath=str(asked.save_as.absolute()))
    except RuntimeError as error:
        said = str(error).removeprefix("Error: ").strip()
        raise Failure(
            ErrorCode.DISK, f"The file could not be saved: {said}", "The take is kept in its study."
        ) from error
    return bpy.data.filepath
