"""Renders a prepared scene to files, a few frames at a time, and says where the strip's picture lies."""

from __future__ import annotations

import itertools
import time
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

import bpy

from ..backend.api import Crop, ErrorCode, Failure, Framing
from ..backend.frozen import frozen
from .animation import is_animated
from .framing import find_box, framing_of, percentage
from .pictures import read_targa
from .prepare import Prepared, prepared_copy
from .strips import Strip, handles, numbers, scene_named, shows_one_picture, strip_named

Pictures = Generator[Framing | tuple[int, Path] | None, None, None]  # the framing, then each frame's number and file

CHUNK_SECONDS = 0.25  # how long a call may keep Blender from hearing that it should stop
LONGEST_CHUNK = 16  # files that lie on the disk at once
STAY = {"MOVIE", "IMAGE", "COLOR", "TEXT"}  # lie where they are put, unless keys or masks move them


@frozen
class Order:
    """What is wanted of a strip. The second Blender reads it as JSON."""

    scene: str
    strip: str
    numbers: tuple[int, ...]
    framing: Framing | None
    short_side: int
    crop: Crop


def fulfil(order: Order, folder: Path) -> Pictures:
    """None while it looks for the framing, which comes first."""
    scene = scene_named(order.scene)
    framing = order.framing
    with prepared_copy(scene, strip_named(scene, order.strip)) as prepared:
        if framing is None:
            for framing in find_framing(prepared, folder, order.short_side, order.crop):
                yield framing
        else:
            yield framing
        if framing is not None:
            yield from render(prepared, folder, order.numbers, percentage(framing))


def render(prepared: Prepared, folder: Path, wanted: Sequence[int], percent: int) -> Iterator[tuple[int, Path]]:
    """Each wanted frame's number and its file, which is the caller's to remove."""
    scene = prepared.scene
    scene.render.resolution_percentage = percent
    scene.render.filepath = str(folder / "######")
    length, done = 1, 0
    while done < len(wanted):
        run = consecutive(wanted[done : done + length])
        began = time.monotonic()
        _render_run(prepared, run[0], run[-1])
        if time.monotonic() - began < CHUNK_SECONDS / 2 and len(run) == length:
            length = min(2 * length, LONGEST_CHUNK)
        elif time.monotonic() - began > CHUNK_SECONDS:
            length = max(1, length // 2)
        for number in run:
            yield number, _file(scene, number + prepared.start - 1)
        done += len(run)


def consecutive(wanted: Sequence[int]) -> Sequence[int]:
    """As many of the first numbers as follow one another."""
    for i, (number, following) in enumerate(itertools.pairwise(wanted)):
        if following != number + 1:
            return wanted[: i + 1]
    return wanted


def _render_run(prepared: Prepared, first: int, last: int) -> None:
    scene = prepared.scene
    start, end = first + prepared.start - 1, last + prepared.start - 1
    span: dict[str, Any] = {}
    if start < 0:  # only where this Blender can: see prepare
        span = {"frame_start": start, "frame_end": end}
    else:
        scene.frame_start, scene.frame_end = start, end
    try:
        outcome = bpy.ops.render.render(animation=True, scene=scene.name, **span)
    except RuntimeError as error:
        if "cannot save" in str(error):
            raise _unwritten(scene, start) from error
        raise Failure(ErrorCode.BAD_INPUT, f"Blender could not render frame {start}: {_words(error)}") from error
    if "FINISHED" not in outcome:
        raise Failure(ErrorCode.CANCELLED, f"Rendering was stopped at frame {start}.")


def _words(error: Exception) -> str:
    return str(error).removeprefix("Error: ").strip()


def _file(scene: Any, frame: int) -> Path:
    """The file of a frame. On a full disk Blender leaves none or a part of one, and says nothing."""
    path = Path(scene.render.frame_path(frame=frame))
    width, height = (side * scene.render.resolution_percentage // 100 for side in canvas_of(scene))
    if not path.is_file() or path.stat().st_size < 4 * width * height:
        raise _unwritten(scene, frame)
    return path


def _unwritten(scene: Any, frame: int) -> Failure:
    message = f"Blender could not write frame {frame} to “{Path(scene.render.filepath).parent}”."
    return Failure(ErrorCode.DISK, message, "Make room there, or point TMPDIR to another folder.")


def find_framing(prepared: Prepared, folder: Path, short_side: int, crop: Crop) -> Iterator[Framing | None]:
    """Yields None while it looks for what the strip shows over its length, and then the framing."""

    def masks(wanted: Sequence[int], percent: int) -> Iterator[Any]:
        for _, path in render(prepared, folder, wanted, percent):
            yield read_targa(path)[..., 3] > 0
            path.unlink()

    strip, canvas = prepared.strip, canvas_of(prepared.scene)
    still = not is_animated(prepared.scene, strip.path_from_id()) and not _is_masked(strip)
    looked_at = numbers(strip)[:1] if still and shows_one_picture(strip) else numbers(strip)
    for box in find_box(canvas, looked_at, still and strip.type in STAY, masks):
        yield None if box is None else framing_of(canvas, box, short_side, crop)
        if box is not None:
            return
    left, right = handles(strip)
    message = f"“{strip.name}” shows nothing from frame {left} to {right - 1}."
    raise Failure(ErrorCode.BAD_INPUT, message, "Look at its crop and position, and whether its file can be read.")


def _is_masked(strip: Strip) -> bool:
    return any(getattr(modifier, "input_mask_strip", None) is not None for modifier in strip.modifiers)


def canvas_of(scene: Any) -> tuple[int, int]:
    return scene.render.resolution_x, scene.render.resolution_y
