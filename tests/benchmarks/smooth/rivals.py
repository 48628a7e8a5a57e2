"""What smoothing is shown against: two filters that know nothing of the picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backend import flow
from backend.pictures import Pixels


def median(take: Sequence[Pixels], reach: int) -> list[Pixels]:
    """Of each pixel over `reach` frames on either side, wherever what it showed has gone."""
    parts = [np.stack([take[j] for j in around(i, len(take), reach)]) for i in range(len(take))]
    return [_bytes(np.median(part, axis=0)) for part in parts]


def moving_average(source: Sequence[Pixels], take: Sequence[Pixels], reach: int) -> list[Pixels]:
    """Over `reach` frames on either side, each fetched along the flow of the source, where that can be relied on."""
    made = []
    for i, now in enumerate(take):
        total, count = now.astype(np.float64), np.ones((*now.shape[:2], 1))
        for j in around(i, len(take), reach):
            if j != i:
                way, sure = flow.comparable(source[i], source[j])
                total += flow.warp(take[j], way) * sure[..., None]
                count += sure[..., None]
        made.append(_bytes(total / count))
    return made


def around(i: int, count: int, reach: int) -> range:
    return range(max(0, i - reach), min(count, i + reach + 1))


def _bytes(values: np.ndarray) -> Pixels:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
