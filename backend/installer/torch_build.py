"""Which build of torch suits this computer: the facts, gathered in one place, and the choice, a function of them."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path, PurePath
from urllib.parse import unquote

from .. import processes
from ..api import ErrorCode, Failure
from ..frozen import frozen
from .pip_run import SHORTER
from .pip_wheel import local_folders

GIGABYTE = 1_000_000_000
INDEX = "https://download.pytorch.org/whl/"
PYTHONS = ((3, 11), (3, 14))
# Letters that Windows leaves to the environment's path: of the 247 that a folder may have there, torch 2.13 takes 162
# (the licences of what it is built from, deep in torch-2.13.0+cu130.dist-info), and \Lib\site-packages\ takes 19.
ROOM = 66


@frozen
class Build:
    """One of the builds in which a version of torch is published, and what it takes."""

    name: str  # of its index, and after the + of its version
    words: str
    download: int  # bytes that an installation fetches with it, and that it then takes on the disk
    disk: int


@frozen
class Cuda:
    """What a CUDA build asks of the driver (NVIDIA: "minimum required driver version") and of the card."""

    linux: tuple[int, ...]
    windows: tuple[int, ...]
    oldest: tuple[int, int]  # compute capability
    newest: tuple[int, int]

    def driver(self, system: str) -> tuple[int, ...]:
        return self.windows if system == "Windows" else self.linux


# As published for torch 2.13 (pytorch/pytorch, RELEASE.md), which also has cu132, experimental there. CUDA 13 has left
# everything before Turing behind, and CUDA 12.6 knows no Blackwell.
CPU = Build("cpu", "the CPU build", int(0.4 * GIGABYTE), int(1.6 * GIGABYTE))
CUDA_12 = Build("cu126", "the CUDA 12.6 build", int(3.0 * GIGABYTE), int(6.0 * GIGABYTE))
CUDA_13 = Build("cu130", "the CUDA 13.0 build", int(2.9 * GIGABYTE), int(5.5 * GIGABYTE))
ROCM = Build("rocm7.2", "the ROCm 7.2 build", int(5.0 * GIGABYTE), int(16.0 * GIGABYTE))
MAC = Build("mps", "the build for Apple's GPU", int(0.4 * GIGABYTE), int(1.6 * GIGABYTE))
BUILDS = {build.name: build for build in (CPU, CUDA_12, CUDA_13, ROCM, MAC)}
NEEDS = {
    CUDA_13: Cuda(linux=(580,), windows=(580,), oldest=(7, 5), newest=(12, 99)),
    CUDA_12: Cuda(linux=(525, 60, 13), windows=(528, 33), oldest=(5, 0), newest=(9, 0)),
}
# What the rocm7.2 wheels hold kernels for. The small GPUs inside Ryzen processors (gfx1036 ...) are not among them.
CDNA = ("gfx900", "gfx906", "gfx908", "gfx90a", "gfx942", "gfx950")
RDNA = ("gfx1030", "gfx1100", "gfx1101", "gfx1102", "gfx1150", "gfx1151", "gfx1200", "gfx1201")


@frozen
class Facts:
    """What decides about the build. Nothing is known about a GPU that is not there: '' and ()."""

    system: str  # "Linux", "Windows", "Darwin"
    arch: str  # "x86_64", "arm64"
    python: tuple[int, int]
    driver: tuple[int, ...] = ()  # of NVIDIA
    capabilities: tuple[tuple[int, int], ...] = ()  # of each NVIDIA GPU
    amd: tuple[str, ...] = ()  # gfx names
    amd_allowed: bool = True  # this user may use them
    wheels: tuple[str, ...] = ()  # versions of torch that a local wheel folder offers for this Python
    long_paths: bool = True  # the system takes paths of more than 260 letters


@frozen
class Choice:
    build: Build
    arguments: tuple[str, ...]  # for pip install
    reason: str  # one sentence for the log and the panel
    warning: str = ""  # when a GPU is there and cannot be used


def choose(facts: Facts, version: str, wanted: str = "") -> Choice:
    """The build of torch `version` for a computer with these facts; `wanted` names a build that the user insists on."""
    _refuse_what_torch_refuses(facts, version)
    if wanted:
        if wanted not in BUILDS:
            raise Failure(
                ErrorCode.BAD_INPUT,
                f"There is no build of torch called “{wanted}”.",
                f"Choose one of {', '.join(BUILDS)}.",
            )
        return _choice(BUILDS[wanted], version, f"You chose {BUILDS[wanted].words}.")
    local = [wheel for wheel in facts.wheels if wheel.split("+")[0] == version]
    if local:
        build = BUILDS.get(local[-1].partition("+")[2], CPU)
        return Choice(build, (f"torch=={local[-1]}",), f"A local wheel folder offers torch {local[-1]}.")
    if facts.system == "Darwin":
        return _choice(MAC, version, "This is a Mac with an Apple processor.")
    if facts.driver:
        return _for_nvidia(facts, version)
    if facts.amd:
        return _for_amd(facts, version)
    if facts.system == "Windows":  # there the cards of others are not looked for
        reason = "No NVIDIA GPU was found, and torch can use no other on Windows."
        return _choice(CPU, version, reason, warned=True)
    return _choice(CPU, version, "No GPU was found that torch can use.")


def _refuse_what_torch_refuses(facts: Facts, version: str) -> None:
    if facts.system == "Darwin" and facts.arch != "arm64":
        raise Failure(
            ErrorCode.BAD_INPUT,
            f"torch {version} does not exist for Macs with an Intel processor.",
            "Connect to a backend on Linux or Windows, or use a Mac with an Apple processor.",
        )
    if facts.arch not in ("x86_64", "arm64"):
        raise Failure(
            ErrorCode.BAD_INPUT,
            f"torch {version} does not exist for {facts.system} on {facts.arch or 'this processor'}.",
            "A 64-bit processor by Intel, AMD, Apple or ARM is needed.",
        )
    if not PYTHONS[0] <= facts.python <= PYTHONS[1]:
        wanted = f"Python {_dotted(PYTHONS[0])} to {_dotted(PYTHONS[1])}"
        raise Failure(
            ErrorCode.BAD_INPUT,
            f"The backend needs {wanted}, and this is Python {_dotted(facts.python)}.",
            f"Make an environment with {wanted} yourself, and name it as “Backend Python” in the preferences.",
        )


def refuse_long_path(folder: PurePath, facts: Facts) -> None:
    """pip would fail in the midst of unpacking, each time that it is asked."""
    if not facts.long_paths and len(str(folder)) > ROOM:
        raise Failure(
            ErrorCode.BAD_INPUT,
            f"“{folder}” is too long a path for Windows: in it torch's files would have more than 260 letters.",
            SHORTER,
        )


def _for_nvidia(facts: Facts, version: str) -> Choice:
    best = max(facts.capabilities, default=None)  # the newest card decides, where there are several
    named = f"NVIDIA driver {_dotted(facts.driver)}" + (f", compute capability {_dotted(best)}" if best else "")
    if facts.system == "Windows" and facts.arch == "arm64":
        return _choice(CPU, version, f"torch {version} has no CUDA build for Windows on ARM ({named}).", warned=True)
    fitting = [build for build, cuda in NEEDS.items() if best is None or cuda.oldest <= best <= cuda.newest]
    if not fitting:
        return _choice(CPU, version, f"torch {version} does not know this NVIDIA card ({named}).", warned=True)
    for build in fitting:  # the newest CUDA first: it is the one that PyTorch tests most
        if facts.driver >= NEEDS[build].driver(facts.system):
            return _choice(build, version, f"{named}.")
    oldest = _dotted(min(NEEDS[build].driver(facts.system) for build in fitting))
    reason = f"torch {version} needs an NVIDIA driver of {oldest} or newer for this card ({named})"
    return _choice(CPU, version, f"{reason}: update the driver, and install again.", warned=True)


def _dotted(numbers: tuple[int, ...]) -> str:
    return ".".join(map(str, numbers))


def _for_amd(facts: Facts, version: str) -> Choice:
    named = ", ".join(facts.amd)
    if facts.system != "Linux" or facts.arch != "x86_64":
        return _choice(CPU, version, f"torch {version} has no ROCm build for {facts.system} ({named}).", warned=True)
    if not set(facts.amd) & {*CDNA, *RDNA}:
        return _choice(CPU, version, f"The ROCm build of torch {version} does not know {named}.", warned=True)
    if not facts.amd_allowed:
        group = "sudo usermod -aG render,video $USER"
        reason = f"AMD GPU {named}, but you may not use it: run “{group}”, log in again, and install again."
        return _choice(ROCM, version, reason, warned=True)
    return _choice(ROCM, version, f"AMD GPU {named}.")


def _choice(build: Build, version: str, reason: str, *, warned: bool = False) -> Choice:
    warning = f"{reason} Without a GPU it is many times slower." if warned else ""
    if build is MAC:
        return Choice(build, (f"torch=={version}",), reason, warning)
    arguments = (f"torch=={version}+{build.name}", "--extra-index-url", INDEX + build.name)
    return Choice(build, arguments, reason, warning)


# --- the facts


def gather() -> Facts:
    """Look at this computer. It asks the NVIDIA driver, which may take seconds to wake the card."""
    from ..devices import may_use_radeon  # late: Blender reads this room in at every start, and seldom installs

    system, arch = platform.system(), _arch(platform.machine())
    python = (sys.version_info.major, sys.version_info.minor)
    driver, capabilities = _nvidia()
    amd = amd_gpus(Path("/sys/class/kfd/kfd/topology/nodes")) if system == "Linux" else ()
    wheels = local_torch(os.environ.get("PIP_FIND_LINKS", ""), system, arch, python)
    return Facts(system, arch, python, driver, capabilities, amd, may_use_radeon(), wheels, _takes_long_paths())


def _takes_long_paths() -> bool:
    """Windows does where an administrator has switched it on."""
    if sys.platform != "win32":
        return True
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SYSTEM\CurrentControlSet\Control\FileSystem") as key:
            return winreg.QueryValueEx(key, "LongPathsEnabled")[0] == 1
    except OSError:
        return False


def _arch(machine: str) -> str:
    names = {"amd64": "x86_64", "x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}
    return names.get(machine.lower(), machine)


def _nvidia() -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]]:
    program = shutil.which("nvidia-smi") or shutil.which("nvidia-smi", path=r"C:\Windows\System32")
    if program is None:
        return (), ()
    for fields in ("driver_version,compute_cap", "driver_version"):  # drivers before 510 know no compute_cap
        try:
            asked = subprocess.run(
                [program, f"--query-gpu={fields}", "--format=csv,noheader"],
                capture_output=True,
                text=True,
                timeout=20,
                check=False,
                **processes.child_options(),
            )
        except (OSError, subprocess.TimeoutExpired):
            return (), ()
        if asked.returncode == 0:
            return read_nvidia(asked.stdout)
    return (), ()


def read_nvidia(printed: str) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]]:
    """The driver and each card's compute capability, as `nvidia-smi --query-gpu` prints them, a card a line."""
    driver: tuple[int, ...] = ()
    capabilities = []
    for line in printed.splitlines():
        version, _, capability = line.partition(",")
        if re.fullmatch(r"\d+(\.\d+)*", version.strip()):
            driver = tuple(int(part) for part in version.strip().split("."))
        if found := re.fullmatch(r"(\d+)\.(\d+)", capability.strip()):
            capabilities.append((int(found[1]), int(found[2])))
    return driver, tuple(capabilities)


def amd_gpus(nodes: Path) -> tuple[str, ...]:
    """The gfx names of AMD's GPUs, from what the kernel's driver tells; a processor's node says 0."""
    found = []
    for properties in sorted(nodes.glob("*/properties")):
        version = re.search(r"^gfx_target_version (\d+)$", properties.read_text(), re.MULTILINE)
        if version and int(version[1]):
            major, minor, step = int(version[1]) // 10000, int(version[1]) // 100 % 100, int(version[1]) % 100
            found.append(f"gfx{major}{minor:x}{step:x}")
    return tuple(found)


def local_torch(links: str, system: str, arch: str, python: tuple[int, int]) -> tuple[str, ...]:
    """The versions of torch that the folders in PIP_FIND_LINKS hold for this Python, the last one pip's favourite."""
    platforms = {"Linux": "linux", "Windows": "win", "Darwin": "macosx"}
    machine = {"x86_64": r"(x86_64|amd64)", "arm64": r"(aarch64|arm64)"}.get(arch, re.escape(arch))
    tag = rf"cp{python[0]}{python[1]}-cp\d+-.*{platforms.get(system, 'none')}.*{machine}"
    versions = []
    for folder in local_folders(links):
        for wheel in folder.glob("torch-*.whl"):
            if found := re.fullmatch(rf"torch-([^-]+)-{tag}\.whl", unquote(wheel.name)):
                versions.append(found[1])
    return tuple(sorted(versions))
