"""What the tests of takes share: a strip, and random pictures that are laid in above it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import identities
import media as make
import pytest

api, clip = identities.api, identities.clip


@pytest.fixture
def takes(room: Any) -> Any:
    return room("sequencer.takes")


@pytest.fixture
def lay(takes: Any, api: Any, tmp_path: Path) -> Any:
    """Lays random pictures in as a take of a strip, and gives the new strip."""

    def lay(
        scene: Any,
        source: Any,
        count: int = 10,
        first: int = 1,
        box: tuple[int, int, int, int] = (0, 0, 64, 48),
        size: tuple[int, int] = (64, 48),
        name: str = "take",
    ) -> Any:
        files = make.write_pngs(tmp_path / name, make.random_frames(count, *size, seed=7))
        framing = api.Framing((64, 48), api.Box(*box), size)
        return takes.lay_take(scene, source, files, first, framing, name, '{"seed": 1}')

    return lay
