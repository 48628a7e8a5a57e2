"""`make demo` in short: a real Blender of its own, few frames and few steps, and what it leaves."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import bpy
import pytest
from conftest import ROOT


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, user = tmp_path_factory.mktemp("quick") / "demo", tmp_path_factory.mktemp("user")
    words = [str(ROOT / "tools" / "demo.py"), "--", "--quick", "--folder", str(folder)]
    binary = bpy.app.binary_path
    command = [binary, "-b", "--factory-startup", "--python-exit-code", "1", "--python"] if binary else [sys.executable]
    environment = {**os.environ, "BLENDER_USER_RESOURCES": str(user), "OMP_NUM_THREADS": "1"}  # more only wait here
    ran = subprocess.run([*command, *words], env=environment, cwd=folder.parent, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "demo/report.html" in ran.stdout
    return folder


def test_it_leaves_the_edit_its_movies_a_sheet_and_the_figures(demo: Path) -> None:
    left = {"source.mp4", "restyled.mp4", "before-after.png", "report.html", "measures.json", "restyled.blend"}
    assert left <= {path.name for path in demo.iterdir()}
    for name in ("source.mp4", "restyled.mp4"):
        assert (demo / name).read_bytes()[4:8] == b"ftyp"
    scores = json.loads((demo / "measures.json").read_text("utf-8"))["scores"]
    assert {"plain 0.45", "plain 0.75", "tuned 0.45", "affine colours", "truth through the VAE"} <= set(scores)
    assert scores["truth through the VAE"]["psnr"] == max(score["psnr"] for score in scores.values())


def test_the_report_holds_take_against_take(demo: Path) -> None:
    found = json.loads((demo / "measures.json").read_text("utf-8"))
    assert set(found["takes"]) == {"plain 0.45", "tuned 0.45"}
    assert re.match("“tuned 0.45” is (steadier than|as steady as|less steady than) plain ", found["judgement"])
    page = (demo / "report.html").read_text("utf-8")
    assert found["judgement"] in page and found["takes"]["plain 0.45"] in page
    assert "Excess flicker" in page, "the truth is known"
