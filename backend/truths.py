"""The truth of a strip that shows the pocket world: what a perfect take would be, and where every pixel goes.

A note beside a movie of that world says how it was drawn. It is believed only where the strip's frames show it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np

from . import disk, measures, pictures
from .api import Failure
from .fingerprint import fingerprint_of, stamp_of
from .flow import Flow, Mask
from .frozen import frozen
from .jobs import Job
from .pictures import Pixels
from .plain import to_json
from .pocket.captions import PAINTED, Colour, Style, Time, Vehicle, Weather
from .pocket.world import Clip
from .record import SCHEMA, read_as, read_json, write_json
from .study import Study
from .take import Take

VERSION = 1  # part of every drawn picture's stamp: a change of what is drawn must count it up
# dB between blurred pictures, for Blender brings the movie to the working size in its own way: there its frames are at
# 35 and the next ones at 26; sharp they are at 28 and 20.
SAME = 30.0


@frozen
class World:
    """How a clip was drawn."""

    seed: int
    frames: int
    size: tuple[int, int]
    time: Time
    weather: Weather
    vehicle: Vehicle
    colour: Colour
    cut_at: int | None = None
    swap_at: int | None = None

    def clip(self, size: tuple[int, int] | None = None) -> Clip:
        how = (self.time, self.weather, self.vehicle, self.colour, self.cut_at, self.swap_at)
        return Clip(self.seed, self.frames, size or self.size, *how)


def note_path(movie: Path) -> Path:
    return movie.with_suffix(".world.json")


def write_note(movie: Path, world: World) -> None:
    write_json(note_path(movie), {"schema": SCHEMA, **to_json(world)})


def noted(movie: Path) -> World | None:
    """What the note beside a movie says; None where there is none."""
    path = note_path(movie)
    try:
        if not disk.long_path(path).is_file():
            return None
        plain = read_json(path)
        plain.pop("schema", None)
        world = read_as(World, plain, path)
        world.clip()
    except (Failure, OSError, ValueError):  # somebody else's file, or a damaged one: the truth is not known
        return None
    return world


class Truth:
    """Of one style, at the working size, numbered as the study's frames."""

    def __init__(self, world: World, style: Style, size: tuple[int, int]) -> None:
        self.world, self.style, self.size = world, style, size
        self.fingerprint = fingerprint_of(VERSION, world, style, size)
        self._drawn = world.clip()
        self._moving = world.clip(_half(world.size)) if world.size != size else self._drawn

    @property
    def numbers(self) -> range:
        return range(1, self.world.frames + 1)

    def photo(self, number: int) -> Pixels:
        return pictures.resize(self._drawn.photo(number - 1), self.size)

    def picture(self, number: int) -> Pixels:
        return pictures.resize(np.asarray(self._drawn.painted(number - 1, self.style)), self.size)

    def way(self, now: int, before: int) -> tuple[Flow, Mask]:
        """The true flow between two frames, and where it can be relied on."""
        flow = self._moving.flow(now - 1, before - 1, self.style)
        sure = self._moving.visible(now - 1, before - 1, self.style)
        if self._moving.size == self.size:
            return flow, sure
        scale = np.array(self.size, np.float32) / self._moving.size
        flow = cv2.resize(flow, self.size, interpolation=cv2.INTER_AREA) * scale
        sure = cv2.resize(sure.astype(np.float32), self.size, interpolation=cv2.INTER_AREA) > 0.99
        return np.asarray(flow, np.float32), sure

    def draw(self, folder: Path, numbers: Iterable[int], job: Job) -> Take:
        """As pictures in a folder, for the report and the next time; what is there is not drawn again."""
        take = Take("truth", folder)
        lacking = [n for n in numbers if stamp_of(take.picture_path(n)) != self.fingerprint]
        for done, number in enumerate(lacking):
            job.progress(done, len(lacking), "Drawing the truth")
            pictures.write(take.picture_path(number), self.picture(number), self.fingerprint)
        return take


def known(study: Study, prompts: Iterable[str]) -> Truth | None:
    """The truth of a strip in the first style that the prompts name; None for every strip but the world's own."""
    style = next((style for prompt in prompts if (style := style_in(prompt))), None)
    world = next((found for movie in study.source.media if (found := noted(Path(movie)))), None)
    if style is None or world is None:
        return None
    truth = Truth(world, style, study.source.framing.size)
    return truth if _shows(study, truth) else None


def style_in(prompt: str) -> Style | None:
    return next((style for style in PAINTED if style.value in prompt.lower()), None)


def _shows(study: Study, truth: Truth) -> bool:
    """Whether the strip shows that clip as it was drawn, by its first, middle and last frame."""
    first, last = study.source.first, study.source.last
    if first not in truth.numbers or last not in truth.numbers:
        return False
    some = {first, (first + last) // 2, last}
    return all(_shows_there(pictures.read(study.frame_path(n)), truth, n) for n in some)


def _shows_there(frame: Pixels, truth: Truth, number: int) -> bool:
    """It is what the world draws there, and no more like what it draws a frame before or after."""
    beside = [n for n in (number - 1, number + 1) if n in truth.numbers]
    here = _alike(frame, truth.photo(number))
    return here > SAME and all(here >= _alike(frame, truth.photo(n)) for n in beside)


def _alike(one: Pixels, other: Pixels) -> float:
    a, b = (cv2.GaussianBlur(picture, (0, 0), 1) for picture in (one, other))
    return measures.psnr(a, b)


def _half(size: tuple[int, int]) -> tuple[int, int]:
    """Where drawn objects lie takes a quarter of the time at half the size, and is as exact."""
    width, height = size
    return (width // 2, height // 2) if not width % 16 and not height % 16 and min(size) >= 64 else size
