"""What a network has not learned and all frames agree on, given back: it leaves out detail with the flicker."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from . import flow
from .flow import Mask
from .pictures import Pixels
from .reel import Frames, repeats

REACH = 4  # frames on either side that are asked
AROUND = 1.0  # pixels: how much they agree is not told by a single one
TINY = 1e-6

Picture = NDArray[np.float32]
Fetched = tuple[Picture, Mask]  # what a frame lacks, brought to another, and where it is in sight there


def restored(
    painted: Iterator[NDArray], wanted: Frames, frames: Frames, asked: Sequence[bool] = ()
) -> Iterator[Picture]:
    """In order, with what is lacking of the wanted pictures fetched along the flow of the frames; `asked` says which of
    the frames have a say, where not all have."""
    held: dict[int, NDArray] = {}
    whole = np.empty(0, np.float32)
    with ThreadPoolExecutor() as pool:
        for index in range(len(frames)):
            near = range(max(0, index - REACH), min(len(frames), index + REACH + 1))
            held = {i: held[i] if i in held else next(painted) for i in near}
            if not repeats(frames, index):  # a held picture stays still
                known = [i for i in near if not asked or asked[i]]
                lacking = [(wanted[i] - held[i]).astype(np.float32) for i in known]
                fetched = pool.map(partial(_fetched, frames[index]), [frames[i] for i in known], lacking)
                whole = held[index] + agreed(list(fetched)) if known else held[index]
            yield whole


def agreed(fetched: Sequence[Fetched]) -> Picture:
    """The mean of what is lacking, as far as it stands out from its scatter (Wiener's filter)."""
    seen = [sure.astype(np.float32)[..., None] for _, sure in fetched]
    count = np.maximum(sum(seen), 1)
    mean = sum(s * lacking for s, (lacking, _) in zip(seen, fetched, strict=True)) / count
    square = sum(s * lacking**2 for s, (lacking, _) in zip(seen, fetched, strict=True)) / count
    doubt = np.maximum(square - mean**2, 0) / np.maximum(count - 1, 1)
    doubt = np.where(count > 1, doubt, mean**2)  # one frame alone agrees with nobody
    strength, doubt = (cv2.GaussianBlur(part, (0, 0), AROUND).mean(axis=-1) for part in (mean**2, doubt))
    share = np.maximum(strength - doubt, 0) / np.maximum(strength, TINY)
    return np.asarray(mean * share[..., None], np.float32)


def _fetched(frame: Pixels, other: Pixels, lacking: Picture) -> Fetched:
    if other is frame:
        return lacking, np.ones(frame.shape[:2], bool)
    way, sure = flow.comparable(frame, other)
    return flow.warp(lacking, way), sure
