"""The edit as a movie with its sound, or as pictures for a GIF: what can be exported, and where it is rendered."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import bpy

from ..backend import disk, lock
from ..backend.api import ErrorCode, Failure
from . import second_blender
from .export_render import Kind, Order, Told, render
from .strips import Scene, Strip, all_strips, files_of, strips_of
from .temporary import temporary_folder

Rendering = Generator[tuple[int, int] | None, None, None]  # frames written, and how many there will be

NO_SOUND = "This Blender was built without sound, so the movie has none."
NO_ROOM = "Make room there, or choose another place."
ENDINGS = " or ".join(kind.value for kind in Kind)
DRAFTS = ".steady-export-"
LOCK = "lock.json"


def quiet(done: int, total: int) -> None:
    pass


# --- what can be exported


def named(path: Path) -> Path:
    """In full; a name without an ending is a movie's."""
    path = path.absolute()
    return path if path.suffix or path.is_dir() else path.with_suffix(Kind.MOVIE.value)


def kind_of(path: Path) -> Kind:
    with contextlib.suppress(ValueError):
        return Kind(path.suffix.lower())
    raise Failure(ErrorCode.BAD_INPUT, f"“{path.name}” ends in “{path.suffix}”.", f"Write {ENDINGS}.")


def check(scene: Scene, path: Path) -> None:
    """What would be refused only after the frames were rendered."""
    if path.is_dir():
        raise Failure(ErrorCode.BAD_INPUT, f"“{path}” is a folder.", "Name the movie's file.")
    kind = kind_of(path)
    if problem := nothing_seen(scene):
        raise problem
    if path.is_file():
        _check_replaced(path)
    if kind is Kind.MOVIE:
        _check_movie(scene, path)
    with _folder_beside(path):
        pass


def nothing_seen(scene: Scene) -> Failure | None:
    """Blender would render the scene's 3D view instead. Cheap enough for every redraw."""
    editor = scene.sequence_editor
    strips = strips_of(editor)
    if not strips:
        return Failure(ErrorCode.BAD_INPUT, "There is nothing in the edit.", "Add a strip first.")
    if any(s.type != "SOUND" and not s.mute and not editor.channels[s.channel].mute for s in strips):
        return None
    return Failure(ErrorCode.BAD_INPUT, "There is nothing to see in the edit.", "Unmute a strip that shows something.")


def _check_replaced(path: Path) -> None:
    """A file of that name goes, and it must not be the user's footage, in whichever scene."""
    for strip in (strip for scene in bpy.data.scenes for strip, _ in all_strips(scene)):
        if any(file.suffix.lower() == path.suffix.lower() and _is_same(file, path) for file in _read_by(strip)):
            message = f"“{strip.name}” is made from “{path}”, which the export would replace."
            raise Failure(ErrorCode.BAD_INPUT, message, "Choose another name.")


def _read_by(strip: Strip) -> Iterator[Path]:
    if strip.type == "SOUND" and strip.sound is not None:
        yield Path(bpy.path.abspath(strip.sound.filepath, library=strip.sound.library))
    yield from files_of(strip, all_images=True)


def _is_same(file: Path, path: Path) -> bool:
    return file.is_file() and file.samefile(path)


def _check_movie(scene: Scene, path: Path) -> None:
    if not bpy.app.build_options.codec_ffmpeg:
        hint = f"Write a {Kind.GIF.value} instead."
        raise Failure(ErrorCode.BAD_INPUT, "This Blender was built without FFmpeg, so it can write no movies.", hint)
    settings = scene.render
    sides = settings.resolution_x, settings.resolution_y
    wide, high = (side * settings.resolution_percentage // 100 for side in sides)
    if wide % 2 or high % 2:
        message = f"“{path}” cannot be {wide}×{high}: H.264 knows only even sides."
        raise Failure(ErrorCode.BAD_INPUT, message, "Change the scene's resolution by a pixel.")


# --- exporting it


def write_movie(scene: Scene, path: Path, told: Told = quiet) -> str:
    """All of `movie` at once. Answers with '' or with one sentence about what it lacks."""
    for _ in movie(scene, path.absolute(), told):
        pass
    return lacks(Kind.MOVIE)


def movie(scene: Scene, path: Path, told: Told = quiet) -> Rendering:
    """H.264 with AAC sound, over the scene's range. What was there before stays until the new one is whole."""
    check(scene, path)
    with _folder_beside(path) as folder:
        order = Order(scene.name, Kind.MOVIE, str(folder / path.name))
        yield from whole(order, _rendered(order, told))
        with disk.worded(path):
            disk.patiently(lambda: Path(order.place).replace(path))


def whole(order: Order, rendering: Rendering) -> Rendering:
    """See that the movie is: of a disk that runs full Blender says little, or nothing."""
    place = Path(order.place)
    full = Failure(ErrorCode.DISK, f"Blender could not write “{place.name}”.", NO_ROOM)
    try:
        yield from rendering
    except Failure as failure:
        if failure.code is not ErrorCode.CANCELLED and place.exists() and not is_whole(place):
            raise full from failure
        raise
    if not is_whole(place):
        raise full


def is_whole(movie: Path) -> bool:
    """The index is what is written last, and without it no player shows anything."""
    if not movie.is_file():
        return False
    with movie.open("rb") as file:
        end, at = movie.stat().st_size, 0
        while at + 8 <= end:
            file.seek(at)
            size, kind = int.from_bytes(file.read(4), "big"), file.read(4)
            if size == 1:  # it is told in eight bytes
                size = int.from_bytes(file.read(8), "big")
            if kind == b"moov":
                return at + size <= end
            at += max(8, size)
    return False


def pictures(scene: Scene, folder: Path, told: Told = quiet) -> Rendering:
    """Numbered PNG files over the scene's range, in its own colours."""
    total = scene.frame_end - scene.frame_start + 1
    yield from _rendered(Order(scene.name, Kind.GIF, str(folder)), told)
    written = [path for path in folder.iterdir() if path.stat().st_size]
    if len(written) < total:  # Blender says nothing
        message = f"Only {len(written)} of {total} frames could be kept in “{folder}”."
        raise Failure(ErrorCode.DISK, message, "Make room there, or point TMPDIR to another folder.")


def lacks(kind: Kind) -> str:
    return NO_SOUND if kind is Kind.MOVIE and not bpy.app.build_options.audaspace else ""


def _rendered(order: Order, told: Told) -> Rendering:
    """Without a window here, in one go: `told` is called meanwhile. Else elsewhere, so that the window is usable."""
    if bpy.app.background:
        render(order, told)
    else:
        yield from elsewhere(order)


def elsewhere(order: Order) -> Rendering:
    """In the second Blender. Closing the iterator stops it."""
    with temporary_folder() as folder, second_blender.started(second_blender.EXPORT, order, folder) as process:
        finished = second_blender.wait_for(folder / second_blender.FINISHED, process, folder, second_blender.EXPORT)
        for _ in finished:
            yield _progress(folder / second_blender.PROGRESS)


def _progress(file: Path) -> tuple[int, int] | None:
    """None also where it is being replaced at this moment: the next look will find it."""
    if not file.exists():
        return None
    try:
        done, total = file.read_text(encoding="utf-8").split()
    except disk.BUSY:
        return None
    return int(done), int(total)


@contextlib.contextmanager
def _folder_beside(path: Path) -> Iterator[Path]:
    """A place on the same disk for the new movie: what was there before stays until it is whole."""
    try:
        disk.make_folder(path.parent)
        _sweep(path.parent)
        with disk.worded(path):
            folder = Path(tempfile.mkdtemp(prefix=DRAFTS, dir=path.parent))
        held = lock.take(folder / LOCK)
    except Failure as failure:  # whose hint speaks of studies
        raise Failure(failure.code, failure.message, "Choose another place for the movie.") from failure
    try:
        yield folder
    finally:
        held.release()
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(folder: Path) -> None:
    """Remove what Blenders left there that were killed. What another one still writes, here or on another computer, is
    held by its lock; a folder without one is none of ours."""
    for left in folder.glob(f"{DRAFTS}*/{LOCK}"):
        with contextlib.suppress(Failure):
            lock.take(left)
            shutil.rmtree(left.parent, ignore_errors=True)
