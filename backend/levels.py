"""A drift of a take's colours: how its channels rise and fall over a shot where its source's do not, taken out.

A network that is shown a moving source can learn such a drift, because it tells from each frame when it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from . import flow
from .frozen import frozen
from .pictures import Pixels, to_bytes

ORDER = 48  # half waves of the offset over a shot, at most: in up to 49 frames every single one has its own
SLOW, FRAMES_A_WAVE = 3, 4  # half waves of the gain, and at least so many frames for each: noise passes for contrast
SPANS = (1, 4, 16)  # frames apart: a drift is seen over many, and the flow is sure over few
PAIRS = 96  # of each span, all over the shot
SHORT_SIDE = 160  # pixels that the flow is found at
PATIENCE = 5  # rounds in which pairs that do not fit lose weight
LEAST = 2 / 255  # of a pair's usual error: below that all are as good
RIDGE = 1e-4
MOST_GAIN, MOST_OFFSET = 2.0, 0.25  # more is no drift, but another picture

Values = NDArray[np.float64]


@frozen
class Correction:
    """What each frame's channels are multiplied by, and what is added to them; a row a frame, in parts of white."""

    gain: Values
    offset: Values

    def of(self, frame: int, picture: Pixels) -> Pixels:
        """The picture without the drift."""
        values = picture * self.gain[frame] + 255 * self.offset[frame]
        return to_bytes(values)


@frozen
class _Seen:
    """What two frames show of the same places: the moments that least squares need, a channel each."""

    now: int
    before: int
    a: Values  # means of what the first one shows there
    b: Values
    aa: Values  # of its squares
    ab: Values
    bb: Values


def correction(count: int, frame: Callable[[int], tuple[Pixels, Pixels]], check: Callable[[], None]) -> Correction:
    """Of a shot of `count` frames; `frame` gives one's source and take, `check` is called between two flows."""
    slow, waves = _waves(min(SLOW, count // FRAMES_A_WAVE), count), _waves(min(ORDER, count - 1), count)
    if not waves.size:
        return Correction(np.ones((count, 3)), np.zeros((count, 3)))
    seen: tuple[list[_Seen], list[_Seen]] = ([], [])
    for now, before in pairs(count):
        check()
        (source, take), (source_before, take_before) = (map(_small, frame(i)) for i in (now, before))
        way, sure = flow.comparable(source, source_before)
        if sure.any():
            for of, a, b in zip(seen, (source, take), (source_before, take_before), strict=True):
                of.append(_moments(now, before, a[sure], flow.warp(b, way)[sure]))
    its_own, all_of_it = (_solved(part, slow, waves) for part in seen)
    gain = np.clip(1 + all_of_it[0] - its_own[0], 1 / MOST_GAIN, MOST_GAIN)
    return Correction(gain, np.clip(all_of_it[1] - its_own[1], -MOST_OFFSET, MOST_OFFSET))


def pairs(count: int) -> list[tuple[int, int]]:
    """Which frames are compared, (now, before)."""
    found = []
    for span in SPANS:
        room = count - span
        starts = sorted({round(x) for x in np.linspace(0, room - 1, min(PAIRS, room))}) if room > 0 else []
        found += [(start + span, start) for start in starts]
    return found


def _waves(order: int, count: int) -> Values:
    """Curves over the shot, a column each, all of mean 0: what the shot is on the whole stays."""
    return np.cos(np.pi * np.outer(np.arange(count) + 0.5, np.arange(1, order + 1)) / count)


def _small(picture: Pixels) -> Pixels:
    height, width = picture.shape[:2]
    scale = SHORT_SIDE / min(height, width)
    if scale >= 1:
        return picture
    size = (round(width * scale), round(height * scale))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _moments(now: int, before: int, a: NDArray, b: NDArray) -> _Seen:
    a, b = a / 255.0, b / 255.0
    means = [np.asarray(values.mean(axis=0), np.float64) for values in (a, b, a * a, a * b, b * b)]
    return _Seen(now, before, *means)


def _solved(seen: Sequence[_Seen], slow: Values, waves: Values) -> tuple[Values, Values]:
    """By how much gain differs from 1 and offset from 0 where all pairs agree best; a column a channel."""
    found = [_channel(seen, channel, slow, waves) for channel in range(3)]
    return np.stack([gain for gain, _ in found], axis=1), np.stack([offset for _, offset in found], axis=1)


def _channel(seen: Sequence[_Seen], channel: int, slow: Values, waves: Values) -> tuple[Values, Values]:
    gain, offset = _slowly(seen, channel, slow)
    rest = [_mean_apart(one, channel, gain, offset) for one in seen]
    return gain, offset + _quickly(seen, rest, waves)


def _slowly(seen: Sequence[_Seen], channel: int, slow: Values) -> tuple[Values, Values]:
    """Least squares of (1 + gain) A + offset − (1 + gain') B − offset', pairs that never fit counting less and less."""
    parts = [_normal(one, channel, slow) for one in seen]
    count = slow.shape[1]
    x = np.zeros(2 * count)
    for _ in range(PATIENCE if parts and count else 0):
        # of the means, or noise would make frames count by how dark they come out
        errors = [abs(float(row @ x + e)) for _, _, row, e in parts]
        usual = max(float(np.median(errors)), LEAST)
        shares = [1 / (error**2 + usual**2) for error in errors]
        matrix = sum((w * m for w, (m, *_) in zip(shares, parts, strict=True)), np.zeros((2 * count, 2 * count)))
        vector = sum((w * v for w, (_, v, *_) in zip(shares, parts, strict=True)), np.zeros(2 * count))
        x = -np.linalg.solve(matrix + RIDGE * sum(shares) * np.eye(2 * count), vector)
    return slow @ x[:count], slow @ x[count:]


def _normal(one: _Seen, channel: int, slow: Values) -> tuple[Values, Values, Values, float]:
    """Of the waves' gains and offsets x, a pair's mean squared error is xᵀMx + 2vᵀx and a rest; its mean one rx + e."""
    a, b, aa, ab, bb = (float(m[channel]) for m in (one.a, one.b, one.aa, one.ab, one.bb))
    here, there = slow[one.now], slow[one.before]
    step = here - there
    across = np.outer(here, there)
    gains = aa * np.outer(here, here) - ab * (across + across.T) + bb * np.outer(there, there)
    mixed = np.outer(a * here - b * there, step)
    matrix = np.block([[gains, mixed], [mixed.T, np.outer(step, step)]])
    vector = np.concatenate([(aa - ab) * here + (bb - ab) * there, (a - b) * step])
    return matrix, vector, np.concatenate([a * here - b * there, step]), a - b


def _mean_apart(one: _Seen, channel: int, gain: Values, offset: Values) -> float:
    here, there = one.now, one.before
    a, b = float(one.a[channel]), float(one.b[channel])
    return (1 + gain[here]) * a + offset[here] - (1 + gain[there]) * b - offset[there]


def _quickly(seen: Sequence[_Seen], rest: Sequence[float], waves: Values) -> Values:
    """The offsets that bring the means together; they have no say in the gains, where noise passes for contrast."""
    steps = np.array([waves[one.now] - waves[one.before] for one in seen]).reshape(len(seen), waves.shape[1])
    matrix = steps.T @ steps + RIDGE * max(len(seen), 1) * np.eye(waves.shape[1])
    return -waves @ np.linalg.solve(matrix, steps.T @ np.array(rest))
