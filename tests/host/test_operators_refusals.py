"""What `steady.sample_frames` refuses, each in one clear sentence, and that a refusal leaves no trace."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bpy
import media as making
import pytest
from backends import prefer


@pytest.fixture
def refused(scene: Any, room: Any, tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Runs the operator, which must refuse, and gives what it said."""
    prefer(tmp_path)
    current = room("session").current

    def run(**what: Any) -> str:
        with pytest.raises(RuntimeError) as told:
            bpy.ops.steady.sample_frames(**what)
        said = str(told.value)
        assert "Traceback" not in said
        assert all(job.finished for job in current.jobs)
        return said.removeprefix("Error: ").strip()

    yield run
    current.close()


@pytest.fixture
def clip(scene: Any, media: Any) -> Any:
    strip = making.add_images(scene.sequence_editor, media.images(4), name="Drive")
    scene.sequence_editor.active_strip = strip
    return strip


def test_no_strip_is_selected(refused: Any, clip: Any, scene: Any) -> None:
    scene.sequence_editor.active_strip = None
    assert refused() == "No strip is selected. Click the strip that you want to restyle."


def test_no_strips_at_all(refused: Any, scene: Any) -> None:
    bpy.context.window.scene = bpy.data.scenes.new("Bare")
    if hasattr(bpy.context.workspace, "sequencer_scene"):
        bpy.context.workspace.sequencer_scene = bpy.context.scene
    assert refused() == "No strip is selected. Click the strip that you want to restyle."


def test_the_grey_button_in_the_sequencer_says_why(refused: Any, clip: Any, scene: Any) -> None:
    window = bpy.context.window
    area = window.screen.areas[0]
    area.type = "SEQUENCE_EDITOR"
    with bpy.context.temp_override(window=window, area=area):
        assert bpy.ops.steady.sample_frames.poll()
        scene.sequence_editor.active_strip = None
        assert refused().endswith("No strip is selected. Click the strip that you want to restyle.")
        meta = making.strips(scene.sequence_editor).new_meta("Empty", channel=4, frame_start=1)
        scene.sequence_editor.active_strip = meta
        assert "“Empty” has no frames." in refused()
        clip.steady.take_name, clip.steady.take_source = "day", "Street"
        scene.sequence_editor.active_strip = clip
        assert refused().endswith("“Drive” is a take of “Street”. Select “Street” instead.")


def test_a_name_that_no_strip_has(refused: Any, clip: Any) -> None:
    assert refused(strip="Dirve") == "This file has no strip “Dirve”. Write the name as the sequencer shows it."
    said = refused(strip="Dirve", scene="Scene")
    assert said == "The scene “Scene” has no strip “Dirve”. Write the name as the sequencer shows it."


def test_a_scene_that_is_not_there(refused: Any, clip: Any) -> None:
    assert (
        refused(strip="Drive", scene="Kitchen") == "There is no scene “Kitchen” in this file. Check the scene's name."
    )


def test_a_name_that_two_scenes_have(refused: Any, clip: Any, scene: Any) -> None:
    scene.copy().name = "Second"
    said = refused(strip="Drive")
    assert said.startswith("The scenes “Scene” and “Second” each have a strip “Drive”.")
    assert bpy.ops.steady.sample_frames(strip="Drive", scene="Second") == {"FINISHED"}


def test_a_sound_strip(refused: Any, scene: Any, media: Any) -> None:
    try:
        making.strips(scene.sequence_editor).new_sound("Music", str(media.sound()), channel=1, frame_start=1)
    except RuntimeError:  # the bpy module of 4.2 was built without sound
        assert bpy.app.version < (4, 3)
        return
    assert refused(strip="Music").startswith("“Music” is a sound strip and has no picture.")


def test_a_missing_media_file(refused: Any, clip: Any, scene: Any, tmp_path: Path) -> None:
    files = making.write_pngs(tmp_path / "gone", making.random_frames(2, 64, 48))
    strip = making.add_images(scene.sequence_editor, files, channel=2, name="Gone")
    files[1].unlink()
    assert (
        refused(strip="Gone")
        == f"The file “{files[1]}” of strip “Gone” is missing. Put it back, or choose another file."
    )
    assert strip.steady.study_id == ""


def test_a_strip_with_no_frames(refused: Any, scene: Any) -> None:
    making.strips(scene.sequence_editor).new_meta("Empty", channel=1, frame_start=1)
    assert refused(strip="Empty").startswith("“Empty” has no frames.")


def test_a_strip_that_shows_nothing(refused: Any, clip: Any) -> None:
    clip.crop.min_x = 64
    assert refused().startswith("“Drive” shows nothing from frame 1 to 4.")


def test_a_linked_scene(refused: Any, clip: Any, tmp_path: Path) -> None:
    library = tmp_path / "library.blend"
    bpy.data.libraries.write(str(library), {bpy.context.scene})
    clip.name = "Local"
    with bpy.data.libraries.load(str(library), link=True) as (_, linked):
        linked.scenes = ["Scene"]
    said = refused(strip="Drive")
    assert said == "Scene “Scene” is linked from “library.blend”: open that file to restyle its strips."


def test_a_read_only_folder(refused: Any, clip: Any, tmp_path: Path, forbidden: Path) -> None:
    prefer(tmp_path).studies_folder = str(forbidden)
    said = refused()
    assert "is read-only for you. Allow writing there, or choose another studies folder in the preferences." in said
    assert clip.steady.study_id == ""


def test_a_full_disk(refused: Any, clip: Any, tmp_path: Path, small_disk: Path) -> None:
    prefer(tmp_path).studies_folder = str(small_disk)
    clip.steady.short_side = 1024
    said = refused()
    assert said.startswith("The disk is full: ") or "File too large" in said
    assert "disk" in said
    clip.steady.short_side = 64
    assert bpy.ops.steady.sample_frames() == {"FINISHED"}


def test_a_backend_that_is_not_installed(refused: Any, clip: Any, tmp_path: Path) -> None:
    prefer(tmp_path).backend_python = ""
    said = refused()
    assert said.startswith("The backend is not installed. Press “Install Backend” in the preferences")
    assert clip.steady.study_id == ""


def test_a_python_that_is_not_there(refused: Any, clip: Any, tmp_path: Path) -> None:
    prefer(tmp_path).backend_python = str(tmp_path / "python")
    assert refused().startswith(f"The backend's Python “{tmp_path / 'python'}” is not there.")


def test_a_python_without_the_packages(refused: Any, clip: Any, tmp_path: Path) -> None:
    prefer(tmp_path).backend_python = "/bin/false"
    assert "ended" in refused()


def test_a_backend_to_connect_to_that_does_not_wait(refused: Any, clip: Any, tmp_path: Path) -> None:
    chosen = prefer(tmp_path)
    chosen.connect_only, chosen.connection_file = True, str(tmp_path / "connection.json")
    assert "serve --wait" in refused()


@pytest.fixture
def forbidden(tmp_path: Path) -> Iterator[Path]:
    """A folder in which this user cannot write. Root needs a read-only mount, or one of the kernel's own folders."""
    folder = tmp_path / "forbidden"
    folder.mkdir(mode=0o555)
    if os.geteuid() != 0:
        yield folder
    elif subprocess.run(["mount", "--bind", folder, folder], capture_output=True, check=False).returncode:
        yield Path("/sys/kernel")
    else:
        subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
        yield folder
        subprocess.run(["umount", "--lazy", folder], check=True)
    folder.chmod(0o755)
