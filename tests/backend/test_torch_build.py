"""Which build of torch a computer gets."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import pytest
import torch
from wheels import ROOT

from backend.api import Failure
from backend.installer import torch_build

LINUX = {"system": "Linux", "arch": "x86_64", "python": (3, 11)}
WINDOWS = {**LINUX, "system": "Windows"}
MAC = {"system": "Darwin", "arch": "arm64", "python": (3, 13)}


@pytest.mark.parametrize(
    ("facts", "build"),
    [
        # No GPU, or none that counts.
        (LINUX, "cpu"),
        ({**LINUX, "arch": "arm64"}, "cpu"),
        (MAC, "mps"),
        # NVIDIA: the newest CUDA that driver and card can do.
        ({**LINUX, "driver": (580, 65, 6), "capabilities": ((8, 9),)}, "cu130"),
        ({**LINUX, "driver": (580,), "capabilities": ((7, 5),)}, "cu130"),
        ({**LINUX, "driver": (580, 159, 3), "capabilities": ((9, 0),)}, "cu130"),
        ({**LINUX, "driver": (580, 65, 6), "capabilities": ((12, 0),)}, "cu130"),
        ({**LINUX, "driver": (579, 99), "capabilities": ((8, 9),)}, "cu126"),
        ({**LINUX, "driver": (525, 60, 13), "capabilities": ((8, 6),)}, "cu126"),
        ({**LINUX, "driver": (580, 65, 6), "capabilities": ((6, 1),)}, "cu126"),  # GTX 1080
        ({**LINUX, "driver": (580, 65, 6), "capabilities": ((7, 0),)}, "cu126"),  # V100
        ({**LINUX, "driver": (580, 65, 6), "capabilities": ()}, "cu130"),
        ({**LINUX, "arch": "arm64", "driver": (580, 95), "capabilities": ((12, 1),)}, "cu130"),  # DGX Spark
        ({**WINDOWS, "driver": (581, 29), "capabilities": ((12, 0),)}, "cu130"),
        ({**WINDOWS, "driver": (528, 33), "capabilities": ((8, 6),)}, "cu126"),
        # Two cards: the newest decides.
        ({**LINUX, "driver": (580, 65, 6), "capabilities": ((6, 1), (8, 6))}, "cu130"),
        # AMD, on Linux alone; a processor's small GPU beside a card does no harm.
        ({**LINUX, "amd": ("gfx1100",)}, "rocm7.2"),
        ({**LINUX, "amd": ("gfx1036", "gfx1201")}, "rocm7.2"),
        ({**LINUX, "driver": (580, 65, 6), "capabilities": ((8, 9),), "amd": ("gfx1100",)}, "cu130"),
    ],
)
def test_each_computer_gets_the_build_for_its_gpu(facts: dict[str, Any], build: str) -> None:
    choice = torch_build.choose(torch_build.Facts(**facts), "2.13.0")
    assert choice.build.name == build
    assert choice.warning == ""
    if build == "mps":
        assert choice.arguments == ("torch==2.13.0",)
    else:
        index = f"https://download.pytorch.org/whl/{build}"
        assert choice.arguments == (f"torch==2.13.0+{build}", "--extra-index-url", index)


@pytest.mark.parametrize(
    ("facts", "because"),
    [
        ({**LINUX, "driver": (470, 256), "capabilities": ((8, 6),)}, "needs an NVIDIA driver of 525.60.13 or newer"),
        ({**LINUX, "driver": (525, 60, 11), "capabilities": ((8, 6),)}, "needs an NVIDIA driver of 525.60.13"),
        ({**WINDOWS, "driver": (527, 99), "capabilities": ((8, 6),)}, "needs an NVIDIA driver of 528.33 or newer"),
        ({**LINUX, "driver": (575, 57), "capabilities": ((12, 0),)}, "needs an NVIDIA driver of 580 or newer"),
        ({**LINUX, "driver": (470, 256), "capabilities": ((3, 5),)}, "does not know this NVIDIA card"),
        ({**WINDOWS, "arch": "arm64", "driver": (580,)}, "no CUDA build for Windows on ARM"),
        (WINDOWS, "No NVIDIA GPU was found, and torch can use no other on Windows."),  # or was not looked for
        ({**WINDOWS, "amd": ("gfx1100",)}, "no ROCm build for Windows (gfx1100)"),
        ({**LINUX, "amd": ("gfx1036",)}, "does not know gfx1036"),
    ],
)
def test_a_gpu_that_cannot_be_used_is_spoken_of(facts: dict[str, Any], because: str) -> None:
    choice = torch_build.choose(torch_build.Facts(**facts), "2.13.0")
    assert choice.build is torch_build.CPU
    assert because in choice.warning
    assert "slower" in choice.warning


def test_an_amd_gpu_that_this_user_may_not_open_is_spoken_of() -> None:
    """Its build is installed all the same: nothing has to be fetched again once he may."""
    choice = torch_build.choose(torch_build.Facts(**LINUX, amd=("gfx1100",), amd_allowed=False), "2.13.0")
    assert choice.build is torch_build.ROCM
    assert "“sudo usermod -aG render,video $USER”" in choice.warning and "slower" in choice.warning


@pytest.mark.parametrize(
    ("facts", "because"),
    [
        ({**MAC, "arch": "x86_64"}, "Macs with an Intel processor"),
        ({**LINUX, "arch": "i686"}, "Linux on i686"),
        ({**LINUX, "python": (3, 10)}, "this is Python 3.10"),
        ({**LINUX, "python": (3, 15)}, "this is Python 3.15"),
    ],
)
def test_computers_that_torch_does_not_exist_for_are_refused(facts: dict[str, Any], because: str) -> None:
    with pytest.raises(Failure, match=because) as refused:
        torch_build.choose(torch_build.Facts(**facts), "2.13.0")
    assert refused.value.hint


def test_a_local_wheel_of_that_version_is_preferred() -> None:
    gpu = {**LINUX, "driver": (580, 65, 6), "capabilities": ((8, 9),)}
    local = torch_build.Facts(**gpu, wheels=("2.12.0+cpu", "2.13.0+cpu"))
    assert torch_build.choose(local, "2.13.0").arguments == ("torch==2.13.0+cpu",)
    older = torch_build.Facts(**gpu, wheels=("2.12.0+cpu",))
    assert torch_build.choose(older, "2.13.0").build is torch_build.CUDA_13


def test_the_user_may_insist_on_a_build() -> None:
    facts = torch_build.Facts(**LINUX, wheels=("2.13.0+cpu",))
    assert torch_build.choose(facts, "2.13.0", "rocm7.2").build is torch_build.ROCM
    with pytest.raises(Failure, match="no build of torch called “cu999”"):
        torch_build.choose(facts, "2.13.0", "cu999")


def test_a_folder_whose_path_is_too_long_for_windows_is_refused() -> None:
    """torch brings the licences of all that it is built from, deep in its folders."""
    usual = PureWindowsPath(r"C:\Users\firstname.lastname\AppData\Local\steady\backend-0.1.0")
    deep = PureWindowsPath(r"D:\Projects\Advertising\2026\Customers\A Long Name\Shared\Steady Diffusion\backend-0.1.0")
    short = torch_build.Facts(**WINDOWS, long_paths=False)
    torch_build.refuse_long_path(usual, short)
    torch_build.refuse_long_path(deep, torch_build.Facts(**WINDOWS, long_paths=True))
    with pytest.raises(Failure, match="too long a path for Windows") as refused:
        torch_build.refuse_long_path(deep, short)
    assert str(deep) in refused.value.message and r"“C:\steady”" in refused.value.hint


def test_what_windows_leaves_to_that_path_is_what_the_pinned_torch_leaves() -> None:
    """Its longest folder, in the build with the longest name, and the 247 letters that a new folder may have."""
    info = next((ROOT / ".venv-backend").glob("lib/python3.*/site-packages/torch-*.dist-info"))
    told = (line.rsplit(",", 2)[0] for line in (info / "RECORD").read_text().splitlines())
    folders = (PurePosixPath(name).parent for name in told if name.startswith(info.name))
    inside = max(len(str(folder.relative_to(info.name))) for folder in folders)
    named = f"torch-{torch.__version__.partition('+')[0]}+cu130.dist-info"
    assert 247 - len(f"/Lib/site-packages/{named}/") - inside == torch_build.ROOM


def test_who_makes_the_environment_by_hand_is_told_the_pinned_torch() -> None:
    """Without a build named, pip would take one for the processor on Windows."""
    version = torch.__version__.partition("+")[0]
    told = (ROOT / "docs" / "backend.md").read_text(encoding="utf-8")
    by_hand = f'"torch=={version}+cu130" --extra-index-url {torch_build.INDEX}cu130'
    assert told.count(f"requirements.txt {by_hand}") == 2, "for all systems, and for Windows"


# --- the facts


def test_what_nvidia_smi_prints_is_read() -> None:
    printed = "580.159.03, 9.0\n580.159.03, 12.0\n"
    assert torch_build.read_nvidia(printed) == ((580, 159, 3), ((9, 0), (12, 0)))
    assert torch_build.read_nvidia("470.256.02\n") == ((470, 256, 2), ())  # an old one, asked for its driver alone
    assert torch_build.read_nvidia("535.54, [N/A]\n") == ((535, 54), ())
    assert torch_build.read_nvidia("NVIDIA-SMI has failed because it could not reach the driver.\n") == ((), ())


def test_a_real_nvidia_smi_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Drivers before 510 refuse the compute capability, and still tell their own version."""
    program = tmp_path / "nvidia-smi"
    program.write_text('#!/bin/sh\ncase "$1" in *compute_cap*) exit 2 ;; *) echo 470.256.02 ;; esac\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    facts = torch_build.gather()
    assert (facts.driver, facts.capabilities) == ((470, 256, 2), ())


def test_amd_gpus_are_told_by_the_kernel(tmp_path: Path) -> None:
    for node, version in enumerate((0, 90010, 100306, 110000)):  # a processor, then GPUs
        (tmp_path / str(node)).mkdir()
        (tmp_path / str(node) / "properties").write_text(f"cpu_cores_count 8\ngfx_target_version {version}\nid 1\n")
    assert torch_build.amd_gpus(tmp_path) == ("gfx90a", "gfx1036", "gfx1100")
    assert torch_build.amd_gpus(tmp_path / "nothing") == ()


def test_wheels_for_this_python_and_system_are_found(tmp_path: Path) -> None:
    folder = tmp_path / "my wheels"
    folder.mkdir()
    for name in (
        "torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl",
        "torch-2.13.0+cpu-cp312-cp312-manylinux_2_28_x86_64.whl",
        "torch-2.13.0+cpu-cp311-cp311-win_amd64.whl",
        "torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_aarch64.whl",
        "torchvision-0.28.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl",
    ):
        (folder / name).touch()
    links = f"https://example.org/wheels {folder.as_uri()}"
    assert torch_build.local_torch(links, "Linux", "x86_64", (3, 11)) == ("2.13.0+cpu",)
    assert torch_build.local_torch(links, "Linux", "arm64", (3, 11)) == ("2.13.0+cpu",)
    assert torch_build.local_torch(links, "Windows", "x86_64", (3, 11)) == ("2.13.0+cpu",)
    assert torch_build.local_torch(links, "Linux", "x86_64", (3, 13)) == ()
    assert torch_build.local_torch("", "Linux", "x86_64", (3, 11)) == ()
