"""Whether the scripts of this file may run here: an expression of Python in a driver counts for nothing where not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bpy

ASKS = "bpy.app.version[0]"  # what Blender runs in no file that is not trusted; sums and comparisons it always does
VALUE = "steady"


def scripts_run() -> bool:
    """The preference says it of new files only: a file is also trusted, or not, as it is opened. False where nothing in
    the file would run, which comes to the same."""
    return any(_is_script(driver) for driver in _drivers()) and _is_run()


def _is_script(driver: Any) -> bool:
    return driver.type == "SCRIPTED" and not driver.is_simple_expression


def _drivers() -> Iterator[Any]:
    for prop in bpy.data.bl_rna.properties:
        if prop.type == "COLLECTION":
            for one in getattr(bpy.data, prop.identifier):
                for animated in (one, getattr(one, "node_tree", None)):
                    if animation := getattr(animated, "animation_data", None):
                        yield from (curve.driver for curve in animation.drivers)


def _is_run() -> bool:
    """Tried out, in a scene that is there for a moment: Blender says it nowhere."""
    scene = bpy.data.scenes.new(".steady")
    try:
        scene[VALUE] = 0.0
        scene.driver_add(f'["{VALUE}"]').driver.expression = ASKS
        layer: Any = scene.view_layers[0]
        layer.update()
        return bool(layer.depsgraph.scene_eval[VALUE])
    finally:
        bpy.data.scenes.remove(scene)
