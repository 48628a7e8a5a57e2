"""A file, a backend and pocket for a whole module of tests, and a strip of its own for each: loading takes seconds.

PYTEST_DONT_REWRITE: it is a plugin that tests import from, too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from backends import prefer

NEON = "a neon tron painting of a red car in a night city"
OIL = "an oil painting of a red car in a night city"
COUNT = 6


@pytest.fixture(scope="module")
def studio(extension: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of the module's files. Loading a file, as other tests do, would end the backend."""
    import importlib

    import bpy

    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    folder = tmp_path_factory.mktemp("studio")
    prefer(folder)
    yield folder
    importlib.import_module(f"{extension.__name__}.session").current.close()


@pytest.fixture
def clip(studio: Path, tmp_path: Path) -> Iterator[Any]:
    """Six frames of 64 × 64 from frame 10 on, alone in a scene that the window shows, with few steps of everything."""
    import bpy
    import media

    scene = bpy.data.scenes.new("Edit")
    scene.render.resolution_x = scene.render.resolution_y = 64
    scene.render.resolution_percentage = 100
    bpy.context.window.scene = scene
    if hasattr(bpy.context.workspace, "sequencer_scene"):
        bpy.context.workspace.sequencer_scene = scene
    files = media.write_pngs(tmp_path / "clip", media.moving_square(COUNT, 64, 64))
    strip = media.add_images(scene.sequence_editor_create(), files, start=10, channel=2, name="Drive")
    scene.sequence_editor.active_strip = strip
    settings = strip.steady
    settings.short_side, settings.reference_count, settings.model, settings.prompt = 64, 3, "pocket", NEON
    settings.candidates, settings.look_steps = 2, 4
    settings.iterations, settings.batch, settings.crops, settings.spread, settings.steps = 4, 2, 2, 0, 8
    yield strip
    bpy.data.scenes.remove(scene)


@pytest.fixture
def session(clip: Any, room: Any) -> Iterator[Any]:
    """All jobs end with the test, and what was refused in it is forgotten."""
    current = room("session").current
    yield current
    current.cancel_all(wait=True)
    current.refusals.clear()


@pytest.fixture
def study(clip: Any, studio: Path, room: Any) -> Callable[[], Any]:
    """Opens the study of the strip."""
    opened = room("backend.study").Study

    def read() -> Any:
        return opened.open(next(studio.rglob(f"*-{clip.steady.study_id}")))

    return read
