"""The edit as a movie: what is in it, and that the scene's own render settings are the same before and after."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import bpy
import media as making
import pytest
import reference
from backends import PYTHON
from conftest import ROOT
from exports import edit as edit
from exports import settings_of
from test_second_blender import worker, workers

LOOK = """
import cv2, json, sys
movie = cv2.VideoCapture(sys.argv[1])
count, width, height = (int(movie.get(n)) for n in (cv2.CAP_PROP_FRAME_COUNT, 3, 4))
code = int(movie.get(cv2.CAP_PROP_FOURCC)).to_bytes(4, "little").decode()
print(json.dumps([count, width, height, code]))
"""


def seen(movie: Path) -> list[Any]:
    """How many frames, how wide, how high, and coded how, by a reader that is not Blender."""
    asked = subprocess.run([PYTHON, "-c", LOOK, movie], check=True, capture_output=True, text=True)
    return json.loads(asked.stdout)


@pytest.fixture
def closed_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that nobody may write to, not even root, who is kept out by a disk that is read-only."""
    folder = tmp_path / "closed"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k,ro", "steady", str(folder)]
    mounted = bool(shutil.which("mount")) and subprocess.run(mount, capture_output=True, check=False).returncode == 0
    if not mounted:
        folder.chmod(0o555)
    yield folder
    if mounted:
        subprocess.run(["umount", folder], check=True)


def test_a_movie_of_the_scenes_range(edit: Any, room: Any, tmp_path: Path) -> None:
    written: list[tuple[int, int]] = []
    lacks = room("sequencer.export").write_movie(edit, tmp_path / "new" / "Überfahrt.mp4", lambda *n: written.append(n))
    assert seen(tmp_path / "new" / "Überfahrt.mp4") == [6, 64, 48, "h264"]
    assert written == [(n, 6) for n in range(1, 7)]
    has_sound = b"mp4a" in (tmp_path / "new" / "Überfahrt.mp4").read_bytes()
    assert has_sound is bpy.app.build_options.audaspace is not bool(lacks)
    assert not has_sound or making.loudest(tmp_path / "new" / "Überfahrt.mp4") == 0, "the edit has nothing to be heard"
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["Überfahrt.mp4"]


def test_a_movie_that_cannot_be_written_leaves_the_old_one(edit: Any, room: Any, tmp_path: Path) -> None:
    api, old = room("backend.api"), tmp_path / "out.mp4"
    old.write_bytes(b"the one before")
    edit.render.resolution_x = 63
    before = settings_of(edit)
    with pytest.raises(api.Failure, match=r"out\.mp4"):
        room("sequencer.export").write_movie(edit, old)
    assert old.read_bytes() == b"the one before"
    assert list(tmp_path.iterdir()) == [old]
    assert settings_of(edit) == before


def test_a_file_that_is_named_as_a_draft_might_be_stays(edit: Any, room: Any, tmp_path: Path) -> None:
    mine = tmp_path / "draft-out.mp4"
    mine.write_bytes(b"a draft of the user's own")
    room("sequencer.export").write_movie(edit, tmp_path / "out.mp4")
    assert mine.read_bytes() == b"a draft of the user's own"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["draft-out.mp4", "out.mp4"]


HOLDER = """
import pathlib, sys, tempfile, time
from backend import lock
folder = pathlib.Path(tempfile.mkdtemp(prefix=".steady-export-", dir=sys.argv[1]))
lock.take(folder / "lock.json")
(folder / "film.mp4").write_bytes(b"half a movie")
print("held", flush=True)
sys.stdin.read()
"""


def test_what_a_killed_blender_left_beside_the_movie_goes_with_the_next_export(
    edit: Any, room: Any, tmp_path: Path
) -> None:
    """What another one still writes stays, and so does what only bears such a name."""
    writers = [
        subprocess.Popen([PYTHON, "-c", HOLDER, str(tmp_path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    try:
        for writer in writers:
            assert writer.stdout is not None and writer.stdout.readline() == b"held\n"
        writers[0].kill()
        writers[0].wait()
        (tmp_path / ".steady-export-mine").mkdir()
        (tmp_path / ".steady-export-mine" / "film.mp4").write_bytes(b"the user's own")
        room("sequencer.export").write_movie(edit, tmp_path / "out.mp4")
        left = list(tmp_path.glob(".steady-export-*"))
        assert len(left) == 2 and tmp_path / ".steady-export-mine" in left
        assert (tmp_path / "out.mp4").stat().st_size > 1000
    finally:
        for writer in writers:
            writer.kill()
            writer.communicate()
    room("sequencer.export").write_movie(edit, tmp_path / "out.mp4")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".steady-export-mine", "out.mp4"]


def test_a_cancelled_export_ends_and_leaves_the_old_movie(
    edit: Any, room: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    api, old, rendered = room("backend.api"), tmp_path / "out.mp4", []
    old.write_bytes(b"the one before")

    def told(done: int, total: int) -> None:
        if done == 2:
            raise api.Failure(api.ErrorCode.CANCELLED, "Cancelled.")

    def count(*_: Any) -> None:
        rendered.append(edit.frame_current)

    bpy.app.handlers.render_post.append(count)
    try:
        with pytest.raises(api.Failure, match=r"^Cancelled\.$"):
            room("sequencer.export").write_movie(edit, old, told)
    finally:
        bpy.app.handlers.render_post.remove(count)
    assert old.read_bytes() == b"the one before"
    assert list(tmp_path.iterdir()) == [old]
    assert rendered == [1, 2]
    assert edit.frame_current == 3
    assert "Traceback" not in capfd.readouterr().err


# --- what cannot be


def test_what_cannot_be_exported_is_refused_before_it_is_rendered(edit: Any, room: Any, tmp_path: Path) -> None:
    api, export = room("backend.api"), room("sequencer.export")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(api.Failure, match=r"a file is in its way\. Choose another place for the movie"):
        export.check(edit, tmp_path / "file" / "out.mp4")
    with pytest.raises(api.Failure, match="is a folder"):
        export.check(edit, tmp_path)
    with pytest.raises(api.Failure, match=r"^“out\.avi” ends in “\.avi”\. Write \.mp4 or \.gif\.$"):
        export.check(edit, tmp_path / "out.avi")
    edit.render.resolution_x, edit.render.resolution_percentage = 254, 50
    with pytest.raises(api.Failure, match="127×"):
        export.check(edit, tmp_path / "out.mp4")
    export.check(edit, tmp_path / "out.GIF")  # which may have odd sides
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_an_edit_that_shows_nothing_is_refused(edit: Any, room: Any, media: Any, tmp_path: Path) -> None:
    api, export = room("backend.api"), room("sequencer.export")
    (strip,) = making.strips(edit.sequence_editor)
    strip.mute = True  # Blender would render the 3D scene
    with pytest.raises(api.Failure, match="There is nothing to see in the edit"):
        export.check(edit, tmp_path / "out.mp4")
    strip.mute = False
    edit.sequence_editor.channels[strip.channel].mute = True
    with pytest.raises(api.Failure, match="There is nothing to see in the edit"):
        export.check(edit, tmp_path / "out.gif")
    making.strips(edit.sequence_editor).remove(strip)
    with pytest.raises(api.Failure, match="There is nothing in the edit"):
        export.check(edit, tmp_path / "out.mp4")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["night.mp4", "../footage/night.mp4"])
def test_footage_of_the_edit_is_not_replaced(edit: Any, room: Any, tmp_path: Path, name: str) -> None:
    export, footage = room("sequencer.export"), tmp_path / "footage" / "night.mp4"
    footage.parent.mkdir()
    export.write_movie(edit, footage)
    before = footage.read_bytes()
    making.strips(edit.sequence_editor).new_movie("Night", str(footage), channel=3, frame_start=1)
    with pytest.raises(room("backend.api").Failure, match=r"“Night” is made from .* Choose another name\.$"):
        export.write_movie(edit, footage.parent / name)
    assert footage.read_bytes() == before
    export.check(edit, footage.with_name("other.mp4"))
    other = bpy.data.scenes.new("Other").sequence_editor_create()
    making.strips(edit.sequence_editor).remove(making.strips(edit.sequence_editor)["Night"])
    export.check(edit, footage)
    if bpy.app.build_options.audaspace:
        making.strips(other).new_sound("Rain", str(footage), channel=1, frame_start=1)
    else:  # it has no sounds
        making.strips(other).new_movie("Rain", str(footage), channel=1, frame_start=1)
    with pytest.raises(room("backend.api").Failure, match=r"“Rain” is made from"):
        export.check(edit, footage)


def test_a_place_that_may_not_be_written_to_is_told(edit: Any, room: Any, closed_folder: Path) -> None:
    with pytest.raises(room("backend.api").Failure, match=r"read-only for you\. Choose another place for the movie"):
        room("sequencer.export").write_movie(edit, closed_folder / "out.mp4")


@pytest.mark.parametrize("where", ["here", "elsewhere"])
def test_a_full_disk_is_told_and_the_old_movie_stays(scene: Any, room: Any, small_disk: Path, where: str) -> None:
    """Noise, of which every frame takes 50 KB and more, where there is room for two of them."""
    api, export = room("backend.api"), room("sequencer.export")
    scene.render.resolution_x, scene.render.resolution_y = 256, 192
    (small_disk.parent / "noise").mkdir()
    files = making.write_pngs(small_disk.parent / "noise", making.random_frames(12, 256, 192))
    if (room_left := shutil.disk_usage(small_disk).free) < 10_000_000:
        (small_disk / "filler").write_bytes(bytes(room_left - 100_000))
    making.add_images(scene.sequence_editor, files)
    scene.frame_start, scene.frame_end = 1, 12
    old = small_disk / "out.mp4"
    old.write_bytes(b"the one before")
    with pytest.raises(api.Failure) as caught:
        if where == "here":
            export.write_movie(scene, old)
        else:
            render = room("sequencer.export_render")
            order = render.Order(scene.name, render.Kind.MOVIE, str(small_disk / "draft.mp4"))
            for _ in export.whole(order, export.elsewhere(order)):
                pass
    assert caught.value.code is api.ErrorCode.DISK
    assert "Make room there" in caught.value.hint
    assert old.read_bytes() == b"the one before"


# --- in a window it is rendered by a second Blender


@pytest.fixture
def elsewhere(edit: Any, room: Any, tmp_path: Path) -> Any:
    render, export = room("sequencer.export_render"), room("sequencer.export")
    (tmp_path / "out").mkdir()

    def begin(kind: str) -> Any:
        place = tmp_path / "out" / "movie.mp4" if kind == "MOVIE" else tmp_path / "out"
        return export.elsewhere(render.Order(edit.name, render.Kind[kind], str(place)))

    return begin


def drained(rendering: Any) -> list[tuple[int, int]]:
    told = []
    for frames in rendering:
        if frames is not None and frames not in told:
            told.append(frames)
        time.sleep(0.01)
    return told


def test_the_second_blender_writes_the_movie_and_touches_nothing_here(edit: Any, elsewhere: Any, tmp_path: Path):
    before, scenes = settings_of(edit), [scene.name for scene in bpy.data.scenes]
    told = drained(elsewhere("MOVIE"))
    assert seen(tmp_path / "out" / "movie.mp4") == [6, 64, 48, "h264"]
    assert told == sorted(told) and all(total == 6 for _, total in told)
    assert settings_of(edit) == before
    assert (edit.frame_step, edit.frame_current, [scene.name for scene in bpy.data.scenes]) == (2, 3, scenes)


if bpy.app.build_options.audaspace:  # the bpy 4.2 module knows no sound

    @pytest.mark.parametrize("path", ["whole", "relative"])
    @pytest.mark.parametrize("where", ["here", "elsewhere"])
    def test_the_movie_sounds_as_the_edit_does(
        edit: Any, elsewhere: Any, room: Any, media: Any, tmp_path: Path, path: str, where: str
    ) -> None:
        """The second Blender opens a copy that lies elsewhere, where a relative path would lead to nothing."""
        tone, movie = media.sound(), tmp_path / "out" / "movie.mp4"
        if path == "relative":
            tone = Path(shutil.copy(tone, tmp_path / "tone.wav"))
            bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "edit.blend"))
        strip = making.strips(edit.sequence_editor).new_sound("Tone", str(tone), channel=3, frame_start=1)
        if path == "relative":
            strip.sound.filepath = "//tone.wav"
        peaks = []
        for mute in (False, True):
            strip.mute = mute
            if where == "here":
                room("sequencer.export").write_movie(edit, movie)
            else:
                drained(elsewhere("MOVIE"))
            peaks.append(making.loudest(movie))
        assert peaks[0] == pytest.approx(12000 / 32768, abs=0.1) and peaks[1] == 0


def test_pictures_are_the_same_here_and_elsewhere(edit: Any, elsewhere: Any, room: Any, tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    assert list(room("sequencer.export").pictures(edit, tmp_path / "here")) == []
    drained(elsewhere("GIF"))
    here, there = (sorted((tmp_path / name).iterdir()) for name in ("here", "out"))
    assert [path.name for path in here] == [path.name for path in there] == [f"{n:06}.png" for n in range(1, 7)]
    assert all((reference.read(a) == reference.read(b)).all() for a, b in zip(here, there, strict=True))


def test_a_rendering_that_is_closed_ends_the_second_blender(edit: Any, elsewhere: Any) -> None:
    edit.frame_end = 100_000
    rendering = elsewhere("MOVIE")
    until = time.monotonic() + 120
    while next(rendering) is None:
        assert time.monotonic() < until
        time.sleep(0.01)
    assert len(workers()) == 1
    rendering.close()
    assert not workers()


def test_on_windows_neither_side_minds_that_the_other_has_the_progress_open(
    room: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There a file that is open is not replaced, and one that is being replaced not opened."""
    worker, export, disk = room("sequencer.worker"), room("sequencer.export"), room("backend.disk")
    progress, refusals = tmp_path / "progress.txt", [2]

    def refuse(do: Any) -> Any:
        def act(*given: Any, **named: Any) -> Any:
            refusals[0] -= 1
            if refusals[0] >= 0:
                raise PermissionError(13, "being used by another process")
            return do(*given, **named)

        return act

    monkeypatch.setattr(disk, "BUSY", (PermissionError,))
    monkeypatch.setattr(disk, "patiently", partial(disk.patiently, busy=(PermissionError,)))
    with monkeypatch.context() as windows:
        windows.setattr(Path, "replace", refuse(Path.replace))
        worker.show(progress, "3 6", room)
    assert [path.name for path in tmp_path.iterdir()] == ["progress.txt"]
    refusals[0] = 1
    with monkeypatch.context() as windows:
        windows.setattr(Path, "read_text", refuse(Path.read_text))
        assert [export._progress(progress) for _ in range(2)] == [None, (3, 6)]


def test_a_second_blender_that_is_killed_is_told(edit: Any, elsewhere: Any, room: Any) -> None:
    edit.frame_end = 100_000
    api, rendering = room("backend.api"), elsewhere("MOVIE")
    next(rendering)
    os.kill(worker(), signal.SIGKILL)
    with pytest.raises(api.Failure, match="which renders the edit, was ended by SIGKILL") as caught:
        drained(rendering)
    assert caught.value.code is api.ErrorCode.LOST
