"""How long it will take: in the same words for whatever works."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from studies import noise as picture

from backend import rendering
from backend.api import Progress
from backend.jobs import Job
from backend.lasting import in_words

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.2, "1 s"), (89, "89 s"), (90, "2 min"), (5400, "1 h 30 min"), (7800, "2 h 10 min"), (36_000, "10 h")],
)
def test_it_is_said_as_exactly_as_an_estimate_can_be(seconds: float, said: str) -> None:
    assert in_words(seconds) == said


def test_a_rendering_of_hours_says_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[Any] = []
    batch = [rendering.Seen(rendering.Wanted("", (1,)), picture(0), None)]
    monkeypatch.setattr(time, "monotonic", lambda: 0.0)
    account = rendering.Account(Job(1, lambda event, blobs: said.append(event)), 100, 0, 100)
    account.painted(batch, picture(0))
    monkeypatch.setattr(time, "monotonic", lambda: 364.0)
    account.painting(batch, 0, 4)
    (text,) = [event.text for event in said if isinstance(event, Progress)]
    assert text == "Rendering frame 2 of 100, 10 h left"


def test_what_tells_of_smoothing_needs_nothing_of_tuning() -> None:
    tuning = "{'backend.schooling', 'backend.trainer'}"
    asked = f"import sys, backend.telling; print({tuning} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "set()", done.stdout + done.stderr
