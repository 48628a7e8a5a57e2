"""What the machine has, without importing torch."""

from __future__ import annotations

import ctypes
import platform
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
import torch

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


def test_a_driver_that_is_not_what_it_should_be_leaves_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hello is answered all the same: Blender would wait for it in vain."""
    ours = ctypes.CDLL(None)
    monkeypatch.setattr(metadata, "version", lambda name: "2.13.0+cu126")
    monkeypatch.setattr(ctypes, "CDLL", lambda name: ours)  # it has no nvmlInit_v2
    machine = devices.look()
    assert machine.device == f"cpu ({platform.machine()})" and machine.memory == devices.main_memory()


def test_a_radeon_that_this_user_may_not_open_is_none(tmp_path: Path) -> None:
    """torch would take the processor, without a word. The kernel tells of the card all the same."""
    device = tmp_path / "cards" / "card1" / "device"
    device.mkdir(parents=True)
    (device / "mem_info_vram_total").write_text("25753026560\n")
    assert devices.radeon(tmp_path / "kfd", tmp_path / "cards") is None
    (tmp_path / "kfd").touch()
    assert devices.radeon(tmp_path / "kfd", tmp_path / "cards") == ("cuda (AMD)", 25753026560)


@pytest.mark.parametrize("hidden", ["", "-1"])
def test_a_card_that_torch_is_not_to_see_is_none(hidden: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for driver in ("nvidia", "radeon"):
        monkeypatch.setattr(devices, driver, lambda: ("cuda (a card)", 1))
    assert devices.find_device("2.13.0+cu130")[0] == devices.find_device("2.13.0+rocm7.2")[0] == "cuda (a card)"
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", hidden)
    assert devices.find_device("2.13.0+cu130") == devices.find_device("2.13.0+rocm7.2") == devices.processor()


def test_the_peak_is_that_of_the_engines_card_since_it_was_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    peaks, held = {0: 8, 1: 5}, {0: 3, 1: 3}
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_initialized", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: len(peaks))
    monkeypatch.setattr(torch.cuda, "max_memory_reserved", lambda card=0: peaks[card])
    monkeypatch.setattr(torch.cuda, "reset_peak_memory_stats", lambda card=0: peaks.update({card: held[card]}))
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: held.update({0: 1, 1: 1}))
    assert devices.peak_memory("cuda:1") == 5
    assert devices.peak_memory("") == devices.peak_memory("cuda:0") == 8
    assert devices.peak_memory("cpu") > 1 << 20, "what the process has held in main memory"
    assert devices.peak_memory("cuda:9") == 0, "a prompt can be asked for a device that is not there"
    devices.forget_peak()
    assert devices.peak_memory("") == devices.peak_memory("cuda:1") == 1
