"""Strips under one set of names in every Blender, and plain words about those that cannot be restyled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import media as make
import pytest


@pytest.fixture
def strips(room: Any) -> Any:
    return room("sequencer.strips")


def meta_with(scene: Any, files: list[Path], length: int) -> tuple[Any, Any]:
    meta = make.strips(scene.sequence_editor).new_meta("meta", channel=2, frame_start=1)
    child = make.add_images(meta, files, name="child")
    meta.frame_final_end = 1 + length
    return meta, child


def test_frames_are_numbered_from_the_content_start(scene: Any, media: Any, strips: Any) -> None:
    strip = make.add_images(scene.sequence_editor, media.images(4), start=10)
    assert (strips.content_start(strip), strips.handles(strip)) == (10, (10, 14))
    assert list(strips.numbers(strip)) == [1, 2, 3, 4]
    strips.set_handles(strip, 12, 14)
    assert list(strips.numbers(strip)) == [3, 4]
    strips.set_content_start(strip, -20)
    assert (strips.handles(strip), list(strips.numbers(strip))) == ((-18, -16), [3, 4])


def test_handles_may_lie_outside_the_content(scene: Any, media: Any, strips: Any) -> None:
    strip = make.add_images(scene.sequence_editor, media.images(4), start=10)
    strips.set_handles(strip, 8, 16)
    assert list(strips.numbers(strip)) == [-1, 0, 1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(("left", "right"), [(100, 120), (-50, -40), (9, 12), (1, 200)])
def test_handles_go_anywhere_at_once(scene: Any, strips: Any, left: int, right: int) -> None:
    strip = make.add_effect(scene.sequence_editor, "COLOR", start=10, length=5)
    strips.set_handles(strip, left, right)
    assert strips.handles(strip) == (left, right)


def test_strips_inside_metas_are_found_with_their_parents(scene: Any, media: Any, strips: Any) -> None:
    meta, child = meta_with(scene, media.images(4), 4)
    assert [(s.name, [p.name for p in up]) for s, up in strips.all_strips(scene)] == [("meta", []), ("child", ["meta"])]
    assert strips.owner_of(scene, child) == meta
    assert strips.owner_of(scene, meta) == scene.sequence_editor
    assert strips.strip_named(scene, "child") == child


def test_an_address_finds_its_strip_by_name(scene: Any, media: Any, strips: Any) -> None:
    strip = make.add_images(scene.sequence_editor, media.images(1), name="a/b:c?d*é")
    address = strips.Address.of(scene, strip)
    assert address.find() == (scene, strip)
    make.strips(scene.sequence_editor).remove(strip)
    assert address.find() is None


def test_an_address_finds_a_renamed_strip_by_its_study(scene: Any, media: Any, strips: Any) -> None:
    strip = make.add_images(scene.sequence_editor, media.images(1), name="first")
    strip.steady.study_id = "0badcafe"
    address = strips.Address.of(scene, strip)
    strip.name = "renamed"
    other = make.add_images(scene.sequence_editor, media.images(1), channel=2, name="first")
    other.steady.study_id = "deadbeef"
    assert address.find() == (scene, strip)
    other.steady.study_id = "0badcafe"
    assert address.find() == (scene, other)
    other.name = "also"
    assert address.find() is None


def test_an_address_finds_a_renamed_strip_beside_its_takes(scene: Any, media: Any, strips: Any) -> None:
    strip = make.add_images(scene.sequence_editor, media.images(1), name="first")
    take = make.add_images(scene.sequence_editor, media.images(1), channel=2, name="first tuned")
    strip.steady.study_id = take.steady.study_id = "0badcafe"
    take.steady.take_name = "tuned"
    address = strips.Address.of(scene, strip)
    strip.name = "renamed"
    assert address.find() == (scene, strip)
    scene.name = "Renamed"
    assert address.find() == (scene, strip)


def test_an_address_finds_no_strip_of_another_file(scene: Any, media: Any, strips: Any, tmp_path: Path) -> None:
    strip = make.add_images(scene.sequence_editor, media.images(1), name="first")
    strip.steady.study_id = "0badcafe"
    file = tmp_path / "film.blend"
    bpy.data.libraries.write(str(file), {scene}, path_remap="ABSOLUTE", fake_user=True)
    with bpy.data.libraries.load(str(file), link=True) as (_, into):
        into.scenes = ["Scene"]
    address = strips.Address.of(scene, strip)
    strip.name = "renamed"
    assert address.find() == (scene, strip)


def test_an_address_finds_a_strip_that_lost_its_study_to_undo(scene: Any, media: Any, strips: Any) -> None:
    strip = make.add_images(scene.sequence_editor, media.images(1))
    strip.steady.study_id = "0badcafe"
    address = strips.Address.of(scene, strip)
    strip.steady.study_id = ""
    assert address.find() == (scene, strip)


def test_the_active_strip_is_known_with_and_without_a_sequencer_scene(scene: Any, media: Any, strips: Any) -> None:
    strip = make.add_images(scene.sequence_editor, media.images(1))
    scene.sequence_editor.active_strip = strip
    assert strips.active_strip(bpy.context) == strip
    if hasattr(bpy.context.workspace, "sequencer_scene"):
        bpy.context.workspace.sequencer_scene = None
    assert strips.active_strip(bpy.context) == strip


def test_no_editor_means_no_strips(scene: Any, strips: Any) -> None:
    bare = bpy.data.scenes.new("bare")
    assert list(strips.all_strips(bare)) == []


def test_a_good_strip_is_not_refused(scene: Any, media: Any, strips: Any) -> None:
    for strip in meta_with(scene, media.images(4), 4):
        assert strips.refusal(scene, strip) is None


def test_a_missing_image_is_named(scene: Any, media: Any, strips: Any, tmp_path: Path) -> None:
    files = make.write_pngs(tmp_path / "späce d", make.random_frames(4, 8, 8))
    strip = make.add_images(scene.sequence_editor, files)
    files[2].unlink()
    assert strips.refusal(scene, strip).message == f"The file “{files[2]}” of strip “clip” is missing."
    assert strips.refusal(scene, strip, look_at_files=False) is None


def test_a_missing_image_outside_the_handles_does_not_matter(scene: Any, strips: Any, tmp_path: Path) -> None:
    files = make.write_pngs(tmp_path, make.random_frames(6, 8, 8))
    strip = make.add_images(scene.sequence_editor, files)
    strips.set_handles(strip, 3, 5)
    for gone in (files[0], files[1], files[4], files[5]):
        gone.unlink()
    assert strips.refusal(scene, strip) is None
    files[3].unlink()
    assert str(files[3]) in strips.refusal(scene, strip).message


def test_a_missing_movie_inside_a_meta_is_named(scene: Any, media: Any, strips: Any, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(media.movie(12).read_bytes())
    meta = make.strips(scene.sequence_editor).new_meta("meta", channel=2, frame_start=1)
    make.strips(meta).new_movie(name="film", filepath=str(film), channel=1, frame_start=1)
    meta.frame_final_end = 5
    assert strips.refusal(scene, meta) is None
    film.unlink()
    assert strips.refusal(scene, meta).message == f"The file “{film}” of strip “film” is missing."


def test_a_missing_input_of_an_effect_is_named(scene: Any, media: Any, strips: Any, tmp_path: Path) -> None:
    files = make.write_pngs(tmp_path, make.random_frames(4, 8, 8))
    source = make.add_images(scene.sequence_editor, files)
    blur = make.add_effect(scene.sequence_editor, "GAUSSIAN_BLUR", start=1, length=4, input1=source)
    source.mute = True
    assert strips.refusal(scene, blur) is None
    files[0].unlink()
    assert str(files[0]) in strips.refusal(scene, blur).message


def test_an_empty_scene_strip_is_refused(scene: Any, strips: Any) -> None:
    other = bpy.data.scenes.new("other")
    strip = make.strips(scene.sequence_editor).new_scene(name="s", scene=other, channel=1, frame_start=1)
    assert strips.refusal(scene, strip) is None
    bpy.data.scenes.remove(other)
    assert strips.refusal(scene, strip).message == "“s” has no scene to show."


def test_an_empty_meta_is_refused(scene: Any, strips: Any) -> None:
    meta = make.strips(scene.sequence_editor).new_meta("m", channel=1, frame_start=1)
    assert strips.refusal(scene, meta).message == "“m” has no frames."


if bpy.app.build_options.audaspace:  # the bpy 4.2 module knows no sound

    def test_a_sound_strip_is_refused(scene: Any, media: Any, strips: Any) -> None:
        strip = make.strips(scene.sequence_editor).new_sound("tone", str(media.sound()), channel=1, frame_start=1)
        assert strips.refusal(scene, strip).message == "“tone” is a sound strip and has no picture."


def test_a_linked_scene_is_refused(scene: Any, media: Any, strips: Any, tmp_path: Path) -> None:
    make.add_images(scene.sequence_editor, media.images(1))
    file = tmp_path / "film.blend"
    bpy.data.libraries.write(str(file), {scene}, path_remap="ABSOLUTE", fake_user=True)
    with bpy.data.libraries.load(str(file), link=True) as (_, into):
        into.scenes = ["Scene"]
    linked = bpy.data.scenes["Scene", str(file)]
    failure = strips.refusal(linked, strips.strips_of(linked)[0])
    assert failure.message == "Scene “Scene” is linked from “film.blend”: open that file to restyle its strips."
    assert strips.scene_named("Scene") == scene
