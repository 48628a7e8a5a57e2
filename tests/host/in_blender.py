"""Runs the host tests inside Blender: `blender -b --python tests/host/in_blender.py -- SITE_PACKAGES [ARGUMENTS]`."""

from __future__ import annotations

import importlib
import sys

site_packages, *arguments = sys.argv[sys.argv.index("--") + 1 :]
sys.path.append(site_packages)  # at the end: pytest comes from there, numpy and bpy are Blender's own

sys.exit(importlib.import_module("pytest").main([*arguments, "-p", "no:cacheprovider"]))
