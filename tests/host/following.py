"""What the tests of what follows share: a source, its take or its comparison, and where they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import identities
import media as make
import pytest

strips = identities.strips


@pytest.fixture
def follow(room: Any) -> Any:
    return room("sequencer.follow").follow


@pytest.fixture
def lay(room: Any, tmp_path: Path) -> Any:
    takes, api = room("sequencer.takes"), room("backend.api")

    def lay(scene: Any, source: Any, count: int = 20, first: int = 1, name: str = "take") -> Any:
        if not source.steady.study_id:
            source.steady.study_id = "0123abcd"
        files = make.write_pngs(tmp_path / f"{name}-{count}", make.random_frames(count, 8, 8))
        framing = api.Framing((64, 48), api.Box(0, 0, 64, 48), (8, 8))
        return takes.lay_take(scene, source, files, first, framing, name, "{}")

    return lay


@pytest.fixture
def compare(room: Any, tmp_path: Path) -> Any:
    """Lays a comparison in above a strip: four quarters with labels, of so many frames."""
    panes, api = room("sequencer.compare"), room("backend.api")

    def compare(scene: Any, source: Any, count: int = 20, first: int = 1, backed: bool = False) -> Any:
        if not source.steady.study_id:
            source.steady.study_id = "0123abcd"
        shown = []
        for i, label in enumerate(("Source", "Plain 0.45", "Plain 0.75", "Tuned 0.45")):
            files = make.write_pngs(tmp_path / f"pane-{i}-{count}", make.random_frames(count, 8, 8, seed=i))
            shown.append(panes.Pane(label, tuple(files)))
        framing = api.Framing((64, 48), api.Box(0, 0, 64, 48), (8, 8))
        return panes.lay_comparison(scene, source, shown, first, framing, backed)

    return compare


@pytest.fixture
def clip(scene: Any, media: Any) -> Any:
    return make.add_images(scene.sequence_editor, media.images(20), start=10, channel=2)


@pytest.fixture
def take(scene: Any, clip: Any, lay: Any) -> Any:
    return lay(scene, clip)


@pytest.fixture
def when(strips: Any) -> Any:
    """Content start and handles: two strips show the same frames at the same time where these are the same."""
    return lambda strip: (strips.content_start(strip), *strips.handles(strip))


def named(scene: Any, strips: Any, name: str) -> Any:
    found = strips.strip_named(scene, name)
    assert found is not None, [s.name for s, _ in strips.all_strips(scene)]
    return found
