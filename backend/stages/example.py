"""The example: a drive through the pocket world as a movie with sound, for whoever has no video at hand."""

from __future__ import annotations

import io
import wave
from pathlib import Path

import cv2
import numpy as np

from .. import disk
from ..api import DrawExample, ErrorCode, Example, Failure
from ..jobs import Job
from ..pocket.captions import Colour, Style, Time, Vehicle, Weather, caption
from ..pocket.world import Clip
from ..truths import World, noted, write_note

SEED = 3  # a drive along a street with other cars; no seed that pocket was trained on
STYLE = Style.PAPER  # not what a change of colours or a filter makes of a photo, and pocket paints it well by day
RATE = 44_100


def draw(request: DrawExample, blobs: list[bytes], job: Job) -> Example:
    world = World(
        seed=SEED,
        frames=request.frames,
        size=(request.width, request.height),
        time=Time.DAY,
        weather=Weather.CLEAR,
        vehicle=Vehicle.CAR,
        colour=Colour.RED,
    )
    clip = _clip(world)
    folder = Path(request.folder)
    disk.make_folder(folder)
    movie, sound = folder / "example.mkv", folder / "example.wav"
    _write_sound(sound, request.frames / request.fps)
    if not _stands(movie, world, clip, request):
        _write_movie(movie, clip, request, job)
        write_note(movie, world)
    job.progress(request.frames, request.frames, "Drawing the example")
    return Example(str(movie), str(sound), caption(STYLE, world.time, world.colour, world.vehicle))


def _clip(world: World) -> Clip:
    try:
        return world.clip()
    except ValueError as error:
        raise Failure(ErrorCode.BAD_INPUT, str(error)) from error


def _stands(movie: Path, world: World, clip: Clip, request: DrawExample) -> bool:
    """The film is always the same, and Windows lets nobody replace the one that Blender shows."""
    if not movie.is_file() or noted(movie) != world:
        return False
    held = cv2.VideoCapture(str(movie))
    read, first = held.read()
    count = int(read)  # by what can be read: what the file says of itself is also said where its end is missing
    while held.grab():
        count += 1
    made = (count, held.get(cv2.CAP_PROP_FPS))
    held.release()
    return made == (request.frames, request.fps) and np.array_equal(first[..., ::-1], clip.photo(0))


def _write_movie(path: Path, clip: Clip, request: DrawExample, job: Job) -> None:
    draft = path.with_name(f"draft-{path.name}")  # OpenCV picks the container by the ending
    # Lossless: what the example is restyled from is to the bit what the world drew, and can be judged against it.
    writer = cv2.VideoWriter(str(draft), cv2.VideoWriter.fourcc(*"FFV1"), request.fps, (request.width, request.height))
    if not writer.isOpened():
        raise Failure(ErrorCode.DISK, f"“{draft}” cannot be written.", "Choose a folder that you may write to.")
    try:
        for number in range(request.frames):
            job.progress(number, request.frames, "Drawing the example")
            writer.write(np.ascontiguousarray(clip.photo(number)[..., ::-1]))
        writer.release()
        _refuse_half(draft, request.frames)
        with disk.worded(path):
            draft.replace(path)
    finally:
        writer.release()
        draft.unlink(missing_ok=True)


def _refuse_half(movie: Path, frames: int) -> None:
    """OpenCV says nothing when a disk runs full."""
    held = cv2.VideoCapture(str(movie))
    count = round(held.get(cv2.CAP_PROP_FRAME_COUNT))
    held.release()
    if count < frames:
        raise Failure(
            ErrorCode.DISK,
            f"Only {count} of {frames} frames of the example could be written.",
            f"Make room on the disk that holds “{movie.parent}”, and open the example again.",
        )


def _write_sound(path: Path, seconds: float) -> None:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(engine(seconds).tobytes())
    if not path.is_file() or disk.read(path) != made.getvalue():
        disk.write(path, made.getvalue())


def engine(seconds: float) -> np.ndarray:
    """Something like an engine: a low note that slowly rises and falls, its harmonics, and the wind."""
    t = np.arange(round(seconds * RATE)) / RATE
    pitch = 46 + 6 * np.sin(2 * np.pi * t / 5)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    note = sum(np.sin(n * phase + n) / n**1.2 for n in range(1, 9))
    wind = np.convolve(np.random.default_rng(SEED).standard_normal(len(t)), np.ones(24) / 24, "same")
    fade = np.minimum(1, np.minimum(t, seconds - t) / 0.1)
    sound = fade * (0.13 * note * (1 + 0.2 * np.sin(phase / 2)) + 0.25 * wind)
    return (np.clip(sound, -1, 1) * 32767).astype("<i2")
