"""What the machine has, without importing torch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from backend import devices

ROOT = Path(__file__).parents[2]


def test_a_look_tells_python_torch_and_memory() -> None:
    machine = devices.look()
    assert machine.python == sys.version.split()[0]
    assert machine.torch.startswith("2.")
    assert machine.device.split()[0] in ("cpu", "cuda", "mps")
    assert machine.memory > 1 << 30


def test_a_look_imports_no_torch() -> None:
    code = "import sys; from backend import devices; devices.look(); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_torch_for_the_processor_finds_no_card() -> None:
    device, memory = devices.find_device("2.13.0+cpu")
    assert device.startswith("cpu")
    assert memory == devices.main_memory()
