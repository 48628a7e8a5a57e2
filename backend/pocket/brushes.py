"""How each style mixes its colours and what it leaves out: the palettes and switches that painting reads."""

import colorsys
from enum import Enum

import numpy as np

from ..frozen import frozen
from .captions import Style, Time, Weather

RGB = tuple[float, float, float]


class Finish(Enum):
    """What is laid on an object once its shapes are drawn."""

    GRAIN = "grain"
    STROKES = "strokes"
    CELLS = "cells"
    FLAT = "flat"
    WASH = "wash"
    HATCH = "hatch"
    LAYERED = "layered"
    GLOW = "glow"


class Windows(Enum):
    """Each window as it is, a few large ones, all of a house as one glow, or nothing."""

    ALL = "all"
    LARGE = "large"
    ONE_GLOW = "one glow"
    NONE = "none"


@frozen
class Brush:
    """One style's switches; line is the outline's width in picture heights, 0 for none."""

    style: Style
    finish: Finish
    line: float = 0.0
    ink: RGB = (20, 20, 30)
    windows: Windows = Windows.ALL
    wonky: bool = False
    """Shapes are redrawn: round cars, leaning towers."""
    night: bool = False
    """It is always night in this style."""
    beams: bool = True


BRUSHES = {
    brush.style: brush
    for brush in (
        Brush(Style.PHOTO, Finish.GRAIN),
        Brush(Style.NEON, Finish.GLOW, 0.019, (90, 240, 255), Windows.LARGE, night=True),
        Brush(Style.OIL, Finish.STROKES, windows=Windows.LARGE),
        Brush(Style.MOSAIC, Finish.CELLS, 0.017, (22, 18, 30), Windows.ONE_GLOW, beams=False),
        Brush(Style.TOON, Finish.FLAT, 0.019, (45, 25, 60), Windows.LARGE, wonky=True, beams=False),
        Brush(Style.WATERCOLOR, Finish.WASH, windows=Windows.ONE_GLOW),
        Brush(Style.PAPER, Finish.LAYERED, windows=Windows.ONE_GLOW, beams=False, wonky=True),
        Brush(Style.SKETCH, Finish.HATCH, 0.017, (48, 46, 52), beams=False),
        Brush(Style.BLUEPRINT, Finish.FLAT, 0.017, (225, 238, 255), beams=False),
        Brush(Style.POSTER, Finish.FLAT, windows=Windows.LARGE, beams=False),
        Brush(Style.SEPIA, Finish.GRAIN),
    )
}

AMBIENT = {Time.DAY: (1.0, 1.0, 1.0), Time.DUSK: (0.88, 0.62, 0.62), Time.NIGHT: (0.26, 0.30, 0.50)}
SKY = {
    Time.DAY: ((78, 148, 222), (206, 228, 240)),
    Time.DUSK: ((84, 60, 128), (255, 158, 92)),
    Time.NIGHT: ((8, 12, 38), (44, 50, 96)),
}
MIST = {Time.DAY: (222, 228, 232), Time.DUSK: (226, 168, 150), Time.NIGHT: (66, 72, 108)}
THICKNESS = {Weather.CLEAR: 0.55, Weather.FOG: 1.6, Weather.SNOW: 0.9, Weather.RAIN: 0.9}
POSTER_INKS = {
    Time.DAY: ((36, 44, 76), (196, 70, 50), (44, 142, 150), (240, 180, 90), (250, 236, 206)),
    Time.DUSK: ((52, 26, 66), (170, 48, 72), (232, 98, 62), (250, 166, 82), (255, 224, 170)),
    Time.NIGHT: ((14, 20, 48), (30, 62, 102), (40, 112, 132), (224, 122, 80), (250, 220, 140)),
}


def luma(rgb: np.ndarray) -> np.ndarray:
    return rgb[..., 0] * 0.299 + rgb[..., 1] * 0.587 + rgb[..., 2] * 0.114


def mix(a: RGB, b: RGB, share: float) -> RGB:
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share)


def vivid(rgb: RGB, saturation: float, value: float) -> RGB:
    h, s, v = colorsys.rgb_to_hsv(*(max(0.0, min(255.0, c)) / 255 for c in rgb))
    r, g, b = colorsys.hsv_to_rgb(h, min(1.0, s * saturation), min(1.0, v * value))
    return 255 * r, 255 * g, 255 * b


@frozen
class Palette:
    """A brush at one time and in one weather: turns a material's own colour into the painted one."""

    brush: Brush
    time: Time
    weather: Weather

    def sky(self) -> tuple[RGB, RGB]:
        """The sky at the top and at the horizon, before the style's own mixing."""
        if self.brush.style is Style.NEON:
            return (8, 6, 36), (128, 26, 122)
        top, low = SKY[self.time]
        if self.weather in (Weather.FOG, Weather.RAIN, Weather.SNOW):
            share = 0.75 if self.weather is Weather.FOG else 0.5
            grey = mix(MIST[self.time], (110, 118, 130), 0.0 if self.weather is Weather.SNOW else 0.3)
            top, low = mix(top, grey, share), mix(low, grey, share)
        return top, low

    def haze(self, scale: float) -> float:
        """How much of the air's colour lies over a thing at this distance."""
        if scale >= 0.1:
            return 0.0
        return min(0.82, THICKNESS[self.weather] * 0.014 / (scale + 0.012))

    def paint(self, rgb: RGB, scale: float = 1.0, light: bool = False) -> RGB:
        """The colour that a material of this style has under this sky; light shines by itself."""
        lit = rgb
        if not light:
            r, g, b = AMBIENT[self.time]
            lit = (rgb[0] * r, rgb[1] * g, rgb[2] * b)
        lit = mix(lit, self.sky()[1], self.haze(scale) * (0.5 if light else 1.0))
        return self._style(lit, light, self.haze(scale))

    def _style(self, lit: RGB, light: bool, haze: float) -> RGB:
        match self.brush.style:
            case Style.NEON:
                h = colorsys.rgb_to_hsv(*(c / 255 for c in vivid(lit, 1, 1)))[0]
                r, g, b = colorsys.hsv_to_rgb(h, 0.75, 0.16 + 0.10 * haze)
                return lit if light else (255 * r + 4, 255 * g + 2, 255 * b + 22)
            case Style.OIL:
                return mix(vivid(lit, 1.5, 1.12), (40, 60, 150), 0.10)
            case Style.MOSAIC:
                return vivid(lit, 2.0, 1.15)
            case Style.TOON:
                soft = {Time.DAY: (255, 255, 235), Time.DUSK: (255, 170, 190), Time.NIGHT: (92, 78, 190)}[self.time]
                return vivid(mix(lit, soft, 0.30), 1.5, 1.1)
            case Style.WATERCOLOR:
                return mix(vivid(lit, 1.25, 1.25), (250, 246, 236), 0.34)
            case Style.PAPER:
                r, g, b = (round(c / 42) * 42 + 12 for c in mix(vivid(lit, 1.3, 1.1), (244, 226, 200), 0.22))
                return r, g, b
            case Style.BLUEPRINT:
                deep = {Time.DAY: 58, Time.DUSK: 44, Time.NIGHT: 26}[self.time]
                return deep * 0.55, deep * 1.35 + 8, deep * 2.2 + 34
            case _:
                return lit

    def last(self, rgb: np.ndarray) -> np.ndarray:
        """What a style does to all its colours at the end; local by nature."""
        match self.brush.style:
            case Style.SEPIA:
                grey = luma(rgb)[..., None] / 255
                return np.clip(np.array([34, 20, 10]) + grey * np.array([226, 212, 178]), 0, 255)
            case Style.POSTER:
                inks = np.array(POSTER_INKS[self.time], dtype=np.float32)
                span = {Time.DAY: (50, 225), Time.DUSK: (30, 190), Time.NIGHT: (4, 105)}[self.time]
                level = (luma(rgb) - span[0]) / (span[1] - span[0]) * len(inks)
                return inks[np.clip(level, 0, len(inks) - 1).astype(int)]
            case _:
                return rgb


def neon_ink(rgb: RGB) -> RGB:
    """The tube that outlines an object of this colour: its own hue, fully lit; greys get one of two by warmth."""
    h, s, _ = colorsys.rgb_to_hsv(*(c / 255 for c in rgb))
    if s < 0.25:
        h = 0.88 if rgb[0] >= rgb[2] else 0.52
    r, g, b = colorsys.hsv_to_rgb(h, 0.8, 1.0)
    return 255 * r, 255 * g, 255 * b
