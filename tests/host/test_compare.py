"""`steady.compare`: four labelled quarters in the edit that show what their takes show, and nothing else moves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import bpy
import media as making
import numpy as np
import pytest
import reference
from backends import tick_until
from tiny import COUNT, NEON, OIL

pytest_plugins = ["tiny"]

LABELS = ["Source", "Plain 0.45", "Plain 0.75", "Tuned 0.45"]


@pytest.fixture
def compared(clip: Any, room: Any) -> Any:
    """The comparison of the strip, or None."""
    return lambda: room("sequencer.compare").comparison_of(bpy.context.scene, clip)


def inside(meta: Any, kind: str) -> list[Any]:
    return sorted((s for s in making.strips(meta) if s.type == kind), key=lambda s: s.channel)


def pictures(strip: Any) -> list[Path]:
    return [Path(bpy.path.abspath(strip.directory)) / element.filename for element in strip.elements]


def blocks(pixels: Any, side: int = 8) -> Any:
    """A picture of so many averages a side: what scaling does to a pixel is not seen in it."""
    high, wide = pixels.shape[:2]
    parts = pixels[..., :3].astype(float).reshape(side, high // side, side, wide // side, 3)
    return parts.mean(axis=(1, 3))


def test_one_click_lays_four_quarters_and_moves_nothing_else(
    clip: Any, study: Any, room: Any, compared: Any, tmp_path: Path, capfd: Any
) -> None:
    scene, strips = bpy.context.scene, room("sequencer.strips")
    assert bpy.ops.steady.compare() == {"FINISHED"}
    assert f"“Drive compared” is laid in: {3 * COUNT} frames were rendered." in capfd.readouterr().out
    meta = compared()
    assert (meta.type, strips.handles(meta), meta.mute) == ("META", (10, 10 + COUNT), False)
    assert [s.name for s in making.strips(scene.sequence_editor)] == ["Drive", "Drive compared"]
    assert not clip.mute and meta.channel > clip.channel and scene.sequence_editor.active_strip == clip
    images, texts = inside(meta, "IMAGE"), inside(meta, "TEXT")
    assert [image.name for image in images] == [text.text for text in texts] == LABELS
    assert all(strips.handles(part) == (10, 10 + COUNT) for part in (*images, *texts))
    kept = study()
    assert pictures(images[0]) == [kept.frame_path(n) for n in range(1, COUNT + 1)]
    notes = {take.name: take.note() for take in kept.takes()}
    assert {note["prompt"] for note in notes.values()} == {NEON}
    assert [(note["way"], note["painting"]["strength"]) for note in notes.values()] == [
        ("plain", 0.45), ("plain", 0.75), ("tuned", 0.45)
    ]  # fmt: skip

    reference.plain(scene)
    shown = reference.render(scene, range(10, 10 + COUNT), tmp_path)
    for number in (0, COUNT - 1):
        for place, image in enumerate(images):
            top, left = 32 * (place // 2), 32 * (place % 2)
            quarter = blocks(shown[number][top : top + 32, left : left + 32])
            whole = blocks(reference.read(pictures(image)[number]))
            differs = np.abs(quarter - whole).mean(axis=2)
            assert differs[4:].max() < 8, (image.name, number)  # below the label
            others = [blocks(reference.read(pictures(other)[number])) for other in images if other != image]
            assert all(differs[4:].mean() < np.abs(quarter - other).mean(axis=2)[4:].mean() for other in others)
        assert all(np.ptp(shown[number][2:12, left : left + 24]) > 60 for left in (2, 34)), "there are no labels"

    made = [path for stage in ("takes", "tune", "looks") for path in (kept.folder / stage).rglob("*.*")]
    before = {path: path.stat().st_mtime_ns for path in made}
    meta.channel = 7
    assert bpy.ops.steady.compare() == {"FINISHED"}
    assert "0 frames were rendered." in capfd.readouterr().out
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert [s.name for s in making.strips(scene.sequence_editor)] == ["Drive", "Drive compared"]
    assert compared().channel == 7
    assert [image.name for image in inside(compared(), "IMAGE")] == LABELS


def test_it_lies_above_the_takes_and_leaves_them(clip: Any, room: Any, compared: Any) -> None:
    bpy.ops.steady.restyle()
    (take,) = room("sequencer.takes").takes_of(bpy.context.scene, clip)
    blocker = making.add_effect(bpy.context.scene.sequence_editor, "COLOR", 8, 4, channel=take.channel + 1)
    before = [(s.name, s.channel, s.mute, s.steady.take_parameters) for s in (clip, take, blocker)]
    assert bpy.ops.steady.compare(high=0.8) == {"FINISHED"}
    assert [(s.name, s.channel, s.mute, s.steady.take_parameters) for s in (clip, take, blocker)] == before
    assert compared().channel == take.channel + 2
    assert inside(compared(), "IMAGE")[3].elements[0].filename == take.elements[0].filename
    assert pictures(inside(compared(), "IMAGE")[3]) == pictures(take)
    assert json.loads(take.steady.take_parameters)["way"] == "tuned"
    assert [text.text for text in inside(compared(), "TEXT")][2] == "Plain 0.8"


def test_a_comparison_that_is_active_is_made_anew_from_its_source(clip: Any, compared: Any) -> None:
    clip.steady.iterations = 2
    bpy.ops.steady.compare()
    scene = bpy.context.scene
    scene.sequence_editor.active_strip = compared()
    room_before = compared().channel
    assert bpy.ops.steady.compare() == {"FINISHED"}
    assert [s.name for s in making.strips(scene.sequence_editor)] == ["Drive", "Drive compared"]
    assert compared().channel == room_before


def test_undo_of_the_click_while_its_takes_are_painted(clip: Any, session: Any, room: Any, compared: Any) -> None:
    job = session.enqueue(room("operators.compare").comparing(bpy.context.scene, clip))
    tick_until(session, lambda: job.finished or job.progress.text.startswith("Rendering"), 120)
    assert not job.finished, job.failure
    known, clip.steady.study_id, clip.steady.study_folder = clip.steady.study_id, "", ""
    assert session.drain(job).strip == compared().name
    assert compared().steady.comparison == clip.steady.study_id == known


def test_a_trimmed_strip_is_compared_where_it_shows(clip: Any, room: Any, compared: Any) -> None:
    strips = room("sequencer.strips")
    strips.set_handles(clip, 12, 14)
    clip.steady.use_range = False
    assert bpy.ops.steady.compare() == {"FINISHED"}
    assert strips.handles(compared()) == (12, 14)
    assert [strips.handles(image) for image in inside(compared(), "IMAGE")] == [(12, 14)] * 4


def test_a_picture_in_the_picture_is_compared_where_it_is(clip: Any, room: Any, compared: Any, tmp_path: Path) -> None:
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = 160, 96
    clip.transform.offset_x = 20
    assert bpy.ops.steady.compare() == {"FINISHED"}
    reference.plain(scene)
    (shown,) = reference.render(scene, range(10, 11), tmp_path)
    outside = shown.copy()
    outside[16:80, 68:132] = 0
    assert not outside[..., :3].any()
    for place, image in enumerate(inside(compared(), "IMAGE")):
        top, left = 16 + 32 * (place // 2), 68 + 32 * (place % 2)
        quarter, whole = blocks(shown[top : top + 32, left : left + 32]), blocks(reference.read(pictures(image)[0]))
        assert np.abs(quarter - whole)[4:].mean(axis=2).max() < 8, image.name


def test_what_a_strip_lets_through_is_not_the_edit_below(clip: Any, compared: Any, tmp_path: Path) -> None:
    scene = bpy.context.scene
    below = making.add_effect(scene.sequence_editor, "COLOR", 10, COUNT, channel=1)
    below.color = (1.0, 1.0, 1.0)
    frames = [np.dstack([frame, np.full((64, 64), 255, np.uint8)]) for frame in making.moving_square(COUNT, 64, 64)]
    for frame in frames:
        frame[28:48, 16:48] = 0  # a hole
    for path, frame in zip(pictures(clip), frames, strict=True):
        making.write_png(path, frame)
    clip.alpha_mode = "STRAIGHT"
    assert bpy.ops.steady.compare() == {"FINISHED"}
    reference.plain(scene)
    (shown,) = reference.render(scene, range(11, 12), tmp_path)
    assert [reference.read(pictures(image)[1])[38, 32, 3] for image in inside(compared(), "IMAGE")][1:] == [0, 0, 0]
    clear = [shown[top + 16 : top + 22, left + 10 : left + 22, :3].mean() for top in (0, 32) for left in (0, 32)]
    assert max(clear) < 40
    assert len(inside(compared(), "COLOR")) == 1


def test_what_cannot_be_compared_is_one_sentence(clip: Any, compared: Any) -> None:
    clip.steady.prompt = ""
    with pytest.raises(RuntimeError, match="There is no prompt yet"):
        bpy.ops.steady.compare()
    clip.steady.prompt = OIL
    with pytest.raises(RuntimeError, match="This file has no strip “Nobody”"):
        bpy.ops.steady.compare(strip="Nobody")
    clip.steady.tuning_from = "Nobody"
    with pytest.raises(RuntimeError, match="There is no study of a strip “Nobody”"):
        bpy.ops.steady.compare()
    assert compared() is None


def test_with_an_effect_on_it_another_one_is_refused_before_anything_is_painted(
    clip: Any, study: Any, compared: Any
) -> None:
    assert bpy.ops.steady.compare() == {"FINISHED"}
    editor = bpy.context.scene.sequence_editor
    making.add_effect(editor, "GAUSSIAN_BLUR", 10, COUNT, channel=9, name="soft", input1=compared())
    takes = len(study().takes())
    with pytest.raises(RuntimeError, match="“soft” is made from the comparison “Drive compared”"):
        bpy.ops.steady.compare(high=0.8)
    assert len(study().takes()) == takes


# --- the last, because the module's file has a name from here on


def test_its_pictures_stay_found_when_the_study_moves(clip: Any, room: Any, compared: Any, studio: Path) -> None:
    assert bpy.ops.steady.compare() == {"FINISHED"}
    bpy.ops.wm.save_as_mainfile(filepath=str(studio / "edit.blend"))
    room("sequencer.saving").settle()
    found = [path for image in inside(compared(), "IMAGE") for path in pictures(image)]
    assert len(found) == 4 * COUNT
    assert all(path.is_file() and (studio / "steady") in path.parents for path in found)
