"""The backend's environment: made by real venv and pip from tiny packages, looked at, and freed."""

from __future__ import annotations

import http.client
import json
import shutil
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from environments import Made, drain, runs
from patience import LONG
from wheels import ROOT, Server, make_wheel

from backend.api import Failure
from backend.installer import environment, installation, pip_wheel

pytest_plugins = ["environments"]

pytestmark = pytest.mark.usefixtures("offline")


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


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (http.client.IncompleteRead(b"half"), "or the connection broke"),
        (ssl.SSLError(1, "[SSL: DECRYPTION_FAILED_OR_BAD_RECORD_MAC] bad record mac"), "The secure connection"),
        (ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] expired"), "could not be trusted"),
    ],
)
def test_a_connection_that_breaks_while_pip_comes_is_told(
    shelf: Path, error: Exception, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(answer: http.client.HTTPResponse) -> bytes:
        raise error

    server = Server(shelf)
    monkeypatch.setenv("PIP_INDEX_URL", server.url)
    monkeypatch.setattr(http.client.HTTPResponse, "read", breaks)
    with pytest.raises(Failure, match=said):
        pip_wheel.fetch(tmp_path / "downloads")
    server.close()


def test_a_spoilt_pip_is_refused(shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(shelf)
    server.spoilt = True
    monkeypatch.setenv("PIP_INDEX_URL", server.url)
    with pytest.raises(Failure, match="no sound pip"):
        pip_wheel.fetch(tmp_path / "downloads")
    server.close()


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
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LONG, check=False)


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
