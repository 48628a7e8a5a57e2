"""A sheet: the drawing of one object in one style, in its own metres, from shapes to finished pixels."""

import math

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from . import textures
from .brushes import RGB, Finish, Palette, luma

Point = tuple[float, float]
PAPER = np.array((250, 247, 240), dtype=np.float32)


class Sheet:
    """Metres go right and up from where the object stands; `unit` is the picture's height in sheet pixels."""

    def __init__(
        self, box: tuple[float, float, float, float], density: float, unit: int, palette: Palette, scale: float
    ) -> None:
        self.left, self.bottom, self.right, self.top = box
        self.density, self.unit, self.palette, self.scale = density, unit, palette, scale
        self.size = (
            max(2, math.ceil((self.right - self.left) * density)),
            max(2, math.ceil((self.top - self.bottom) * density)),
        )
        self.rgb = Image.new("RGB", self.size)
        self.mask = Image.new("L", self.size)
        self.lines = Image.new("L", self.size)
        self._rgb, self._mask, self._lines = (ImageDraw.Draw(i) for i in (self.rgb, self.mask, self.lines))
        self.ink: RGB = palette.brush.ink
        self._mixed: dict[tuple[RGB, bool], tuple[int, int, int]] = {}
        self.lean = self.bulge = 0.0
        self.height = 1.0

    def ground(self, rgb: RGB) -> None:
        """Fill the whole sheet, so that soft edges blend to the object's own colour and not to black."""
        self.rgb.paste(self._colour(rgb, False), (0, 0, *self.size))

    def _colour(self, rgb: RGB, light: bool) -> tuple[int, int, int]:
        if (rgb, light) not in self._mixed:
            r, g, b = (int(max(0, min(255, c))) for c in self.palette.paint(rgb, self.scale, light))
            self._mixed[rgb, light] = r, g, b
        return self._mixed[rgb, light]

    def _place(self, points: list[Point]) -> list[Point]:
        placed = []
        for x, y in points:
            if self.lean or self.bulge:
                swell = 1 + self.bulge * math.sin(math.pi * max(0.0, min(1.0, y / self.height)))
                x = x * swell + self.lean * max(0.0, y)
            placed.append(((x - self.left) * self.density, (self.top - y) * self.density))
        return placed

    def poly(
        self, points: list[Point], rgb: RGB, *, light: bool = False, line: float = 1.0, solid: bool = True
    ) -> None:
        """A filled shape; line scales the style's outline, and a shape that is not solid adds nothing to the mask."""
        px = self._place(points)
        self._rgb.polygon(px, fill=self._colour(rgb, light))
        width = self.palette.brush.line * self.unit * line
        if solid:
            self._mask.polygon(px, fill=255)
        if width >= 0.7:
            w = max(1, round(width))
            self._lines.polygon(px, fill=0)
            self._lines.line([*px, px[0], px[1]], fill=255, width=w, joint="curve")
            if solid:
                self._mask.line([*px, px[0], px[1]], fill=255, width=w, joint="curve")

    def rect(self, x0: float, y0: float, x1: float, y1: float, rgb: RGB, **how: object) -> None:
        steps = 6 if self.bulge else 1
        side = [y0 + (y1 - y0) * i / steps for i in range(steps + 1)]
        points = [(x0, y) for y in side] + [(x1, y) for y in reversed(side)]
        self.poly(points, rgb, **how)  # type: ignore[arg-type]

    def oval(self, x: float, y: float, rx: float, ry: float, rgb: RGB, **how: object) -> None:
        turns = [2 * math.pi * i / 22 for i in range(22)]
        self.poly([(x + rx * math.cos(a), y + ry * math.sin(a)) for a in turns], rgb, **how)  # type: ignore[arg-type]

    def shade(self, strength: float = 0.25) -> None:
        """Darken towards the ground, as streets do."""
        if self.palette.brush.finish in (Finish.GRAIN, Finish.STROKES, Finish.HATCH):
            ramp = np.linspace(0, 1, self.size[1], dtype=np.float32) ** 1.5
            pixels = np.asarray(self.rgb, dtype=np.float32) * (1 - strength * ramp[:, None, None])
            self.rgb = Image.fromarray(pixels.astype(np.uint8))
            self._rgb = ImageDraw.Draw(self.rgb)

    def finished(self, offset: tuple[int, int]) -> tuple[Image.Image, Image.Image]:
        """The painted pixels and their mask; the offset picks the object's own piece of the texture."""
        pixels = np.asarray(self.rgb, dtype=np.float32)
        pixels = finish(pixels, self.mask, self.lines, self.unit, self.palette, self.ink, offset)
        return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)), self.mask


def finish(
    pixels: np.ndarray,
    mask: Image.Image,
    lines: Image.Image,
    unit: int,
    palette: Palette,
    ink: RGB,
    offset: tuple[int, int],
) -> np.ndarray:
    """Lay the style's texture and its outlines on drawn shapes."""
    shape = pixels.shape[:2]
    match palette.brush.finish:
        case Finish.GRAIN:
            pixels = pixels * (1 + 0.16 * textures.take(textures.grain(unit), shape, offset)[..., None])
        case Finish.STROKES:
            pixels = _cells(pixels, textures.cells(unit, 30, 2.2), offset, 20, 0.0)
        case Finish.CELLS:
            pixels = _cells(pixels, textures.cells(unit, 9, 1.0), offset, 26, 0.010 * unit)
        case Finish.WASH:
            pixels = _wash(pixels, mask, unit, offset)
        case Finish.LAYERED:
            pixels = _layered(pixels, mask, unit)
        case Finish.HATCH:
            pixels = _hatched(pixels, unit, offset)
        case Finish.FLAT | Finish.GLOW:
            pass
    pixels = palette.last(pixels)
    if palette.brush.line:
        drawn = np.asarray(lines, dtype=np.float32)[..., None] / 255
        if palette.brush.finish is Finish.GLOW:
            halo = lines.filter(ImageFilter.GaussianBlur(0.022 * unit))
            pixels = pixels + np.asarray(halo, dtype=np.float32)[..., None] / 255 * np.array(ink) * 0.8
        pixels = pixels + drawn * (np.array(ink, dtype=np.float32) - pixels)
    return pixels


def _cells(pixels: np.ndarray, cells: textures.Cells, offset: tuple[int, int], shade: float, lead: float) -> np.ndarray:
    """Every cell takes the colour at its middle: whole strokes or panes, whatever detail lay under them."""
    h, w = shape = pixels.shape[:2]
    dy, dx = textures.take(cells.dy, shape, offset), textures.take(cells.dx, shape, offset)
    y, x = np.mgrid[0:h, 0:w]
    painted = pixels[np.clip(y + dy, 0, h - 1), np.clip(x + dx, 0, w - 1)]
    painted = painted + shade * textures.take(cells.shade, shape, offset)[..., None]
    border = textures.take(cells.border, shape, offset)
    if lead:
        return painted * np.clip(0.12 + (border[..., None] - lead * 0.5) / lead * 1.1, 0.12, 1)
    return painted * (0.86 + 0.14 * np.clip(border / 3, 0, 1))[..., None]


def _edge(mask: Image.Image, radius: float) -> np.ndarray:
    soft = np.asarray(mask.filter(ImageFilter.GaussianBlur(radius)), dtype=np.float32) / 255
    return np.clip((1 - soft) * 2, 0, 1)


def _wash(pixels: np.ndarray, mask: Image.Image, unit: int, offset: tuple[int, int]) -> np.ndarray:
    """Pigment pools at the edges, and the paper shows through in slow blooms."""
    shape = pixels.shape[:2]
    bloom = textures.take(textures.noise(unit, 7, 9), shape, offset) + 0.5 * textures.take(
        textures.noise(unit, 18, 10), shape, offset
    )
    soft = Image.fromarray(pixels.astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.010 * unit))
    pixels = np.asarray(soft, dtype=np.float32)
    share = np.clip(0.16 + 0.24 * bloom, 0, 0.6)[..., None]
    pixels = pixels + (PAPER - pixels) * share
    return pixels * (1 - 0.38 * _edge(mask, 0.012 * unit))[..., None]


def _layered(pixels: np.ndarray, mask: Image.Image, unit: int) -> np.ndarray:
    """A card edge catches the light at the upper left and lies in shadow at the lower right."""
    step = max(1, round(0.014 * unit))
    inner = np.asarray(mask, dtype=np.float32) / 255
    lit = inner - np.asarray(ImageChops.offset(mask, step, step), dtype=np.float32) / 255
    dark = inner - np.asarray(ImageChops.offset(mask, -step, -step), dtype=np.float32) / 255
    return pixels + 46 * np.clip(lit, 0, 1)[..., None] - 62 * np.clip(dark, 0, 1)[..., None]


def _hatched(pixels: np.ndarray, unit: int, offset: tuple[int, int]) -> np.ndarray:
    """Graphite on paper: one direction of lines in the half-shade, two in the dark."""
    shape = pixels.shape[:2]
    tile = textures.hatch(unit)
    shadow = 1 - luma(pixels)[..., None] / 255
    one = textures.take(tile, shape, offset)[..., None]
    two = textures.take(tile[:, ::-1], shape, offset)[..., None]
    drawn = one * np.clip(shadow * 2 - 0.5, 0, 0.8) + two * np.clip(shadow * 2 - 1.1, 0, 0.8)
    tone = PAPER * (1 - 0.42 * np.clip(shadow - 0.1, 0, 1))
    return tone * (1 - 0.62 * np.clip(drawn, 0, 1))


def glow(radius: int, rgb: RGB) -> Image.Image:
    """A round light that fades out, to be added to what is behind it."""
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1].astype(np.float32) / max(1, radius)
    fall = np.clip(1 - np.hypot(x, y), 0, 1) ** 2
    return Image.fromarray((fall[..., None] * np.array(rgb)).astype(np.uint8))
