"""An installation that is killed, cancelled or cut off goes on where it stopped, and nothing is left running."""

from __future__ import annotations

import errno
import hashlib
import http.client
import json
import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from environments import as_data_folder, drain, runs
from patience import LONG, promise
from wheels import ROOT, Server, make_wheel

from backend.api import Failure
from backend.installer import downloads, environment, installation

pytest_plugins = ["environments"]

pytestmark = pytest.mark.usefixtures("offline")


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


def until(true: Callable[[], Any], seconds: float = LONG) -> Any:
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
        environment.python_to_start(as_data_folder(folder))

    server.bytes_per_second = 0
    drain(installation.install(folder, large))
    assert environment.check(folder, large) is environment.State.READY
    assert runs(folder, "import tiny_first, tiny_large; print('both')") == "both"
    assert server.sent["tiny_first"] < 310_000, "what was downloaded is not downloaded again"
    assert server.sent["tiny_large"] < 4_500_000, "and what was on its way goes on where it stopped"


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


def test_what_only_pip_can_reach_is_left_to_it(
    server: Server, large: Path, installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has settings of its own, such as a company's proxy in its pip.ini, and certificates of the system."""
    monkeypatch.setenv("PIP_PROXY", server.url.removesuffix("/simple"))
    monkeypatch.setenv("PIP_INDEX_URL", "http://packages.invalid/simple")
    monkeypatch.setenv("PIP_TRUSTED_HOST", "packages.invalid")
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    drain(installation.install(installed, large))
    assert environment.check(installed, large) is environment.State.READY
    assert sum("left to pip" in line for line in environment.log_tail(installed, 999)) == 1, "the others wait for it"


@pytest.mark.parametrize(
    "error",
    [
        ssl.SSLError(1, "[SSL: DECRYPTION_FAILED_OR_BAD_RECORD_MAC] decryption failed or bad record mac"),
        OSError(errno.EHOSTUNREACH, "No route to host"),
        OSError(errno.ENETDOWN, "Network is down"),
    ],
)
def test_so_is_one_that_breaks_with_a_number_of_its_own(
    server: Server, error: OSError, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That of TLS is the number of a forbidden file, too."""
    wheel = next((tmp_path / "served").glob("tiny_large-*.whl"))
    read, times = http.client.HTTPResponse.read, []

    def breaks(answer: http.client.HTTPResponse, amount: int | None = None) -> bytes:
        times.append(amount)
        if len(times) == 4:
            raise error
        return read(answer, amount)

    monkeypatch.setattr(http.client.HTTPResponse, "read", breaks)
    url = f"{server.url.removesuffix('simple')}files/{wheel.name}"
    downloads.fetch(downloads.Wanted(url, hashlib.sha256(wheel.read_bytes()).hexdigest()), tmp_path)
    assert (tmp_path / wheel.name).read_bytes() == wheel.read_bytes()
    assert len(times) > 5


def test_a_spoilt_file_is_refused(server: Server, large: Path, installed: Path) -> None:
    server.spoilt = True
    with pytest.raises(Failure, match="The package server sent a spoilt file"):
        drain(installation.install(installed, large))
    assert environment.check(installed, large) is environment.State.INCOMPLETE


def test_cancelling_ends_pip_and_frees_the_folder(server: Server, large: Path, installed: Path) -> None:
    server.bytes_per_second = 300_000
    folder = installed
    steps = installation.install(folder, large)
    while not next(steps).text.startswith("Downloading tiny_large"):
        time.sleep(0.01)
    pip = children(os.getpid())
    assert pip
    asked = time.monotonic()
    steps.close()
    assert time.monotonic() - asked < promise(2.0)
    assert not [child for child in pip if child in children(os.getpid())]
    assert environment.check(folder, large) is environment.State.INCOMPLETE
    assert not (folder / environment.LOCK).exists()


def test_pip_dies_with_the_one_that_started_it(server: Server, large: Path, installed: Path) -> None:
    server.bytes_per_second = 300_000
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
    until(lambda: not any(_lives(child) for child in pip), promise(5.0))


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
