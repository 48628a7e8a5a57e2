"""The edit as a movie with its sound, by the scene's own render settings, which are given back afterwards."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bpy

from ..backend import disk
from ..backend.api import ErrorCode, Failure
from .strips import Scene

NO_SOUND = "This Blender was built without sound, so the movie has none."

Told = Callable[[int, int], None]  # frames written, and how many there will be

PLAIN = {"BOOLEAN", "INT", "FLOAT", "ENUM", "STRING"}


def write_movie(scene: Scene, path: Path, told: Told = lambda done, total: None) -> str:
    """H.264 with AAC sound, over the scene's range. Answers with '' or with one sentence about what it lacks.

    A Failure that is raised where it is told ends the export, and what was there before stays."""
    path = path.absolute()
    check(scene, path)
    with _folder_beside(path) as folder:
        draft = folder / "movie.mp4"
        with movie_settings(scene, draft), _heard(scene, told) as refused:
            _render(scene, path)
        if refused:
            raise refused[0]
        if not draft.is_file() or not draft.stat().st_size:
            raise Failure(
                ErrorCode.DISK, f"Blender could not write “{path}”.", "Make room there, or choose another place."
            )
        with disk.worded(path):
            disk.patiently(lambda: draft.replace(path))
    return "" if bpy.app.build_options.audaspace else NO_SOUND


def check(scene: Scene, path: Path) -> None:
    """What would be refused only after the frames were rendered."""
    if not bpy.app.build_options.codec_ffmpeg:
        raise Failure(ErrorCode.BAD_INPUT, "This Blender was built without FFmpeg, so it can write no movies.")
    render = scene.render
    wide, high = (side * render.resolution_percentage // 100 for side in (render.resolution_x, render.resolution_y))
    if wide % 2 or high % 2:
        message = f"“{path}” cannot be {wide}×{high}: H.264 knows only even sides."
        raise Failure(ErrorCode.BAD_INPUT, message, "Change the scene's resolution by a pixel.")
    if path.is_dir():
        raise Failure(ErrorCode.BAD_INPUT, f"“{path}” is a folder.", "Name the movie's file.")
    with _folder_beside(path.absolute()):
        pass


@contextlib.contextmanager
def _folder_beside(path: Path) -> Iterator[Path]:
    """A place on the same disk for the new movie: what was there before stays until it is whole."""
    disk.make_folder(path.parent)
    with disk.worded(path):
        folder = Path(tempfile.mkdtemp(prefix=".steady-export-", dir=path.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def movie_settings(scene: Scene, path: Path) -> Iterator[None]:
    """Borrow the scene's render settings for an H.264 movie with sound. Its size, range and colours stay the user's."""
    render = scene.render
    sound = "AAC" if bpy.app.build_options.audaspace else "NONE"
    with (
        kept(render.image_settings),
        kept(render.ffmpeg),
        borrowed(scene, frame_step=1),
        borrowed(
            render, filepath=str(path), use_file_extension=False, use_overwrite=True, use_placeholder=False,
            use_sequencer=True, use_multiview=False, use_border=False,
        ),
    ):  # fmt: skip
        if hasattr(render.image_settings, "media_type"):
            render.image_settings.media_type = "VIDEO"
        _set(render.image_settings, file_format="FFMPEG", color_mode="RGB")
        _set(render.ffmpeg, format="MPEG4", codec="H264", constant_rate_factor="HIGH", audio_codec=sound)
        _set(render.ffmpeg, use_autosplit=False)
        yield


@contextlib.contextmanager
def borrowed(owner: Any, **values: Any) -> Iterator[None]:
    before = {name: getattr(owner, name) for name in values}
    _set(owner, **values)
    try:
        yield
    finally:
        _set(owner, **before)


@contextlib.contextmanager
def kept(owner: Any) -> Iterator[None]:
    """Give all plain settings of an owner back: one of them that is changed may change others."""
    wanted = [p for p in owner.bl_rna.properties if p.type in PLAIN and not p.is_readonly]
    before = {p.identifier: getattr(owner, p.identifier) for p in wanted}  # in the order in which they are set
    unset = {p.identifier for p in wanted if p.type == "ENUM" and not before[p.identifier]}  # before their first use
    try:
        yield
    finally:
        for name, value in before.items():
            if name not in unset and getattr(owner, name) != value:
                setattr(owner, name, value)


def _set(owner: Any, **values: Any) -> None:
    for name, value in values.items():
        setattr(owner, name, value)


@contextlib.contextmanager
def _heard(scene: Scene, told: Told) -> Iterator[list[Failure]]:
    """Gives what was raised where it was told: Blender prints what a handler raises, and goes on rendering."""
    total = scene.frame_end - scene.frame_start + 1
    written: list[int] = []
    refused: list[Failure] = []

    def note(*_: Any) -> None:
        if refused:
            return
        written.append(scene.frame_current)
        try:
            told(len(written), total)
        except Failure as failure:
            refused.append(failure)
            scene.frame_current = scene.frame_end  # the only way to leave Blender's loop over the frames

    bpy.app.handlers.render_write.append(note)
    try:
        yield refused
    finally:
        bpy.app.handlers.render_write.remove(note)


def _render(scene: Scene, path: Path) -> None:
    try:
        outcome = bpy.ops.render.render(animation=True, scene=scene.name)
    except RuntimeError as error:
        words = str(error).removeprefix("Error: ").strip()
        raise Failure(ErrorCode.BAD_INPUT, f"Blender could not write “{path}”: {words}") from error
    if "FINISHED" not in outcome:
        raise Failure(ErrorCode.CANCELLED, f"Writing “{path}” was stopped.", "What was there before is still there.")
