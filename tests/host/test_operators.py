"""`steady.sample_frames` as a script calls it: frames and reference frames of real strips, by a real backend."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy
import media as making
import numpy as np
import pytest
from backends import prefer, tick_until


@pytest.fixture
def session(scene: Any, room: Any, tmp_path: Path) -> Iterator[Any]:
    prefer(tmp_path)
    current = room("session").current
    yield current
    current.close()


def sample(**what: Any) -> set[str]:
    return bpy.ops.steady.sample_frames(**what)


def study_of(strip: Any, root: Path) -> Path:
    return next(root.rglob(f"*-{strip.steady.study_id}"))


def frames_in(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "frames").glob("*.png"))


def written(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in (folder / "frames").glob("*.png")}


@pytest.fixture
def clip(scene: Any, media: Any) -> Any:
    """A strip of twelve random pictures from frame 10 on, the active one, at its own size."""
    strip = making.add_images(scene.sequence_editor, media.images(12), start=10, name="Drive")
    scene.sequence_editor.active_strip = strip
    strip.steady.short_side, strip.steady.reference_count = 48 + 16, 4
    return strip


@pytest.fixture
def renders() -> Iterator[list[Any]]:
    """One entry for each render that Blender has begun."""
    begun: list[Any] = []

    def note(*_: Any) -> None:
        begun.append(bpy.context.scene)

    bpy.app.handlers.render_init.append(note)
    yield begun
    bpy.app.handlers.render_init.remove(note)


def test_samples_the_active_strip(session: Any, clip: Any, tmp_path: Path, capfd: Any) -> None:
    assert sample() == {"FINISHED"}
    folder = study_of(clip, tmp_path / "studies")
    assert folder.name == f"Drive-{clip.steady.study_id}"
    assert frames_in(folder) == [f"{n:06}.png" for n in range(1, 13)]
    chosen = json.loads((folder / "reference.json").read_text())["numbers"]
    assert len(chosen) == 4 and set(chosen) <= set(range(1, 13))
    assert "Info: 4 reference frames of 12; 12 frames were read." in capfd.readouterr().out


def test_the_second_time_nothing_is_rendered(session: Any, clip: Any, tmp_path: Path, renders: Any, capfd: Any) -> None:
    sample()
    before, first = written(study_of(clip, tmp_path)), len(renders)
    assert first > 0
    assert sample() == {"FINISHED"}
    assert written(study_of(clip, tmp_path)) == before
    assert len(renders) == first
    assert "4 reference frames of 12; 0 frames were read." in capfd.readouterr().out


def test_a_longer_strip_asks_only_for_the_new_frames(session: Any, clip: Any, tmp_path: Path, room: Any) -> None:
    strips = room("sequencer.strips")
    strips.set_handles(clip, 10, 18)
    sample()
    before = written(study_of(clip, tmp_path))
    assert len(before) == 8
    strips.set_handles(clip, 10, 22)
    sample()
    after = written(study_of(clip, tmp_path))
    assert len(after) == 12
    assert {name: after[name] for name in before} == before


def test_a_longer_strip_that_moves_on_is_framed_anew(session: Any, clip: Any, tmp_path: Path, room: Any) -> None:
    strips = room("sequencer.strips")
    clip.crop.max_x, clip.crop.min_x = 24, 24
    for frame, offset in ((10, -20), (21, 20)):
        clip.transform.offset_x = offset
        clip.transform.keyframe_insert("offset_x", frame=frame)
    strips.set_handles(clip, 10, 14)
    sample()
    short = json.loads((study_of(clip, tmp_path) / "study.json").read_text())["source"]["framing"]["box"]
    strips.set_handles(clip, 10, 22)
    sample()
    long = json.loads((study_of(clip, tmp_path) / "study.json").read_text())["source"]["framing"]["box"]
    assert long["x"] == short["x"]
    assert long["width"] > short["width"] + 16
    assert (
        len(frames_in(study_of(clip, tmp_path))) - len(list(study_of(clip, tmp_path).glob("frames/*.alpha.png"))) == 12
    )


def test_a_moved_strip_renumbers_nothing(session: Any, clip: Any, tmp_path: Path, renders: Any, room: Any) -> None:
    sample()
    before, first = written(study_of(clip, tmp_path)), len(renders)
    room("sequencer.strips").set_content_start(clip, 100)
    sample()
    assert written(study_of(clip, tmp_path)) == before
    assert len(renders) == first


def test_another_working_size_reads_everything_anew(session: Any, clip: Any, tmp_path: Path) -> None:
    sample()
    before = written(study_of(clip, tmp_path))
    clip.steady.short_side = 128
    sample()
    after = written(study_of(clip, tmp_path))
    assert set(after) == set(before)
    assert not set(after.values()) & set(before.values())


def test_a_part_of_the_timeline(session: Any, clip: Any, tmp_path: Path) -> None:
    clip.steady.use_range, clip.steady.range_start, clip.steady.range_end = True, 14, 17
    sample()
    assert frames_in(study_of(clip, tmp_path)) == [f"{n:06}.png" for n in (5, 6, 7, 8)]


def test_a_part_with_nothing_in_it(session: Any, clip: Any) -> None:
    clip.steady.use_range, clip.steady.range_start, clip.steady.range_end = True, 200, 300
    with pytest.raises(RuntimeError, match=r"Nothing of “Drive” lies between the frames 200 and 300"):
        sample()
    assert clip.steady.study_id == ""


def test_names_a_strip_of_a_scene_that_is_not_the_active_one(session: Any, clip: Any, media: Any) -> None:
    other = bpy.data.scenes.new("Other")
    strip = making.add_images(other.sequence_editor_create(), media.images(4), name="Elsewhere")
    assert sample(strip="Elsewhere") == {"FINISHED"}
    assert strip.steady.study_id
    assert not clip.steady.study_id
    assert bpy.context.scene != other


def test_where_the_workspace_names_no_scene(session: Any, clip: Any, tmp_path: Path) -> None:
    """As Blender 5 begins: the context knows no strips then. It is the window's scene that is meant."""
    if hasattr(bpy.context.workspace, "sequencer_scene"):
        bpy.context.workspace.sequencer_scene = None
    assert sample() == {"FINISHED"}
    assert len(frames_in(study_of(clip, tmp_path))) == 12


def test_strange_names_and_paths(session: Any, scene: Any, media: Any, tmp_path: Path) -> None:
    folder = tmp_path / "Ñandú 東京 & co"
    files = making.write_pngs(folder / "a b", making.random_frames(2, 64, 48))
    strip = making.add_images(scene.sequence_editor, files, name='Fähre / 2: "Take"? *final*')
    prefer(folder)
    assert sample(strip=strip.name) == {"FINISHED"}
    study = study_of(strip, folder / "studies")
    assert study.name == f"Fähre _ 2_ _Take__ _final_-{strip.steady.study_id}"
    assert frames_in(study) == ["000001.png", "000002.png"]


def test_a_strip_in_a_saved_file_has_its_study_beside_it(session: Any, clip: Any, tmp_path: Path) -> None:
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "edit.blend"))
    sample()
    assert study_of(clip, tmp_path).parent == tmp_path / "steady"


def test_transparency_is_kept_aside(session: Any, scene: Any, media: Any, tmp_path: Path) -> None:
    strip = making.add_images(scene.sequence_editor, media.images(2, channels=4), name="Glass")
    sample(strip="Glass")
    assert frames_in(study_of(strip, tmp_path)) == [f"00000{n}{kind}.png" for n in (1, 2) for kind in (".alpha", "")]


def test_the_file_is_left_as_it_was(session: Any, clip: Any, scene: Any) -> None:
    scene.frame_current = 3
    before = ([s.name for s in bpy.data.scenes], scene.render.resolution_percentage, scene.view_settings.view_transform)
    selected = [s.select for s in making.strips(scene.sequence_editor)]
    sample()
    now = ([s.name for s in bpy.data.scenes], scene.render.resolution_percentage, scene.view_settings.view_transform)
    assert now == before
    assert [s.select for s in making.strips(scene.sequence_editor)] == selected
    assert scene.frame_current == 3


def test_warns_of_what_the_reference_frames_do_not_cover(session: Any, scene: Any, tmp_path: Path, capfd: Any) -> None:
    dark, noise = making.moving_square(1, 64, 48), making.random_frames(1, 64, 48)
    strip = making.add_images(scene.sequence_editor, making.write_pngs(tmp_path, dark * 8 + noise * 4), name="Cut")
    strip.steady.reference_count = 1
    assert sample(strip="Cut") == {"FINISHED"}
    assert "Warning: Frames 9–12 look like nothing in the reference set" in capfd.readouterr().out


def test_says_what_is_lost_of_hdr_pictures(session: Any, scene: Any, tmp_path: Path, capfd: Any) -> None:
    image = bpy.data.images.new("bright", 64, 48, float_buffer=True)
    image.pixels = [4.0] * (64 * 48 * 4)
    image.filepath_raw, image.file_format = str(tmp_path / "bright.exr"), "OPEN_EXR"
    image.save()
    strip = making.add_images(scene.sequence_editor, [tmp_path / "bright.exr"], name="Bright")
    strip.frame_final_end = 3
    assert sample(strip="Bright") == {"FINISHED"}
    assert "Warning: “Bright” " in capfd.readouterr().out


# --- a strip that is changed while it is read


@pytest.fixture
def looking(session: Any, clip: Any, room: Any) -> Any:
    """The job that a click starts, at work on finding what the strip shows."""
    job = session.enqueue(room("operators.frames").sampling(bpy.context.scene, clip))
    tick_until(session, lambda: job.progress.text.startswith("Looking"))
    assert not job.finished
    return job


CHANGED = "“Drive” was changed while it was read: press the button again."


def is_grey(picture: Path) -> bool:
    image = bpy.data.images.load(str(picture))
    pixels = np.array(image.pixels).reshape(-1, 4)
    return bool(np.abs(pixels[:, 0] - pixels[:, 1]).max() < 0.02)


def test_new_colours_while_it_looks(session: Any, clip: Any, tmp_path: Path, looking: Any, capfd: Any) -> None:
    clip.color_saturation = 0.0
    assert CHANGED in session.drain(looking).warnings
    assert not is_grey(study_of(clip, tmp_path) / "frames" / "000001.png")
    assert sample() == {"FINISHED"}
    assert "12 frames were read." in capfd.readouterr().out
    assert is_grey(study_of(clip, tmp_path) / "frames" / "000001.png")


def test_another_working_size_while_it_looks(session: Any, clip: Any, tmp_path: Path, looking: Any) -> None:
    clip.steady.short_side = 128
    assert CHANGED in session.drain(looking).warnings
    source = json.loads((study_of(clip, tmp_path) / "study.json").read_text())["source"]
    assert (source["short_side"], min(source["framing"]["size"])) == (64, 64)


@pytest.mark.parametrize("right", [14, 22])
def test_a_trim_while_it_looks(session: Any, clip: Any, tmp_path: Path, room: Any, right: int) -> None:
    strips = room("sequencer.strips")
    strips.set_handles(clip, 10, 18)
    job = session.enqueue(room("operators.frames").sampling(bpy.context.scene, clip))
    tick_until(session, lambda: job.progress.text.startswith("Looking"))
    strips.set_handles(clip, 10, right)
    result = session.drain(job)
    assert (result.total, result.read, result.warnings) == (8, 8, ())
    assert frames_in(study_of(clip, tmp_path)) == [f"{n:06}.png" for n in range(1, 9)]
    assert json.loads((study_of(clip, tmp_path) / "study.json").read_text())["source"]["shown"] == [1, 8]


@pytest.mark.parametrize("doing", ["Looking", "Reading"])
def test_a_part_of_the_timeline_is_left_while_it_works(
    session: Any, clip: Any, tmp_path: Path, room: Any, doing: str
) -> None:
    clip.steady.use_range, clip.steady.range_start, clip.steady.range_end = True, 14, 17
    job = session.enqueue(room("operators.frames").sampling(bpy.context.scene, clip))
    tick_until(session, lambda: job.progress.text.startswith(doing))
    room("sequencer.strips").set_content_start(clip, 500)
    result = session.drain(job)
    assert (result.total, result.read, result.warnings) == (4, 4, ())
    assert frames_in(study_of(clip, tmp_path)) == [f"{n:06}.png" for n in (5, 6, 7, 8)]


def test_new_colours_before_missing_frames_are_read(session: Any, clip: Any, tmp_path: Path, room: Any) -> None:
    """The framing is known, so that nothing has been copied yet while the study says what it lacks."""
    sample()
    for picture in (study_of(clip, tmp_path) / "frames").glob("00000[1-6]*"):
        picture.unlink()
    job = session.enqueue(room("operators.frames").sampling(bpy.context.scene, clip))
    backend = session._link.child.process
    backend.send_signal(signal.SIGSTOP)  # or it may have answered before there is a moment to change anything
    try:
        session.tick()
        assert job.progress.waiting
        clip.color_saturation = 0.0
    finally:
        backend.send_signal(signal.SIGCONT)
    result = session.drain(job)
    assert (result.read, result.warnings) == (12, ())
    assert all(is_grey(study_of(clip, tmp_path) / "frames" / name) for name in frames_in(study_of(clip, tmp_path)))


def test_a_strip_that_never_equals_itself_is_not_called_changed(session: Any, scene: Any, room: Any) -> None:
    inner = bpy.data.scenes.new("Inner")
    making.add_effect(inner.sequence_editor_create(), "COLOR", start=1, length=3, name="Red")
    within = making.strips(scene.sequence_editor).new_scene(name="Within", scene=inner, channel=5, frame_start=1)
    within.scene_input, within.steady.short_side, within.steady.reference_count = "SEQUENCER", 64, 2
    within.frame_final_end = 4
    result = session.drain(room("operators.frames").sampling(scene, within))
    assert (result.read, result.warnings) == (3, ())
