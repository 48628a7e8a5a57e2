"""Reading a strip leaves the user's file as it was: when it is done, when it is cancelled and when it fails midway."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bpy
import media as make
import numpy as np
import pytest
import reference


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Temporary folders are made here, where those of other processes do not confuse the tests."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def clip(scene: Any, media: Any) -> Any:
    """A clip in an edit with a bit of everything, and a scene that was rendered."""
    editor = scene.sequence_editor
    other = make.add_images(editor, media.images(5), start=2, channel=3, name="other")
    clip = make.add_images(editor, media.images(6), start=10)
    clip.blend_alpha = 0.5
    clip.keyframe_insert("blend_alpha", frame=12)
    editor.active_strip, clip.select, other.select = other, False, True
    scene.frame_set(4)
    scene.view_settings.view_transform = "AgX"
    scene.render.filepath = "//somewhere/"
    return clip


@pytest.fixture
def reading(room: Any) -> Callable[..., Iterator[Any]]:
    strips, extract, api = room("sequencer.strips"), room("sequencer.extract"), room("backend.api")

    def begin(scene: Any, strip: Any, framing: Any = None) -> Iterator[Any]:
        return extract.extract(strips.Address.of(scene, strip), strips.numbers(strip), framing, 48, api.Crop.BOX)

    return begin


COLLECTIONS = ("scenes", "images", "actions", "worlds", "collections", "node_groups", "libraries", "meshes", "texts")


def settings(owner: Any) -> dict[str, str]:
    return {p.identifier: str(getattr(owner, p.identifier)) for p in owner.bl_rna.properties if p.type != "POINTER"}


def state(scene: Any) -> str:
    """All that a user would notice: what is in the file, every setting of the scene and of its strips."""
    users = {kind: [(d.name, d.users) for d in getattr(bpy.data, kind)] for kind in COLLECTIONS}
    parts = (scene, scene.render, scene.render.image_settings, scene.view_settings, scene.display_settings)
    strips = [(settings(s), settings(s.transform), settings(s.crop)) for s in make.strips(scene.sequence_editor)]
    active = scene.sequence_editor.active_strip
    editor = (settings(scene.sequence_editor), active and active.name)
    keys = [[tuple(key.co) for key in curve.keyframe_points] for curve in curves(scene)]
    window = bpy.context.window
    shown = (window.scene.name, str(getattr(window.workspace, "sequencer_scene", None)))
    folders = sorted(str(path) for path in Path(tempfile.gettempdir()).glob("steady-frames-*"))
    return json.dumps([users, [settings(p) for p in parts], strips, editor, keys, shown, folders], indent=1)


def curves(scene: Any) -> list[Any]:
    action = scene.animation_data.action
    if hasattr(action, "fcurves"):
        return list(action.fcurves)
    return [c for layer in action.layers for s in layer.strips for bag in s.channelbags for c in bag.fcurves]


def test_when_it_is_done(scene: Any, clip: Any, reading: Any) -> None:
    before = state(scene)
    assert len(list(reading(scene, clip))) >= 7
    assert state(scene) == before


@pytest.mark.parametrize("steps", range(11))
def test_when_it_is_cancelled_anywhere(scene: Any, clip: Any, reading: Any, steps: int) -> None:
    before = state(scene)
    reader = reading(scene, clip)
    assert len(list(itertools.islice(reader, steps))) == steps
    reader.close()
    assert state(scene) == before


def break_off(reader: Any, room: Any) -> None:
    next(reader)
    for folder in Path(tempfile.gettempdir()).glob("steady-frames-*"):
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()
        folder.write_text("in the way")
    with pytest.raises(room("backend.api").Failure) as caught:
        list(reader)
    assert caught.value.code in (room("backend.api").ErrorCode.DISK, room("backend.api").ErrorCode.BAD_INPUT)
    for folder in Path(tempfile.gettempdir()).glob("steady-frames-*"):
        folder.unlink()


def test_when_a_file_goes_away_midway(scene: Any, reading: Any, room: Any, clip: Any, tmp_path: Path) -> None:
    """The folder that frames are rendered to is removed: Blender then makes it anew, or says that it cannot."""
    before = state(scene)
    break_off(reading(scene, clip), room)
    assert state(scene) == before


def test_when_another_file_is_opened_midway(scene: Any, clip: Any, reading: Any) -> None:
    reader = reading(scene, clip)
    next(reader)
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    reader.close()
    assert [s.name for s in bpy.data.scenes] == ["Scene"]
    assert not list(Path(tempfile.gettempdir()).glob("steady-frames-*"))


def test_what_a_killed_blender_left_is_removed(scene: Any, clip: Any, reading: Any, folder: Path) -> None:
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True)
    dead, fresh = (folder / f"steady-frames-{gone.stdout.strip()}-{name}" for name in ("abc", "def"))
    alive = folder / f"steady-frames-{os.getpid()}-abc"
    for left in (dead, fresh, alive):
        left.mkdir()
        (left / "000001.tga").write_bytes(b"...")
    for old in (dead, alive):
        os.utime(old, (0, 0))
    list(reading(scene, clip))
    assert (dead.exists(), fresh.exists(), alive.exists()) == (False, True, True)


def test_when_it_shows_nothing(scene: Any, clip: Any, reading: Any, room: Any) -> None:
    clip.crop.min_x = 64
    before = state(scene)
    with pytest.raises(room("backend.api").Failure, match="“clip” shows nothing from frame 10 to 15"):
        list(reading(scene, clip))
    assert state(scene) == before


@pytest.mark.parametrize("end", ["done", "cancelled", "failed", "failed midway"])
def test_the_render_result_stays(
    scene: Any, clip: Any, reading: Any, room: Any, tmp_path: Path, media: Any, end: str
) -> None:
    scene.render.filepath = str(tmp_path / "mine")
    bpy.ops.render.render(write_still=True)

    def result() -> Any:
        path = tmp_path / "result.png"
        bpy.data.images["Render Result"].save_render(str(path), scene=scene)
        return reference.read(path).tobytes()

    before = result()
    if end == "failed":
        clip.crop.min_x = 64
        with pytest.raises(room("backend.api").Failure, match="shows nothing"):
            list(reading(scene, clip))
    elif end == "failed midway":
        break_off(reading(scene, clip), room)
    else:
        frames = reading(scene, clip)
        read = [next(item for item in frames if hasattr(item, "rgb")), *(frames if end == "done" else ())]
        frames.close()
        assert len([item for item in read if item]) == (6 if end == "done" else 1)
    assert result() == before


def test_a_file_that_was_never_rendered_has_no_render_result(scene: Any, clip: Any, reading: Any) -> None:
    list(reading(scene, clip))
    assert "Render Result" not in bpy.data.images


def test_undo_goes_back_to_the_step_before(scene: Any, clip: Any, reading: Any, room: Any) -> None:
    strips = room("sequencer.strips")
    bpy.ops.ed.undo_push(message="before")
    clip.channel = 7
    bpy.ops.ed.undo_push(message="moved")
    reader = reading(scene, clip)
    next(reader)
    reader.close()
    break_off(reading(scene, clip), room)
    list(reading(scene, clip))
    bpy.ops.ed.undo()
    scene = bpy.context.scene
    assert [s.name for s in bpy.data.scenes] == ["Scene"]
    assert strips.strip_named(scene, "clip").channel == 1
    bpy.ops.ed.redo()
    assert [s.name for s in bpy.data.scenes] == ["Scene"]
    assert strips.strip_named(bpy.context.scene, "clip").channel == 7


def test_a_strip_that_is_gone_is_said_to_be(scene: Any, clip: Any, reading: Any, room: Any) -> None:
    reader = reading(scene, clip)
    make.strips(scene.sequence_editor).remove(clip)
    with pytest.raises(room("backend.api").Failure, match="The strip “clip” is no longer in scene “Scene”"):
        next(reader)


def test_a_strip_that_cannot_be_restyled_is_refused(scene: Any, reading: Any, room: Any, tmp_path: Path) -> None:
    files = make.write_pngs(tmp_path, make.random_frames(2, 8, 8))
    strip = make.add_images(scene.sequence_editor, files)
    files[1].unlink()
    with pytest.raises(room("backend.api").Failure, match=r"0002.png” of strip “clip” is missing"):
        next(reading(scene, strip))


def test_a_full_disk_is_told(
    scene: Any, clip: Any, reading: Any, room: Any, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(small_disk))
    scene.render.resolution_x = scene.render.resolution_y = 2048
    before = state(scene)
    with pytest.raises(room("backend.api").Failure, match="Blender could not write frame 10 to") as caught:
        list(reading(scene, clip))
    assert caught.value.code is room("backend.api").ErrorCode.DISK
    assert state(scene) == before


def test_many_frames_need_little_room(scene: Any, media: Any, reading: Any) -> None:
    """Frames are rendered a few at a time: no more lie on the disk than a chunk."""
    strip = make.add_images(scene.sequence_editor, media.images(6)[:1])
    strip.frame_final_end = 300
    most = 0
    for _ in reading(scene, strip):
        files = [f for folder in Path(tempfile.gettempdir()).glob("steady-frames-*") for f in folder.rglob("*.tga")]
        most = max(most, len(files))
    assert 0 < most <= 16


def test_bytes_are_the_same_each_time(scene: Any, clip: Any, reading: Any) -> None:
    first, second = (list(reading(scene, clip)) for _ in range(2))
    assert first == second
    assert np.frombuffer(first[-1].rgb, np.uint8).std() > 50


def test_media_that_goes_missing_midway_leaves_no_hole(scene: Any, room: Any, tmp_path: Path) -> None:
    strips, extract, api = room("sequencer.strips"), room("sequencer.extract"), room("backend.api")
    files = make.write_pngs(tmp_path, make.random_frames(24, 64, 48))
    strip = make.add_images(scene.sequence_editor, files, start=1, name="Drive")
    frames = extract.extract(strips.Address.of(scene, strip), range(1, 25), None, 48, api.Crop.BOX)
    next(frame for frame in frames if isinstance(frame, extract.Frame))
    for file in files[12:]:
        file.unlink()
    with pytest.raises(api.Failure, match="is missing"):
        for frame in frames:
            assert frame.alpha is None, "a hole in the picture"
