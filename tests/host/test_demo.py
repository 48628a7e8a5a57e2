"""`make demo` in short: a real Blender of its own, few frames and few steps, and what it leaves."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest
import reference
from backends import PYTHON
from conftest import ROOT

SHOWN = (1, 2, 4, 5, 7, 8)  # of the eight frames of the quick one
LABEL, HEAD, GAP, SCALE = 150, 20, 4, 2  # of the sheet: pixels before its pictures and between them, and their size
DRAWN = """
import sys
from PIL import Image
from tools.demo_figures import World
width, height, folder, *numbers = sys.argv[1:]
world = World((int(width), int(height)), 8)
for number in map(int, numbers):
    Image.fromarray(world.truth(number)).save(f"{folder}/{number:06}.png")
"""


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


def pictures(folder: Path) -> Any:
    """The frames that the sheet shows, as they lie in a folder: frame × height × width × RGB."""
    return np.stack([reference.read(folder / f"{number:06}.png")[..., :3].astype(float) for number in SHOWN])


@pytest.fixture(scope="module")
def rows(demo: Path) -> Any:
    """The sheet's pictures at the size that they have in the study: row × frame × height × width × RGB."""
    frame = reference.read(next(demo.glob("steady/*/frames/000001.png")))
    height, width = frame.shape[0] * SCALE, frame.shape[1] * SCALE
    sheet = reference.read(demo / "before-after.png")[..., :3].astype(float)
    assert sheet.shape == (HEAD + 5 * (height + GAP), LABEL + len(SHOWN) * (width + GAP), 3)
    assert (sheet[:, :LABEL].min(axis=(1, 2))[HEAD:].reshape(5, -1).min(axis=1) < 50).all(), "each row has a name"
    found = sheet[HEAD:, LABEL:].reshape(5, height + GAP, len(SHOWN), width + GAP, 3)
    assert (found[:, height:] == 255).all() and (found[:, :, :, width:] == 255).all(), "white between them"
    small = found[:, :height, :, :width].reshape(5, height // SCALE, SCALE, len(SHOWN), width // SCALE, SCALE, 3)
    return small.mean(axis=(2, 5)).transpose(0, 2, 1, 3, 4)


def apart(one: Any, other: Any) -> Any:
    """Levels of 255, for each frame. The sheet's pictures were enlarged, which leaves them 4 from what they were."""
    return np.abs(one - other).mean(axis=(1, 2, 3))


def test_the_sheet_shows_the_source_two_plain_takes_the_tuned_one_and_the_truth(
    demo: Path, rows: Any, tmp_path: Path
) -> None:
    (study,) = (demo / "steady").iterdir()
    height, width = rows.shape[2:4]
    words = [str(word) for word in (width, height, tmp_path, *SHOWN)]
    subprocess.run([PYTHON, "-c", DRAWN, *words], cwd=ROOT, check=True, capture_output=True)
    held = {0: study / "frames", 1: study / "takes/plain 0.45", 3: study / "takes/tuned 0.45", 4: tmp_path}
    for row, folder in held.items():
        assert (apart(rows[row], pictures(folder)) < 4).all(), folder
    assert (apart(rows[0], rows[2]) > apart(rows[0], rows[1])).all(), "more strength leaves the source farther behind"


def test_no_row_of_the_sheet_is_another_and_no_frame_is_another(rows: Any) -> None:
    for one in range(5):
        for other in range(one):
            assert (apart(rows[one], rows[other]) > 6).all(), (one, other)
        assert (apart(rows[one][:-1], rows[one][1:]) > 2).all(), one
