"""In CI a failed test runs once more, alone: one that then passes is named, one that fails again fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[2] / "tools" / "once_more.py"
UNSTEADY = """
from pathlib import Path
def second_time(name):
    mark = Path(__file__).with_name(name)
    known = mark.exists()
    mark.touch()
    return known
"""
SHAKY = "def test_shaky(): assert second_time('shaky')\n"
FINE = "def test_fine(): print('fine ran')\n"
WRONG = "def test_wrong(): assert not 'right'\n"


def suite(
    folder: Path, tests: str, *words: str, ci: str = "true", name: str = "small"
) -> subprocess.CompletedProcess[str]:
    (folder / "test_small.py").write_text(UNSTEADY + tests)
    pytest_itself = [sys.executable, "-m", "pytest", "-s", "-p", "no:timeout", "test_small.py", *words]
    command = [sys.executable, str(TOOL), name, *pytest_itself]
    environment = os.environ | {"CI": ci, "COLUMNS": "200"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def kept(folder: Path, name: str = "small") -> str:
    file = folder / "build" / "once_more" / f"{name}.unsteady"
    return file.read_text() if file.exists() else ""


@pytest.mark.parametrize("words", [(), ("-n", "2", "--dist", "loadfile")])
def test_a_test_that_passes_the_second_time_is_named(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = suite(tmp_path, SHAKY + FINE, *words)
    assert done.returncode == 0
    assert "!! UNSTEADY in small: test_small.py::test_shaky failed, and passed when it ran alone" in done.stdout
    assert kept(tmp_path) == "small: test_small.py::test_shaky failed, and passed when it ran alone\n"
    assert "1 passed, 1 deselected" in done.stdout  # alone


def test_a_test_that_fails_twice_fails(tmp_path: Path) -> None:
    done = suite(tmp_path, WRONG + SHAKY)
    assert done.returncode == 1
    assert done.stdout.count("FAILED test_small.py::test_wrong") == 2
    assert kept(tmp_path) == "small: test_small.py::test_shaky failed, and passed when it ran alone\n"


def test_suites_of_two_versions_keep_what_was_unsteady_apart(tmp_path: Path) -> None:
    suite(tmp_path, SHAKY, name="host-4.2")
    suite(tmp_path, FINE, name="host-4.5")
    assert kept(tmp_path, "host-4.2") == "host-4.2: test_small.py::test_shaky failed, and passed when it ran alone\n"
    assert kept(tmp_path, "host-4.5") == ""


def test_what_passes_runs_once_and_nothing_is_said(tmp_path: Path) -> None:
    kept_before = tmp_path / "build" / "once_more" / "small.unsteady"
    kept_before.parent.mkdir(parents=True)
    kept_before.write_text("of another run")
    done = suite(tmp_path, FINE)
    assert done.returncode == 0
    assert done.stdout.count("fine ran") == 1
    assert "UNSTEADY" not in done.stdout
    assert kept(tmp_path) == ""


def test_a_developer_sees_an_unsteady_test_at_once(tmp_path: Path) -> None:
    done = suite(tmp_path, SHAKY, ci="")
    assert done.returncode == 1
    assert "UNSTEADY" not in done.stdout


def test_what_many_fail_is_no_chance(tmp_path: Path) -> None:
    done = suite(tmp_path, "".join(SHAKY.replace("shaky", f"shaky{n}") for n in range(11)))
    assert done.returncode == 1
    assert "once more" not in done.stdout


@pytest.mark.parametrize(
    ("death", "words"),
    [
        ("os.kill(os.getpid(), 11)", "died of SIGSEGV"),
        ("os._exit(139)", "died of SIGSEGV"),  # as a shell says it
        ("os._exit(1)", "broke off"),  # as faulthandler ends what hangs
    ],
)
def test_a_process_that_dies_is_begun_once_more(tmp_path: Path, death: str, words: str) -> None:
    dying = f"import os\ndef test_dying():\n    if not second_time('died'): {death}\n"
    done = suite(tmp_path, FINE + dying)
    assert done.returncode == 0
    assert done.stdout.count("fine ran") == 2
    assert kept(tmp_path) == f"small: all of it {words}, and came to its end the second time\n"


def test_a_process_that_dies_twice_fails(tmp_path: Path) -> None:
    done = suite(tmp_path, "import os\ndef test_dying(): os.kill(os.getpid(), 6)\n")
    assert done.returncode == 6
    assert kept(tmp_path) == ""


def test_where_no_test_is_found_nothing_is_tried_again(tmp_path: Path) -> None:
    done = suite(tmp_path, "")
    assert done.returncode == 5
    assert "once more" not in done.stdout
