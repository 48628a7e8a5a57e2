"""The two things that have no edges: the sky, and the ground in perspective."""

import math
from random import Random

import numpy as np
from PIL import Image, ImageDraw

from ..frozen import frozen
from .brushes import RGB, Finish, Palette, mix
from .captions import Style, Time, Weather
from .scene import FAR_CURB, GROUND_TOP, HORIZON, MIDDLE, NEAR_CURB
from .sheet import Sheet, finish

PERIOD = 30.0
"""The street repeats its marks after so many metres."""
ROWS = (GROUND_TOP - 0.03, 1.10)


def sky_box(aspect: float) -> tuple[float, float, float, float]:
    return (-aspect / 2 - 0.05, -0.10, aspect / 2 + 0.05, HORIZON + 0.06)


def sky(sheet: Sheet, rng: Random) -> None:
    """A gradient, clouds by day, a moon and stars by night, a low sun at dusk."""
    palette = sheet.palette
    style, night = palette.brush.style, palette.time is Time.NIGHT
    high, low = palette.sky()
    bands = 5 if palette.brush.finish in (Finish.FLAT, Finish.LAYERED) else 48
    for band in range(bands):
        top = sheet.top - (sheet.top - sheet.bottom) * band / bands
        colour = mix(high, low, min(1.0, 1.25 * band / max(1, bands - 1)))
        sheet.rect(sheet.left, sheet.bottom, sheet.right, top, colour, light=True, line=0)
    span = sheet.right - sheet.left
    if night and style is not Style.NEON:
        for _ in range(int(16 * span)):
            x, y = sheet.left + rng.random() * span, rng.uniform(0.2, 0.56)
            sheet.oval(x, y, 0.006, 0.006, (230, 232, 255), light=True, line=0)
    x, y = sheet.left + span * rng.uniform(0.2, 0.8), rng.uniform(0.36, 0.47)
    r = 0.075 if palette.brush.wonky or style is Style.NEON else 0.052
    disc: RGB = {Time.DAY: (255, 240, 170), Time.DUSK: (255, 214, 120), Time.NIGHT: (232, 236, 250)}[palette.time]
    if style is Style.NEON:
        disc = (255, 80, 190)
    if palette.weather in (Weather.CLEAR, Weather.SNOW) or style is Style.NEON:
        sheet.ink = (255, 110, 210) if style is Style.NEON else sheet.ink
        sheet.oval(x, y, r, r, disc, light=True, line=0.7)
    for _ in range(int(rng.uniform(2, 4) * span) + (2 if palette.weather is not Weather.CLEAR else 0)):
        _cloud(sheet, rng, span, mix(low, (255, 255, 255), 0.15 if night else 0.7))


def _cloud(sheet: Sheet, rng: Random, span: float, colour: RGB) -> None:
    x, y, size = sheet.left + rng.random() * span, rng.uniform(0.24, 0.5), rng.uniform(0.05, 0.10)
    if sheet.palette.brush.style is Style.NEON:
        return
    for puff in range(4):
        a = (puff - 1.5) * 0.75
        r = size * (0.62 - 0.12 * abs(a))
        sheet.oval(x + a * size, y + 0.16 * size * math.cos(3 * a), r, 0.6 * r, colour, light=True, line=0)


@frozen
class Ground:
    """The street's surface: columns are metres along it, rows are rows of a picture whose camera is at rest."""

    pixels: np.ndarray
    per_metre: float
    per_row: float

    def at(self, metres: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Colours by bilinear lookup along the street."""
        h, w = self.pixels.shape[:2]
        row = np.clip((rows - ROWS[0]) * self.per_row, 0, h - 1.001)
        column = metres * self.per_metre
        x0, y0 = np.floor(column).astype(int), np.floor(row).astype(int)
        fx, fy = (column - x0)[..., None].astype(np.float32), (row - y0)[..., None].astype(np.float32)
        left, right = x0 % w, (x0 + 1) % w
        upper = self.pixels[y0, left] * (1 - fx) + self.pixels[y0, right] * fx
        lower = self.pixels[y0 + 1, left] * (1 - fx) + self.pixels[y0 + 1, right] * fx
        return upper * (1 - fy) + lower * fy


class _Street:
    """Draws shapes given in metres and rows, in the palette's colours."""

    def __init__(self, palette: Palette, unit: int) -> None:
        self.palette, self.unit = palette, unit
        self.per_metre, self.per_row = unit * 0.105, float(unit)
        self.size = (round(PERIOD * self.per_metre), round((ROWS[1] - ROWS[0]) * unit))
        self.image, self.lines = Image.new("RGB", self.size), Image.new("L", self.size)
        self._draw, self._lines = ImageDraw.Draw(self.image), ImageDraw.Draw(self.lines)

    def rect(self, x0: float, y0: float, x1: float, y1: float, rgb: RGB, light: bool = False) -> None:
        r, g, b = (int(max(0, min(255, c))) for c in self.palette.paint(rgb, light=light))
        self._draw.rectangle(self._box(x0, y0, x1, y1), fill=(r, g, b))
        self._lines.rectangle(self._box(x0, y0, x1, y1), fill=0)

    def line(self, x0: float, y0: float, x1: float, y1: float, thick: float = 1.0) -> None:
        width = self.palette.brush.line * self.unit * thick
        if width >= 0.7:
            self._lines.line(self._box(x0, y0, x1, y1), fill=255, width=max(1, round(width)))

    def _box(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        m, r = self.per_metre, self.per_row
        return x0 * m, (y0 - ROWS[0]) * r, x1 * m, (y1 - ROWS[0]) * r


def ground(palette: Palette, unit: int, rng: Random) -> Ground:
    """Grass, pavements with slabs, two lanes with dashes, patches, manholes and, after rain, puddles of sky."""
    street = _Street(palette, unit)
    snow, rain = palette.weather is Weather.SNOW, palette.weather is Weather.RAIN
    grass: RGB = (226, 232, 240) if snow else (104, 142, 84)
    slab: RGB = (214, 220, 228) if snow else (172, 166, 158)
    road: RGB = (58, 62, 70) if rain else (92, 94, 100)
    mark: RGB = (236, 232, 214)
    neon = palette.brush.style is Style.NEON
    simple = palette.brush.finish in (Finish.WASH, Finish.LAYERED, Finish.GLOW)
    street.rect(0, ROWS[0], PERIOD, 0.662, grass)
    street.rect(0, 0.655, PERIOD, FAR_CURB, slab)
    street.rect(0, FAR_CURB, PERIOD, NEAR_CURB, road)
    street.rect(0, NEAR_CURB, PERIOD, ROWS[1], slab)
    if not simple:
        for _ in range(12):
            x, y, tone = rng.uniform(0, PERIOD - 5), rng.uniform(FAR_CURB, NEAR_CURB - 0.03), rng.uniform(0.72, 1.2)
            patch: RGB = (road[0] * tone, road[1] * tone, road[2] * tone)
            street.rect(x, y, x + rng.uniform(0.6, 4.0), y + rng.uniform(0.012, 0.04), patch)
    if rain:
        for _ in range(16):
            x, y = rng.uniform(0, PERIOD - 4), rng.uniform(FAR_CURB + 0.01, NEAR_CURB - 0.03)
            street.rect(
                x, y, x + rng.uniform(0.8, 3.4), y + rng.uniform(0.008, 0.022), mix(palette.sky()[1], road, 0.2)
            )
    for slab_edge in range(int(PERIOD / 1.5)):
        x = slab_edge * 1.5 + 0.2
        seam: RGB = (slab[0] * 0.78, slab[1] * 0.78, slab[2] * 0.78)
        if not simple:
            street.rect(x, NEAR_CURB + 0.012, x + 0.09, ROWS[1], seam)
            street.rect(x, 0.665, x + 0.09, FAR_CURB - 0.006, seam)
        if neon:
            street.line(x, FAR_CURB, x, ROWS[1], 0.5)
    curb: RGB = (206, 202, 194)
    street.rect(0, FAR_CURB - 0.008, PERIOD, FAR_CURB, curb)
    street.rect(0, NEAR_CURB, PERIOD, NEAR_CURB + 0.014, curb)
    for y in (FAR_CURB, NEAR_CURB):
        street.line(0, y, PERIOD, y)
    for dash in range(5):
        x = dash * PERIOD / 5 + 0.7
        street.rect(x, MIDDLE - 0.008, x + 3.0, MIDDLE + 0.009, mark, light=neon)
        street.line(x, MIDDLE, x + 3.0, MIDDLE)
    return Ground(_finished(street, rng), street.per_metre, street.per_row)


def _finished(street: _Street, rng: Random) -> np.ndarray:
    ink: RGB = (90, 120, 255) if street.palette.brush.style is Style.NEON else street.palette.brush.ink
    full = Image.new("L", street.size, 255)
    pixels = np.asarray(street.image, dtype=np.float32)
    if street.palette.brush.finish is Finish.GRAIN:
        # Asphalt is rough along the street too, where perspective squeezes the rows.
        rough = np.random.default_rng(rng.randrange(2**31)).normal(0, 0.05, pixels.shape[:2])
        pixels = pixels * (1 + rough[..., None])
    offset = (rng.randrange(street.unit), rng.randrange(street.unit))
    pixels = finish(pixels, full, street.lines, street.unit, street.palette, ink, offset)
    return np.clip(pixels, 0, 255).astype(np.float32)
