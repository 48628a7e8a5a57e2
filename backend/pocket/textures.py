"""Tiles of noise, hatching and cells that styles lay on objects; all wrap around and are made once per size."""

from functools import lru_cache

import numpy as np
from PIL import Image

from ..frozen import frozen

Array = np.ndarray


@frozen
class Cells:
    """For every pixel of a tile: the way to its cell's middle, the cell's random shade, and how near the border is."""

    dy: Array
    dx: Array
    shade: Array
    border: Array


def take(tile: Array, shape: tuple[int, int], offset: tuple[int, int]) -> Array:
    """A window of a tile that wraps around."""
    n = tile.shape[0]
    rows = (np.arange(shape[0]) + offset[0]) % n
    cols = (np.arange(shape[1]) + offset[1]) % n
    return tile[np.ix_(rows, cols)]


@lru_cache(maxsize=32)
def noise(size: int, cells: int, seed: int = 0) -> Array:
    """Smooth noise in [-1, 1] with so many bumps a side."""
    rng = np.random.default_rng([seed, cells])
    small = rng.uniform(-1, 1, (cells, cells)).astype(np.float32)
    wrapped = np.pad(small, 3, mode="wrap")
    box = (3.0, 3.0, 3.0 + cells, 3.0 + cells)
    big = Image.fromarray(wrapped).resize((size, size), Image.Resampling.BICUBIC, box=box)
    return np.asarray(big, dtype=np.float32)


@lru_cache(maxsize=8)
def grain(size: int) -> Array:
    """The roughness of plaster and asphalt: bumps from a tenth of the picture down to about a pixel and a half."""
    rough = 0.45 * noise(size, 12, 1) + 0.45 * noise(size, 24, 2) + 0.4 * noise(size, 40, 3)
    # Large pictures need something at the size of their pixels too, or optical flow has nothing to hold on to.
    return rough + 0.35 * noise(size, size // 5, 6) if size > 320 else rough


@lru_cache(maxsize=8)
def hatch(size: int) -> Array:
    """Diagonal pencil lines in [0, 1], a little wavy; 0 is paper."""
    y, x = np.mgrid[0:size, 0:size].astype(np.float32) / size
    wave = 0.02 * noise(size, 6, 4)
    lines = np.sin(2 * np.pi * 20 * (x + y + wave))
    return np.clip(lines * 1.6 - 0.3 + 0.5 * noise(size, 16, 5), 0, 1)


@lru_cache(maxsize=16)
def cells(size: int, count: int, stretch: float, seed: int = 0) -> Cells:
    """A Voronoi tiling of a jittered grid; with stretch > 1 the cells are brush strokes along a swirling field."""
    rng = np.random.default_rng([seed, count])
    jitter = rng.uniform(0.1, 0.9, (count, count, 2)).astype(np.float32)
    shades = rng.uniform(-1, 1, (count, count)).astype(np.float32)
    y, x = np.mgrid[0:size, 0:size].astype(np.float32) * (count / size)
    angle = np.pi * (0.15 + 0.6 * noise(size, 3, 7))
    along, across = np.cos(angle), np.sin(angle)
    reach = 2 if stretch > 1 else 1
    best = np.full((size, size), np.inf, np.float32)
    second = best.copy()
    dy, dx, shade = np.zeros_like(best), np.zeros_like(best), np.zeros_like(best)
    for oy in range(-reach, reach + 1):
        for ox in range(-reach, reach + 1):
            iy, ix = np.floor(y).astype(int) + oy, np.floor(x).astype(int) + ox
            site = jitter[iy % count, ix % count]
            vy, vx = iy + site[..., 0] - y, ix + site[..., 1] - x
            distance = np.hypot((vx * along + vy * across) / stretch, vx * across - vy * along)
            nearer = distance < best
            second = np.where(nearer, best, np.minimum(second, distance))
            best = np.where(nearer, distance, best)
            dy, dx = np.where(nearer, vy, dy), np.where(nearer, vx, dx)
            shade = np.where(nearer, shades[iy % count, ix % count], shade)
    step = size / count
    border = np.clip((second - best) * step, 0, size)
    whole = np.rint(dy * step).astype(np.int32), np.rint(dx * step).astype(np.int32)
    return Cells(whole[0], whole[1], shade, border.astype(np.float32))
