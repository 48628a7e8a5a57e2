"""What the benchmark of the engine says of a card, on one that only counts."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import pytest
import torch

from backend.api import ErrorCode, Failure
from tests.benchmarks.engine import figures, memory
from tests.benchmarks.engine.memory import GIB


class Block:
    """Some memory of the card, for as long as somebody holds it."""


class Card:
    def __init__(self, size: float) -> None:
        self.size, self.held, self.most = int(size * GIB), 0, 0

    def block(self, size: int) -> Block:
        if self.held + size > self.size:
            raise Failure(ErrorCode.BAD_INPUT, "The device's memory does not hold it.", "")
        self.held += size
        self.most = max(self.most, self.held)
        made = Block()
        weakref.finalize(made, self._free, size)
        return made

    def _free(self, size: int) -> None:
        self.held -= size

    def forget(self) -> None:
        self.most = self.held


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Card:
    card, empty = Card(20), torch.empty

    def filled(size: int, *, device: str = "", **options: Any) -> Any:
        return card.block(size) if device == "cuda" else empty(size, **options)

    monkeypatch.setattr(torch, "empty", filled)
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: None)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (card.size - card.held, card.size))
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda: card.held)
    monkeypatch.setattr(torch.cuda, "max_memory_allocated", lambda: card.most)
    monkeypatch.setattr(torch.cuda, "reset_peak_memory_stats", card.forget)
    return card


def taking(card: Card, *sizes: float) -> Callable[[], None]:
    def work() -> None:
        blocks: list[Any] = []
        blocks.append(blocks)  # as a network does: it goes when Python looks for circles
        for size in sizes:
            blocks.append(card.block(int(size * GIB)))

    return work


def test_the_peak_is_that_of_the_work_alone(card: Card) -> None:
    before = card.block(3 * GIB)
    made = memory.peak("tuning", 6.0, taking(card, 2, 3))
    assert (made.value, made.met) == (5.0, True)
    del before


def test_what_does_not_fit_is_measured_anew_on_the_whole_card(card: Card) -> None:
    made = memory.peak("tuning", 6.0, taking(card, 4, 13))
    assert (made.value, made.met) == (17.0, False)


def test_what_fits_on_the_whole_card_alone_has_missed_its_goal(card: Card) -> None:
    """It may take less there: memory lies in pieces, and what is tried first is given up."""
    tries = iter([7, 5])
    made = memory.peak("tuning", 6.0, lambda: taking(card, next(tries))())
    assert (made.value, made.met) == (5.0, False)


def test_what_a_card_has_no_part_in_is_the_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "A card")
    assert figures.figure("painting", [1], "s").machine == "A card"
    assert "thread" in figures.figure("starting", [1], "s", device="cpu").machine
