"""Runs pytest on the arguments after `--`, in the bpy module or inside a Blender."""

import os
import sys

import pytest

arguments = ["--tb=short", *sys.argv[sys.argv.index("--") + 1 :]]  # a long one shows strips that are gone, and crashes
if "bpy" in sys.modules:  # a whole Blender: the Python that it would start beside itself has no bpy
    arguments += ["-n", "0"]
code = pytest.main(arguments)
sys.stdout.flush()
sys.stderr.flush()
os._exit(int(code))  # bpy 4.2 crashes and 4.5 hangs in an ordinary exit while anything is still registered
