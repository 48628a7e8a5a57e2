"""The export stage: pictures become a GIF whose colours stand still, a frame at a time however long it is."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from .. import disk, gif, processes
from ..api import ErrorCode, Exported, Failure, WriteGif
from ..jobs import Job
from ..numbered import evenly, numbered, picture_name

LONGEST_SIDE = 65535  # the format has two bytes for it


def write_gif(request: WriteGif, blobs: list[bytes], job: Job) -> Exported:
    folder, file = Path(request.folder), Path(request.file)
    pictures = [folder / picture_name(number) for number in numbered(folder)]
    _check(request, pictures)
    size = _size(pictures[0], request)
    shown = gif.timed(len(pictures), request.fps)
    _sweep(file)
    job.progress(0, len(shown), "Choosing the colours")
    palette = gif.palette_of(_picture(path, size) for path in evenly(pictures, gif.SAMPLES))
    with disk.drafted(file) as draft, draft.open("wb") as stream:
        writer = gif.Writer(stream, size, palette)
        for done, (index, hundredths) in enumerate(shown):
            job.progress(done, len(shown), "Writing the GIF")
            writer.add(_picture(pictures[index], size), hundredths)
        writer.close()
    job.progress(len(shown), len(shown), "Writing the GIF")
    return Exported(str(file), len(shown), disk.long_path(file).stat().st_size)


def _sweep(file: Path) -> None:
    """Remove what killed writers of this very file have left beside it."""
    for draft, writer in disk.drafts_of(file):
        if not processes.started(writer):
            disk.remove(draft)


def _check(request: WriteGif, pictures: list[Path]) -> None:
    if not pictures:
        raise Failure(ErrorCode.BAD_INPUT, f"There are no pictures in “{request.folder}” to make a GIF of.")
    if not 0 < request.fps <= 1000:
        raise Failure(ErrorCode.BAD_INPUT, f"{request.fps:g} frames a second make no GIF.", "Choose from 1 to 1000.")
    if not 0 <= request.width <= LONGEST_SIDE:
        hint = f"Choose from 1 to {LONGEST_SIDE}, or 0 for that of the pictures."
        raise Failure(ErrorCode.BAD_INPUT, f"A GIF cannot be {request.width} pixels wide.", hint)
    if Path(request.file).is_dir():
        raise Failure(ErrorCode.BAD_INPUT, f"“{request.file}” is a folder.", "Name the GIF's file.")


def _size(picture: Path, request: WriteGif) -> tuple[int, int]:
    """With square pixels: none is lost where the pictures' are not, the shorter side of them is stretched."""
    wide, high = _opened(picture).size
    width = request.width or round(wide * max(1, request.aspect))
    size = width, max(1, round(high * width / (wide * request.aspect)))
    if max(size) > LONGEST_SIDE:
        message = f"A GIF cannot be {size[0]}×{size[1]} pixels large."
        raise Failure(ErrorCode.BAD_INPUT, message, "Give it a smaller width.")
    return size


def _picture(path: Path, size: tuple[int, int]) -> Image.Image:
    picture = _opened(path)
    return picture if picture.size == size else picture.resize(size, Image.Resampling.LANCZOS)


def _opened(path: Path) -> Image.Image:
    try:
        with Image.open(disk.long_path(path)) as picture:
            return picture.convert("RGB")
    except (OSError, SyntaxError) as error:  # Pillow says the latter of a PNG that was cut off
        raise Failure(ErrorCode.BAD_INPUT, f"The picture “{path}” cannot be read.", "Export again.") from error
