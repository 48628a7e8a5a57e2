"""An edit to export, and what of its render settings an export must leave as it was."""

from __future__ import annotations

from typing import Any

import media as making
import pytest


def settings_of(scene: Any) -> dict[str, Any]:
    owners = (scene.render, scene.render.image_settings, scene.render.ffmpeg)
    plain = {"BOOLEAN", "INT", "FLOAT", "ENUM", "STRING"}
    all_of = [(o, p) for o in owners for p in o.bl_rna.properties if p.type in plain and not getattr(p, "is_array", 0)]
    return {f"{type(o).__name__}.{p.identifier}": getattr(o, p.identifier) for o, p in all_of}


@pytest.fixture
def edit(scene: Any, media: Any) -> Any:
    making.add_images(scene.sequence_editor, media.images(6), name="Drive")
    scene.frame_start, scene.frame_end, scene.frame_step, scene.frame_current = 1, 6, 2, 3
    return scene
