"""Smoothing one shot: a network is taught its frames in turn, watched, saved, and ended when it has learned enough."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from . import prior, unfinished
from .api import ErrorCode, Failure, Prior
from .frozen import frozen
from .learner import Learner
from .pictures import Pixels, to_bytes
from .prior import Features
from .reel import Frames
from .restoring import restored
from .states import part, under
from .steadying import steadied
from .stopping import WINDOW, Watch
from .unfinished import Saving

SECONDS_TO_LOSE = 20.0  # of work, at most, when the process is killed; nothing of it shows in the result
FIRST_SHARE = 0.1  # of the steps, with two heads, on the first frame alone
PLACES = 3  # of the shot that are watched
LOOKS = 250  # times that they are looked at in all the steps
WATCH_FROM = 0.3  # of all the steps: with two heads nothing is so steady as the first frame alone
PATIENCE = 0.2  # of all the steps without a steadier picture
HORIZON = 50  # steps that the loss which is told looks back


@frozen
class Shot:
    """Its frames and what the take shows of each, read one at a time where it is long."""

    frames: Frames
    wanted: Frames

    def __len__(self) -> int:
        return len(self.frames)

    @property
    def size(self) -> tuple[int, int]:
        height, width = self.frames[0].shape[:2]
        return height, width


class Smoothing:
    """Every draw comes from the seed and the number of the step, so that only weights and optimiser go on."""

    def __init__(self, shot: Shot, made: Prior, features: Features | None, device: torch.device) -> None:
        self.shot, self.prior, self.features, self.device = shot, made, features, device
        self.learner = Learner(made, device)
        self._every = max(1, made.steps // LOOKS)
        self.watch = Watch(max(WINDOW * self._every, round(PATIENCE * made.steps)))
        self.stopped, self.loss = False, math.nan
        self._best: dict[str, Tensor] = {}  # the weights that painted steadiest
        self._seconds, self._begun = 0.0, time.monotonic()
        self._first = round(FIRST_SHARE * made.steps) if made.heads == 2 else 0
        self._places = sorted({round(x) for x in np.linspace(0, len(shot) - 1, PLACES)})

    @property
    def step(self) -> int:
        return self.learner.step

    @property
    def over(self) -> bool:
        return self.stopped or self.step >= self.prior.steps

    @property
    def seconds(self) -> float:
        """Of learning, also of that before an interruption."""
        return self._seconds + time.monotonic() - self._begun

    def learn(self, state: Path, fingerprint: str, tell: Callable[[], None]) -> None:
        """Until its pictures are at their steadiest, or through all the steps. `tell` may say that it is cancelled."""
        self._take_up(state, fingerprint)
        with Saving(lambda: self._save(state, fingerprint), SECONDS_TO_LOSE) as saving:
            while not self.over:
                tell()
                self.learn_one()
                saving.now_and_then()

    # --- a step

    def learn_one(self) -> None:
        step, shot = self.step, self.shot
        size = prior.size_at(step, self.prior.steps, shot.size)
        index = 0 if step < self._first else self._turn(step - self._first)
        frame, wanted = (prior.resized(self._here(part, [index]), size) for part in (shot.frames, shot.wanted))
        loss = self._loss(frame, wanted, step)
        value = float(loss.detach())
        if not math.isfinite(value):
            self._leave_astray()
            return
        self.learner.learn(loss)
        self.loss = value if math.isnan(self.loss) else self.loss + (value - self.loss) / HORIZON
        settled = size == shot.size and self.step > WATCH_FROM * self.prior.steps
        if settled and self.step % self._every == 0:
            self._look()

    def _loss(self, frame: Tensor, wanted: Tensor, step: int) -> Tensor:
        pictures = self.learner.network(frame)
        if step < self._first:
            return prior.first_of_all(pictures[0], pictures[1], wanted)
        size, features = (frame.shape[-2], frame.shape[-1]), None
        if self.features is not None:
            features = prior.within(self.features, prior.window(size, _dice(self.prior.seed, step, "window")))
        if self.prior.heads == 2:
            return prior.reweighted(pictures[0], pictures[1], wanted, frame, features, self.prior.features)
        return prior.apart(pictures[0], wanted, features, self.prior.features)

    def _turn(self, step: int) -> int:
        """Which frame's it is: all of them in each pass, in another order."""
        count = len(self.shot)
        order = torch.randperm(count, generator=_dice(self.prior.seed, step // count, "pass"))
        return int(order[step % count])

    def _look(self) -> None:
        rows, columns = (slice(max(side - prior.WINDOW, 0) // 2, None) for side in self.shot.size)
        frames = self._here(self.shot.frames, self._places)[..., rows, columns]
        seen = torch.stack(self.learner.paint(frames[..., : prior.WINDOW, : prior.WINDOW]))
        if self.watch.see(self.step, seen, self.loss):
            self._best = {name: weight.clone() for name, weight in self.learner.average.state_dict().items()}
        self.stopped = self.watch.over

    def _leave_astray(self) -> None:
        if not self._best:
            message = f"Smoothing went astray at step {self.step + 1}: the loss is no longer a number."
            raise Failure(ErrorCode.BAD_INPUT, message, f"Lower the learning rate of {self.prior.rate:g}.")
        self.stopped = True

    # --- what it paints

    def glimpse(self) -> Pixels:
        """The frame in the middle, as it is painted by now."""
        return to_bytes(self._painted(len(self.shot) // 2, self._main(self._places)))

    def pictures(self) -> Iterator[Pixels]:
        """Every frame in order, as it was painted when that was steadiest."""
        if self._best:
            self.learner.average.load_state_dict(self._best)
        main = self._main(range(len(self.shot)))
        painted = (self._painted(index, main) for index in range(len(self.shot)))
        steady = steadied(painted, self.shot.frames)
        whole = restored(steady, self.shot.wanted, self.shot.frames, self._told_by(main))
        yield from map(to_bytes, steadied(whole, self.shot.frames))

    def _painted(self, index: int, head: int) -> NDArray[np.float32]:
        picture = self.learner.paint(self._here(self.shot.frames, [index]))[head][0]
        return (picture * 255).permute(1, 2, 0).cpu().numpy()

    def _main(self, places: Sequence[int]) -> int:
        """The head that paints what most frames show. Which of two that will be is chance: Adam makes equal steps of
        unequal losses, so that on the first frame neither comes to know more than the other."""
        if self.prior.heads == 1:
            return 0
        votes = [self._vote(index) for index in places]
        return int(sum(vote > 0.5 for vote in votes) * 2 > len(votes))

    def _told_by(self, main: int) -> list[bool]:
        """Whether a frame shows what the main head paints: of what one in the other style shows, nothing is lacking."""
        if self.prior.heads == 1:
            return []
        return [(self._vote(index) > 0.5) == bool(main) for index in range(len(self.shot))]

    def _vote(self, index: int) -> float:
        """The share of the frame that the second head is nearer to."""
        frame, wanted = (self._here(some, [index]) for some in (self.shot.frames, self.shot.wanted))
        one, other = ((made - wanted).abs().amax(dim=1) for made in self.learner.paint(frame))
        return float((other < one).float().mean())

    def _here(self, pictures: Frames, places: Sequence[int]) -> Tensor:
        some = torch.from_numpy(np.stack([pictures[place] for place in places])).to(self.device, torch.float32) / 255
        return some.permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)

    # --- to go on later

    def _take_up(self, path: Path, fingerprint: str) -> None:
        known = unfinished.read(path, fingerprint)
        if known is None:
            return
        tensors, note = known
        self.learner.restore(part(tensors, "learner"))
        self.watch.restore(part(tensors, "watch"))
        self._best = {name: weight.to(self.device) for name, weight in part(tensors, "best").items()}
        self.stopped, self.loss = note["stopped"], note["loss"]
        self._seconds, self._begun = note["seconds"], time.monotonic()

    def _save(self, path: Path, fingerprint: str) -> None:
        tensors = under("learner", self.learner.tensors()) | under("watch", self.watch.tensors())
        note = {"fingerprint": fingerprint, "stopped": self.stopped, "loss": self.loss, "seconds": self.seconds}
        unfinished.write(path, tensors | under("best", self._best), note)


def _dice(*parts: object) -> Generator:
    """Unlike neighbours, or the draws of one step could resemble those of the next."""
    return Generator().manual_seed(int.from_bytes(hashlib.blake2b(repr(parts).encode(), digest_size=4).digest()))
