"""The second Blender reads what the first would, dies with it, and says what went wrong."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import bpy
import media as make
import pytest
from backends import wait_until
from patience import LONG, promise

PICTURES = make.random_frames(6, 64, 48)


@pytest.fixture
def clip(scene: Any, media: Any) -> Any:
    return make.add_images(scene.sequence_editor, media.images(6), start=10)


@pytest.fixture
def order(room: Any) -> Any:
    render, api = room("sequencer.render"), room("backend.api")

    def of(scene: Any, strip: Any, numbers: Any, side: int = 48) -> Any:
        return render.Order(scene.name, strip.name, tuple(numbers), None, side, api.Crop.BOX)

    return of


def wait(reader: Iterator[Any], seconds: float = LONG) -> Any:
    """The next thing that is not None."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        item = next(reader)
        if item is not None:
            return item
        time.sleep(0.01)
    raise TimeoutError


def workers() -> list[int]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended while we looked
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == os.getpid() and b"worker.py" in (process / "cmdline").read_bytes():
                found.append(int(process.name))
    return found


def worker() -> int:
    """The one that was started just now: its command line is filled in a moment after it is there."""
    wait_until(workers, LONG)
    (found,) = workers()
    return found


def test_it_reads_the_same_bytes(scene: Any, media: Any, clip: Any, order: Any, room: Any, tmp_path: Path) -> None:
    clip.blend_alpha = 0.5
    clip.keyframe_insert("blend_alpha", frame=12)
    meta = make.strips(scene.sequence_editor).new_meta("meta", channel=4, frame_start=-20)
    child = make.add_images(meta, media.images(6), start=-20, name="child")
    meta.frame_final_end = -14
    scene.sequence_editor.display_stack(meta)
    names = [s.name for s in bpy.data.scenes]
    for strip in (clip, child):
        folder = tmp_path / strip.name
        folder.mkdir()
        reader = room("sequencer.second_blender").fulfil(order(scene, strip, [2, 3, 6]), folder)
        framing = wait(reader)
        assert framing.size == (64, 48)
        for number in (2, 3, 6):
            found, path = wait(reader)
            pixels = room("sequencer.pictures").read_targa(path)
            assert (found, pixels[..., 2::-1].tobytes()) == (number, PICTURES[number - 1].tobytes())
        assert list(reader) == []
        assert not workers()
        assert [s.name for s in bpy.data.scenes] == names


def test_paths_relative_to_the_file_are_found(scene: Any, order: Any, room: Any, tmp_path: Path) -> None:
    files = make.write_pngs(tmp_path / "media", PICTURES)
    strip = make.add_images(scene.sequence_editor, files)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "film.blend"))
    strip.directory = "//media/"
    folder = tmp_path / "out"
    folder.mkdir()
    reader = room("sequencer.second_blender").fulfil(order(scene, strip, [5]), folder)
    wait(reader)
    pixels = room("sequencer.pictures").read_targa(wait(reader)[1])
    assert pixels[..., 2::-1].tobytes() == PICTURES[4].tobytes()
    reader.close()
    assert strip.directory == "//media/"


@pytest.mark.parametrize(("preferred", "opened"), [(False, True), (True, False), (False, False)])
def test_drivers_run_there_exactly_where_they_run_here(
    scene: Any, clip: Any, order: Any, room: Any, tmp_path: Path, preferred: bool, opened: bool
) -> None:
    """A file that is opened as one of a trusted source is trusted, whatever the preference says, and the other way."""
    second, file = room("sequencer.second_blender"), str(tmp_path / "film.blend")
    clip.color_multiply = 0.5
    clip.driver_add("color_multiply").driver.expression = "bpy.app.version[0] / bpy.app.version[0]"
    bpy.ops.wm.save_as_mainfile(filepath=file)
    filepaths = bpy.context.preferences.filepaths
    filepaths.use_scripts_auto_execute = preferred
    try:
        bpy.ops.wm.open_mainfile(filepath=file, use_scripts=opened)
        scenes = [s.name for s in bpy.data.scenes]
        own = bpy.data.scenes[scenes[0]]
        (strip,) = make.strips(own.sequence_editor)
        reader = second.fulfil(order(own, strip, [3]), tmp_path)
        wait(reader)
        pixels = room("sequencer.pictures").read_targa(wait(reader)[1])
        reader.close()
    finally:
        filepaths.use_scripts_auto_execute = False
    assert (pixels[..., 2::-1].tobytes() == PICTURES[2].tobytes()) is opened
    assert [s.name for s in bpy.data.scenes] == scenes


def test_without_a_script_nothing_is_tried_out(scene: Any, clip: Any, room: Any) -> None:
    """Blender would warn of scripts in a file that has none."""
    clip.driver_add("color_multiply").driver.expression = "frame / 100"
    assert not room("sequencer.trust").scripts_run()
    assert not bpy.app.autoexec_fail


def test_it_waits_for_a_slow_reader(scene: Any, clip: Any, order: Any, room: Any, tmp_path: Path) -> None:
    clip.frame_final_end = 210
    reader = room("sequencer.second_blender").fulfil(order(scene, clip, range(1, 201)), tmp_path)
    wait(reader)
    waiting = [0]
    while waiting[-1] < 30 or waiting[-1] != waiting[-2]:  # it draws on, until it waits
        time.sleep(1.0)
        waiting.append(len(list(tmp_path.rglob("*.tga"))))
        assert len(waiting) < LONG
    reader.close()
    assert waiting[-1] <= 50


def test_its_own_temporary_folder_is_in_ours(scene: Any, clip: Any, order: Any, room: Any, tmp_path: Path) -> None:
    """It is killed in the end, and could not remove one that is elsewhere."""
    reader = room("sequencer.second_blender").fulfil(order(scene, clip, [1]), tmp_path)
    wait(reader)
    assert list(tmp_path.glob("blender_*"))
    reader.close()


def test_closing_ends_it(scene: Any, clip: Any, order: Any, room: Any, tmp_path: Path) -> None:
    reader = room("sequencer.second_blender").fulfil(order(scene, clip, [1]), tmp_path)
    next(reader)
    assert worker()
    reader.close()
    assert not workers()


def test_its_refusal_comes_over(scene: Any, clip: Any, order: Any, room: Any, tmp_path: Path) -> None:
    clip.crop.min_x = 64
    api = room("backend.api")
    with pytest.raises(api.Failure, match="“clip” shows nothing from frame 10 to 15") as caught:
        wait(room("sequencer.second_blender").fulfil(order(scene, clip, [1]), tmp_path))
    assert caught.value.code is api.ErrorCode.BAD_INPUT
    assert not workers()


def test_its_crash_is_told(scene: Any, clip: Any, order: Any, room: Any, tmp_path: Path) -> None:
    api = room("backend.api")
    reader = room("sequencer.second_blender").fulfil(order(scene, clip, [1]), tmp_path)
    next(reader)
    os.kill(worker(), 9)
    with pytest.raises(api.Failure, match="The second Blender, which reads the strip, was ended by SIGKILL") as caught:
        wait(reader)
    assert caught.value.code is api.ErrorCode.LOST


def test_a_damaged_scene_file_is_told(scene: Any, clip: Any, order: Any, room: Any, tmp_path: Path) -> None:
    second = room("sequencer.second_blender")
    reader = second.fulfil(order(scene, clip, [1]), tmp_path)
    next(reader)
    (tmp_path / second.SCENE).write_bytes(b"no blend file")
    with pytest.raises(
        room("backend.api").Failure, match=r"The written copy of the scene cannot be read: .*scene.blend"
    ):
        wait(reader)


def test_a_full_disk_is_told(scene: Any, order: Any, room: Any, small_disk: Path) -> None:
    """Large enough for the scene and for some frames, which a slow reader leaves there."""
    scene.render.resolution_x = scene.render.resolution_y = 512
    strip = make.add_effect(scene.sequence_editor, "COLOR", start=1, length=40)
    api = room("backend.api")
    reader = room("sequencer.second_blender").fulfil(order(scene, strip, range(1, 41), 512), small_disk)
    with closing(reader), pytest.raises(api.Failure) as caught:
        for _ in range(42):
            wait(reader)
    assert caught.value.code is api.ErrorCode.DISK
    assert str(small_disk) in caught.value.message


PARENT = """
import subprocess, sys, time
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
print(child.pid, flush=True)
time.sleep(60)
"""


def test_it_ends_with_its_parent(scene: Any, clip: Any, order: Any, room: Any, tmp_path: Path) -> None:
    second, processes = room("sequencer.second_blender"), room("backend.processes")
    clip.frame_final_end = 2010
    wanted = order(scene, clip, range(1, 2001))
    bpy.data.libraries.write(str(tmp_path / second.SCENE), {scene}, path_remap="ABSOLUTE", fake_user=True)
    (tmp_path / second.ORDER).write_text(json.dumps(room("backend.plain").to_json(wanted)), encoding="utf-8")
    (tmp_path / second.PICTURES).mkdir()
    python = sys.executable if not bpy.app.binary_path else "python3"
    command = [python, "-c", PARENT, *second._command(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        since = processes.started(child)
        wait_until(lambda: list((tmp_path / second.PICTURES).iterdir()), LONG)
        assert processes.is_alive(child, since)
        parent.kill()
    wait_until(lambda: not processes.is_alive(child, since), promise(5.0))
