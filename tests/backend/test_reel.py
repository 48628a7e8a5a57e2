"""Shots that do not fit into memory: read as they are wanted, or put aside on the disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from studies import noise

from backend.pictures import Pixels
from backend.reel import PutAside, Reel


def test_what_was_wanted_last_is_held_and_no_more_than_fits() -> None:
    read: list[int] = []

    def picture(index: int) -> Pixels:
        read.append(index)
        return noise(index)

    reel = Reel(picture, 100, held=3 * noise(0).nbytes)
    assert len(reel) == 100
    assert all((reel[i] == noise(i)).all() for i in (0, 1, 2, 0, 1, 2))
    assert read == [0, 1, 2], "what is held is not read again"
    assert (reel[3] == noise(3)).all() and (reel[1] == noise(1)).all()
    assert read == [0, 1, 2, 3]
    assert (reel[0] == noise(0)).all() and read[-1] == 0, "the one that was not wanted for longest had gone"
    for index in range(100):
        assert reel[index].shape == (64, 96, 3)
    assert len(reel._held) == 3
    with pytest.raises(IndexError):
        reel[100]


def test_a_picture_larger_than_the_room_is_read_all_the_same() -> None:
    reel = Reel(noise, 2, held=10)
    assert (reel[0] == noise(0)).all() and (reel[1] == noise(1)).all()


def test_what_is_put_aside_comes_back_in_any_order_and_leaves_no_file(tmp_path: Path) -> None:
    aside = PutAside(tmp_path, (64, 96, 3))
    for index in (5, 0, 3, 5):
        aside[index] = noise(index + 1) if index == 5 else noise(index)
    assert all((aside[index] == noise(seed)).all() for index, seed in ((0, 0), (3, 3), (5, 6)))
    aside[3] = np.ascontiguousarray(noise(9)[:, ::-1])[:, ::-1]
    assert (aside[3] == noise(9)).all()
    aside.close()
    assert not list(tmp_path.iterdir())
