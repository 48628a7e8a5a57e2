"""The pocket world: seeded clips of a drive through a city, in any style, with their true flow and visibility."""

from collections import OrderedDict
from dataclasses import dataclass, field
from random import Random

import numpy as np
from PIL import Image, ImageChops

from ..frozen import frozen
from . import backdrop, motion
from .brushes import BRUSHES, Palette
from .captions import Colour, Style, Time, Vehicle, Weather, caption, word
from .painters import PAINTERS, extent
from .scene import Camera, Kind, Shot, Thing, lights
from .sheet import Sheet, glow

MASKS = {
    "sky": (Kind.SKY,),
    "ground": (Kind.GROUND,),
    "buildings": (Kind.HOUSE, Kind.MID, Kind.FAR),
    "trees": (Kind.TREE,),
    "lamps": (Kind.LAMP,),
    "other vehicles": (Kind.OTHER, Kind.OTHER_WHEEL),
    "vehicle": (Kind.HERO, Kind.WHEEL),
}
KEPT_SHEETS = 400
"""Drawn objects that a clip keeps, so that a long clip does not fill the memory."""


@frozen
class _Drawn:
    pixels: Image.Image
    mask: Image.Image
    to_sheet: np.ndarray
    """From the object's metres to sheet pixels."""


@dataclass
class Clip:
    """A seeded clip; whatever is not given (time, weather, vehicle, colour) is chosen by the seed.

    `cut_at` is the first frame of another street, `swap_at` the first frame with another vehicle on the same one. An
    `empty` clip is the same drive without the vehicle that the camera follows.
    """

    seed: int
    frames: int = 96
    size: tuple[int, int] = (64, 64)
    time: Time | str | None = None
    weather: Weather | str | None = None
    vehicle: Vehicle | str | None = None
    colour: Colour | str | None = None
    cut_at: int | None = None
    swap_at: int | None = None
    empty: bool = False
    _shots: list[tuple[int, Shot]] = field(init=False, repr=False)
    _sheets: OrderedDict[tuple[object, ...], _Drawn] = field(init=False, repr=False, default_factory=OrderedDict)
    _grounds: dict[tuple[Style, int], backdrop.Ground] = field(init=False, repr=False, default_factory=dict)

    _looks: dict[tuple[int, Style], motion.Seen] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        w, h = self.size
        if w < 32 or h < 32 or w % 8 or h % 8:
            raise ValueError(
                f"A clip of {w} by {h} pixels cannot be drawn: make both sides multiples of 8, 32 or more."
            )
        if self.frames < 1:
            raise ValueError(f"A clip of {self.frames} frames is empty: ask for at least one frame.")
        for name, at in (("cut_at", self.cut_at), ("swap_at", self.swap_at)):
            if at is not None and not 0 < at < self.frames:
                raise ValueError(f"{name}={at} lies outside the clip: choose a frame from 1 to {self.frames - 1}.")
        self.oversampling = max(2, round(192 / h))
        rng = Random(f"clip:{self.seed}")
        time = word(Time, self.time) if self.time else rng.choice(list(Time))
        weather = rng.choice([Weather.CLEAR] * 3 + list(Weather)) if not self.weather else word(Weather, self.weather)
        vehicle = word(Vehicle, self.vehicle) if self.vehicle else rng.choice(list(Vehicle))
        colour = word(Colour, self.colour) if self.colour else rng.choice(list(Colour))
        shot = Shot(self.seed * 16, time, weather, vehicle, colour, w / h, self.seed * 16)
        self._shots = [(0, shot)]
        others = [v for v in Vehicle if v is not vehicle], [c for c in Colour if c is not colour]
        if self.swap_at is not None:
            swapped = Shot(shot.seed, time, weather, rng.choice(others[0]), rng.choice(others[1]), w / h, shot.seed + 1)
            self._shots.append((self.swap_at, swapped))
        if self.cut_at is not None:
            cut = Shot(shot.seed + 2, time, weather, rng.choice(others[0]), rng.choice(others[1]), w / h, shot.seed + 2)
            self._shots.append((self.cut_at, cut))
        self._shots.sort(key=lambda pair: pair[0])

    def shot(self, frame: int) -> Shot:
        if not 0 <= frame < self.frames:
            raise ValueError(f"Frame {frame} does not exist: this clip has frames 0 to {self.frames - 1}.")
        return next(shot for start, shot in reversed(self._shots) if start <= frame)

    def _things(self, frame: int) -> list[Thing]:
        return [t for t in self.shot(frame).things(frame) if not (self.empty and t.kind in MASKS["vehicle"])]

    def caption(self, frame: int = 0, style: Style | str = Style.PHOTO) -> str:
        """What a frame shows, in the words that the pocket model was trained on."""
        shot, painted = self.shot(frame), word(Style, style)
        time = Time.NIGHT if BRUSHES[painted].night else shot.time
        return caption(painted, time, shot.colour, shot.vehicle, shot.weather)

    def photo(self, frame: int) -> np.ndarray:
        return self.painted(frame, Style.PHOTO)

    def painted(self, frame: int, style: Style | str) -> np.ndarray:
        """The frame in one style: uint8, height by width by RGB."""
        style = word(Style, style)
        shot = self.shot(frame)
        camera, palette = shot.camera(frame), self._palette(shot, style)
        k = self.oversampling
        w, h = self.size[0] * k, self.size[1] * k
        canvas = Image.new("RGB", (w, h))
        for thing in self._things(frame):
            if thing.kind is Kind.GROUND:
                self._lay_ground(canvas, shot, camera, palette)
                continue
            if not self._in_view(thing, camera):
                continue
            self._lay(canvas, self._sheet(shot, thing, palette), camera.matrix(thing))
            if palette.brush.beams and shot.time is not Time.DAY:
                self._shine(canvas, thing, camera)
        return np.asarray(canvas.reduce(k))

    def flow(self, source: int, target: int, style: Style | str = Style.PHOTO) -> np.ndarray:
        """Where every pixel of one frame goes in another: float32, height by width by (right, down), in pixels.

        A style that redraws shapes covers other pixels than the photo does: name it to get its own flow.
        """
        return motion.flow(self._seen(source, style), self._seen(target, style))

    def visible(self, source: int, target: int, style: Style | str = Style.PHOTO) -> np.ndarray:
        """Where that flow leads to the same point in plain sight: compare frames there, and only there."""
        return motion.visible(self._seen(source, style), self._seen(target, style))

    def masks(self, frame: int, style: Style | str = Style.PHOTO) -> dict[str, np.ndarray]:
        """A boolean mask of each sort of object, keyed by the names in MASKS."""
        found = self._seen(frame, style)
        kinds = np.array([list(Kind).index(thing.kind) for thing in found.things])[found.index]
        return {name: np.isin(kinds, [list(Kind).index(k) for k in members]) for name, members in MASKS.items()}

    def _seen(self, frame: int, style: Style | str = Style.PHOTO) -> motion.Seen:
        key = (frame, word(Style, style))
        if key not in self._looks:
            shot = self.shot(frame)
            camera, palette = shot.camera(frame), self._palette(shot, key[1])
            things = self._things(frame)
            outlines = [None if t.kind is Kind.GROUND else self._outline(shot, t, palette, camera) for t in things]
            if len(self._looks) > 8:
                self._looks.clear()
            self._looks[key] = motion.seen(things, camera, outlines, self.size)
        return self._looks[key]

    def _outline(self, shot: Shot, thing: Thing, palette: Palette, camera: Camera) -> Image.Image:
        drawn = self._sheet(shot, thing, palette)
        unit = self.size[1] * self.oversampling
        outline = Image.new("L", (self.size[0] * self.oversampling, unit))
        placed = _placed(drawn, camera.matrix(thing) * unit, outline.size)
        if placed:
            (x0, y0, x1, y1), coefficients = placed
            part = drawn.mask.transform((x1 - x0, y1 - y0), Image.Transform.AFFINE, coefficients)
            outline.paste(part.point([255 * (v > 127) for v in range(256)]), (x0, y0))
        return outline

    def _palette(self, shot: Shot, style: Style) -> Palette:
        brush = BRUSHES[style]
        return Palette(brush, Time.NIGHT if brush.night else shot.time, shot.weather)

    def _sheet(self, shot: Shot, thing: Thing, palette: Palette) -> _Drawn:
        style = palette.brush.style
        key = (style, shot.time, shot.weather, thing.name, thing.vehicle, thing.colour)
        if key in self._sheets:
            self._sheets.move_to_end(key)
            return self._sheets[key]
        unit = self.size[1] * self.oversampling
        box = backdrop.sky_box(shot.aspect) if thing.kind is Kind.SKY else extent(thing, self._random(thing))
        sheet = Sheet(box, unit * thing.scale, unit, palette, 1.0 if thing.kind is Kind.SKY else thing.scale)
        rng = self._random(thing)
        if thing.kind is Kind.SKY:
            backdrop.sky(sheet, rng)
        else:
            PAINTERS[thing.kind](sheet, thing, rng)
        place = Random(f"texture:{thing.name}")
        pixels, mask = sheet.finished((place.randrange(unit), place.randrange(unit)))
        d = sheet.density
        to_sheet = np.array([[d, 0, -sheet.left * d], [0, -d, sheet.top * d]])
        self._sheets[key] = drawn = _Drawn(pixels, mask, to_sheet)
        if len(self._sheets) > KEPT_SHEETS:
            self._sheets.popitem(last=False)
        return drawn

    def _in_view(self, thing: Thing, camera: Camera) -> bool:
        if thing.kind is Kind.SKY:
            return True
        left, _, right, _ = extent(thing, self._random(thing))
        (k, _, x), _ = camera.matrix(thing)
        k = abs(k) if thing.turn == 0 else camera.zoom * thing.scale
        return x + right * k > 0 and x + left * k < camera.aspect

    @staticmethod
    def _random(thing: Thing) -> Random:
        return Random(f"look:{thing.name}")

    def _lay(self, canvas: Image.Image, drawn: _Drawn, matrix: np.ndarray) -> None:
        unit = self.size[1] * self.oversampling
        placed = _placed(drawn, matrix * unit, canvas.size)
        if placed:
            box, coefficients = placed
            size = (box[2] - box[0], box[3] - box[1])
            how = (Image.Transform.AFFINE, coefficients, Image.Resampling.BILINEAR)
            canvas.paste(drawn.pixels.transform(size, *how), box, drawn.mask.transform(size, *how))

    def _lay_ground(self, canvas: Image.Image, shot: Shot, camera: Camera, palette: Palette) -> None:
        unit = self.size[1] * self.oversampling
        key = (palette.brush.style, shot.seed)
        if key not in self._grounds:
            rng = Random(f"ground:{shot.seed}")
            self._grounds[key] = backdrop.ground(palette, unit, rng)
        top = round(camera.ground_top() * unit)
        y, x = np.mgrid[top : canvas.height, 0 : canvas.width].astype(np.float32) + 0.5
        metres, rows = camera.to_ground(x / unit, y / unit)
        pixels = self._grounds[key].at(metres, rows)
        canvas.paste(Image.fromarray(pixels.astype(np.uint8)), (0, top))

    def _shine(self, canvas: Image.Image, thing: Thing, camera: Camera) -> None:
        """Add the light around street lamps and in front of the followed vehicle."""
        unit = self.size[1] * self.oversampling
        for light in lights(thing):
            px, py = camera.matrix(thing) @ np.array([light.x, light.y, 1.0]) * unit
            r = max(2, round(light.reach * thing.scale * camera.zoom * unit))
            box = (round(px) - r, round(py) - r, round(px) + r + 1, round(py) + r + 1)
            if box[0] < canvas.width and box[2] > 0:
                lit = ImageChops.add(canvas.crop(box), glow(r, light.rgb))
                canvas.paste(lit, box)


def _placed(
    drawn: _Drawn, matrix: np.ndarray, canvas: tuple[int, int]
) -> tuple[tuple[int, int, int, int], tuple[float, ...]] | None:
    """Where on the canvas a sheet lands, and the map from there back to sheet pixels."""
    w, h = drawn.pixels.size
    full, sheet = np.vstack([matrix, [0, 0, 1]]), np.vstack([drawn.to_sheet, [0, 0, 1]])
    forward = full @ np.linalg.inv(sheet)
    corners = forward @ np.array([[0, w, 0, w], [0, 0, h, h], [1, 1, 1, 1]])
    x0, y0 = np.maximum(np.floor(corners[:2].min(axis=1)).astype(int), 0)
    x1, y1 = np.minimum(np.ceil(corners[:2].max(axis=1)).astype(int), canvas)
    if x0 >= x1 or y0 >= y1:
        return None
    back = np.linalg.inv(forward) @ np.array([[1, 0, x0], [0, 1, y0], [0, 0, 1]])
    return (int(x0), int(y0), int(x1), int(y1)), tuple(float(v) for v in back[:2].ravel())
