"""Makes the environment that the backend runs in, and goes on where an earlier attempt was broken off."""

from __future__ import annotations

import contextlib
import importlib.util
import re
import shutil
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from .. import disk
from ..api import ErrorCode, Failure
from . import downloads, environment, pip_run, pip_wheel, torch_build
from .environment import DOWNLOADS, LOCK, LOG, RECORD, Record, State, Step, Steps, in_words

T = TypeVar("T")

ROOT = Path(__file__).resolve().parents[2]
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
WHOLE = 1000  # of what a Step's `done` is a part
LIBRARY_MISSING = r"Visual C\+\+ Redistributable|WinError 126\b"  # as torch and Windows say it
LIBRARIES = "https://aka.ms/vs/17/release/vc_redist.x64.exe"
MARGIN = 500_000_000  # bytes of the disk that are left alone


def install(
    folder: Path,
    requirements: Path | None = None,
    extra: Sequence[Path] = (),
    wanted: str = "",
    own_downloads: bool = True,
) -> Steps[Record]:
    """Make the environment, or go on where it was broken off. Every yield comes soon, and closing it ends all children.

    `wanted` names a build of torch to take whatever the computer has. With `own_downloads` what is downloaded lies in
    the folder until all is done, so that removing the folder frees everything; without it pip uses the user's cache."""
    folder = folder.absolute()
    environment.refuse_foreign(folder)
    with environment.worded(folder):
        disk.make_folder(folder)
    with environment.worded(folder), environment.alone(folder):
        facts = yield from _meanwhile(torch_build.gather, "Looking at this computer")
        return (
            yield from Installation(folder, requirements or environment.REQUIREMENTS, extra, own_downloads).steps(
                facts, wanted
            )
        )


class Installation:
    """One run of `install` on one folder."""

    def __init__(self, folder: Path, requirements: Path, extra: Sequence[Path], own_downloads: bool) -> None:
        self.folder = folder
        self.requirements = requirements
        self.files = (requirements, *extra)
        self.python = environment.python_of(folder)
        self.log = folder / LOG
        self.base, self.version = base_python(), PYTHON
        self.environment = {"PIP_USER": "0", "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        self.downloads = folder / DOWNLOADS if own_downloads else None
        if self.downloads:
            self.environment["PIP_CACHE_DIR"] = str(self.downloads / "cache")

    def steps(self, facts: torch_build.Facts, wanted: str) -> Steps[Record]:
        version = re.search(r"^torch==(\S+)", self.requirements.read_text(encoding="utf-8"), re.MULTILINE)
        choice = torch_build.choose(facts, version[1], wanted) if version else None
        if choice:
            torch_build.refuse_long_path(self.folder, facts)
        yield from _meanwhile(lambda: self._clear_what_is_not_sound(choice), "Looking at what is there")
        record = self._begin(choice)
        yield from _meanwhile(lambda: self.refuse_full_disk(choice), "Looking at the disk")
        yield from self._make_environment()
        yield from self._install_packages(choice)
        yield from self._import_check(record)
        shutil.rmtree(self.folder / DOWNLOADS, ignore_errors=True)
        size = yield from _meanwhile(lambda: environment.size_of(self.folder), "Finishing", WHOLE - 1)
        record = replace(record, complete=True, size=size)
        environment.write_record(self.folder, record)
        self._note(f"Done: {in_words(size)} on the disk.")
        return record

    def _clear_what_is_not_sound(self, choice: torch_build.Choice | None) -> None:
        """What pip finds it takes for whole and right: what may not be is cleared away, the downloads are kept."""
        record = environment.read_record(self.folder)
        if record is None:
            return
        gone = environment.check(self.folder) is State.BASE_GONE
        if record.complete and not gone:  # perhaps made by another Blender, whose Python is as good as ours
            self.base, self.version = Path(record.base), record.python
        same_base = (record.base, record.python) == (str(self.base), self.version)
        same_build = record.build == (choice.build.name if choice else "")
        if record.broken or gone or not same_base or not same_build:
            self.base, self.version = base_python(), PYTHON
            environment.write_record(self.folder, replace(record, complete=False))  # half gone, it must not be started
            for path in self.folder.iterdir():
                if path.name not in (RECORD, LOG, LOCK, DOWNLOADS):
                    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        for broken in environment.half_installed(self.folder):
            shutil.rmtree(broken)

    def _begin(self, choice: torch_build.Choice | None) -> Record:
        record = Record(
            complete=False,
            broken=False,
            requirements=environment.fingerprint(self.requirements),
            base=str(self.base),
            python=self.version,
            build=choice.build.name if choice else "",
            reason=choice.reason if choice else "",
            warning=choice.warning if choice else "",
            size=0,
        )
        environment.write_record(self.folder, record)
        self._note(f"{choice.reason} Installing {choice.build.words}. {choice.warning}" if choice else "Installing.")
        return record

    def refuse_full_disk(self, choice: torch_build.Choice | None) -> None:
        if choice is None:
            return
        needed = choice.build.download + choice.build.disk + MARGIN - environment.size_of(self.folder)
        free = shutil.disk_usage(self.folder).free
        if free < needed:
            raise Failure(
                ErrorCode.DISK,
                f"The backend needs about {in_words(needed)} while it is installed, and {in_words(free)} are free.",
                "Make room, or choose a data folder on another disk in the preferences.",
            )

    def _make_environment(self) -> Steps[None]:
        if (self.folder / "pyvenv.cfg").exists() and self._has_pip():
            return
        text = "Making an environment"
        wheel = pip_wheel.find()
        if wheel is None and importlib.util.find_spec("ensurepip") is None:
            wheel = yield from _meanwhile(lambda: pip_wheel.fetch(self.folder / DOWNLOADS), text)
        bare = ("--without-pip",) if wheel else ()
        yield from self._run(self.base, ("venv", *bare, str(self.folder)), text, lambda: (0.0, text))
        pip = (str(wheel / "pip"), "install", "--no-index", str(wheel)) if wheel else ("pip", "install", pip_wheel.PIP)
        yield from self._run(self.python, pip, "pip", lambda: (0.02, text))

    def _has_pip(self) -> bool:
        """pip is the last thing that an environment gets."""
        wanted = f"{pip_wheel.PIP.replace('==', '-')}.dist-info"
        return self.python.exists() and any(path.name == wanted for path in environment.installed(self.folder))

    def _install_packages(self, choice: torch_build.Choice | None) -> Steps[None]:
        wanted = [part for file in self.files for part in ("-r", str(file))] + list(choice.arguments if choice else ())
        pip = ("pip", "install", "--only-binary", ":all:", "--progress-bar", "raw", "--no-warn-script-location")
        reader = pip_run.Reader(choice.build.download if choice else 0, lambda: len(environment.installed(self.folder)))

        def look() -> tuple[float, str]:
            share, text = reader.look()
            return 0.04 + 0.92 * share, text

        if self.downloads:  # pip would begin a broken download anew, and a wheel of torch can have 2.6 GB
            report, wheels = self.downloads / "report.json", self.downloads / "wheels"
            disk.make_folder(wheels)
            # fast-deps: where a mirror does not tell what a wheel needs, only that part of the wheel is read.
            decide = (*pip, "--use-feature", "fast-deps", "--dry-run", "--report", str(report), *wanted)
            yield from self._run(self.python, decide, "pip", look, reader.hear)
            fetch = ("backend.installer.downloads", str(report), str(wheels))
            yield from self._run(self.python, fetch, "The download", look, reader.hear)
            pip = (*pip, *downloads.sources(report, wheels))
        yield from self._run(self.python, (*pip, *wanted), "pip", look, reader.hear)

    def _import_check(self, record: Record) -> Steps[None]:
        wanted = [f"{name}=={version}={module}" for name, version, module in environment.named_in(self.requirements)]
        heard: list[str] = []
        text = "Importing what was installed"
        try:
            command = ("backend.installer.imports", *wanted)
            yield from self._run(self.python, command, "The import check", lambda: (0.97, text), heard.append)
        except Failure as failure:
            if any(re.search(LIBRARY_MISSING, line) for line in heard):  # the packages are whole
                message = "The backend was installed, and does not work: Windows lacks a library that it needs."
                hint = f"Install Microsoft's Visual C++ Redistributable ({LIBRARIES}), then install the backend again."
                raise Failure(ErrorCode.BAD_INPUT, message, f"{hint} The log is “{self.log}”.") from failure
            failed = [line.removeprefix("failed ") for line in heard if line.startswith("failed ")]
            environment.write_record(self.folder, replace(record, broken=True))
            if not failed:
                raise
            message = f"The backend was installed, and does not work: {failed[0]}."
            hint = f"Install again to start from a clean folder. The log is “{self.log}”."
            raise Failure(ErrorCode.INTERNAL, message, hint) from failure

    def _run(
        self,
        python: Path,
        module: tuple[str, ...],
        what: str,
        look: Callable[[], tuple[float, str]],
        hear: Callable[[str], None] = lambda line: None,
    ) -> Steps[None]:
        last: deque[str] = deque(maxlen=200)

        def heard(line: str) -> None:
            last.append(line)
            hear(line)

        child = pip_run.run(python, module, self.log, ROOT, self.environment, heard)
        with contextlib.closing(child):
            while True:
                try:
                    next(child)
                except StopIteration as end:
                    code: int = end.value
                    break
                share, text = look()
                yield Step(int(share * WHOLE), WHOLE, text)
        if code:
            raise pip_run.explain(what, code, last, self.log)

    def _note(self, text: str) -> None:
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"\n{time.strftime('%Y-%m-%d %H:%M:%S')} {text}\n")


def base_python() -> Path:
    """The Python to make environments from: never one that is itself in an environment, which may go at any time."""
    inside = sys.prefix != sys.base_prefix
    python = Path(getattr(sys, "_base_executable", sys.executable) if inside else sys.executable)
    # A name such as python3 may mean another Python tomorrow. On Windows the shop's Python is found by its link alone.
    return python if sys.platform == "win32" else python.resolve()


def _meanwhile(work: Callable[[], T], text: str, done: int = 0) -> Steps[T]:
    """Do what takes a while on a thread, so that Blender stays smooth."""
    result: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            result.append(work())
        except BaseException as error:  # raised again below, where it can be heard
            errors.append(error)

    thread = threading.Thread(target=run, name="installer", daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            yield Step(done, WHOLE, text)
            thread.join(0.001)
    finally:
        thread.join(5.0)  # what it deletes must not race with whoever takes the folder next
    if errors:
        raise errors[0]
    return result[0]
