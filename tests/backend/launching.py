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
    launch = [sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", "2"]
    launch += ["--num_machines", "1", "--mixed_precision", "no", "--dynamo_backend", "no", "--main_process_port", "0"]
    return subprocess.run(
        [*launch, "-m", "backend", stage, str(folder), *words],
        env=PATHS,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
