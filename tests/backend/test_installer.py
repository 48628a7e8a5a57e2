"""The backend's environment: made by real venv and pip from tiny packages, broken off in every way, and freed."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from wheels import ROOT, Server, make_wheel, repack_pip

from backend.api import Failure
from backend.installer import environment, installation, pip_run, pip_wheel, torch_build

LINUX = sys.platform.startswith("linux")


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of wheels: pip itself, and a package that needs another one."""
    folder = tmp_path_factory.mktemp("wheels")
    repack_pip(folder)
    make_wheel(folder, "tiny-brush", "1.0", "colour = 'red'", needs=["tiny-paint==2.0"])
    make_wheel(folder, "tiny-paint", "2.0", "litres = 3")
    return folder


@pytest.fixture(autouse=True)
def offline(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    see_only(shelf, monkeypatch)


def see_only(shelf: Path, patch: pytest.MonkeyPatch) -> None:
    """pip sees the shelf and nothing else; what a test names wrongly is not searched in the world."""
    patch.setenv("PIP_CONFIG_FILE", os.devnull)
    patch.setenv("PIP_NO_INDEX", "1")
    patch.setenv("PIP_FIND_LINKS", str(shelf))
    patch.delenv("PIP_EXTRA_INDEX_URL", raising=False)


@pytest.fixture(scope="session")
def requirements(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("wanted") / "requirements.txt"
    path.write_text("# What these tests install.\ntiny-brush==1.0\ntiny-paint==2.0  # import tiny_paint\n")
    return path


@dataclass(frozen=True)
class Made:
    """One installation from nothing, and how it went."""

    folder: Path
    steps: tuple[installation.Step, ...]
    record: environment.Record
    early: set[environment.State]  # what the folder was said to be until all was done
    longest: float  # seconds of work of the longest step


@pytest.fixture(scope="session")
def made(shelf: Path, requirements: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("with spaces, and ünicode") / "backend-1"
    steps: list[installation.Step] = []
    early = {environment.check(folder, requirements)}

    def look(step: installation.Step) -> None:
        steps.append(step)
        early.add(environment.check(folder, requirements))

    with pytest.MonkeyPatch.context() as patch:
        see_only(shelf, patch)
        work: list[float] = []
        record = drain(timed(installation.install(folder, requirements), work), look)
    return Made(folder, tuple(steps), record, early, max(work))


def timed(steps: installation.Steps[environment.Record], work: list[float]) -> installation.Steps[environment.Record]:
    while True:
        began = time.thread_time()
        try:
            step = next(steps)
        except StopIteration as end:
            return end.value
        work.append(time.thread_time() - began)
        yield step


@pytest.fixture
def installed(made: Made, tmp_path: Path) -> Path:
    """A whole environment of the test's own: what was made once, copied."""
    folder = tmp_path / "backend-test"
    shutil.copytree(made.folder, folder, symlinks=True)
    return folder


def drain(steps: Any, look: Callable[[Any], None] = lambda step: None) -> Any:
    with contextlib.closing(steps):
        while True:
            try:
                look(next(steps))
            except StopIteration as end:
                return end.value
            time.sleep(0.01)


def runs(folder: Path, code: str) -> str:
    return subprocess.run(
        [folder / "bin" / "python", "-c", code], capture_output=True, text=True, check=True, timeout=60
    ).stdout.strip()


# --- the whole way


def test_an_installation_from_nothing(requirements: Path, made: Made) -> None:
    assert environment.check(made.folder, requirements) is environment.State.READY
    assert runs(made.folder, "import tiny_brush, tiny_paint; print(tiny_brush.colour, tiny_paint.litres)") == "red 3"
    assert environment.State.READY not in made.early
    assert made.record.size == pytest.approx(environment.size_of(made.folder), rel=0.01)
    lines = environment.log_tail(made.folder)
    assert any("Successfully installed tiny-brush-1.0 tiny-paint-2.0" in line for line in lines)
    assert not (made.folder / environment.DOWNLOADS).exists()
    assert not (made.folder / environment.LOCK).exists()


def test_its_progress_only_grows_and_says_what_it_does(made: Made) -> None:
    done = [step.done for step in made.steps]
    assert done == sorted(done)
    assert {step.total for step in made.steps} == {installation.WHOLE}
    texts = {step.text for step in made.steps}
    assert {"Making an environment", "Importing what was installed", "Finishing"} <= texts


def test_no_step_keeps_blender_waiting(made: Made) -> None:
    assert made.longest < 0.05


def test_an_installation_that_is_whole_is_only_checked(requirements: Path, installed: Path) -> None:
    drain(installation.install(installed, requirements))
    assert environment.check(installed, requirements) is environment.State.READY
    assert any("Requirement already satisfied: tiny-brush==1.0" in line for line in environment.log_tail(installed, 99))


def test_what_another_blender_has_installed_is_not_made_anew(requirements: Path, installed: Path) -> None:
    other = installed.parent / "blender-5.9" / "python3.16"
    other.parent.mkdir()
    other.symlink_to(sys.executable)
    record = json.loads((installed / environment.RECORD).read_text())
    (installed / environment.RECORD).write_text(json.dumps({**record, "base": str(other), "python": "3.16"}))
    before = (installed / "pyvenv.cfg").stat().st_mtime_ns
    assert environment.check(installed, requirements) is environment.State.READY
    kept = drain(installation.install(installed, requirements))
    assert (kept.base, kept.python) == (str(other), "3.16")
    assert (installed / "pyvenv.cfg").stat().st_mtime_ns == before


def test_other_requirements_make_it_outdated(installed: Path, shelf: Path, tmp_path: Path) -> None:
    make_wheel(shelf, "tiny-brush", "1.1", "colour = 'blue'")
    newer = tmp_path / "requirements.txt"
    newer.write_text("tiny-brush==1.1\n")
    assert environment.check(installed, newer) is environment.State.OUTDATED
    drain(installation.install(installed, newer))
    assert environment.check(installed, newer) is environment.State.READY
    assert runs(installed, "import tiny_brush; print(tiny_brush.colour)") == "blue"


def test_a_change_in_the_constraints_counts_too(tmp_path: Path) -> None:
    requirements, constraints = tmp_path / "requirements.txt", tmp_path / "constraints.txt"
    requirements.write_text("-c constraints.txt\ntiny-brush==1.0\n")
    constraints.write_text("tiny-paint==2.0\n")
    before = environment.fingerprint(requirements)
    constraints.write_text("tiny-paint==2.1\n")
    assert environment.fingerprint(requirements) != before


def test_the_backend_of_this_checkout_passes_the_import_check() -> None:
    """`make` has made .venv-backend with this installer: torch and its friends are there, in the wanted versions."""
    folder = ROOT / ".venv-backend"
    assert environment.check(folder) is environment.State.READY
    wanted = [f"{name}=={version}={module}" for name, version, module in environment.named_in(environment.REQUIREMENTS)]
    assert [item.split("==")[0] for item in wanted][:2] == ["torch", "diffusers"]
    asked = subprocess.run(
        [environment.python_of(folder), "-m", "backend.installer.imports", *wanted],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert (asked.returncode, asked.stdout.count("ok ")) == (0, len(wanted)), asked.stdout + asked.stderr


def test_a_python_without_ensurepip_gets_pip_from_the_server(
    shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Debian's Python has none, unless python3-venv is installed."""
    server = Server(shelf)
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", server.url)
    wheel = pip_wheel.fetch(tmp_path / "downloads")
    server.close()
    assert wheel.read_bytes() == (shelf / wheel.name).read_bytes()
    with pytest.raises(Failure, match="server could not be reached"):
        pip_wheel.fetch(tmp_path / "downloads")


def test_a_spoilt_pip_is_refused(shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(shelf)
    server.spoilt = True
    monkeypatch.setenv("PIP_INDEX_URL", server.url)
    with pytest.raises(Failure, match="no sound pip"):
        pip_wheel.fetch(tmp_path / "downloads")
    server.close()


# --- broken off


@pytest.fixture
def server(tmp_path: Path, shelf: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A package server that has a small wheel, and a large one that comes slowly."""
    folder = tmp_path / "served"
    make_wheel(folder, "tiny-first", "1.0", padding=300_000)
    make_wheel(folder, "tiny-large", "1.0", needs=["tiny-first"], padding=4_000_000)
    server = Server(folder)
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", server.url)
    monkeypatch.setenv("PIP_TRUSTED_HOST", "127.0.0.1")
    yield server
    server.close()


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "large.txt"
    path.write_text("tiny-first==1.0\ntiny-large==1.0\n")
    return path


def children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task")
    return [int(child) for task in tasks.glob("*/children") for child in task.read_text().split()]


def until(true: Callable[[], Any], seconds: float = 20.0) -> Any:
    deadline = time.monotonic() + seconds
    while not (value := true()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
    return value


def test_a_download_killed_midway_goes_on_where_it_stopped(server: Server, large: Path, installed: Path) -> None:
    server.bytes_per_second = 1_000_000
    folder = installed
    downloading: list[str] = []

    def kill_child(step: Any) -> None:
        if step.text.startswith("Downloading tiny_large: ") and not step.text.startswith("Downloading tiny_large: 0"):
            downloading.append(step.text)
            os.kill(children(os.getpid())[-1], signal.SIGKILL)

    with pytest.raises(Failure, match="The download was ended by SIGKILL") as failed:
        drain(installation.install(folder, large), kill_child)
    assert "Install again to go on where it stopped" in failed.value.hint
    assert downloading[0].endswith("of 4 MB")
    assert environment.check(folder, large) is environment.State.INCOMPLETE
    with pytest.raises(Failure, match="broken off"):
        environment.python_to_start(_as_data_folder(folder))

    server.bytes_per_second = 0
    drain(installation.install(folder, large))
    assert environment.check(folder, large) is environment.State.READY
    assert runs(folder, "import tiny_first, tiny_large; print('both')") == "both"
    assert server.sent["tiny_first"] < 310_000, "what was downloaded is not downloaded again"
    assert server.sent["tiny_large"] < 4_500_000, "and what was on its way goes on where it stopped"


def _as_data_folder(folder: Path) -> Path:
    """A data folder in which this is the installed backend."""
    data = folder.parent / "data"
    data.mkdir(exist_ok=True)
    (data / f"backend-{environment.VERSION}").symlink_to(folder, target_is_directory=True)
    return data


def test_pip_killed_while_it_unpacks(requirements: Path, installed: Path) -> None:
    record = json.loads((installed / environment.RECORD).read_text())
    (installed / environment.RECORD).write_text(json.dumps({**record, "complete": False}))
    for dist_info in environment.installed(installed):
        if dist_info.name.startswith("tiny"):
            (dist_info / "RECORD").unlink()  # so that there is something to unpack
    killed: list[int] = []

    def kill_pip(step: installation.Step) -> None:
        if "Unpacking" in step.text or "Looking for" in step.text or "Asking" in step.text:
            killed.extend(children(os.getpid()))
            os.kill(killed[-1], signal.SIGKILL)

    with pytest.raises(Failure, match="pip was ended by SIGKILL"):
        drain(installation.install(installed, requirements), kill_pip)
    assert environment.check(installed, requirements) is environment.State.INCOMPLETE
    drain(installation.install(installed, requirements))
    assert runs(installed, "import tiny_brush, tiny_paint; print(tiny_brush.colour, tiny_paint.litres)") == "red 3"


def test_a_connection_that_breaks_is_taken_up(server: Server, large: Path, installed: Path) -> None:
    server.breaks_after = 1_500_000
    drain(installation.install(installed, large))
    assert environment.check(installed, large) is environment.State.READY
    assert server.sent["tiny_large"] < 4_500_000
    assert any("the connection broke after" in line for line in environment.log_tail(installed, 99))


def test_a_spoilt_file_is_refused(server: Server, large: Path, installed: Path) -> None:
    server.spoilt = True
    with pytest.raises(Failure, match="The package server sent a spoilt file"):
        drain(installation.install(installed, large))
    assert environment.check(installed, large) is environment.State.INCOMPLETE


def test_cancelling_ends_pip_and_frees_the_folder(server: Server, large: Path, installed: Path) -> None:
    server.bytes_per_second = 1_000_000
    folder = installed
    steps = installation.install(folder, large)
    while not next(steps).text.startswith("Downloading tiny_large"):
        time.sleep(0.01)
    pip = children(os.getpid())
    assert pip
    asked = time.monotonic()
    steps.close()
    assert time.monotonic() - asked < 2.0
    assert not [child for child in pip if child in children(os.getpid())]
    assert environment.check(folder, large) is environment.State.INCOMPLETE
    assert not (folder / environment.LOCK).exists()


def test_pip_dies_with_the_one_that_started_it(server: Server, large: Path, installed: Path) -> None:
    server.bytes_per_second = 500_000
    code = (
        "import sys, time; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
        "from backend.installer import installation\n"
        "for step in installation.install(Path(sys.argv[2]), Path(sys.argv[3])): print(step.text, flush=True)"
    )
    command = [sys.executable, "-B", "-c", code, str(ROOT), str(installed), str(large)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        for line in parent.stdout:
            if line.startswith("Downloading tiny_large"):
                break
        pip = children(parent.pid)
        assert pip
        parent.kill()
    until(lambda: not any(_lives(child) for child in pip), 5.0)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def test_a_half_unpacked_package_is_installed_anew(requirements: Path, installed: Path) -> None:
    """pip would take it for installed: its metadata is there, and its files, or their list, are not."""
    record = json.loads((installed / environment.RECORD).read_text())
    (installed / environment.RECORD).write_text(json.dumps({**record, "complete": False}))
    site = next(installed.glob("lib/python3.*/site-packages"))
    (site / "tiny_paint" / "__init__.py").write_text("")
    (site / "tiny_brush-1.0.dist-info" / "RECORD").unlink()
    assert [path.name for path in environment.half_installed(installed)] == [
        "tiny_brush-1.0.dist-info",
        "tiny_paint-2.0.dist-info",
    ]
    drain(installation.install(installed, requirements))
    assert runs(installed, "import tiny_brush, tiny_paint; print(tiny_brush.colour, tiny_paint.litres)") == "red 3"


def test_two_installers_do_not_meet_in_one_folder(requirements: Path, installed: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
        "from backend.installer import environment\n"
        "with environment.alone(Path(sys.argv[2])): print('mine', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-B", "-c", code, str(ROOT), str(installed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "mine\n"
        with pytest.raises(Failure, match="by another program"):
            drain(installation.install(installed, requirements))
        other.kill()
    drain(installation.install(installed, requirements))  # the lock of the dead is taken over
    assert environment.check(installed, requirements) is environment.State.READY


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
            "because ensurepip is not\navailable. ...\n\n    apt install python3.14-venv\n",
            "sudo apt install python3.14-venv.",
        ),
        ("/usr/bin/python3: No module named venv", "sudo apt install python3-venv."),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]'))", "could not be trusted"),
        ("ERROR: Could not install packages due to an OSError: [WinError 5] Access is denied", "cannot be written"),
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
        environment.python_to_start(_as_data_folder(installed))

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


# --- freeing


def test_removing_says_how_much_it_freed(installed: Path) -> None:
    taken = environment.size_of(installed)
    asked = subprocess.run(["du", "-s", "--block-size=1", installed], capture_output=True, text=True, check=True)
    folders = sum(1 for _ in installed.rglob("*/"))
    assert taken == pytest.approx(int(asked.stdout.split()[0]), abs=4096 * (folders + 1))
    steps: list[Any] = []
    freed = drain(environment.remove(installed), steps.append)
    assert not installed.exists()
    assert freed >= taken
    assert freed == pytest.approx(taken, rel=0.1)
    assert len(steps) > 5, "a large folder must not block Blender"


def test_removing_that_was_broken_off_can_be_taken_up(installed: Path) -> None:
    steps = environment.remove(installed)
    for _ in range(4):
        next(steps)
    steps.close()
    assert environment.check(installed) is environment.State.INCOMPLETE
    drain(environment.remove(installed))
    assert not installed.exists()
    assert drain(environment.remove(installed)) == 0


def test_folders_of_others_are_left_alone(requirements: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backend-holiday"
    folder.mkdir()
    (folder / "photo.png").write_bytes(b"precious")
    assert environment.check(folder) is environment.State.FOREIGN
    for attempt in (environment.remove(folder), installation.install(folder, requirements)):
        with pytest.raises(Failure, match="was not made by Steady Diffusion"):
            drain(attempt)
    assert (folder / "photo.png").read_bytes() == b"precious"
    assert [path.name for path in folder.iterdir()] == ["photo.png"]
    assert environment.backends(tmp_path) == []


def test_links_out_of_the_folder_are_not_followed(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "film.mp4").write_bytes(b"precious")
    (installed / "lib" / "mine").symlink_to(tmp_path / "mine", target_is_directory=True)
    drain(environment.remove(installed))
    assert (tmp_path / "mine" / "film.mp4").read_bytes() == b"precious"


# --- which folder


def test_a_backend_of_an_older_version_serves_on_while_nothing_has_changed(installed: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    usual = data / f"backend-{environment.VERSION}"
    assert environment.backend_folder(data) == usual
    shutil.copytree(installed, data / "backend-0.0.1", symlinks=True)
    assert environment.backend_folder(data) == usual, "other requirements"
    record = data / "backend-0.0.1" / environment.RECORD
    same = {**json.loads(record.read_text()), "requirements": environment.fingerprint(environment.REQUIREMENTS)}
    record.write_text(json.dumps(same))
    assert environment.backend_folder(data) == data / "backend-0.0.1"
    assert environment.python_to_start(data) == data / "backend-0.0.1" / "bin" / "python"


# --- as a program


def program(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-B", "-m", "backend.installer", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_the_program_says_what_it_finds_and_frees(installed: Path, tmp_path: Path) -> None:
    looked = program(installed, "--check")
    assert (looked.returncode, looked.stdout) == (1, "OUTDATED\n")
    freed = program(installed, "--remove")
    assert freed.returncode == 0
    assert "Freed " in freed.stdout.splitlines()[-1]
    assert not installed.exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "photo.png").touch()
    refused = program(tmp_path / "mine", "--remove")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "was not made by Steady Diffusion" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_program_installs_other_requirements_than_the_backends(requirements: Path, tmp_path: Path) -> None:
    """As `tools/setup` does for the tests where there is a Blender and no Python."""
    made = program(tmp_path / "host", "--instead", requirements)
    assert made.returncode == 0, made.stderr
    assert "is ready: " in made.stdout
    assert "torch" not in made.stdout
    assert runs(tmp_path / "host", "import tiny_brush; print(tiny_brush.colour)") == "red"
