"""What fills the places that a look could not be carried to: patches that learn from where it was."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from .carrying import Carried
from .fingerprint import fingerprint_of
from .patches import Learner
from .pictures import Pixels

Example = tuple[Pixels, Carried]  # a frame, and what was carried to it


def learn_one(learner: Learner, draw: Callable[[Generator], Sequence[Example]]) -> float:
    """A step, on examples that are drawn with the step's own dice: only weights and optimiser go on. Its loss."""
    dice = _dice(learner.prior.seed, learner.step)
    frames, carried = zip(*draw(dice), strict=True)
    sure = torch.from_numpy(np.stack([each.share for each in carried])).permute(0, 3, 1, 2)
    return learner.learn(_tensor(frames), _tensor([each.look for each in carried]), sure, dice)


def paint(learner: Learner, frame: Pixels) -> NDArray[np.float32]:
    """From 0 to 255, unrounded."""
    return learner.paint(_tensor([frame]))[0].permute(1, 2, 0).numpy()


def _tensor(pictures: Sequence[Pixels]) -> Tensor:
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2)


def _dice(*parts: int) -> Generator:
    """Unlike neighbours, or the draws of one step could resemble those of the next."""
    return Generator().manual_seed(int(fingerprint_of(*parts)[:12], 16))
