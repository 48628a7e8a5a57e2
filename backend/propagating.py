"""A few looks over one shot: carried along the flow as far as that can be believed, and painted elsewhere.

What is carried teaches what paints, so that both agree where they meet (Texler et al. 2020)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator

from . import filling, unfinished
from .api import ErrorCode, Failure, Prior
from .carrying import AllCarried, Carried, carry
from .filling import Example
from .patches import Learner
from .pictures import Pixels, to_bytes
from .reel import Frames, repeats
from .steadying import steadied
from .unfinished import Saving

SECONDS_TO_LOSE = 5.0  # of work, at most, when the process is killed; nothing of it shows in the result
HORIZON = 50  # steps that the loss which is told looks back
LITTLE = 0.002  # of a shot: where less than that has to be painted nothing is learned


class Propagation:
    """The frames of one shot, and the looks of some of them, by index."""

    def __init__(
        self,
        frames: Frames,
        looks: Mapping[int, Pixels],
        prior: Prior,
        device: torch.device,
        folder: Path | None = None,
    ) -> None:
        """What does not fit into memory is put into the folder, as long as this is open."""
        self.frames, self.looks, self.prior = frames, looks, prior
        self.learner = Learner(prior, device)
        height, width = next(iter(looks.values())).shape[:2]
        self.carried = AllCarried(folder, len(frames), height, width)
        self.loss = math.nan

    def __enter__(self) -> Propagation:
        return self

    def __exit__(self, *_: object) -> None:
        self.carried.close()

    def carry(self, tell: Callable[[int], None]) -> None:
        carry(self.frames, self._held_on(), tell, self.carried)

    def _held_on(self) -> dict[int, Pixels]:
        """Each look on all frames in a row that show what its own does."""
        found, pairs = dict(self.looks), [(index - 1, index) for index in range(1, len(self.frames))]
        for one, other in (*pairs, *((b, a) for a, b in reversed(pairs))):
            if one in found and other not in found and repeats(self.frames, max(one, other)):
                found[other] = found[one]
        return found

    @property
    def needs_painting(self) -> bool:
        """Of a still shot its look shows all."""
        return 1 - self.carried.sure > LITTLE

    # --- learning

    def learn(self, state: Path, fingerprint: str, tell: Callable[[], None]) -> None:
        """`tell` may say that it is cancelled."""
        known = unfinished.read(state, fingerprint)
        if known:
            self.learner.restore(known[0])

        def save() -> None:
            unfinished.write(state, self.learner.tensors(), {"fingerprint": fingerprint})

        with Saving(save, SECONDS_TO_LOSE) as saving:
            while self.learner.step < self.prior.steps:
                tell()
                self._learn_one()
                saving.now_and_then()

    def _learn_one(self) -> None:
        value = filling.learn_one(self.learner, self._some)
        if not math.isfinite(value):
            message = f"Propagating went astray at step {self.learner.step}: the loss is no longer a number."
            raise Failure(ErrorCode.BAD_INPUT, message, f"Lower the learning rate of {self.prior.rate:g}.")
        self.loss = value if math.isnan(self.loss) else self.loss + (value - self.loss) / HORIZON

    def _some(self, dice: Generator) -> list[Example]:
        """A look on its own frame, and what was carried to some other frame."""
        keys = sorted(self.looks)
        index = keys[int(torch.randint(len(keys), (1,), generator=dice))]
        other = int(torch.randint(len(self.frames), (1,), generator=dice))
        own = Carried.whole(self.looks[index])
        return [(self.frames[index], own), (self.frames[other], self.carried[other])]

    # --- painting

    def glimpse(self) -> Pixels:
        """The frame that is farthest from all looks, as it is by now."""
        index = max(range(len(self.frames)), key=lambda i: min(abs(i - key) for key in self.looks))
        return self._joined(index, filling.paint(self.learner, self.frames[index]))

    def pictures(self) -> Iterator[Pixels]:
        """Every frame in order, by index. A held picture stays still, though looks come to it on other ways."""
        picture = np.empty(0, np.uint8)
        for index, painted in enumerate(self._painted()):
            if index in self.looks or not repeats(self.frames, index):
                picture = self._joined(index, painted)
            yield picture

    def _painted(self) -> Iterator[NDArray]:
        frames = (self.frames[index] for index in range(len(self.frames)))
        if not self.needs_painting:
            return frames
        return steadied((filling.paint(self.learner, frame) for frame in frames), self.frames)

    def _joined(self, index: int, painted: NDArray) -> Pixels:
        return to_bytes(self.carried[index].over(painted))
