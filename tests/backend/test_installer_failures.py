"""What can be wrong with packages, network, disk or Python is said in a sentence, and can be made good."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from environments import as_data_folder, drain, runs
from wheels import ROOT, make_wheel

from backend.api import Failure
from backend.installer import environment, installation, pip_run, torch_build

pytest_plugins = ["environments"]

pytestmark = pytest.mark.usefixtures("offline")


# --- what can be wrong


def test_a_package_that_cannot_be_imported_leaves_it_incomplete(shelf: Path, installed: Path, tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("tiny-broken==1.0\n")
    make_wheel(shelf, "tiny-broken", "1.0", "raise OSError('libcuda.so.1: cannot open shared object file')")
    with pytest.raises(Failure, match="does not work: tiny-broken: OSError: libcuda") as failed:
        drain(installation.install(installed, requirements))
    assert "start from a clean folder" in failed.value.hint
    assert environment.check(installed, requirements) is environment.State.INCOMPLETE

    make_wheel(shelf, "tiny-broken", "1.0", "mended = True")  # the same version: pip alone would keep the broken one
    drain(installation.install(installed, requirements))
    assert environment.check(installed, requirements) is environment.State.READY
    assert runs(installed, "import tiny_broken; print(tiny_broken.mended)") == "True"


@pytest.mark.parametrize(
    ("printed", "error"),
    [
        ("Microsoft Visual C++ Redistributable is not installed, this may lead to the DLL load failure.", "[Errno 2]"),
        ("", "[WinError 126] Das angegebene Modul wurde nicht gefunden"),
    ],
)
def test_a_library_of_windows_that_is_missing_is_named_and_nothing_is_unpacked_twice(
    shelf: Path, installed: Path, tmp_path: Path, printed: str, error: str
) -> None:
    """torch says so, and then raises; with the same packages it works once that library is there."""
    library, requirements = tmp_path / "msvcp140.dll", tmp_path / "requirements.txt"
    requirements.write_text("tiny-native==1.0\n")
    raises = (
        f"import os\nif not os.path.exists({str(library)!r}):\n    print({printed!r})\n    raise OSError({error!r})"
    )
    make_wheel(shelf, "tiny-native", "1.0", raises)
    with pytest.raises(Failure, match="does not work: Windows lacks a library") as failed:
        drain(installation.install(installed, requirements))
    assert "https://aka.ms/vs/17/release/vc_redist.x64.exe" in failed.value.hint
    assert str(installed / "install.log") in failed.value.hint
    assert environment.check(installed, requirements) is environment.State.INCOMPLETE

    library.touch()
    (installed / "unpacked before").touch()
    drain(installation.install(installed, requirements))
    assert environment.check(installed, requirements) is environment.State.READY
    assert (installed / "unpacked before").exists()


def test_a_package_that_nobody_has(installed: Path, tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("tiny-nowhere==1.0\n")
    with pytest.raises(Failure, match="The package server has no tiny-nowhere") as failed:
        drain(installation.install(installed, requirements))
    assert str(installed / "install.log") in failed.value.hint
    assert environment.check(installed, requirements) is environment.State.INCOMPLETE


def test_no_network(installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("tiny-nowhere==1.0\n")
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    with pytest.raises(Failure, match="server could not be reached") as failed:
        drain(installation.install(installed, requirements))
    assert "Look at the network" in failed.value.hint


@pytest.mark.parametrize(
    ("printed", "sentence"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "The disk is full"),
        ("OSError: [WinError 112] There is not enough space on the disk", "The disk is full"),
        (
            "OSError: [WinError 112] Es steht nicht genug Speicherplatz auf dem Datenträger zur Verfügung",
            "disk is full",
        ),
        (
            "because ensurepip is not\navailable. ...\n\n    apt install python3.14-venv\n",
            "sudo apt install python3.14-venv.",
        ),
        ("/usr/bin/python3: No module named venv", "sudo apt install python3-venv."),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]'))", "could not be trusted"),
        ("URLError: <urlopen error [SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate>", "SSL_CERT_FILE"),
        ("ssl.SSLEOFError: [SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred", "The secure connection to the package"),
        ("backend.installer.downloads.Broken: the connection broke: [Errno 113] No route to host", "or the connection"),
        ("ERROR: Could not install packages due to an OSError: [WinError 5] Access is denied", "cannot be written"),
        ("OSError: [WinError 5] Zugriff verweigert: 'C:\\\\data\\\\backend-0.1.0'", "cannot be written"),
        ("OSError: [WinError 59] Ein unerwarteter Netzwerkfehler ist aufgetreten", "pip ended with code 1: OSError"),
        ("ERROR: Could not install: [WinError 206] Der Dateiname ist zu lang: 'C:\\\\data'", "too long for Windows"),
        (
            "ERROR: Could not install packages due to an OSError: [Errno 2] No such file or directory: 'C:\\\\data'\n"
            "HINT: ... You can find information on how to enable this at https://pip.pypa.io/warnings/enable-long-paths",
            "too long for Windows",
        ),
        ("ERROR: something quite new", "pip ended with code 1: something quite new"),
        ("nothing that helps", "pip ended with code 1."),
    ],
)
def test_what_pip_prints_is_put_into_words(printed: str, sentence: str) -> None:
    failure = pip_run.explain("pip", 1, printed.splitlines(), Path("/data/install.log"))
    assert sentence in str(failure)
    assert "/data/install.log" in failure.hint


def test_too_small_a_disk_is_refused_before_anything_is_downloaded(
    installed: Path, shelf: Path, tmp_path: Path
) -> None:
    """This disk cannot hold what the build of torch is said to take."""
    free = shutil.disk_usage(tmp_path).free
    huge = torch_build.Build("cpu", "a huge build", free, free)
    choice = torch_build.Choice(huge, (), "It is huge.")
    huge_one = installation.Installation(installed, environment.REQUIREMENTS, (), True)
    with pytest.raises(Failure, match=r"needs about .* GB while it is installed, and .* are free"):
        huge_one.refuse_full_disk(choice)


def test_too_long_a_path_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "a folder in a folder in a folder in a folder" / "backend"
    folder.mkdir(parents=True)
    facts = torch_build.Facts("Windows", "x86_64", (3, 11), long_paths=False)
    with pytest.raises(Failure, match="too long a path for Windows"):
        drain(installation.Installation(folder, environment.REQUIREMENTS, (), True).steps(facts, ""))
    assert environment.check(folder) is environment.State.ABSENT


FULL = """
import ctypes, os, resource, sys
from pathlib import Path

root, small, requirements = map(Path, sys.argv[1:])
sys.path.insert(0, str(root))
from backend.installer import environment, installation
from backend.installer.__main__ import drain
from backend.api import Failure

# In namespaces of our own the little disk goes with us, whatever happens. 0x20000: mounts; 0x10000000: users.
libc = ctypes.CDLL(None, use_errno=True)
mine = libc.unshare(0x20000) == 0 or libc.unshare(0x10020000) == 0
libc.mount(None, b"/", None, 0x44000, None)  # private, with all below
mounted = mine and libc.mount(b"tmpfs", bytes(small), b"tmpfs", 0, b"size=4m") == 0
if not mounted:  # a container that may not mount: no file may grow past this
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))
try:
    drain(installation.install(small / "backend", requirements))
except Failure as failure:
    print(failure)
print(environment.check(small / "backend", requirements).value)
if mounted:
    libc.mount(b"tmpfs", bytes(small), b"tmpfs", 32, b"size=64m")
else:
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
drain(installation.install(small / "backend", requirements))
print(environment.check(small / "backend", requirements).value)
"""


def test_a_full_disk_is_told_and_gone_on_from(shelf: Path, tmp_path: Path) -> None:
    small, requirements = tmp_path / "disk", tmp_path / "requirements.txt"
    small.mkdir()
    make_wheel(shelf, "tiny-heavy", "1.0", padding=2_000_000)
    requirements.write_text("tiny-heavy==1.0\n")
    command = [sys.executable, "-B", "-c", FULL, ROOT, small, requirements]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    told = [line for line in ran.stdout.splitlines() if " %  " not in line]
    assert ran.returncode == 0, ran.stderr
    assert told[0].startswith("The disk is full: the backend could not be installed. Make room")
    assert told[1:] == ["INCOMPLETE", "READY"]


def test_a_file_in_the_way_of_the_folder(requirements: Path, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(Failure, match="a file is in its way") as failed:
        drain(installation.install(tmp_path / "data" / "backend", requirements))
    assert "another data folder in the preferences" in failed.value.hint


# --- a Python that is gone


def test_a_base_python_that_is_gone_is_noticed_and_made_good(requirements: Path, installed: Path) -> None:
    """The environment of a Blender that was removed since."""
    gone = installed.parent / "blender-4.1" / "python3.11"
    record = json.loads((installed / environment.RECORD).read_text())
    (installed / environment.RECORD).write_text(json.dumps({**record, "base": str(gone)}))
    python = installed / "bin" / Path(record["base"]).name
    python.unlink()
    python.symlink_to(gone)
    assert environment.check(installed, requirements) is environment.State.BASE_GONE
    with pytest.raises(Failure, match="Python that the backend was made with is gone"):
        environment.python_to_start(as_data_folder(installed))

    drain(installation.install(installed, requirements))
    assert environment.check(installed, requirements) is environment.State.READY
    assert runs(installed, "import tiny_brush; print(tiny_brush.colour)") == "red"


def test_a_child_never_sees_blenders_search_paths(
    requirements: Path, installed: Path, tmp_path: Path, monkeypatch: Any
) -> None:
    """A PYTHONPATH with another tiny_paint must neither satisfy pip nor be what the import check imports."""
    (tmp_path / "blender" / "tiny_paint").mkdir(parents=True)
    (tmp_path / "blender" / "tiny_paint" / "__init__.py").write_text("raise ImportError('Blender has its own')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "blender"))
    monkeypatch.setenv("PIP_USER", "1")  # a habit of some, and impossible in an environment
    drain(installation.install(installed, requirements))
    assert environment.check(installed, requirements) is environment.State.READY
