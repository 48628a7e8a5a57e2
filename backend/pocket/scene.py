"""Where everything is: the camera, the street and what stands and drives on it, as plain geometry over time."""

import math
from enum import Enum
from random import Random

import numpy as np

from ..frozen import frozen
from .captions import Colour, Time, Vehicle, Weather

HORIZON = 0.52
CAMERA_HEIGHT = 2.5
"""Pictures are measured in picture heights, the world in metres; a thing at scale s is s picture heights a metre."""

GROUND_TOP = 0.575
FAR_CURB, MIDDLE, NEAR_CURB = 0.695, 0.765, 0.935


class Kind(Enum):
    """What a thing is; the value is the name of its mask."""

    SKY = "sky"
    FAR = "skyline"
    MID = "towers"
    GROUND = "ground"
    HOUSE = "houses"
    TREE = "trees"
    LAMP = "lamps"
    OTHER = "other vehicles"
    OTHER_WHEEL = "other wheels"
    HERO = "vehicle"
    WHEEL = "wheels"


@frozen
class Layer:
    """A row of things along the street: one in every cell of `pitch` metres."""

    kind: Kind
    scale: float
    pitch: float
    share: float
    """How many of the cells are taken."""


LAYERS = (
    Layer(Kind.FAR, 0.012, 17.0, 0.92),
    Layer(Kind.MID, 0.030, 9.5, 0.78),
    Layer(Kind.HOUSE, 0.062, 6.4, 0.74),
    Layer(Kind.TREE, 0.066, 5.3, 0.5),
    Layer(Kind.LAMP, 0.068, 9.0, 1.0),
)
HERO_SCALE, OTHER_SCALE = 0.120, 0.088
WHEEL_RADIUS = 0.40


LENGTH = {Vehicle.CAR: 4.2, Vehicle.VAN: 4.4, Vehicle.BUS: 5.8}


def axles(vehicle: Vehicle) -> tuple[float, float]:
    """Where the wheels are, in metres from the vehicle's rear."""
    return {Vehicle.CAR: (0.9, 3.35), Vehicle.VAN: (0.9, 3.5), Vehicle.BUS: (1.15, 4.6)}[vehicle]


@frozen
class Thing:
    """One object: its own coordinates are metres right of and above where it stands."""

    kind: Kind
    key: tuple[int, int]
    """Layer and cell, or vehicle and part: with the shot's seed, this is who it is."""
    scale: float
    x: float
    y: float = 0.0
    turn: float = 0.0
    seed: str = ""
    vehicle: Vehicle = Vehicle.CAR
    colour: Colour = Colour.RED

    @property
    def name(self) -> tuple[str, tuple[int, int], str]:
        """Equal in two frames exactly if it is the same object."""
        return self.kind.value, self.key, self.seed


@frozen
class Camera:
    """What the camera does at one moment: where it is along the street, zoom and a small drift."""

    x: float
    zoom: float
    rise: float
    aspect: float

    def matrix(self, thing: Thing) -> np.ndarray:
        """From a thing's metres to picture heights, as a 2x3 affine matrix with y pointing down."""
        k = self.zoom * (1.0 if thing.kind is Kind.SKY else thing.scale)
        c, s = math.cos(thing.turn), math.sin(thing.turn)
        if thing.kind is Kind.SKY:
            x, y = self.aspect / 2, 0.5 + self.zoom * (HORIZON - 0.5) + self.rise
        else:
            x = self.aspect / 2 + k * (thing.x - self.x)
            base = HORIZON + thing.scale * (CAMERA_HEIGHT - thing.y)
            y = 0.5 + self.zoom * (base - 0.5) + self.rise
        return np.array([[k * c, k * s, x], [k * s, -k * c, y]])

    def ground_top(self) -> float:
        """Where the ground begins in the picture; what is behind it stands on unseen feet."""
        return 0.5 + self.zoom * (GROUND_TOP - 0.5) + self.rise

    def to_ground(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """From picture heights to metres along the street, and to the row of the unmoved picture."""
        row = (y - self.rise - 0.5) / self.zoom + 0.5
        scale = np.maximum(row - HORIZON, 1e-3) / CAMERA_HEIGHT
        return (x - self.aspect / 2) / self.zoom / scale + self.x, row

    def from_ground(self, metres: np.ndarray, row: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        scale = np.maximum(row - HORIZON, 1e-3) / CAMERA_HEIGHT
        x = self.aspect / 2 + self.zoom * scale * (metres - self.x)
        return x, 0.5 + self.zoom * (row - 0.5) + self.rise


@frozen
class Shot:
    """One uncut stretch of a clip: a street, a time, a weather and the vehicle that the camera follows."""

    seed: int
    time: Time
    weather: Weather
    vehicle: Vehicle
    colour: Colour
    aspect: float
    hero_seed: int

    def random(self, *what: object) -> Random:
        """A generator of its own for each thing, so that drawing one never changes another."""
        return Random(f"{self.seed}:{':'.join(map(str, what))}")

    def hero_x(self, frame: float) -> float:
        rng = self.random("drive", self.hero_seed)
        speed, sway, phase = rng.uniform(0.22, 0.38), rng.uniform(0.4, 0.9), rng.uniform(0, 6.28)
        return speed * frame + sway * math.sin(frame / 23 + phase)

    def camera(self, frame: float) -> Camera:
        rng = self.random("camera", self.hero_seed)
        a, b, c, d = (rng.uniform(0, 6.28) for _ in range(4))
        ahead = 0.25 + 0.35 * math.sin(frame / 31 + a) + 0.15 * math.sin(frame / 13 + b)
        zoom = 1.04 + 0.035 * math.sin(frame / 37 + c)
        return Camera(self.hero_x(frame) + ahead, zoom, 0.008 * math.sin(frame / 19 + d), self.aspect)

    def things(self, frame: float) -> list[Thing]:
        """All that the camera may see at this moment, from far to near."""
        camera = self.camera(frame)
        seed = str(self.seed)
        found = [Thing(Kind.SKY, (0, 0), 1.0, 0.0, seed=seed), *self._row(0, camera)]
        found += self._row(1, camera)
        found.append(Thing(Kind.GROUND, (0, 0), 1.0, 0.0, seed=seed))
        for layer in range(2, len(LAYERS)):
            found += self._row(layer, camera)
        return found + self._others(frame, camera) + self._hero(frame)

    def _row(self, number: int, camera: Camera) -> list[Thing]:
        layer = LAYERS[number]
        half = self.aspect / 2 / layer.scale + layer.pitch * 1.5
        found = []
        for cell in range(math.floor((camera.x - half) / layer.pitch), math.ceil((camera.x + half) / layer.pitch)):
            rng = self.random(number, cell)
            if rng.random() < layer.share:
                x = (cell + 0.5 + rng.uniform(-0.12, 0.12)) * layer.pitch
                found.append(Thing(layer.kind, (number, cell), layer.scale, x, seed=str(self.seed)))
        return found

    def _vehicle(self, thing: Thing, wheel: Kind, rolled: float) -> list[Thing]:
        parts = [thing]
        for part, axle in enumerate(axles(thing.vehicle)):
            x = thing.x + (LENGTH[thing.vehicle] - axle if thing.kind is Kind.OTHER else axle)
            key = (thing.key[0], part + 1)
            parts.append(Thing(wheel, key, thing.scale, x, WHEEL_RADIUS, rolled / WHEEL_RADIUS, thing.seed))
        return parts

    def _others(self, frame: float, camera: Camera) -> list[Thing]:
        """Oncoming and overtaken traffic on the far lane, evenly spread and never touching."""
        speed, spacing = -0.12, 17.0
        offset = speed * frame
        half = self.aspect / 2 / OTHER_SCALE + 8
        first = math.floor((camera.x - half - offset) / spacing)
        last = math.ceil((camera.x + half - offset) / spacing)
        found = []
        for cell in range(first, last):
            rng = self.random("traffic", cell)
            if rng.random() < 0.7:
                vehicle, colour = rng.choice(list(Vehicle)), rng.choice(list(Colour))
                x = (cell + rng.uniform(0.2, 0.8)) * spacing + offset
                seed = f"{self.seed}/{cell}"
                thing = Thing(Kind.OTHER, (cell, 0), OTHER_SCALE, x, 0, 0, seed, vehicle, colour)
                found += self._vehicle(thing, Kind.OTHER_WHEEL, offset)
        return found

    def _hero(self, frame: float) -> list[Thing]:
        x = self.hero_x(frame)
        bounce = 0.012 * math.sin(frame * 0.9)
        seed = f"hero/{self.hero_seed}"
        body = Thing(
            Kind.HERO, (0, 0), HERO_SCALE, x - LENGTH[self.vehicle] / 2, bounce, 0, seed, self.vehicle, self.colour
        )
        return self._vehicle(body, Kind.WHEEL, x)


@frozen
class Light:
    """A soft light that a thing carries: place and reach in the thing's metres, and the colour it adds."""

    x: float
    y: float
    reach: float
    rgb: tuple[int, int, int]


def lights(thing: Thing) -> tuple[Light, ...]:
    """Street lamps, and the headlights of the vehicle that the camera follows."""
    match thing.kind:
        case Kind.LAMP:
            return (Light(1.05, 4.1, 1.5, (110, 90, 44)),)
        case Kind.HERO:
            return (Light(LENGTH[thing.vehicle] + 0.35, 0.55, 1.0, (140, 124, 74)),)
        case _:
            return ()
