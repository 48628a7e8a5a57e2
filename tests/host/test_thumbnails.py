"""The pictures in the panels: one that was written anew is never shown as it was before."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import media as make
import numpy as np
import pytest


class Column(SimpleNamespace):
    """A layout that is only told things."""

    def row(self, **_: Any) -> Column:
        return self

    def operator(self, *_: Any, **__: Any) -> Any:
        return SimpleNamespace()

    def label(self, **_: Any) -> None: ...

    def template_icon(self, **_: Any) -> None: ...


@pytest.fixture
def drawn(room: Any, scene: Any, tmp_path: Path) -> Any:
    """Draws a look of the study, and tells the colour of every thumbnail that Blender has of it by then."""
    panel, thumbnails, api = room("panels.looks"), room("panels.thumbnails"), room("backend.api")
    found = room("panels.overview").Overview(tmp_path)
    look = api.Look("003-1", 3, "neon", "", None, "/a.png", 0.9, False, chosen=True)

    def draw() -> list[tuple[int, ...]]:
        panel.STEADY_PT_looks._look(None, Column(), found, look)
        kept = thumbnails._collections[0]
        shown = [kept[name] for name in kept if name.startswith(str(found.picture(look)))]
        pixels = [np.array(one.image_pixels_float).reshape(-1, 4) for one in shown]
        return [tuple(np.rint(every.mean(axis=0)[:3]).astype(int)) for every in pixels]

    return draw


def painted(folder: Path, colour: tuple[int, int, int], when: int) -> None:
    file = make.write_png(folder / "looks" / "003-1.png", np.full((32, 32, 3), colour, np.uint8))
    os.utime(file, (when, when))


def test_a_look_that_was_painted_anew_is_read_anew(drawn: Any, tmp_path: Path) -> None:
    """Its name comes again after Clean Up, or somebody paints over it."""
    (tmp_path / "looks").mkdir()
    painted(tmp_path, (255, 0, 0), 1_700_000_000)
    assert drawn() == [(1, 0, 0)]
    assert drawn() == [(1, 0, 0)], "drawing again reads nothing"
    painted(tmp_path, (0, 0, 255), 1_700_000_060)
    assert drawn() == [(1, 0, 0), (0, 0, 1)]
