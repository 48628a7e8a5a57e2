"""What *Copy Details* copies once the backend that failed is gone."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import bpy
import pytest
from conftest import ROOT

pytest_plugins = ["tiny"]


@pytest.fixture
def lines(clip: Any, room: Any) -> Any:
    return lambda: room("operators.details").details(bpy.context).splitlines()


def test_after_the_file_was_loaded_again_they_hold_the_log_of_the_backend_that_failed(
    clip: Any, room: Any, studio: Path, lines: Any
) -> None:
    session = room("session").current
    with pytest.raises(RuntimeError, match="There is no model"):
        bpy.ops.steady.restyle(way="PLAIN", model=str(studio / "nowhere"))
    session.close()  # as loading a file does
    assert session.log_tail == ()
    (log,) = (studio / "data" / "logs").glob("backend-*.log")
    written = log.read_text(encoding="utf-8").splitlines()
    assert any(line.startswith("Restyle, before the file was loaded: BAD_INPUT: ") for line in lines())
    assert written
    assert lines()[-1 - len(written[-29:]) :] == [f"Log: {log.name}", *written[-29:]]


def test_of_several_logs_it_is_the_last_and_of_that_its_end(room: Any, tmp_path: Path) -> None:
    for number, name in enumerate(("b", "c", "a"), 1):
        log = tmp_path / f"backend-{name}.log"
        log.write_text("".join(f"{name} {line}\n" for line in range(9999)), encoding="utf-8")
        os.utime(log, (number, number))
    said = room("operators.details").last_log(tmp_path)
    assert len(said) == 30 and said[:2] == ("Log: backend-a.log", "a 9970") and said[-1] == "a 9998"
    assert room("operators.details").last_log(tmp_path / "nothing") == ()


def test_the_platform_is_asked_for_the_clipboard() -> None:
    manifest = (ROOT / "blender_manifest.toml").read_text(encoding="utf-8")
    assert set(tomllib.loads(manifest)["permissions"]) == {"network", "files", "clipboard"}


@pytest.mark.parametrize(
    "written",
    [r"C:\Users\Anna Bo\a.blend", "C:/Users/Anna Bo/a.blend", r"C:\\Users\\Anna Bo\\a.blend", "c:/users/ANNA BO"],
)
def test_the_home_folder_of_windows_is_left_out_however_it_is_written(room: Any, written: str) -> None:
    said = room("operators.details").scrubbed([f"“{written}” is gone."], PureWindowsPath(r"C:\Users\Anna Bo"))
    assert "~" in said and "anna" not in said.lower()


def test_elsewhere_another_case_is_another_folder(room: Any) -> None:
    home = PurePosixPath("/home/anna")
    assert room("operators.details").scrubbed(["/home/anna/a /Home/Anna/a"], home) == "~/a /Home/Anna/a\n"
