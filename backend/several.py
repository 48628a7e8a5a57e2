"""Several processes on one job, as `accelerate launch` starts them: which one this is, and where they meet."""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeVar

import torch
from accelerate import PartialState
from accelerate.utils import broadcast_object_list, gather_object

from .api import ErrorCode, Failure
from .frozen import frozen

T = TypeVar("T")

PATIENCE = timedelta(days=7)  # the first to be done waits for the last; the launcher ends all when one has failed


@frozen
class Team:
    """Every process does all of this in the same order; alone it costs nothing. Values are pickled on their way."""

    rank: int = 0
    count: int = 1

    @property
    def leads(self) -> bool:
        """Whether this is the one that holds the lock, tells of the progress, and writes what is written once."""
        return self.rank == 0

    def share(self, things: Sequence[T]) -> Sequence[T]:
        """This process's part: neighbours stay together, and parts differ by one at most."""
        return things[len(things) * self.rank // self.count : len(things) * (self.rank + 1) // self.count]

    def told(self, value: T) -> T:
        """The leader's value."""
        return _met(lambda: broadcast_object_list([value])[0]) if self.count > 1 else value

    def gather(self, value: T) -> list[T]:
        """Everyone's values, by rank."""
        return _met(lambda: gather_object([value])) if self.count > 1 else [value]

    def add_up(self, tensor: torch.Tensor) -> None:
        """In place, the sum of everyone's."""
        if self.count > 1:
            _met(lambda: torch.distributed.all_reduce(tensor))

    def meet(self) -> None:
        """Nobody goes on before all are here."""
        self.gather(None)


def team(device: torch.device) -> Team:
    """All that a launcher started, or this one alone. Asked before a model is loaded: each has a card of its own."""
    if int(os.environ.get("WORLD_SIZE", "1")) < 2:
        return Team()
    met = torch.distributed.is_initialized()
    state = PartialState(cpu=device.type != "cuda", timeout=PATIENCE)
    if not met:
        atexit.register(state.destroy_process_group)
    return Team(state.process_index, state.num_processes)


def _met(action: Callable[[], T]) -> T:
    try:
        return action()
    except RuntimeError as error:  # torch's word for a closed connection
        hint = "What it said before tells why; what is finished stays: run it again to go on."
        raise Failure(ErrorCode.LOST, "Another of the processes that share this job has ended.", hint) from error
