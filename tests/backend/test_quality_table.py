"""What the benchmark of quality prints: where a rival is better is not left out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from backend.pocket.captions import Style
from tests.benchmarks.quality.__main__ import report
from tests.benchmarks.quality.ours import Variant
from tests.benchmarks.quality.runner import Tuned
from tests.benchmarks.quality.scores import Scores
from tests.benchmarks.quality.table import Entry
from tests.benchmarks.quality.task import Setting, Task

OWN = Scores(18, 17, 19, 18, 0.6, 9, 0.5, 0.8, 7, 0.4, 0.5)
RIVALS = {
    "plain 0.45": replace(OWN, psnr=17, excess=12, fidelity=0.5),
    "plain 0.75": replace(OWN, psnr=17, excess=16, fidelity=0.25),
    "colours": replace(OWN, psnr=18.5, excess=6.5, fidelity=0.9),
    "truth": replace(OWN, psnr=31, excess=3, fidelity=0.1),
}
STEADINESS = "MISSED  neon, excess as a share of the better plain's: 0.75 (wanted ≤ 0.5)"
NEARER = "700 neon: colours is nearer to the truth by 0.50 dB"


def printed(setting: Setting, own: Scores, capsys: pytest.CaptureFixture[str], file: Path) -> tuple[int, list[str]]:
    entry = Entry(Task(setting, 700, Style.NEON), RIVALS, Tuned(own, 1, 1, 0.1))
    code = report([entry], Variant(), file)
    return code, capsys.readouterr().out.splitlines()


def test_where_the_look_is_the_truth_losses_are_those_to_the_truth(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    code, lines = printed(Setting.TRUTH, OWN, capsys, tmp_path / "made.json")
    assert (code, [line for line in lines if line.startswith("700 ")]) == (1, [NEARER])
    assert STEADINESS in lines


def test_where_the_look_was_painted_steadiness_and_the_look_judge_too(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    code, lines = printed(Setting.STAGE, OWN, capsys, tmp_path / "made.json")
    lost = [
        NEARER,
        "700 neon: colours is steadier by 2.50 levels of 255",
        "700 neon: plain 0.75 is nearer to the look by 0.150",
    ]
    assert (code, [line for line in lines if line.startswith("700 ")]) == (1, lost)
    assert [line for line in lines if line.startswith(("met", "MISSED"))] == [STEADINESS]


def test_where_the_take_is_ahead_nothing_is_lost(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    best = replace(OWN, psnr=20, excess=6, fidelity=0.2)
    code, lines = printed(Setting.STAGE, best, capsys, tmp_path / "made.json")
    assert (code, [line for line in lines if line.startswith("700 ")]) == (0, [])
