"""The truth about motion: which object each pixel shows, where it goes, and whether it can still be seen there."""

import numpy as np
from PIL import Image

from ..frozen import frozen
from .scene import Camera, Kind, Thing, lights


@frozen
class Seen:
    """One frame's objects; `index` says which of `things` a pixel's middle shows."""

    things: tuple[Thing, ...]
    camera: Camera
    index: np.ndarray
    pure: np.ndarray
    """Pixels that show one object only and no soft light: where frames can be compared exactly."""


def seen(things: list[Thing], camera: Camera, outlines: list[Image.Image | None], size: tuple[int, int]) -> Seen:
    """Stack the objects' outlines (oversampled, 0 or 255; None for all of the ground) from far to near."""
    big = next(o.size for o in outlines if o is not None)
    k = big[1] // size[1]
    canvas, soft = Image.new("L", big), np.zeros(size[::-1], bool)
    top = round(camera.ground_top() * big[1])
    for number, (thing, outline) in enumerate(zip(things, outlines, strict=True)):
        if thing.kind is Kind.GROUND:
            canvas.paste(number, (0, top, *big))
        elif outline is not None:
            canvas.paste(number, (0, 0), outline)
        soft |= _lit(thing, camera, size)
    blocks = np.asarray(canvas).reshape(size[1], k, size[0], k)
    pure = blocks.max(axis=(1, 3)) == blocks.min(axis=(1, 3))
    return Seen(tuple(things), camera, blocks[:, k // 2, :, k // 2].astype(np.int32), pure & ~soft)


def _lit(thing: Thing, camera: Camera, size: tuple[int, int]) -> np.ndarray:
    w, h = size
    lit = np.zeros((h, w), bool)
    y, x = np.mgrid[0:h, 0:w] + 0.5
    for light in lights(thing):
        px, py = camera.matrix(thing) @ np.array([light.x, light.y, 1.0]) * h
        lit |= np.hypot(x - px, y - py) < light.reach * thing.scale * camera.zoom * h
    return lit


def flow(a: Seen, b: Seen) -> np.ndarray:
    """How many pixels right and down each pixel's object point moves from one frame to the other."""
    h, w = a.index.shape
    y, x = (np.mgrid[0:h, 0:w] + 0.5) / h
    moved = np.zeros((h, w, 2), dtype=np.float32)
    there = {thing.name: thing for thing in b.things}
    for number in np.unique(a.index):
        thing = a.things[int(number)]
        here = a.index == number
        if thing.kind is Kind.GROUND:
            nx, ny = b.camera.from_ground(*a.camera.to_ground(x[here], y[here]))
        else:
            other = there[thing.name] if thing.name in there else thing  # noqa: SIM401 (get loses the type)
            start = np.vstack([a.camera.matrix(thing), [0, 0, 1]])
            move = b.camera.matrix(other) @ np.linalg.inv(start)
            nx, ny = move @ np.stack([x[here], y[here], np.ones(int(here.sum()))])
        moved[here] = np.stack([nx - x[here], ny - y[here]], axis=1) * h
    return moved


def visible(a: Seen, b: Seen) -> np.ndarray:
    """Pixels whose object point is in the other frame too, not hidden there, and not on an outline."""
    h, w = a.index.shape
    names = {thing.name: number for number, thing in enumerate(b.things)}
    wanted = np.array([names.get(thing.name, -1) for thing in a.things])[a.index]
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    moved = flow(a, b)
    x, y = x + moved[..., 0], y + moved[..., 1]
    inside = (x >= 0) & (y >= 0) & (x <= w - 1) & (y <= h - 1) & a.pure
    x0, y0 = np.clip(np.floor(x).astype(int), 0, w - 1), np.clip(np.floor(y).astype(int), 0, h - 1)
    for dy in (0, 1):
        for dx in (0, 1):
            yy, xx = np.minimum(y0 + dy, h - 1), np.minimum(x0 + dx, w - 1)
            inside &= (b.index[yy, xx] == wanted) & b.pure[yy, xx]
    return inside


def warped(picture: np.ndarray, moved: np.ndarray) -> np.ndarray:
    """Fetch a picture along a flow, bilinearly; what lies outside repeats the border."""
    h, w = moved.shape[:2]
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    x, y = np.clip(x + moved[..., 0], 0, w - 1), np.clip(y + moved[..., 1], 0, h - 1)
    x0, y0 = np.minimum(x.astype(int), w - 2), np.minimum(y.astype(int), h - 2)
    fx, fy = (x - x0)[..., None], (y - y0)[..., None]
    whole = picture.astype(np.float32)
    upper = whole[y0, x0] * (1 - fx) + whole[y0, x0 + 1] * fx
    lower = whole[y0 + 1, x0] * (1 - fx) + whole[y0 + 1, x0 + 1] * fx
    return upper * (1 - fy) + lower * fy
