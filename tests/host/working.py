"""A job in the middle of its work, and what it leaves behind."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
import media as making
import pytest
from backends import prefer, tick_until

COUNT = 100


@pytest.fixture
def session(scene: Any, room: Any, tmp_path: Path, monkeypatch: Any) -> Iterator[Any]:
    with tempfile.TemporaryDirectory(prefix="st-") as own:  # a short path: sockets come to lie in it
        monkeypatch.setattr(tempfile, "tempdir", own)
        yield from session_in(tmp_path, room)


def session_in(tmp_path: Path, room: Any) -> Iterator[Any]:
    prefer(tmp_path)
    current = room("session").current
    yield current
    room("session").current.close()


@pytest.fixture
def clip(scene: Any, tmp_path: Path) -> Any:
    """A strip that takes a while: many frames of an image."""
    file = making.write_pngs(tmp_path / "media", making.random_frames(1, 64, 48))
    strip = making.add_images(scene.sequence_editor, file, start=1, name="Drive")
    strip.frame_final_end = COUNT + 1
    strip.steady.short_side, strip.steady.reference_count = 64, 4
    return strip


@pytest.fixture
def job(session: Any, clip: Any, room: Any) -> Any:
    """The job that a click on “Sample Frames” starts, in the middle of its work."""
    frames = room("operators.frames")
    found = session.enqueue(frames.sampling(bpy.context.scene, clip))
    tick_until(session, lambda: found.progress.done >= 5)
    assert not found.finished
    return found


def held(root: Path) -> int:
    return len(list(root.rglob("frames/*.png")))


def backend_pid(session: Any) -> int:
    return session._link.child.process.pid


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] == "Z"


def left_behind() -> list[str]:
    return [path.name for path in Path(tempfile.gettempdir()).glob("steady-frames-*")]
