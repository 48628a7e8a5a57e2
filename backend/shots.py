"""The shots of a strip: what learns from neighbouring frames, or carries one to the next, never looks across a cut."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from . import coverage, pictures
from .api import Failure
from .jobs import Job
from .study import Study

FRAMES = "frames"  # the stage whose fingerprint tells whether the reference still speaks of these frames


def shots_of(study: Study, job: Job) -> list[range]:
    """The frame numbers of every shot, in order; together they are the whole strip, whose frames must all be there."""
    numbers = range(study.source.first, study.source.last + 1)
    starts = _told(study, numbers)
    if starts is None:
        seen = []
        for done, number in enumerate(numbers):
            job.progress(done, len(numbers), "Finding cuts")
            seen.append(coverage.features(pictures.read(study.frame_path(number))))
        starts = [numbers[i] for i in coverage.shots(np.stack(seen))]
    return [range(a, b) for a, b in pairwise([*starts, numbers.stop])]


def _told(study: Study, numbers: range) -> list[int] | None:
    """What was found when the reference frames were chosen; None where that is of other frames, or cannot be read."""
    try:
        reference = study.reference()
    except Failure:
        return None
    if reference is None or study.fingerprint(FRAMES) != study.frames_fingerprint(list(numbers)):
        return None
    return sorted({numbers.start, *(n for n in reference.shots if n in numbers)})
