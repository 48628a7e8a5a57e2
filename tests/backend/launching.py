"""Several processes of the backend on one job, as a launcher starts them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATHS = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests/backend")])}


def launched(stage: str, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """With two processors: accelerate starts more than one process without a card only where it is told `multi`."""
    how = ["--multi_gpu", "--num_processes", "2", "--num_machines", "1", "--mixed_precision", "no"]
    return _launched([*how, "--dynamo_backend", "no", "--main_process_port", "0"], PATHS, [stage, str(folder), *words])


def launched_without_a_card(stage: str, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """As somebody writes it who was not told of `--multi_gpu`."""
    return _launched(["--num_processes", "2"], {**PATHS, "CUDA_VISIBLE_DEVICES": ""}, [stage, str(folder), *words])


def _launched(how: list[str], env: dict[str, str], words: list[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "accelerate.commands.launch", *how, "-m", "backend", *words]
    return subprocess.run(command, env=env, capture_output=True, encoding="utf-8", check=False)
