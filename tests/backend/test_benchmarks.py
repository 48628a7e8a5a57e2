"""The benchmarks that no other test runs, on clips so short that they only show what they tell."""

from __future__ import annotations

import sys

import pytest

from tests.benchmarks import propagate
from tests.benchmarks.smooth import __main__ as smooth


def rows(told: str) -> list[list[str]]:
    """The cells of all tables that were printed."""
    return [
        [cell.strip() for cell in line.strip("| ").split("|")] for line in told.splitlines() if line.startswith("|")
    ]


def test_propagating_beside_its_rivals(capsys: pytest.CaptureFixture[str]) -> None:
    words = "--frames 6 --size 48 32 --clips 940 --keys 1 2 --styles oil poster --steps 6"
    propagate.main(words.split())
    told = capsys.readouterr().out
    found = rows(told)
    assert [row[0] for row in found if row[0].endswith(("key", "keys"))] == ["1 key", "2 keys"]
    ours = [row for row in found if row[0] == propagate.OURS]
    assert [len(row) for row in ours] == [6, 6], "dB and excess of each style, and the seconds"
    source = next(row for row in found if row[0] == "source")
    assert float(ours[0][1]) > float(source[1]), "also after six steps it is nearer to the truth than the photo"
    assert told.count("nearer to the truth: ") == 4


def test_propagating_beside_the_tuned_take(capsys: pytest.CaptureFixture[str]) -> None:
    words = "--frames 4 --size 48 32 --clips 940 --keys 2 --styles neon --steps 1 --tuned --set iterations=15 spread=0"
    propagate.main(words.split())
    found = {row[0]: row[1:] for row in rows(capsys.readouterr().out)}
    assert list(found)[-2:] == [propagate.OURS, propagate.TUNED]
    psnr, excess, seconds = map(float, found[propagate.TUNED])
    assert psnr > float(found["source"][0]) + 2, "it has learned from the looks"
    assert excess > 0
    assert seconds > 0


def test_smoothing_beside_its_rivals(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    words = "--cases white --frames 5 --size 48x32 --width 4 --steps 3 --features 0 --heads 1"
    monkeypatch.setattr(sys, "argv", ["smooth", *words.split()])
    assert smooth.main() == 0
    told = capsys.readouterr().out
    found = {row[0]: row for row in rows(told)}
    assert float(found["median of 3 frames"][1]) < 0.8 * float(found["the take itself"][1]), (
        "white flicker is half gone"
    )
    assert "Excess falls by" in told
