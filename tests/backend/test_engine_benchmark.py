"""The benchmark of the engine, in small: its figures are made, and what it compares is alike. Not how fast it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WITHOUT_A_HUB = """
import sys
sys.modules["backend.hub"] = None  # as where httpx2 is not installed
import tests.benchmarks.engine.__main__
from backend import models
print(models.find(models.POCKET))
"""


def test_it_needs_nothing_of_the_network() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_A_HUB], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == str(ROOT / "backend" / "pocket" / "weights"), done.stderr


def test_it_paints_as_stock_does_and_no_part_is_faster_than_the_device(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.benchmarks.engine", "--only", "rendering", "limits"]
    size = ["--frames", "2", "--batch", "2", "--steps", "5", "--rounds", "1", "--threads", "1"]
    where = ["--json", str(tmp_path / "bench.json"), "--cache", str(tmp_path)]
    done = subprocess.run(
        [*command, *size, *where], cwd=ROOT, env=os.environ | {"OMP_NUM_THREADS": "1"}, capture_output=True, text=True
    )
    assert (tmp_path / "bench.json").is_file(), done.stderr
    figures = {made["name"]: made for made in json.loads((tmp_path / "bench.json").read_text())}
    alike = [made for name, made in figures.items() if "PSNR to stock" in name]
    assert len(alike) == 2 and all(made["met"] and made["value"] >= 40 for made in alike)
    shares = {name: made["value"] for name, made in figures.items() if "share of the arithmetic" in name}
    assert len(shares) == 3 and all(0.02 < share < 1.2 for share in shares.values()), shares
    assert set(alike[0]) == {"name", "value", "spread", "unit", "goal", "met", "machine"}
