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

ORDER = 48  # half waves over a shot, at most: in up to 49 frames every single one has its own colour
SOFT = (
    2.0  # pixels, of a blur before contrasts are compared: what is warped loses some of its noise, and of its contrast
)
SPANS = (1, 4, 16)  # frames apart: a drift is seen over many, and the flow is sure over few
PAIRS = 96  # of each span, all over the shot
SHORT_SIDE = 160  # pixels that the flow is found at
PATIENCE = 5  # rounds in which pairs that do not fit lose weight
LEAST = 2 / 255  # of a pair's usual error: below that all are as good
LITTLE = 0.03  # a correlation of frames that have nothing in common
DARK = 2 / 255  # light that a black frame has, too
FLAT = (1 / 255) ** 2  # a variance that tells nothing of contrast
RIDGE = 1e-4
MOST_GAIN, MOST_OFFSET = 2.0, 0.25  # more is no drift, but another picture

Values = NDArray[np.float64]
Colours = tuple[Values, Values]  # each frame's gain and offset, a column a channel


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
    """What two frames show of the same places; a channel each."""

    now: int
    before: int
    mean: Values  # of what the first one shows there
    mean_before: Values
    contrast: Values  # the logarithm of its spread
    contrast_before: Values
    alike: Values  # how much they vary together: where they do not, their contrasts say nothing


def correction(count: int, frame: Callable[[int], tuple[Pixels, Pixels]], check: Callable[[], None]) -> Correction:
    """Of a shot of `count` frames; `frame` gives one's source and take, `check` is called between two flows."""
    waves = _waves(min(ORDER, count - 1), count)
    if not waves.size:
        return Correction(np.ones((count, 3)), np.zeros((count, 3)))
    seen: tuple[list[_Seen], list[_Seen]] = ([], [])
    for now, before in pairs(count):
        check()
        (source, take), (source_before, take_before) = (map(_small, frame(i)) for i in (now, before))
        way, sure = flow.comparable(source, source_before)
        if sure.any():
            for of, a, b in zip(seen, (source, take), (source_before, take_before), strict=True):
                of.append(_compared(now, before, _soft(a)[sure], flow.warp(_soft(b), way)[sure]))
    its_own, all_of_it = (_solved(part, waves) for part in seen)
    return _as_its_source(all_of_it, its_own, _means(count, seen[1]), _means(count, seen[0]))


def _as_its_source(take: Colours, source: Colours, shown: Values, seen: Values) -> Correction:
    """What brings the take's frames together, and lets them be as much lighter or darker and as much richer in contrast
    as the source's own are. `shown` and `seen` are the means of both: around them, so that no gain moves the mean."""
    light = (seen + DARK) / (np.maximum(source[0] * seen + source[1], 0) + DARK)
    shift = np.clip((take[0] * shown + take[1]) * light - shown, -MOST_OFFSET, MOST_OFFSET)
    gain = np.clip(take[0] / source[0], 1 / MOST_GAIN, MOST_GAIN)
    return Correction(gain, shown * (1 - gain) + shift)


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


def _soft(picture: Pixels) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(picture.astype(np.float32), (0, 0), SOFT), np.float32)


def _compared(now: int, before: int, a: NDArray, b: NDArray) -> _Seen:
    a, b = a / 255.0, b / 255.0
    mean, mean_before = (np.asarray(values.mean(axis=0), np.float64) for values in (a, b))
    spread, spread_before = ((values.var(axis=0) + FLAT).astype(np.float64) for values in (a, b))
    together = ((a - mean) * (b - mean_before)).mean(axis=0)
    alike = np.clip(together / np.sqrt(spread * spread_before), LITTLE, 1) ** 2
    return _Seen(now, before, mean, mean_before, np.log(spread) / 2, np.log(spread_before) / 2, alike)


def _solved(seen: Sequence[_Seen], waves: Values) -> Colours:
    """Each frame's gain and offset with which all pairs agree best.

    The gains are ratios of spreads: least squares of the colours would lower all where noise tells frames apart."""
    steps = np.array([waves[one.now] - waves[one.before] for one in seen]).reshape(len(seen), waves.shape[1])
    gains, offsets = [], []
    for channel in range(3):
        apart = np.array([one.contrast[channel] - one.contrast_before[channel] for one in seen])
        gain = np.exp(waves @ _fitted(steps, -apart, np.array([one.alike[channel] for one in seen])))
        apart = np.array([gain[o.now] * o.mean[channel] - gain[o.before] * o.mean_before[channel] for o in seen])
        gains.append(gain)
        offsets.append(waves @ _fitted(steps, -apart, np.ones(len(seen))))
    return np.stack(gains, axis=1), np.stack(offsets, axis=1)


def _means(count: int, seen: Sequence[_Seen]) -> Values:
    """What each frame shows, on the mean of the places that it was compared in; one that never was, as those beside."""
    sums, counts = np.zeros((count, 3)), np.zeros((count, 1))
    for one in seen:
        for frame, mean in ((one.now, one.mean), (one.before, one.mean_before)):
            sums[frame] += mean
            counts[frame] += 1
    known = np.flatnonzero(counts)
    if not known.size:
        return sums
    means = sums[known] / counts[known]
    return np.stack([np.interp(np.arange(count), known, means[:, channel]) for channel in range(3)], axis=1)


def _fitted(steps: Values, wanted: Values, shares: Values) -> Values:
    """Least squares, pairs that never fit counting less and less."""
    x = np.zeros(steps.shape[1])
    for _ in range(PATIENCE if len(steps) else 0):
        errors = abs(steps @ x - wanted)
        usual = max(float(np.median(errors)), LEAST)
        weights = shares / (errors**2 + usual**2)
        weighted = steps * weights[:, None]
        x = np.linalg.solve(weighted.T @ steps + RIDGE * weights.sum() * np.eye(len(x)), weighted.T @ wanted)
    return x
