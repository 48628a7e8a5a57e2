"""The pictures of a shot, one at a time: a long shot does not fit into memory, and what fits is read only once."""

from __future__ import annotations

import tempfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np

from . import disk
from .pictures import Pixels

HELD = 512 * 2**20  # bytes of pictures: 680 of 512×512


class Frames(Protocol):
    """A list of pictures, or what reads them."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> Pixels: ...


def repeats(frames: Frames, index: int) -> bool:
    """Whether a frame is the one before it once more, as every other one of footage on twos."""
    return index > 0 and np.array_equal(frames[index], frames[index - 1])


class Reel:
    """Reads a picture when it is wanted, and holds those that were wanted last."""

    def __init__(self, read: Callable[[int], Pixels], count: int, held: int = HELD) -> None:
        self._read, self._count, self._most = read, count, held
        self._held: OrderedDict[int, Pixels] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int, /) -> Pixels:
        if index in self._held:
            self._held.move_to_end(index)
            return self._held[index]
        if not 0 <= index < self._count:
            raise IndexError(index)
        picture = self._held[index] = self._read(index)
        self._bytes += picture.nbytes
        while self._bytes > self._most and len(self._held) > 1:
            self._bytes -= self._held.popitem(last=False)[1].nbytes
        return picture


class PutAside:
    """Pictures of one shape in a file without a name: it goes when the process does, however that ends."""

    def __init__(self, folder: Path | None, shape: tuple[int, ...]) -> None:
        """In the folder, or among the system's temporary files."""
        self._at, self._shape = folder or Path(tempfile.gettempdir()), shape
        self._bytes = int(np.prod(shape))
        with disk.worded(self._at / "put aside"):
            place = disk.long_path(self._at)
            self._file = tempfile.TemporaryFile(dir=place, suffix=disk.TEMPORARY, buffering=0)  # noqa: SIM115

    def __setitem__(self, index: int, picture: Pixels) -> None:
        with disk.worded(self._at / "put aside"):
            self._file.seek(index * self._bytes)
            left = memoryview(picture.tobytes())
            while left:  # a disk that fills up takes a part
                left = left[self._file.write(left) :]

    def __getitem__(self, index: int) -> Pixels:
        with disk.worded(self._at / "put aside"):
            self._file.seek(index * self._bytes)
            data = bytearray()
            while len(data) < self._bytes and (more := self._file.read(self._bytes - len(data))):
                data += more
        return np.frombuffer(bytes(data), np.uint8).reshape(self._shape)

    def close(self) -> None:
        self._file.close()
