"""The shots of a strip: what learns from neighbouring frames, or carries one to the next, never looks across a cut."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from . import coverage, pictures
from .api import Failure
from .jobs import Job
from .study import Study

FRAMES = "frames"  # the stage whose fingerprint tells whether the reference still speaks of these frames


def shots_of(study: Study, job: Job) -> list[range]:
    """The frame numbers of every shot, in order; together they are what the study holds of the strip. A shot ends at
    a frame that is missing, too."""
    source = study.source
    numbers = [n for n in study.frame_numbers() if source.first <= n <= source.last]
    if not numbers:
        return []
    starts = {*(_told(study, numbers) or _seen(study, numbers, job)), *_behind_gaps(numbers)}
    places = [place for place, number in enumerate(numbers) if number in starts]
    return [range(numbers[a], numbers[b - 1] + 1) for a, b in pairwise([*places, len(numbers)])]


def shot_of(shots: Sequence[range], number: int) -> range:
    """A frame that the strip does not show any more stands alone: only between those that it shows are cuts known."""
    return next((shot for shot in shots if number in shot), range(number, number + 1))


def _behind_gaps(numbers: Sequence[int]) -> list[int]:
    return [number for before, number in pairwise(numbers) if number > before + 1]


def _seen(study: Study, numbers: Sequence[int], job: Job) -> list[int]:
    seen = []
    for done, number in enumerate(numbers):
        job.progress(done, len(numbers), "Finding cuts")
        seen.append(coverage.features(pictures.read(study.frame_path(number))))
    return [numbers[i] for i in coverage.shots(np.stack(seen))]


def _told(study: Study, numbers: list[int]) -> list[int] | None:
    """What was found when the reference frames were chosen; None where that is of other frames, or cannot be read."""
    try:
        reference = study.reference()
    except Failure:
        return None
    if reference is None or study.fingerprint(FRAMES) != study.frames_fingerprint(numbers):
        return None
    return sorted({numbers[0], *(n for n in reference.shots if n in numbers)})
