"""What work will cost, by what it has cost here before."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend import devices, estimates
from backend.estimates import Cost, Need

TUNING, RENDERING = estimates.kind("tuning", "pocket", "lora"), estimates.kind("rendering", "pocket")


def test_nothing_is_foreseen_before_the_first_run(tmp_path: Path) -> None:
    assert estimates.read(tmp_path) == {}
    assert estimates.foresee({}, [Need(TUNING, 1000)]) is None
    assert estimates.foresee({}, []) == Cost(), "nothing to do costs nothing"


def test_what_was_learned_says_what_comes(tmp_path: Path) -> None:
    learned = {TUNING: Cost(seconds=0.5, disk=1000, memory=6e9), RENDERING: Cost(seconds=2, disk=3, memory=4e9)}
    estimates.learn(tmp_path, learned)
    known = estimates.read(tmp_path)
    assert known == learned
    wanted = [Need(TUNING, units=100, kept=1), Need(RENDERING, units=10, kept=5)]
    assert estimates.foresee(known, wanted) == Cost(seconds=70, disk=1015, memory=6e9)
    other = estimates.kind("tuning", "pocket", "whole")
    assert estimates.foresee(known, [*wanted, Need(other, 1)]) is None, "another method was never tried"


def test_what_was_last_counts_as_much_as_all_before(tmp_path: Path) -> None:
    for seconds in (1.0, 3.0, 4.0):
        estimates.learn(tmp_path, {TUNING: Cost(seconds=seconds, memory=5e9 if seconds == 1 else 0)})
    assert estimates.read(tmp_path)[TUNING] == Cost(seconds=3.0, memory=5e9)


@pytest.mark.parametrize("text", ["{", "[]", '{"costs": 3}', '{"costs": {"tuning": {"minutes": 3}}}'])
def test_a_damaged_file_is_learned_again(tmp_path: Path, text: str) -> None:
    (tmp_path / estimates.FILE).write_text(text)
    assert estimates.read(tmp_path) == {}
    estimates.learn(tmp_path, {TUNING: Cost(seconds=1)})
    assert estimates.read(tmp_path) == {TUNING: Cost(seconds=1)}


def test_the_most_memory_of_a_process_is_known() -> None:
    before = devices.peak_memory()
    held = bytearray(200_000_000)
    held[::4096] = b"1" * len(held[::4096])
    assert devices.peak_memory() >= max(before, 200_000_000)
