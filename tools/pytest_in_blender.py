"""Runs pytest on the arguments after `--`, in the bpy module or inside a Blender."""

import os
import sys

import pytest

arguments = sys.argv[sys.argv.index("--") + 1 :]
if "bpy" in sys.modules:  # a whole Blender: the Python that it would start beside itself has no bpy
    arguments += ["-n", "0"]
code = pytest.main(arguments)
sys.stdout.flush()
sys.stderr.flush()
os._exit(int(code))  # bpy 4.2 crashes and 4.5 hangs in an ordinary exit while anything is still registered
