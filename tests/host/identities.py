"""What the tests of identity share: a strip, its study as a job writes it, and what a user does to the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import bpy
import media as make
import pytest


@pytest.fixture
def identity(room: Any) -> Any:
    return room("sequencer.identity")


@pytest.fixture
def study(room: Any) -> Any:
    return room("backend.study")


@pytest.fixture
def strips(room: Any) -> Any:
    return room("sequencer.strips")


@pytest.fixture
def api(room: Any) -> Any:
    return room("backend.api")


@pytest.fixture
def studies(tmp_path: Path) -> Path:
    return tmp_path / "studies"


@pytest.fixture
def clip(scene: Any, media: Any) -> Any:
    return make.add_images(scene.sequence_editor, media.images(10), start=10, channel=2)


@pytest.fixture
def write(identity: Any, study: Any, api: Any, room: Any, studies: Path) -> Any:
    """What a job does: claims the strip's study and writes something into it."""

    def write(scene: Any, strip: Any, text: str = "") -> Any:
        folder, known, parent, owner = identity.claim(scene, strip, studies)
        framing = api.Framing((64, 48), api.Box(0, 0, 64, 48), (64, 48))
        media = room("sequencer.fingerprint").media_files(strip)
        if study.is_study(folder):
            written = study.Study.open(folder)
            written.set_owner(owner)
        else:
            source = api.Source(24.0, 1, 10, "print", media, framing, 48, api.Crop.BOX)
            written = study.Study.create(folder, known, parent, owner, source)
        (folder / "mark.txt").write_text(text or f"{scene.name}/{strip.name}")
        return written

    return write


@pytest.fixture
def kind(identity: Any, studies: Path) -> Any:
    return lambda scene, strip: identity.locate(scene, strip, studies).kind.value


def mark(written: Any) -> str:
    return (written.folder / "mark.txt").read_text()


def save(path: Path, **how: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert bpy.ops.wm.save_as_mainfile(filepath=str(path), **how) == {"FINISHED"}


def open_file(path: Path) -> Any:
    assert bpy.ops.wm.open_mainfile(filepath=str(path)) == {"FINISHED"}
    return bpy.context.scene


def timeline(action: Callable[[], Any]) -> Any:
    """Run a sequencer operator as its shortcut would."""
    area = max(bpy.context.window.screen.areas, key=lambda a: a.width * a.height)
    area.type = "SEQUENCE_EDITOR"
    region = next(r for r in area.regions if r.type == "WINDOW")
    with bpy.context.temp_override(window=bpy.context.window, area=area, region=region):
        return action()


def select(scene: Any, *chosen: Any) -> None:
    for strip in make.strips(scene.sequence_editor):
        strip.select = strip in chosen


def others(scene: Any, *known: Any) -> list[Any]:
    return [s for s in make.strips(scene.sequence_editor) if s not in known]


def undo() -> Any:
    assert bpy.ops.ed.undo() == {"FINISHED"}
    return bpy.context.scene


def lay(room: Any, api: Any, scene: Any, strip: Any, written: Any) -> Any:
    files = make.write_pngs(written.take("day").folder, make.random_frames(10, 8, 8))
    framing = api.Framing((64, 48), api.Box(0, 0, 64, 48), (8, 8))
    return room("sequencer.takes").lay_take(scene, strip, files, 1, framing, "day", "{}")


def shown_file(take: Any) -> Path:
    return Path(bpy.path.abspath(take.directory)) / take.elements[3].filename


def split(scene: Any, clip: Any) -> Any:
    return clip.split(frame=15, split_method="SOFT")
