"""How many frames at once, and files that are read and written meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import miniature
import pytest
import torch
from studies import noise

from backend import models
from backend.api import Failure, Painting
from backend.batching import MOST, Capacity, fitting, in_batches, is_out_of_memory
from backend.overlapped import Behind, ahead
from backend.painter import Painter

CPU = torch.device("cpu")


class Device:
    """Holds so many things at once, and remembers what it was given."""

    def __init__(self, holds: int) -> None:
        self.holds = holds
        self.given: list[list[int]] = []

    def paint(self, things: list[int]) -> list[int]:
        self.given.append(things)
        if len(things) > self.holds:
            torch.empty(1 << 60)  # more than any machine has: torch says so in its own words
        return [10 * thing for thing in things]


def painted(device: Device, count: int, capacity: Capacity) -> list[int]:
    return [made for _, some in in_batches(range(count), device.paint, capacity) for made in some]


@pytest.mark.parametrize("holds", [1, 2, 3, 7, 100])
@pytest.mark.parametrize("most", [1, 5, 16])
def test_everything_is_painted_once_and_in_order(holds: int, most: int) -> None:
    device, capacity = Device(holds), Capacity(CPU, 448, most)
    assert painted(device, 20, capacity) == [10 * i for i in range(20)]
    assert max(len(things) for things in device.given[-2:]) <= holds
    assert capacity.size <= max(holds, 1)


def test_what_was_too_many_is_not_tried_again() -> None:
    device, capacity = Device(3), Capacity(CPU, 448, 8)
    painted(device, 8, capacity)
    assert [len(things) for things in device.given] == [8, 4, 2, 2, 2, 2]
    painted(device, 4, capacity)
    assert [len(things) for things in device.given[6:]] == [2, 2]


def test_a_processor_is_busy_with_fewer_large_frames() -> None:
    assert [Capacity(CPU, latents).size for latents in (60, 448, 1024, 4096, 9216)] == [16, 16, 7, 1, 1]


def test_one_that_does_not_fit_is_refused_in_words() -> None:
    with pytest.raises(Failure, match="does not hold a single frame") as refused:
        painted(Device(0), 3, Capacity(CPU, 448))
    assert "smaller short side" in refused.value.hint


def test_what_numpy_says_is_understood_too() -> None:
    capacity = Capacity(CPU, 448, 4)

    def paint(things: list[int]) -> list[int]:
        if len(things) > 2:
            raise MemoryError("Unable to allocate 8.00 EiB for an array")
        return things

    assert [batch for batch, _ in in_batches(range(4), paint, capacity)] == [[0, 1], [2, 3]]


def test_other_errors_are_no_lack_of_memory() -> None:
    def fail(things: list[int]) -> None:
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    with pytest.raises(RuntimeError, match="shapes"):
        list(in_batches(range(3), fail, Capacity(CPU, 448)))


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
        RuntimeError("[enforce fail at alloc_cpu.cpp:117] data. DefaultCPUAllocator: not enough memory: you tried to"),
        RuntimeError("CUDA error: out of memory\nCUDA kernel errors might be asynchronously reported"),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
        RuntimeError("MPS backend out of memory (MPS allocated: 5.90 GB, max allowed: 6.80 GB)."),
    ],
)
def test_every_device_has_its_words_for_it(error: Exception) -> None:
    assert is_out_of_memory(error)


def test_a_card_is_filled_and_no_more_than_that() -> None:
    gb = 1 << 30
    assert fitting(free=8 * gb, together=gb, singly=0, count=1) == 6
    assert fitting(free=8 * gb, together=gb, singly=0, count=2) == 12
    assert fitting(free=80 * gb, together=gb, singly=gb, count=1) == MOST
    assert fitting(free=gb, together=gb, singly=0, count=1) == fitting(free=0, together=gb, singly=gb, count=1) == 1


def test_what_is_decoded_one_by_one_is_kept_clear_once() -> None:
    """And not for every frame of a batch."""
    mb = 1 << 20
    assert fitting(free=6000 * mb, together=400 * mb, singly=2000 * mb, count=1) == 7
    assert fitting(free=6000 * mb, together=4 * 400 * mb, singly=2000 * mb, count=4) == 7


class Network:
    """Says when the network has the frames."""

    def __init__(self) -> None:
        self.busy = False

    def __enter__(self) -> None:
        self.busy = True

    def __exit__(self, *_: object) -> None:
        self.busy = False


def test_the_network_has_all_frames_together_and_the_vae_one_by_one(tmp_path: Path) -> None:
    model, network = models.load(str(miniature.save(tmp_path / "model"))), Network()
    seen: list[tuple[str, bool, int]] = []

    def watch(name: str, part: torch.nn.Module) -> None:
        part.register_forward_pre_hook(lambda _, given: seen.append((name, network.busy, len(given[0]))))

    for name, part in (("in", model.vae.encoder), ("network", model.unet), ("out", model.vae.decoder)):
        watch(name, part)
    painter = Painter(model, Painting(strength=0.45, steps=4, guidance=1.0, seed=0), "a red car")
    painter.paint([noise(i) for i in range(3)], lambda step, steps: None, network)
    assert seen == [("in", False, 1)] * 3 + [("network", True, 3)] + [("out", False, 1)] * 3


def test_no_more_is_read_ahead_than_was_said(tmp_path: Path) -> None:
    """Memory is the same for 300 frames and for 3,000."""
    asked: list[int] = []

    def numbers() -> Iterator[int]:
        for number in range(300):
            asked.append(number)
            yield number

    with ThreadPoolExecutor(4) as pool:
        for place, number in enumerate(ahead(pool, lambda n: n * 2, numbers(), depth=5)):
            assert number == 2 * place
            assert len(asked) - place <= 6
    assert len(asked) == 300


def test_who_writes_faster_than_the_disk_waits() -> None:
    go, written = threading.Event(), []
    with ThreadPoolExecutor(2) as pool, Behind(pool, depth=3) as behind:
        for i in range(3):
            behind(lambda i=i: (go.wait(), written.append(i)))
        late = threading.Thread(target=behind, args=(written.append, 3))
        late.start()
        late.join(0.05)
        assert late.is_alive() and written == []
        go.set()
        late.join()
    assert sorted(written) == [0, 1, 2, 3]


def test_a_disk_that_is_full_ends_the_work_and_what_was_handed_over_is_tried() -> None:
    go, written = threading.Event(), []

    def fail() -> None:
        go.wait()
        raise OSError("No space left")

    with pytest.raises(OSError, match="No space"), ThreadPoolExecutor(1) as pool, Behind(pool) as behind:
        behind(fail)
        behind(written.append, 1)
        go.set()
    assert written == [1]
    with pytest.raises(KeyError), ThreadPoolExecutor(1) as pool, Behind(pool) as behind:
        go.clear()
        behind(fail)
        threading.Timer(0.05, go.set).start()
        raise KeyError("what was wrong before")
