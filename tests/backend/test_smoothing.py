"""Smoothing one shot: two heads for two styles, and what a killed process leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from studies import pan, place

from backend import smoothing, unfinished
from backend.api import Prior
from backend.pictures import Pixels
from backend.smoothing import Shot, Smoothing

OTHERS = (1, 4, 6)  # frames that are in the other style
PRIOR = Prior(width=8, rate=3e-3, steps=200, features=0.0)
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def clip() -> list[Pixels]:
    return pan(place(3, height=32), np.arange(8) * 3.0, width=48)


def style(clip: list[Pixels]) -> list[Pixels]:
    return [np.ascontiguousarray(255 - frame[..., ::-1]) for frame in clip]


def other_style(clip: list[Pixels]) -> list[Pixels]:
    return [np.ascontiguousarray(frame[..., [1, 2, 0]]) for frame in clip]


def jumping(clip: list[Pixels], others: tuple[int, ...] = OTHERS) -> list[Pixels]:
    pairs = zip(style(clip), other_style(clip), strict=True)
    return [b if i in others else a for i, (a, b) in enumerate(pairs)]


def learned(shot: Shot, prior: Prior) -> np.ndarray:
    made = Smoothing(shot, prior, None, CPU)
    while not made.over:
        made.learn_one()
    return np.stack(list(made.pictures())).astype(float)


def way(made: np.ndarray, clip: list[Pixels]) -> np.ndarray:
    """How far each frame is from the style that most are in, at 0, to the other, at 1."""
    a, b = (np.stack(some).astype(float) for some in (style(clip), other_style(clip)))
    return ((made - a) * (b - a)).sum((1, 2, 3)) / ((b - a) ** 2).sum((1, 2, 3))


def test_two_heads_tell_two_styles_apart_and_one_mixes_them(clip: list[Pixels]) -> None:
    shot = Shot(clip, jumping(clip))
    one, two = (way(learned(shot, replace(PRIOR, heads=heads)), clip).mean() for heads in (1, 2))
    assert two < 0.2 < one


@pytest.mark.parametrize("held", [2, 3])
def test_a_held_picture_stays_held(clip: list[Pixels], held: int) -> None:
    """Footage on twos, or slowed down: what stands still in it stands still to the bit."""
    frames, take = ([frame for frame in some[:4] for _ in range(held)] for some in (clip, style(clip)))
    made = learned(Shot(frames, take), replace(PRIOR, steps=60))
    first = made[::held]
    assert (made == np.repeat(first, held, axis=0)).all()
    assert (first[1:] != first[:-1]).any(axis=(1, 2, 3)).all(), "and what moves goes on"


def killed_after(count: int) -> Callable[[], None]:
    steps = iter(range(count))

    def tell() -> None:
        if next(steps, None) is None:
            raise KeyboardInterrupt

    return tell


def test_a_killed_process_loses_little_and_the_end_is_the_same_to_the_bit(
    clip: list[Pixels], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does not get to save anything when it is killed."""
    prior, shot = replace(PRIOR, width=4, steps=60), Shot(clip, jumping(clip))
    whole = Smoothing(shot, prior, None, CPU)
    whole.learn(tmp_path / "whole", "mine", lambda: None)
    monkeypatch.setattr(smoothing, "SECONDS_TO_LOSE", 0.0)
    monkeypatch.setattr(unfinished, "SHARE_OF_SAVING", 1e9)
    state = tmp_path / "state"
    for count in (7, 40):
        with pytest.raises(KeyboardInterrupt):
            Smoothing(shot, prior, None, CPU).learn(state, "mine", killed_after(count))
    again = Smoothing(shot, prior, None, CPU)
    begun: list[int] = []
    again.learn(state, "mine", lambda: begun.append(again.step))
    assert begun[0] == 47, "every step was saved"
    assert again.step == whole.step and again.watch.best == whole.watch.best
    assert (np.stack(list(again.pictures())) == np.stack(list(whole.pictures()))).all()


@pytest.mark.parametrize("damage", [b"", b"not a state at all"])
def test_a_state_that_is_damaged_or_of_others_is_not_gone_on_from(
    clip: list[Pixels], tmp_path: Path, damage: bytes
) -> None:
    prior, shot = replace(PRIOR, width=4, steps=3), Shot(clip, jumping(clip))
    state = tmp_path / "state"
    Smoothing(shot, prior, None, CPU).learn(state, "mine", lambda: None)
    begun: list[int] = []
    theirs = Smoothing(shot, prior, None, CPU)
    theirs.learn(state, "theirs", lambda: begun.append(theirs.step))
    state.write_bytes(damage)
    anew = Smoothing(shot, prior, None, CPU)
    anew.learn(state, "theirs", lambda: begun.append(anew.step))
    assert begun == [0, 1, 2, 0, 1, 2]
