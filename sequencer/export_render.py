"""Renders the edit over the scene's range: to a movie with sound, or to numbered pictures."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import bpy

from ..backend.api import ErrorCode, Failure
from ..backend.frozen import frozen
from .lending import borrowed, kept, put
from .strips import Scene, scene_named

Told = Callable[[int, int], None]  # frames written, and how many there will be


class Kind(Enum):
    """What is exported, by the ending of its file."""

    MOVIE = ".mp4"
    GIF = ".gif"


@frozen
class Order:
    """What is to be rendered where: a movie's file, or the folder of pictures. The second Blender reads it as JSON."""

    scene: str
    kind: Kind
    place: str


def render(order: Order, told: Told) -> None:
    """Blender is busy until the end. A Failure that is raised where it is told ends the rendering after that frame."""
    scene = scene_named(order.scene)
    with render_settings(scene, order), _heard(scene, told) as refused:
        _render(scene, Path(order.place))
    if refused:
        raise refused[0]


@contextlib.contextmanager
def render_settings(scene: Scene, order: Order) -> Iterator[None]:
    """Borrow the scene's render settings. Its size, range and colours stay the user's."""
    render, movie = scene.render, order.kind is Kind.MOVIE
    path = order.place if movie else str(Path(order.place) / "######")
    with (
        kept(render.image_settings),
        kept(render.ffmpeg),
        _format_first(render.image_settings),
        borrowed(scene, frame_step=1),
        borrowed(
            render, filepath=path, use_file_extension=not movie, use_overwrite=True, use_placeholder=False,
            use_sequencer=True, use_multiview=False, use_border=False,
        ),
    ):  # fmt: skip
        if hasattr(render.image_settings, "media_type"):
            render.image_settings.media_type = "VIDEO" if movie else "IMAGE"
        if movie:
            _as_movie(render)
        else:
            put(render.image_settings, file_format="PNG", color_mode="RGB", color_depth="8", compression=0)
        yield


def _format_first(image: Any) -> contextlib.AbstractContextManager[None]:
    """Give it back before the rest, which belongs to it: Blender then makes some of that anew."""
    names = [name for name in ("media_type", "file_format") if hasattr(image, name)]
    return borrowed(image, **{name: getattr(image, name) for name in names})


def _as_movie(render: Any) -> None:
    sound = "AAC" if bpy.app.build_options.audaspace else "NONE"
    put(render.image_settings, file_format="FFMPEG", color_mode="RGB")
    put(render.ffmpeg, format="MPEG4", codec="H264", constant_rate_factor="HIGH", audio_codec=sound)
    put(render.ffmpeg, use_autosplit=False)


@contextlib.contextmanager
def _heard(scene: Scene, told: Told) -> Iterator[list[BaseException]]:
    """Gives what was raised where it was told: Blender prints what a handler raises, and goes on rendering."""
    total = scene.frame_end - scene.frame_start + 1
    written: list[int] = []
    refused: list[BaseException] = []

    def note(*_: Any) -> None:
        if refused:
            return
        written.append(scene.frame_current)
        try:
            told(len(written), total)
        except BaseException as refusal:  # Ctrl-C too
            refused.append(refusal)
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
        raise Failure(ErrorCode.BAD_INPUT, f"Blender could not write to “{path}”: {words}") from error
    if "FINISHED" not in outcome:
        raise Failure(ErrorCode.CANCELLED, f"Writing to “{path}” was stopped.", "What was there before is still there.")
