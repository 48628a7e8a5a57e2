"""Runs pytest on the arguments after `--`, in the bpy module or inside a Blender."""

import os
import sys

import pytest

code = pytest.main(sys.argv[sys.argv.index("--") + 1 :])
sys.stdout.flush()
sys.stderr.flush()
os._exit(int(code))  # bpy 4.2 crashes and 4.5 hangs in an ordinary exit while anything is still registered
