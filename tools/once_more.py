"""In CI, runs what failed of a test suite once more, alone, and names loudly what then passed.

tools/once_more.py NAME COMMAND...    COMMAND ends in arguments of pytest; outside CI it simply runs
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

FOLDER = Path("build", "once_more").absolute()
FAILED = 1  # pytest's code for: all ran, some failed
MOST = 10  # as many do not fail by chance


def cache_of(name: str) -> Path:
    return FOLDER / name


def unsteady(name: str) -> Path:
    return FOLDER / f"{name}.unsteady"


def run(name: str, command: list[str], *more: str) -> int:
    return subprocess.run([*command, "-o", f"cache_dir={cache_of(name)}", *more], check=False).returncode


def run_all(name: str, command: list[str]) -> int:
    shutil.rmtree(cache_of(name), ignore_errors=True)
    return run(name, command)


def failed(name: str) -> list[str]:
    found = cache_of(name) / "v" / "cache" / "lastfailed"
    return sorted(json.loads(found.read_text())) if found.exists() else []


def how_it_died(name: str, code: int) -> str:
    """In words; nothing where it came to its end, with failures or without."""
    number = -code if code < 0 else code - 128  # a shell in between says it in its own way
    if number > 0:
        known = number in {known.value for known in signal.Signals}
        return f"died of {signal.Signals(number).name if known else f'signal {number}'}"
    finished = cache_of(name) / "v" / "cache" / "nodeids"  # written when all have run
    return "" if code != FAILED or finished.exists() else "broke off"


def say(name: str, lines: list[str]) -> None:
    print("", "!" * 120, *(f"!! UNSTEADY in {name}: {line}" for line in lines), "!" * 120, sep="\n", flush=True)
    with unsteady(name).open("a") as file:
        file.writelines(f"{name}: {line}\n" for line in lines)


def once_more(name: str, command: list[str]) -> int:
    unsteady(name).unlink(missing_ok=True)
    code = run_all(name, command)
    if died := how_it_died(name, code):
        print(f"\n{name} {died}: all of it once more", flush=True)
        code = run_all(name, command)
        if not how_it_died(name, code):
            say(name, [f"all of it {died}, and came to its end the second time"])
    again = failed(name)
    if code != FAILED or not 0 < len(again) <= MOST:
        return code
    print(f"\n{name}: once more, alone: {', '.join(again)}", flush=True)
    code = run(name, command, "--last-failed", *(("-n", "0") if "-n" in command else ()))
    steady = failed(name)
    if passed := [test for test in again if test not in steady]:
        say(name, [f"{test} failed, and passed when it ran alone" for test in passed])
    return code


if __name__ == "__main__":
    if os.environ.get("CI") == "true":
        FOLDER.mkdir(parents=True, exist_ok=True)
        sys.exit(abs(once_more(sys.argv[1], sys.argv[2:])))
    os.execvp(sys.argv[2], sys.argv[2:])
