"""The pictures that Pocket learns from: drawn once into a folder with their labels, never with evaluation's seeds."""

import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from random import Random

import numpy as np

from ..frozen import frozen
from .captions import PAINTED, Colour, Style, Time, Vehicle, Weather, caption
from .world import Clip

SIDE = 64
"""The native size: what two cores can train."""
WIDE = (112, 64)
"""The working size of the example: a network that saw squares alone paints wheels all over a wide picture."""
FIRST_TRAINING_SEED = 1_000_000
"""Clips below this seed are for evaluation, tests and examples; training never sees them."""
CHUNK = 200


@frozen
class Label:
    """What one picture shows; everything that its caption may say."""

    style: Style
    time: Time
    colour: Colour
    vehicle: Vehicle
    weather: Weather

    def numbers(self) -> tuple[int, ...]:
        return tuple(list(type(v)).index(v) for v in (self.style, self.time, self.colour, self.vehicle, self.weather))

    @staticmethod
    def of(numbers: np.ndarray) -> "Label":
        style, time, colour, vehicle, weather = (int(n) for n in numbers)
        return Label(
            list(Style)[style], list(Time)[time], list(Colour)[colour], list(Vehicle)[vehicle], list(Weather)[weather]
        )


@frozen
class Pictures:
    """A drawn folder, opened without reading it all."""

    pixels: np.ndarray
    labels: np.ndarray


def label(clip: Clip, frame: int, style: Style) -> Label:
    shot = clip.shot(frame)
    time = Time.NIGHT if style is Style.NEON else shot.time
    return Label(style, time, shot.colour, shot.vehicle, shot.weather)


def _draw(first: int, count: int, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    pixels, labels = np.empty((count, size[1], size[0], 3), np.uint8), np.empty((count, 5), np.int64)
    for i in range(count):
        rng = Random(f"picture:{first + i}")
        clip, frame = Clip(FIRST_TRAINING_SEED + first + i, size=size), rng.randrange(96)
        style = Style.PHOTO if rng.random() < 0.22 else rng.choice(PAINTED)
        pixels[i], labels[i] = clip.painted(frame, style), label(clip, frame, style).numbers()
    return pixels, labels


def writable(folder: Path) -> None:
    """Make the folder, or say in one sentence that it cannot be written. Asked by writing: the superuser may do
    everything, but not on a disk that is full or mounted for reading."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"may I?")
    except OSError as error:
        raise ValueError(
            f"The folder {folder} cannot be written ({error.strerror}): choose another one with --cache."
        ) from error


def draw(folder: Path, count: int, size: tuple[int, int] = (SIDE, SIDE), workers: int = 2) -> None:
    """Draw so many pictures into a folder, each of a clip of its own."""
    writable(folder)
    pixels = np.lib.format.open_memmap(folder / "pixels.part.npy", "w+", np.uint8, (count, size[1], size[0], 3))
    labels = np.empty((count, 5), np.int64)
    starts = list(range(0, count, CHUNK))
    sizes = [min(CHUNK, count - start) for start in starts]
    with ProcessPoolExecutor(workers) as pool:
        for start, (some, said) in zip(starts, pool.map(_draw, starts, sizes, [size] * len(starts)), strict=True):
            pixels[start : start + len(some)], labels[start : start + len(some)] = some, said
    pixels.flush()
    np.save(folder / "labels.npy", labels)
    (folder / "pixels.part.npy").replace(folder / "pixels.npy")


def folders(cache: Path) -> list[Path]:
    """What was drawn: squares, and perhaps wide pictures too."""
    wide = cache / "wide"
    return [cache / "data", *([wide] if (wide / "pixels.npy").is_file() else [])]


def opened(folder: Path) -> Pictures:
    """The drawn pictures, or one sentence on how to draw them."""
    if not (folder / "pixels.npy").is_file():
        raise ValueError(f"No pictures in {folder}: draw them first with `python -m backend.pocket draw`.")
    return Pictures(np.load(folder / "pixels.npy", mmap_mode="r"), np.load(folder / "labels.npy"))


def spoken(label: Label, rng: Random) -> str:
    """A caption as people may write one: 15% empty, parts left out, words in other orders."""
    if rng.random() < 0.15:
        return ""
    if rng.random() < 0.35:
        return caption(label.style, label.time, label.colour, label.vehicle, label.weather)
    style = label.style.value
    if label.style is Style.NEON and rng.random() < 0.6:
        style = rng.choice(("neon painting", "tron painting", "neon", "tron", "neon tron"))
    elif " " in style and rng.random() < 0.2:
        style = style.split()[0] if label.style is not Style.TOON else "cartoon"
    thing = label.vehicle.value
    parts = [f"a {label.colour.value} {thing}" if rng.random() < 0.8 else f"a {thing}"]
    if rng.random() < 0.85:
        parts.append(
            rng.choice((f"in a {label.time.value} city", f"at {label.time.value}", f"{label.time.value} city"))
        )
    if label.weather is not Weather.CLEAR and rng.random() < 0.8:
        parts.append(f"with {label.weather.value}")
    rng.shuffle(parts)
    article = "an" if style[0] in "aeiou" else "a"
    if rng.random() < 0.5:
        return f"{article} {style} of {' '.join(parts)}"
    return " ".join(parts) + rng.choice((f" {style}", f" {article} {style}", f", {style}", f" in {style} style"))
