"""The installer as a program: `python -m backend.installer FOLDER`, as the Makefile calls it."""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from ..api import Failure
from . import environment, torch_build
from .environment import State, Steps, in_words
from .installation import install

T = TypeVar("T")


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m backend.installer", description=__doc__)
    parser.add_argument("folder", type=Path, help="the environment's folder, made by this program")
    parser.add_argument("--requirements", type=Path, action="append", default=[], help="a further requirements file")
    parser.add_argument("--instead", type=Path, help="install this requirements file, and not the backend's")
    parser.add_argument("--build", default="", choices=["", *torch_build.BUILDS], help="take this build of torch")
    parser.add_argument("--check", action="store_true", help="print the state of the folder, and change nothing")
    parser.add_argument("--remove", action="store_true", help="free the folder")
    asked = parser.parse_args(arguments)
    try:
        return _obey(asked)
    except Failure as failure:
        print(f"installer: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("installer: stopped; run it again to go on", file=sys.stderr)
        return 130


def _obey(asked: argparse.Namespace) -> int:
    if asked.check:
        state = environment.check(asked.folder)
        print(state.value)
        return 0 if state is State.READY else 1
    if asked.remove:
        freed = drain(environment.remove(asked.folder))
        print(f"Freed {in_words(freed)} of “{asked.folder}”.")
        return 0
    record = drain(install(asked.folder, asked.instead, asked.requirements, asked.build, own_downloads=False))
    if record.warning:
        print(f"installer: {record.warning}", file=sys.stderr)
    build = f"{record.build} build of torch, " if record.build else ""
    print(f"“{asked.folder}” is ready: {build}{in_words(record.size)}.")
    return 0


def drain(steps: Steps[T]) -> T:
    """Run to the end, with a line a second at most, which a log can hold."""
    said, when = "", 0.0
    with contextlib.closing(steps):
        while True:
            try:
                step = next(steps)
            except StopIteration as end:
                return end.value
            if step.text != said and time.monotonic() - when > 1.0:
                said, when = step.text, time.monotonic()
                print(f"{100 * step.done // step.total:3d} %  {step.text}", flush=True)
            if step.waiting:
                time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
