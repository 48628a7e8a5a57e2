"""A GIF: one palette for all frames, dots that stand still, and what did not change is not written again.

Pillow would keep every frame in memory until the last one, and dither each into another pattern."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, BinaryIO

import numpy as np
from PIL import GifImagePlugin, Image

COLOURS = 255
CLEAR = 255  # the index that leaves a pixel as it was
SAMPLES, SAMPLE_SIDE = 48, 160  # how many frames the colours are chosen from, and how large those are looked at
PIXELS = 40_000  # of all these together, for the means: more of them find no better colours
SHORTEST = 2  # hundredths of a second: players show less as ten
HELD = 6  # levels of a channel that are noise, and no reason to paint a pixel anew
COARSEST = 24.0  # levels between two colours that dots may still mix
LEAVE = 1  # the way a frame is disposed of: it stays, and the next one is painted over it

Pixels = np.ndarray
Counts = Counter[Any]  # by colour


def timed(count: int, fps: float) -> list[tuple[int, int]]:
    """Which frames are shown, each for how many hundredths. A GIF knows no others: what a frame is shown too long the
    next one is shown less, so that it ends with the film, and of more than 50 frames a second some are left out."""
    starts: list[tuple[int, int]] = []
    end = max(SHORTEST, round(100 * count / fps))
    for index in range(count):
        at = round(100 * index / fps)
        if not starts or (at >= starts[-1][1] + SHORTEST and at + SHORTEST <= end):
            starts.append((index, at))
    ends = [at for _, at in starts[1:]] + [end]
    return [(index, until - at) for (index, at), until in zip(starts, ends, strict=True)]


def palette_of(pictures: Iterable[Image.Image]) -> Pixels:
    """The colours that all these pictures do with, 255 × 3 at most. Few colours are taken as they are."""
    parts: list[Pixels] = []
    flat: Counts | None = Counter()
    for picture in pictures:
        part = picture.copy()
        part.thumbnail((SAMPLE_SIDE, SAMPLE_SIDE), Image.Resampling.NEAREST)  # mixed colours would be none of its own
        parts.append(np.asarray(part).reshape(-1, 3))
        flat = None if flat is None else _counted(picture, flat)
    seen = np.concatenate(parts)
    colours = np.unique(seen, axis=0)
    if len(colours) > COLOURS:
        return _found(seen[np.random.default_rng(0).permutation(len(seen))[:PIXELS]], COLOURS)
    return colours if flat is None else _palette_of_flat(flat)


def _counted(picture: Image.Image, before: Counts) -> Counts | None:
    """How often there is each colour; None where they are so many that nothing there is flat."""
    found = picture.getcolors(PIXELS)
    if found is None:
        return None
    before.update({colour: count for count, colour in found})
    return before


def _palette_of_flat(counts: Counts) -> Pixels:
    """A thin line has a colour of its own, and may be in no pixel that was looked at when they were made small."""
    colours, often = np.array(list(counts), np.uint8), np.array(list(counts.values()))
    if len(colours) > COLOURS:
        shares = np.ceil(often * (PIXELS / often.sum())).astype(int)
        colours = _found(np.repeat(colours, shares, axis=0), COLOURS - 1)  # not all of them: flat areas want no dots
    return np.unique(colours, axis=0)


def _found(pixels: Pixels, count: int) -> Pixels:
    found = Image.fromarray(pixels[None]).quantize(count, Image.Quantize.MEDIANCUT, kmeans=len(pixels) // 100)
    return np.array(found.getpalette("RGB"), np.uint8).reshape(-1, 3)[:count]


def packed(colours: Pixels) -> Pixels:
    """A number for each colour, in the order in which `np.unique` has them."""
    return colours.astype(np.int32) @ np.array([1 << 16, 1 << 8, 1], np.int32)


def thresholds(order: int = 3) -> Pixels:
    """Bayer's matrix, from -0.5 to 0.5. A dot depends on its own pixel and place alone, so that what stands still stays
    as it is, where spreading the error would crawl."""
    matrix = np.zeros((1, 1))
    for _ in range(order):
        matrix = np.block([[4 * matrix, 4 * matrix + 2], [4 * matrix + 3, 4 * matrix + 1]])
    return (matrix + 0.5) / matrix.size - 0.5


def coarseness(palette: Pixels) -> float:
    """How many levels the dots have to bridge: what lies between a colour and its nearest, as a rule."""
    if len(palette) < COLOURS:
        return 0.0  # every colour is there
    wide = palette.astype(np.int32)
    distance = np.sqrt(((wide[:, None] - wide[None]) ** 2).sum(axis=2).astype(float))
    np.fill_diagonal(distance, np.inf)
    return min(COARSEST, float(np.median(distance.min(axis=1))))


class Writer:
    """Frames go in one after the other, and nothing but the last one is kept."""

    def __init__(self, stream: BinaryIO, size: tuple[int, int], palette: Pixels) -> None:
        self._stream = stream
        self._colours = Image.new("P", (1, 1))
        full = np.concatenate([palette, np.repeat(palette[-1:], 256 - len(palette), axis=0)])
        self._colours.putpalette(full.tobytes())
        self._exact = packed(palette) if coarseness(palette) == 0 else None
        self._held = HELD if self._exact is None else 0
        high, wide = size[1], size[0]
        dots = np.tile(thresholds(), (high // 8 + 1, wide // 8 + 1))[:high, :wide, None]
        self._dots = np.rint(dots * coarseness(palette)).astype(np.int16)
        self._source: Pixels | None = None  # the colours that are shown, as they were before they were looked up
        self._shown: Pixels | None = None
        self._waiting: tuple[Image.Image, tuple[int, int]] | None = None
        self._hundredths = 0
        _write_head(stream, size, full)

    def add(self, picture: Image.Image, hundredths: int) -> None:
        rgb = np.asarray(picture).astype(np.int16)
        indices = self._looked_up(rgb)
        if self._source is None or self._shown is None:
            self._source, self._shown = rgb, indices.copy()
            self._queue(indices, (0, 0))
        else:
            moved = np.abs(rgb - self._source).max(axis=2) > self._held
            self._source[moved] = rgb[moved]
            new = moved & (indices != self._shown)
            if new.any():
                self._shown[new] = indices[new]
                top, bottom = np.flatnonzero(new.any(axis=1))[[0, -1]]
                left, right = np.flatnonzero(new.any(axis=0))[[0, -1]]
                window = slice(top, bottom + 1), slice(left, right + 1)
                self._queue(np.where(new[window], indices[window], CLEAR).astype(np.uint8), (int(left), int(top)))
        self._hundredths += hundredths

    def close(self) -> None:
        self._flush()
        self._stream.write(b";")

    def _looked_up(self, rgb: Pixels) -> Pixels:
        dotted = Image.fromarray(np.clip(rgb + self._dots, 0, 255).astype(np.uint8))
        indices = np.asarray(dotted.quantize(palette=self._colours, dither=Image.Dither.NONE)).copy()
        indices[indices == CLEAR] = CLEAR - 1  # of the same colour
        if self._exact is not None:  # Pillow takes colours for one that are almost the same
            wanted = packed(rgb)
            place = np.searchsorted(self._exact, wanted).clip(max=len(self._exact) - 1)
            indices = np.where(self._exact[place] == wanted, place, indices).astype(np.uint8)
        return indices

    def _queue(self, indices: Pixels, corner: tuple[int, int]) -> None:
        """Written when the next one comes: only then it is known how long it was shown."""
        self._flush()
        self._waiting, self._hundredths = (Image.fromarray(indices), corner), 0

    def _flush(self) -> None:
        if self._waiting is None:
            return
        picture, corner = self._waiting
        for hundredths, first in _in_parts(self._hundredths):
            part = picture if first else Image.new("L", (1, 1), CLEAR)
            how = {"duration": 10 * hundredths, "disposal": LEAVE, "transparency": CLEAR}
            for data in GifImagePlugin.getdata(part, corner if first else (0, 0), **how):
                self._stream.write(data)


def _in_parts(hundredths: int) -> Iterable[tuple[int, bool]]:
    """Two bytes hold eleven minutes at most."""
    first = True
    while first or hundredths:
        now = min(hundredths, 65535)
        yield now, first
        hundredths, first = hundredths - now, False


def _write_head(stream: BinaryIO, size: tuple[int, int], palette: Pixels) -> None:
    sides = b"".join(side.to_bytes(2, "little") for side in size)
    stream.write(b"GIF89a" + sides + b"\xf7\x00\x00" + palette.tobytes())  # 256 colours for all frames
    stream.write(b"!\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00")  # again and again
