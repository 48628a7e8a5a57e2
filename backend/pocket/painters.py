"""What things look like: each painter draws one kind of thing on a sheet, for all styles."""

import math
from random import Random

from .brushes import RGB, Windows, neon_ink
from .captions import Colour, Style, Time, Vehicle, Weather
from .scene import LENGTH, WHEEL_RADIUS, Kind, Thing, axles
from .sheet import Sheet

WALLS: tuple[RGB, ...] = (
    (186, 92, 70), (206, 164, 112), (150, 160, 172), (222, 206, 178), (120, 142, 160), (172, 120, 92), (140, 112, 132),
    (214, 186, 86), (112, 152, 132),
)  # fmt: skip
PAINT: dict[Colour, RGB] = {
    Colour.RED: (214, 40, 40), Colour.BLUE: (40, 92, 210), Colour.YELLOW: (244, 196, 30),
    Colour.WHITE: (236, 238, 240), Colour.GREEN: (44, 160, 84),
}  # fmt: skip
LAMPLIGHT: RGB = (255, 214, 130)
GLASS: RGB = (96, 128, 156)
SNOW: RGB = (240, 244, 250)


def extent(thing: Thing, rng: Random) -> tuple[float, float, float, float]:
    """The box that a thing's sheet covers, with room for leaning and outlines."""
    match thing.kind:
        case Kind.HOUSE | Kind.MID | Kind.FAR:
            w, h = building_size(thing, rng)
            m = 0.055 / thing.scale
            return (-w / 2 - m - 0.05 * h, -0.4 * m, w / 2 + m + 0.12 * h, h + 1.4 * m)
        case Kind.TREE:
            return (-1.9, -0.3, 1.9, 4.6)
        case Kind.LAMP:
            return (-0.8, -0.3, 1.8, 5.0)
        case Kind.WHEEL | Kind.OTHER_WHEEL:
            r = WHEEL_RADIUS * 1.35
            return (-r, -r, r, r)
        case _:
            long = LENGTH[thing.vehicle]
            return (-0.5, -0.3, long + 0.5, {Vehicle.CAR: 2.1, Vehicle.VAN: 2.6, Vehicle.BUS: 3.0}[thing.vehicle])


def building_size(thing: Thing, rng: Random) -> tuple[float, float]:
    """Width and height in metres; the generator is used up the same way by whoever asks first."""
    match thing.kind:
        case Kind.HOUSE:
            return rng.uniform(4.0, 6.0), rng.uniform(3.6, 6.8)
        case Kind.MID:
            return rng.uniform(6.5, 9.0), rng.uniform(8.0, 14.5)
        case _:
            return rng.uniform(11, 17), rng.uniform(13, 33)


def building(sheet: Sheet, thing: Thing, rng: Random) -> None:
    """A house, a tower or a piece of skyline: a wall, a roof, windows, and a shop at the foot of near ones."""
    w, h = building_size(thing, rng)
    wall = rng.choice(WALLS)
    if thing.kind is Kind.FAR:
        wall = (110, 122, 146)
    brush, unit = sheet.palette.brush, 0.062 / thing.scale
    sheet.ink = neon_ink(wall) if brush.style is Style.NEON else brush.ink
    if brush.wonky:
        sheet.lean, sheet.bulge, sheet.height = rng.uniform(-0.07, 0.10), rng.uniform(0.0, 0.22), h
    sheet.ground(wall)
    sheet.rect(-w / 2, -unit, w / 2, h, wall)
    _roof(sheet, thing, rng, w, h, unit, wall)
    sheet.shade(0.3)
    _windows(sheet, thing, rng, w, h, unit)
    if thing.kind is Kind.HOUSE:
        _shop(sheet, rng, w)


def _roof(sheet: Sheet, thing: Thing, rng: Random, w: float, h: float, unit: float, wall: RGB) -> None:
    dark: RGB = (wall[0] * 0.6, wall[1] * 0.55, wall[2] * 0.6)
    cap = SNOW if sheet.palette.weather is Weather.SNOW else dark
    shape = rng.random()
    if shape < 0.35 and thing.kind is not Kind.FAR:
        peak = h + unit * rng.uniform(0.6, 1.1)
        sheet.poly([(-w / 2 - 0.2 * unit, h), (0, peak), (w / 2 + 0.2 * unit, h)], cap)
    else:
        sheet.rect(-w / 2 - 0.14 * unit, h - 0.1 * unit, w / 2 + 0.14 * unit, h + 0.32 * unit, cap)
        x = rng.uniform(-w / 3, w / 4)
        if shape > 0.7:
            sheet.rect(x, h + 0.3 * unit, x + 0.8 * unit, h + 0.9 * unit, dark)


def _lit(sheet: Sheet, rng: Random) -> bool:
    chance = rng.random()
    return chance < {Time.DAY: 0.0, Time.DUSK: 0.35, Time.NIGHT: 0.6}[sheet.palette.time]


def _windows(sheet: Sheet, thing: Thing, rng: Random, w: float, h: float, unit: float) -> None:
    brush = sheet.palette.brush
    foot = 1.9 if thing.kind is Kind.HOUSE else 0.5 * unit
    dark = sheet.palette.time is Time.DAY
    if brush.windows is Windows.ONE_GLOW:
        # The window grid of the source is gone: one warm (by day one cool) shape stands for all of it.
        glass = (150, 186, 214) if dark else LAMPLIGHT
        sheet.oval(0, foot + (h - foot) * 0.48, w * 0.27, (h - foot) * 0.34, glass, light=not dark, solid=False, line=0)
        return
    pitch = (1.9 if brush.windows is Windows.LARGE else 1.35) * unit
    columns, rows = max(1, int((w - 0.4 * unit) / pitch)), max(1, int((h - foot - 0.1 * unit) / pitch))
    for row in range(rows):
        for column in range(columns):
            x = (column - (columns - 1) / 2) * pitch
            y = h - (row + 0.62) * pitch
            lit = _lit(sheet, rng)
            glass: RGB = LAMPLIGHT if lit else GLASS
            a, b = 0.30 * pitch, 0.32 * pitch
            if brush.style is Style.PHOTO or brush.style is Style.SEPIA:
                sheet.rect(x - a - 0.1 * unit, y - b - 0.12 * unit, x + a + 0.1 * unit, y + b, (205, 198, 188))
            sheet.rect(x - a, y - b, x + a, y + b, glass, light=lit, solid=False, line=0.75)
            if brush.windows is Windows.ALL and brush.line == 0:
                sheet.rect(x - a, y - 0.02 * unit, x + a, y + 0.06 * unit, (70, 74, 84), solid=False, line=0)


def _shop(sheet: Sheet, rng: Random, w: float) -> None:
    awning = rng.choice(((200, 60, 60), (60, 120, 90), (60, 90, 160), (220, 150, 50)))
    lit = sheet.palette.time is not Time.DAY
    glass: RGB = LAMPLIGHT if lit else (120, 148, 168)
    fine = sheet.palette.brush.windows in (Windows.ALL, Windows.LARGE)
    sheet.rect(-w / 2 + 0.4, 0.1, w / 2 - 0.4, 1.25, glass, light=lit, solid=False, line=0.75)
    if fine:
        door = rng.uniform(-w / 4, w / 4)
        sheet.rect(door - 0.4, 0.0, door + 0.4, 1.25, (84, 60, 50), solid=False, line=0.75)
    sheet.rect(-w / 2 + 0.15, 1.25, w / 2 - 0.15, 1.8, awning, line=0.75)
    if fine and sheet.palette.brush.line == 0:
        for stripe in range(int(w / 0.9)):
            x = -w / 2 + 0.3 + stripe * 0.9
            sheet.rect(x, 1.25, x + 0.4, 1.8, (236, 230, 220), solid=False)


def tree(sheet: Sheet, _thing: Thing, rng: Random) -> None:
    green = rng.choice(((70, 132, 62), (96, 146, 60), (48, 112, 74), (170, 122, 48)))
    leaves = SNOW if sheet.palette.weather is Weather.SNOW else green
    style = sheet.palette.brush.style
    sheet.ink = neon_ink(green) if style is Style.NEON else sheet.ink
    sheet.ground(green)
    h, r = rng.uniform(2.7, 3.4), rng.uniform(0.95, 1.25)
    sheet.rect(-0.13, -0.2, 0.13, h, (96, 70, 52))
    if sheet.palette.brush.wonky:
        sheet.oval(0, h, r * 1.05, r * 1.05, leaves)
        return
    dark: RGB = (green[0] * 0.7, green[1] * 0.72, green[2] * 0.7)
    sheet.oval(-0.45 * r, h - 0.3 * r, 0.75 * r, 0.65 * r, dark)
    sheet.oval(0.45 * r, h - 0.25 * r, 0.75 * r, 0.7 * r, green)
    sheet.oval(0, h + 0.25 * r, 0.85 * r, 0.75 * r, leaves)
    if sheet.palette.brush.line == 0:
        for _ in range(14):
            a, d = rng.uniform(0, 6.28), r * rng.uniform(0, 0.9)
            tone = rng.uniform(0.65, 1.3)
            x, y, b = d * math.cos(a), h + 0.7 * d * math.sin(a), rng.uniform(0.1, 0.24)
            sheet.oval(x, y, b, b, (leaves[0] * tone, leaves[1] * tone, leaves[2] * tone), solid=False)


def lamp(sheet: Sheet, _thing: Thing, _rng: Random) -> None:
    lit = sheet.palette.time is not Time.DAY
    sheet.ink = (255, 235, 150) if sheet.palette.brush.style is Style.NEON else sheet.ink
    sheet.ground((60, 64, 72))
    thin = 0.06 if sheet.palette.brush.line else 0.09
    sheet.rect(-thin, -0.2, thin, 4.3, (60, 64, 72), line=0.5)
    sheet.rect(-thin, 4.15, 1.0, 4.3, (60, 64, 72), line=0.5)
    sheet.oval(1.05, 4.15, 0.34, 0.2, (255, 240, 190) if lit else (200, 204, 208), light=lit, line=0.5)


def wheel(sheet: Sheet, _thing: Thing, _rng: Random) -> None:
    neon, toon = sheet.palette.brush.style is Style.NEON, sheet.palette.brush.wonky
    sheet.ink = (120, 255, 245) if neon else sheet.ink
    r = WHEEL_RADIUS * (1.25 if toon else 1.0)
    sheet.ground((30, 30, 34))
    sheet.oval(0, 0, r, r, (30, 30, 34))
    sheet.oval(0, 0, 0.6 * r, 0.6 * r, (176, 180, 188), solid=False, line=0)
    if not neon:
        for spoke in range(5):
            a = spoke * 2 * math.pi / 5
            x, y = math.cos(a), math.sin(a)
            sheet.poly(
                [(-0.1 * y * r, 0.1 * x * r), (0.58 * x * r, 0.58 * y * r), (0.1 * y * r, -0.1 * x * r)],
                (70, 72, 80), solid=False, line=0,
            )  # fmt: skip


def vehicle(sheet: Sheet, thing: Thing, _rng: Random) -> None:
    """A car, a van or a bus from its right side; oncoming ones are mirrored by whoever places them."""
    body = PAINT[thing.colour]
    brush = sheet.palette.brush
    sheet.ink = neon_ink(body) if brush.style is Style.NEON else brush.ink
    sheet.ground(body)
    long = LENGTH[thing.vehicle]
    flip = thing.kind is Kind.OTHER

    def side(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
        return [(long - x, y) for x, y in points] if flip else points

    sheet.oval(long / 2, 0.06, long * 0.52, 0.13, (26, 28, 34), line=0)
    outline, glass = _shapes(thing.vehicle, round_=brush.wonky)
    sheet.poly(side(outline), body)
    dark: RGB = (body[0] * 0.62, body[1] * 0.62, body[2] * 0.66)
    if not brush.line:
        sheet.poly(side([(0.04, 0.28), (0.04, 0.5), (long - 0.04, 0.5), (long - 0.04, 0.28)]), dark, solid=False)
        sheet.poly(side([(0.1, 0.74), (0.1, 0.82), (long - 0.1, 0.76), (long - 0.1, 0.68)]), dark, solid=False)
    for pane in glass:
        lit = thing.vehicle is Vehicle.BUS and sheet.palette.time is not Time.DAY
        sheet.poly(side(pane), LAMPLIGHT if lit else (74, 96, 120), light=lit, solid=False, line=0.7)
    for axle in axles(thing.vehicle):
        sheet.oval(long - axle if flip else axle, 0.42, 0.5, 0.46, (24, 24, 28), solid=False, line=0)
    on = sheet.palette.time is not Time.DAY
    head, tail = (long - 0.16, 0.68), (0.12, 0.74)
    lamps = ((head, (255, 246, 200)), (tail, (255, 60, 50)))
    for (x, y), colour in lamps:
        sheet.oval(long - x if flip else x, y, 0.17, 0.13, colour, light=on, solid=False, line=0.4)


Outline = list[tuple[float, float]]


def _shapes(kind: Vehicle, round_: bool) -> tuple[Outline, list[Outline]]:
    """The body's outline and its windows, in metres from the rear at street level."""
    if kind is Vehicle.BUS:
        body = [(0, 0.26), (0, 2.4), (0.15, 2.55), (5.6, 2.55), (5.8, 2.3), (5.8, 0.26)]
        panes = [[(x, 1.3), (x, 2.2), (x + 0.85, 2.2), (x + 0.85, 1.3)] for x in (0.3, 1.4, 2.5, 3.6)]
        panes.append([(4.75, 1.0), (4.75, 2.2), (5.68, 2.2), (5.72, 1.0)])
    elif kind is Vehicle.VAN:
        body = [(0, 0.28), (0, 1.95), (0.12, 2.1), (2.9, 2.1), (3.6, 1.25), (4.3, 1.1), (4.4, 0.9), (4.4, 0.28)]
        panes = [
            [(2.15, 1.22), (2.15, 1.88), (2.78, 1.88), (3.3, 1.22)],
            [(0.4, 1.3), (0.4, 1.8), (1.2, 1.8), (1.2, 1.3)],
        ]
    else:
        body = [
            (0, 0.28), (0, 0.85), (0.12, 0.98), (0.55, 1.02), (1.05, 1.55), (2.55, 1.55), (3.2, 1.0), (4.0, 0.92),
            (4.2, 0.75), (4.2, 0.28),
        ]  # fmt: skip
        panes = [
            [(0.82, 1.03), (1.16, 1.42), (1.75, 1.42), (1.75, 1.03)],
            [(1.9, 1.03), (1.9, 1.42), (2.48, 1.42), (2.95, 1.03)],
        ]
    if not round_:
        return body, panes
    long, high = body[-1][0], max(y for _, y in body)
    arc = [math.pi * i / 16 for i in range(17)]
    dome = [(long / 2 - long / 2 * math.cos(a), 0.5 + (high * 1.12 - 0.5) * math.sin(a) ** 0.75) for a in arc]
    half = long * 0.27
    pane = [(long * 0.53 - half * math.cos(a), high * 0.62 + high * 0.36 * math.sin(a)) for a in arc]
    return [(0, 0.28), *dome, (long, 0.28)], [pane]


PAINTERS = {
    Kind.HOUSE: building, Kind.MID: building, Kind.FAR: building, Kind.TREE: tree, Kind.LAMP: lamp,
    Kind.WHEEL: wheel, Kind.OTHER_WHEEL: wheel, Kind.HERO: vehicle, Kind.OTHER: vehicle,
}  # fmt: skip
