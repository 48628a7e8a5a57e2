"""Which frames stand for a whole clip: small features, shots, and the choice. Pure functions on arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from .frozen import frozen
from .pictures import Pixels

VERSION = 1  # part of the fingerprint: a change of what is chosen must count it up
LAYOUT = 8  # cells a side for colour
CELLS = 4  # cells a side for edges
DIRECTIONS = 6
PALETTE = (5, 6, 6)  # bins of lightness and of two colour axes
# Each part on its own is about 1 between unrelated pictures. Layout counts most, for the tuned model is asked to
# paint what is where; the palette does not mind motion, so that a pan is not taken for a change of subject.
LAYOUT_UNIT, EDGES_UNIT, PALETTE_UNIT = 60.0, 0.67, 1.2
WEIGHTS = (0.4, 0.25, 0.35)
# Unrelated pictures are 0.67 to 1.32 apart (5 and 95 of 100). In the pocket world, another street in the same light and
# weather is 0.25 to 0.40, another car on the same street 0.21 to 0.36, and the next frame of a drive up to 0.09.
CUT = 0.18
STANDS_OUT = 2.0  # times the usual step around it
NEAR = 5  # frames on either side
CHANGE = 0.5  # the least change of a quick change of subject, over twice SPAN frames
SPAN = 6
CALM = 3.0  # times the change in the SPAN before and after it; a steady pan has 2
FAR = 0.4  # a pan by a quarter of the width is 0.33 to 0.45, a person entering 0.17 to 0.46
GAP = 3  # far frames this near to each other are one run
ROUNDS = 5
MOST_ASKED = 2000  # frames; beyond, the choice takes minutes and gigabytes
MOST_IN_PART = 512
AT_ONCE = 128  # rows of a large table: of 2000 frames all distances are 30 MiB, and those in the making five times that
TIME = 0.02  # how far the two ends of a clip are apart by time alone: enough to spread the choice over a still clip

Values = NDArray[np.floating]
Features = NDArray[np.float32]  # (frames, values); their Euclidean distance is 1 across a hard cut


@frozen
class Choice:
    """Indices of the chosen frames and of the first frame of every shot, and every frame's distance to its nearest."""

    chosen: tuple[int, ...]
    shots: tuple[int, ...]
    distance: Values


def features(rgb: Pixels) -> Features:
    """What a frame looks like, in a few hundred numbers: colours and edges where they are, and a palette."""
    small = cv2.resize(rgb, (64, 64), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2Lab).astype(np.float32, copy=False)
    layout = cv2.resize(lab, (LAYOUT, LAYOUT), interpolation=cv2.INTER_AREA) / (LAYOUT_UNIT * LAYOUT)
    parts = (layout, _edges(lab[..., 0]) / EDGES_UNIT, _palette(lab) / PALETTE_UNIT)
    weighted = [part.ravel() * np.sqrt(weight) for part, weight in zip(parts, WEIGHTS, strict=True)]
    return np.concatenate(weighted).astype(np.float32)


def _edges(lightness: Values) -> Values:
    """How strong edges of each direction are in each cell."""
    smooth = cv2.GaussianBlur(lightness, (0, 0), 1.0)
    dx, dy = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    strength, angle = cv2.cartToPolar(dx, dy)
    turned = (angle % np.pi) * (DIRECTIONS / np.pi)
    maps = []
    for direction in range(DIRECTIONS):
        away = np.abs(turned - direction)
        share = np.maximum(0, 1 - np.minimum(away, DIRECTIONS - away))
        maps.append(cv2.resize(strength * share, (CELLS, CELLS), interpolation=cv2.INTER_AREA))
    cells = np.sqrt(np.stack(maps))
    # A plain wall has no edges: without the floor its noise would count as much as a street's houses.
    return cells / max(float(np.linalg.norm(cells)), 12.0)


def _palette(lab: Values) -> Values:
    """Square roots of how much of the frame has each colour; bins are soft, so a little light is a little change."""
    scaled = (lab + np.array((0, 64, 64))) / np.array((100, 128, 128))
    place = np.clip(scaled, 0, 1) * (np.array(PALETTE) - 1)
    low = np.minimum(place.astype(int), np.array(PALETTE) - 2)
    share = (place - low).reshape(-1, 3)
    low = low.reshape(-1, 3)
    bins = np.zeros(PALETTE, np.float32).ravel()
    for corner in np.ndindex(2, 2, 2):
        weight = np.prod(np.where(corner, share, 1 - share), axis=1)
        bins += np.bincount(np.ravel_multi_index(tuple((low + corner).T), PALETTE), weight, bins.size)
    return np.sqrt(bins / bins.sum())


# --- shots


def shots(seen: Features) -> list[int]:
    """The first frame of every shot: at hard cuts, and in the middle of fades, whips and other quick changes."""
    cuts = _cuts(seen)
    return [0, *sorted(cuts + _changes(seen, cuts))]


def _cuts(seen: Features) -> list[int]:
    """Jumps between calm frames (else it is fast motion) that stay (else it is a flash)."""
    step, over = _steps(seen, 1), _steps(seen, 2)
    stays = step.copy()  # least of: from the frame before, from the one before that, to the one after
    stays[2:] = np.minimum(stays[2:], over[2:])
    stays[1:-1] = np.minimum(stays[1:-1], over[2:])
    return [int(t) for t in np.flatnonzero(stays > CUT) if step[t] > STANDS_OUT * _usual(step, int(t))]


def _usual(step: Values, t: int) -> float:
    """How large steps are around `t`: the larger of its two neighbours, and what three in ten of a few more reach.

    So a cut or two may be near, and an animation on twos, with every second step large, has none."""
    others = np.sort(np.concatenate([step[max(1, t - NEAR) : t], step[t + 1 : t + 1 + NEAR]]))
    beside = np.concatenate([step[max(1, t - 1) : t], step[t + 1 : t + 2]])
    return float(max(beside.max(), others[-max(1, 3 * len(others) // 10)])) if len(others) else 0.0


def _changes(seen: Features, cuts: list[int]) -> list[int]:
    """Where a subject gives way to another within a few frames, while before and after less happens."""
    change, calm = _steps(seen, 2 * SPAN), _steps(seen, SPAN)
    found: list[tuple[float, int]] = []
    for t in range(2 * SPAN, len(seen) - 2 * SPAN):
        size, before, after = float(change[t + SPAN]), calm[t - SPAN], calm[t + 2 * SPAN]
        if size > CHANGE and size > CALM * max(before, after) and all(abs(t - cut) > 2 * SPAN for cut in cuts):
            found.append((size, t))
    kept: list[int] = []
    for _, t in sorted(found, key=lambda item: (-item[0], item[1])):
        if all(abs(t - other) > 2 * SPAN for other in kept):
            kept.append(t)
    return kept


def _steps(seen: Features, width: int) -> Values:
    """How far every frame is from the one `width` before it; 0 where there is none."""
    steps = np.zeros(len(seen))
    steps[width:] = np.linalg.norm(seen[width:] - seen[: len(seen) - min(width, len(seen))], axis=1)
    return steps


# --- the choice


def choose(seen: Features, count: int) -> Choice:
    """Every shot has a frame of its own as long as there are no more shots than `count`.

    Half of the others are chosen by k-centre: the farthest frame next, again and again [Gonzalez 1985]. Alone it would
    spend nearly all on a camera that whips through a few frames, so the other half goes where it serves the most."""
    starts = shots(seen)
    shot = np.searchsorted(starts, np.arange(len(seen)), side="right")
    timed = np.hstack([seen, np.linspace(0, TIME, len(seen), dtype=np.float32)[:, None]])
    if count >= len(seen):
        chosen = list(range(len(seen)))
    else:
        seeds = sorted(set(shot)) if len(starts) <= count else [np.bincount(shot).argmax()]
        chosen = [_middle(timed, np.flatnonzero(shot == s)) for s in seeds]
        chosen = _farthest_first(timed, chosen, (len(chosen) + count + 1) // 2)
        chosen = _refined(timed, shot, _most_served(timed, chosen, count))
    return Choice(tuple(sorted(chosen)), tuple(starts), nearest(seen, chosen)[0])


def nearest(seen: Features, chosen: Sequence[int]) -> tuple[Values, NDArray[np.intp]]:
    """Every frame's distance to its nearest chosen one, and which of `chosen` that is."""
    apart = _apart(seen, seen[list(chosen)])
    which = apart.argmin(axis=1)
    distance = apart[np.arange(len(seen)), which]
    distance[list(chosen)] = 0
    return distance, which


def _apart(some: Features, others: Features) -> Values:
    """All distances between two sets. In double precision: the difference of large squares may be a small distance."""
    return np.sqrt(_squares(some, others))


def _squares(some: Features, others: Features) -> Values:
    a, b = some.astype(np.float64), others.astype(np.float64)
    return np.maximum((a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1)[None] - 2 * a @ b.T, 0)


def _farthest_first(seen: Features, seeds: list[int], count: int) -> list[int]:
    chosen, distance = list(seeds), nearest(seen, seeds)[0]
    while len(chosen) < count:
        distance[chosen] = -1  # in a still clip everything else is at 0
        chosen.append(int(distance.argmax()))
        distance = np.minimum(distance, np.linalg.norm(seen - seen[chosen[-1]], axis=1))
    return chosen


def _most_served(seen: Features, chosen: list[int], count: int) -> list[int]:
    """Each time the frame that lessens the sum of squared distances most. Of a very long clip, some are asked."""
    some = _some(np.arange(len(seen)), MOST_ASKED)
    squares = np.concatenate([_squares(part, seen[some]).astype(np.float32) for part in _parts(seen[some])])
    left, chosen = nearest(seen, chosen)[0][some] ** 2, list(chosen)
    while len(chosen) < count:
        sums = np.concatenate([np.minimum(left, part).sum(axis=1) for part in _parts(squares)])  # squares are symmetric
        sums[np.isin(some, chosen)] = np.inf
        best = int(sums.argmin())
        if np.isinf(sums[best]):  # all that were asked serve already
            return _farthest_first(seen, chosen, count)
        chosen.append(int(some[best]))
        left = np.minimum(left, squares[best])
    return chosen


def _refined(seen: Features, shot: NDArray[np.intp], chosen: list[int]) -> list[int]:
    """Farthest-first picks the ends of things; the middle of what each stands for is nearer to all of it."""
    best, worst = chosen, nearest(seen, chosen)[0].max()
    for _ in range(ROUNDS):
        which = nearest(seen, best)[1]
        moved = [
            _middle(seen, np.flatnonzero((which == place) & (shot == shot[index]))) for place, index in enumerate(best)
        ]
        moved_worst = nearest(seen, moved)[0].max()
        if moved == best or moved_worst > worst:
            break
        best, worst = moved, moved_worst
    return best


def _parts(rows: Features) -> Iterator[Features]:
    return (rows[i : i + AT_ONCE] for i in range(0, len(rows), AT_ONCE))


def _middle(seen: Features, members: NDArray[np.intp]) -> int:
    """The member that is nearest to all of them, by squares."""
    some = _some(members, MOST_IN_PART)
    part = seen[some]
    return int(some[_squares(part, part).sum(axis=1).argmin()])


def _some(members: NDArray[np.intp], most: int) -> NDArray[np.intp]:
    return members[:: -(-len(members) // most)]


def runs(distance: Values) -> list[tuple[int, int, float]]:
    """First and last index of every run of frames that are far from all chosen ones, and how far its farthest is."""
    found: list[tuple[int, int, float]] = []
    for index in np.flatnonzero(distance > FAR):
        far = float(distance[index])
        if found and index - found[-1][1] <= GAP:
            first, _, before = found.pop()
            found.append((first, int(index), max(far, before)))
        else:
            found.append((int(index), int(index), far))
    return found
