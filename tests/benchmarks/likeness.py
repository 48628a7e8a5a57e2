"""Whether the distance to a look tells a true take from what only resembles it, on clips of the pocket world.

`python -m tests.benchmarks.likeness [--clips 7400 …] [--frames 24 44 60]` prints the table of docs/method.md."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

import cv2
import numpy as np

from backend.fidelity import Likeness
from backend.pictures import Pixels
from backend.pocket.captions import PAINTED, Style
from backend.pocket.world import Clip

SEEDS = (7400, 7401, 7402, 7403)
SIZE = (112, 64)
LOOK, LATER = 4, (24, 44, 60)  # frames


@dataclass(frozen=True)
class Case:
    """A later frame of a clip, its truth in the look's style, and the look."""

    source: Pixels
    truth: Pixels
    look: Pixels


def recoloured(case: Case) -> Pixels:
    """The source with the look's histogram in every channel."""
    made = np.empty_like(case.source)
    for channel in range(3):
        order = np.argsort(case.source[..., channel], axis=None, kind="stable")
        made[..., channel].flat[order] = np.sort(case.look[..., channel], axis=None)
    return made


def repeated(case: Case) -> Pixels:
    return case.look


def blurred(case: Case) -> Pixels:
    return np.asarray(cv2.GaussianBlur(case.truth, (0, 0), 1), np.uint8)


def shuffled(case: Case, side: int = 16) -> Pixels:
    high, wide = case.truth.shape[0] // side, case.truth.shape[1] // side
    tiles = case.truth.reshape(high, side, wide, side, 3).swapaxes(1, 2).reshape(high * wide, side, side, 3)
    mixed = tiles[np.random.default_rng(3).permutation(len(tiles))]
    return mixed.reshape(high, wide, side, side, 3).swapaxes(1, 2).reshape(case.truth.shape)


def unedited(case: Case) -> Pixels:
    return case.source


PRETENDERS: dict[str, Callable[[Case], Pixels]] = {
    "source": unedited,
    "recoloured source": recoloured,
    "repeated look": repeated,
    "blurred truth": blurred,
    "shuffled truth": shuffled,
}


def cases(clip: Clip, style: Style, later: tuple[int, ...]) -> tuple[Likeness, list[Case]]:
    look = clip.painted(LOOK, style)
    found = [Case(clip.photo(i), clip.painted(i, style), look) for i in later]
    return Likeness(clip.photo(LOOK), look), found


def ratios(likeness: Likeness, case: Case) -> tuple[float, dict[str, float]]:
    """The true frame's distance, and how many times it each pretender's is."""
    near = likeness.distance(case.source, case.truth)
    return near, {name: likeness.distance(case.source, made(case)) / near for name, made in PRETENDERS.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, nargs="+", default=SEEDS, help="seeds")
    parser.add_argument("--frames", type=int, nargs="+", default=LATER)
    given = parser.parse_args()
    clips = [Clip(seed, 64, SIZE) for seed in given.clips]
    print(f"| style | true frame | {' | '.join(PRETENDERS)} |\n|---|---|{'---|' * len(PRETENDERS)}")
    closest: dict[str, list[float]] = {name: [] for name in PRETENDERS}
    for style in PAINTED:
        found = []
        for clip in clips:
            likeness, some = cases(clip, style, tuple(given.frames))
            found += [ratios(likeness, case) for case in some]
        told = [f"{median(near for near, _ in found):.2f}"]
        for name in PRETENDERS:
            times = [each[name] for _, each in found]
            closest[name] += times
            told.append(f"{median(times):.1f} ({min(times):.2f})")
        print(f"| {style.name.lower()} | {' | '.join(told)} |", flush=True)
    told = [f"{min(times):.2f}" for times in closest.values()]
    print(f"| *the closest of {len(closest['source'])}* | | {' | '.join(told)} |")


if __name__ == "__main__":
    main()
