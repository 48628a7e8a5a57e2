"""What this machine can hold, as far as it is known without importing torch."""

from __future__ import annotations

import ctypes
import os
import platform
import subprocess
import sys
import traceback
from importlib import metadata
from pathlib import Path

from . import api
from .processes import MACOS, WINDOWS

KFD = Path("/dev/kfd")  # through which AMD's cards compute


def look() -> api.Machine:
    """The device that torch will find, and its memory in bytes. Takes some 10 ms."""
    torch = torch_version()
    try:
        device, memory = find_device(torch)
    except Exception:  # whatever a driver answers, hello is not to wait for it
        traceback.print_exc()
        device, memory = processor()
    return api.Machine(platform.platform(), platform.python_version(), torch, device, memory)


def torch_version() -> str:
    try:
        return metadata.version("torch")
    except metadata.PackageNotFoundError:
        return ""


def find_device(torch: str) -> tuple[str, int]:
    """A torch built for the processor alone finds no card, whatever there is, and so does one that may see none."""
    if "+cpu" in torch:
        return processor()
    if MACOS and platform.machine() == "arm64":
        return f"mps ({_mac('machdep.cpu.brand_string')})", main_memory()
    if os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1"):
        return processor()
    card = radeon() if "+rocm" in torch else nvidia()
    return card or processor()


def processor() -> tuple[str, int]:
    return f"cpu ({platform.machine()})", main_memory()


def nvidia() -> tuple[str, int] | None:
    """The first NVIDIA card, asked of its driver: nvidia-smi takes seconds where the driver sleeps."""
    try:
        nvml = ctypes.CDLL("nvml.dll" if WINDOWS else "libnvidia-ml.so.1")
    except OSError:
        return None
    if nvml.nvmlInit_v2() != 0:
        return None
    card, name, memory = ctypes.c_void_p(), ctypes.create_string_buffer(96), (ctypes.c_ulonglong * 3)()
    try:
        found = (
            nvml.nvmlDeviceGetHandleByIndex_v2(0, ctypes.byref(card)) == 0
            and nvml.nvmlDeviceGetName(card, name, len(name)) == 0
            and nvml.nvmlDeviceGetMemoryInfo(card, memory) == 0
        )
        return (f"cuda ({name.value.decode(errors='replace')})", memory[0]) if found else None
    finally:
        nvml.nvmlShutdown()


def radeon(door: Path = KFD, cards: Path = Path("/sys/class/drm")) -> tuple[str, int] | None:
    """The largest AMD card that the kernel knows, where we may use it. To torch it is a cuda device."""
    if not may_use_radeon(door):
        return None
    sizes = [int(file.read_text()) for file in cards.glob("card*/device/mem_info_vram_total")]
    return ("cuda (AMD)", max(sizes)) if sizes else None


def may_use_radeon(door: Path = KFD) -> bool:
    """The kernel tells everybody of a card, and lets a few groups use it."""
    return os.access(door, os.R_OK | os.W_OK)


def forget_peak() -> None:
    """From here on the peak of a card is counted anew; that of a process cannot be."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        torch.cuda.empty_cache()  # what the job before has left in it would count
        for card in range(torch.cuda.device_count()):
            torch.cuda.reset_peak_memory_stats(card)


def peak_memory(device: str = "") -> int:
    """The most bytes that this process has held: on its card where torch uses one, and 0 where that is not known."""
    torch, (kind, _, number) = sys.modules.get("torch"), device.partition(":")
    if torch is not None and torch.cuda.is_available() and kind in ("", "cuda"):
        cards = [card for card in range(torch.cuda.device_count()) if number in ("", str(card))]
        return max((torch.cuda.max_memory_reserved(card) for card in cards), default=0)
    if sys.platform == "win32":
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if MACOS else 1024)


def has_lost_card(error: Exception) -> bool:
    """Whether this process cannot use its card any more: after such an error every later call fails too."""
    torch = sys.modules.get("torch")
    if torch is None or not isinstance(error, torch.AcceleratorError):
        return False
    from .batching import is_out_of_memory

    return not is_out_of_memory(error)


def main_memory() -> int:
    if MACOS:
        return int(_mac("hw.memsize") or 0)
    if sys.platform == "win32":
        status = (ctypes.c_uint64 * 8)(64)  # MEMORYSTATUSEX: its own size, then the total as the second number
        ctypes.windll.kernel32.GlobalMemoryStatusEx(status)
        return status[1]
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _mac(name: str) -> str:
    return subprocess.run(["sysctl", "-n", name], capture_output=True, text=True, check=False).stdout.strip()
