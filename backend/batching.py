"""How many frames are painted at once: what the device holds, found out with the first, and halved where need be."""

from __future__ import annotations

import contextlib
import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import torch
from accelerate.utils.memory import clear_device_cache, should_reduce_batch_size

from .api import ErrorCode, Failure

T = TypeVar("T")
R = TypeVar("R")

MOST = 16  # a card is busy with fewer already
ENOUGH = 7168  # latents to keep a processor busy: 16 frames of pocket at once take 0.6 of the time of one by one
NO_MEMORY = ("not enough memory", "out of memory", "ALLOC_FAILED")
SPARE = 0.8  # of the free memory: other programs want some too, and what torch frees lies in pieces


class Capacity:
    """Remembered for as long as the process runs, and no longer: how much is free is a matter of the hour, and a file
    would hold on to the one evening when a game ran beside."""

    def __init__(self, device: torch.device, latents: int, most: int = 0) -> None:
        """`latents`: what the network sees of a frame; `most`: what was asked for, 0 is what the device holds."""
        self._device = device
        self._measures = device.type == "cuda" and not most
        self._begun = self._singly = self._together = 0  # bytes: before the batch, and what it took at its peaks
        self.size = 1 if self._measures else most or max(1, min(MOST, ENOUGH // latents))

    def attempt(self, action: Callable[[list[T]], R], things: list[T]) -> R | None:
        """None where these were too many: `size` is then half of them."""
        if self._measures:
            torch.cuda.reset_peak_memory_stats(self._device)
            self._begun = torch.cuda.memory_allocated(self._device)
        try:
            made = action(things)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            if len(things) == 1:
                hint = "Sample the strip with a smaller short side, or close what else uses the device's memory."
                message = "The device's memory does not hold a single frame of this size."
                raise Failure(ErrorCode.BAD_INPUT, message, hint) from error
            made = None
        if made is None:  # not in the except: the error's traceback holds on to what has to go
            clear_device_cache(garbage_collection=True)
            self.size = len(things) // 2
        elif self._measures:
            self._measures = False
            singly = max(self._singly, self._peak())
            self.size = fitting(free_on(self._device), self._together or singly, singly, len(things))
        return made

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Around what has all things on the device at once: the rest of an action takes as much for many as for one."""
        if self._measures:
            self._singly = self._peak()
        yield
        if self._measures:
            self._together = self._peak()

    def _peak(self) -> int:
        """Since it was asked last."""
        peak = torch.cuda.max_memory_allocated(self._device) - self._begun
        torch.cuda.reset_peak_memory_stats(self._device)
        return peak


def fitting(free: int, together: int, singly: int, count: int) -> int:
    """How many fit into the free memory where `count` took this much together. What is done to them one by one comes
    before and after, and is kept clear all the same: what it leaves behind lies in pieces."""
    return max(1, min(MOST, int((SPARE * free - singly) * count / max(1, together))))


def free_on(device: torch.device) -> int:
    """Of a card's memory, also what torch has taken and does not use."""
    unused = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    return torch.cuda.mem_get_info(device)[0] + unused


def in_batches(things: Iterable[T], action: Callable[[list[T]], R], capacity: Capacity) -> Iterator[tuple[list[T], R]]:
    """Each batch and what came of it. No more of the things are asked for than the next batch needs."""
    source, waiting = iter(things), deque[T]()
    while True:
        waiting.extend(itertools.islice(source, max(0, capacity.size - len(waiting))))
        if not waiting:
            return
        batch = [waiting.popleft() for _ in range(min(len(waiting), capacity.size))]
        made = capacity.attempt(action, batch)
        if made is None:
            waiting.extendleft(reversed(batch))
        else:
            yield batch, made


def is_out_of_memory(error: Exception) -> bool:
    """Of any device; accelerate does not know what torch says on Windows, nor what CUDA and its libraries say."""
    kinds, said = isinstance(error, torch.OutOfMemoryError | MemoryError), str(error)
    return kinds or any(words in said for words in NO_MEMORY) or should_reduce_batch_size(error)
