"""The benchmark of the engine, in small: its figures are made, and what it compares is alike. Not how fast it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from backend.api import Engine
from backend.shelf import Shelf
from tests.benchmarks.engine import to_quality
from tests.benchmarks.engine.__main__ import Found
from tests.benchmarks.engine.figures import figure, read

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("rendering", "limits", "starting", "quick", "tuning", "whole")
SMALL = ["--frames", "2", "--batch", "2", "--steps", "5", "--rounds", "1", "--threads", "1", "--tuning-steps", "2"]
JOB = ["--job-frames", "4", "--job-steps", "2", "--job-crops", "1", "--spread", "0"]
STAGES = ("sampling", "choosing reference frames", "tuning", "loading the model", "encoding", "rendering", "measuring")
WITHOUT_A_HUB = """
import sys
sys.modules["backend.hub"] = None  # as where httpx2 is not installed
import tests.benchmarks.engine.__main__
from backend import models
print(models.find(models.POCKET))
"""


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("bench")
    command = [sys.executable, "-m", "tests.benchmarks.engine", "--only", *PARTS, *SMALL, *JOB]
    command += ["--json", str(folder / "bench.json"), "--cache", str(folder)]
    env = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert (folder / "bench.json").is_file() and "Traceback" not in done.stderr, done.stderr
    return {made["name"]: made for made in json.loads((folder / "bench.json").read_text())}


def test_it_needs_nothing_of_the_network() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_A_HUB], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == str(ROOT / "backend" / "pocket" / "weights"), done.stderr


def test_it_paints_as_stock_does_and_no_part_is_faster_than_the_device(figures: dict[str, Any]) -> None:
    alike = [made for name, made in figures.items() if "PSNR to stock" in name]
    assert len(alike) == 2 and all(made["met"] and made["value"] >= 40 for made in alike)
    shares = {name: made["value"] for name, made in figures.items() if "share of the arithmetic" in name}
    assert len(shares) == 3 and all(0.02 < share < 1.2 for share in shares.values()), shares
    assert set(alike[0]) == {"name", "value", "spread", "unit", "goal", "met", "machine"}


def test_every_other_part_has_its_figures(figures: dict[str, Any]) -> None:
    assert {f"pocket 112×64: {method}, against the plain loop" for method in ("lora", "whole")} <= set(figures)
    assert len([name for name in figures if "what the arithmetic allows" in name]) == 4
    assert "the backend is ready" in figures and "pocket 112×64: loading the model, at a second render" in figures
    assert all(made["value"] > 0 for made in figures.values()), figures


def test_the_whole_job_is_the_sum_of_its_stages(figures: dict[str, Any]) -> None:
    stages = [figures[f"pocket: 4 frames of 112×64: {stage}"]["value"] for stage in STAGES]
    whole = figures["pocket: 4 frames of 112×64, 2 steps of tuning: the whole job"]["value"]
    assert min(stages) > 0 and sum(stages) == pytest.approx(whole)


def test_a_part_that_fails_ends_none_after_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found, made = Found(tmp_path / "bench.json"), figure("painting", [1.0], "s")
    found.add("tuning", lambda: [made for _ in range(1 // 0)])
    found.add("rendering", lambda: [made])
    assert found.end() == 1 and [each.name for each in read(found.file)] == ["painting"]
    told = capsys.readouterr()
    assert "Failed: tuning" in told.out and "ZeroDivisionError" in told.err


def test_the_literal_recipe_is_rendered_in_the_precision_of_ours() -> None:
    model = Shelf().take(Engine())
    model.vae.half()
    pipe = to_quality.stock(model)
    assert pipe.unet.dtype == pipe.vae.dtype == torch.float16 and model.unet.dtype == torch.float32
